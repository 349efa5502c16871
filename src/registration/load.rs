//! What the store holds → a registry. Types that have not changed keep their place in memory.

use std::sync::Arc;

use model::registry::{CertificateType, Registered, Registry, SlotMap, SourceFile, resolve};

use super::RegistrationError;
use crate::store::{Store, TypeRow};

/// The registry as it is stored now, reusing what of `known` is still the same.
///
/// # Errors
/// The store, or a stored file that does not read under this version of the program.
pub async fn load(store: &Store, known: &Registry) -> Result<Registry, RegistrationError> {
    let (revision, rows) = at_one_revision(store).await?;
    let same = |row: &TypeRow| known.get(&row.name).filter(|found| *found.ty.digest == *row.digest).cloned();
    let mut unchanged = Registry::empty();
    for row in &rows {
        if let Some(found) = same(row) {
            unchanged = unchanged.with(found.ty.clone(), row.state);
        }
    }
    let files: Vec<_> = rows
        .iter()
        .filter(|row| same(row).is_none())
        .map(|row| SourceFile { name: row.file.clone(), text: row.source.to_string() })
        .collect();
    let resolved = resolve(&files, &unchanged).map_err(|found| {
        let first = found.first().map(|found| format!("{}:{}: {}", found.file, found.line, found.message.en)).unwrap_or_default();
        RegistrationError::Bug(format!("{} stored type files do not read any more, first {first}", found.len()))
    })?;
    let mut registry = Registry::empty();
    for row in &rows {
        let ty = match same(row) {
            Some(found) => found.ty.clone(),
            None => {
                let found = resolved.types.iter().find(|ty| *ty.name == *row.name);
                let ty = found.ok_or_else(|| RegistrationError::Bug(format!("the file of {} names another type", row.name)))?;
                with_slots(ty, row)?
            }
        };
        registry = registry.with(ty, row.state);
    }
    Ok(registry.with_revision(revision))
}

/// The types, and the revision that they are of: whatever is made from a registry bears its revision, on every replica alike. Who
/// registers raises it in the same transaction, so types read between two equal looks are its own.
async fn at_one_revision(store: &Store) -> Result<(u64, Vec<TypeRow>), RegistrationError> {
    let mut revision = store.registry_revision().await?;
    loop {
        let rows = store.types().await?;
        let now = store.registry_revision().await?;
        if now == revision {
            return Ok((revision, rows));
        }
        revision = now;
    }
}

/// The slots are those that were assigned at registration: rows lie in them.
fn with_slots(ty: &Arc<CertificateType>, row: &TypeRow) -> Result<Arc<CertificateType>, RegistrationError> {
    let slots: SlotMap = serde_json::from_str(&row.slots)
        .map_err(|error| RegistrationError::Bug(format!("the slots of {} do not read: {error}", row.name)))?;
    (**ty)
        .clone()
        .with_slots(slots)
        .map(Arc::new)
        .ok_or_else(|| RegistrationError::Bug(format!("a searchable field of {} has no slot", row.name)))
}

/// A type as it will be stored.
pub(super) fn row(registered: &Registered, file: &str, by: &str, at: chrono::DateTime<chrono::Utc>) -> Result<TypeRow, RegistrationError> {
    let ty = &registered.ty;
    Ok(TypeRow {
        name: ty.name.to_string(),
        version: ty.version.to_string(),
        digest: ty.digest.to_string(),
        state: registered.state,
        source: ty.source.clone(),
        slots: serde_json::to_string(&ty.slots).map_err(|error| RegistrationError::Bug(error.to_string()))?,
        file: file.to_owned(),
        registered_at: at,
        registered_by: by.to_owned(),
    })
}
