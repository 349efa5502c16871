//! Registering type files, live.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Utc;
use model::actor::{Actor, Caller};
use model::plan::{Column, Value, absent, indexed, stored};
use model::registry::{
    CertificateType, Change, ChangeKind, Diagnostic, Message, Registered, Registry, SourceFile, State, changes, resolve,
};
use serde_json::{Map, Value as Json};

use super::readable::unreadable;
use super::{Registration, RegistrationError, load};
use crate::audit::{Entry, Kind};
use crate::store::PutType;

/// How many stored certificates are read at a time.
const CHUNK: u32 = 500;

/// What registering did, or would do.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The last type of the files; None when a file is faulty.
    pub registered_type: Option<Arc<Registered>>,
    pub types: Vec<Arc<Registered>>,
    pub diagnostics: Vec<Diagnostic>,
    pub changes: Vec<Change>,
    /// Stored certificates that were read with the new files.
    pub checked_certificates: i32,
    /// False: a dry run, or nothing was changed because of a fault.
    pub registered: bool,
}

impl Registration {
    /// Checks the files together and registers them. A fault in one keeps all from being registered.
    ///
    /// # Errors
    /// CONFLICT as [`RegistrationError`] says; faults in the files are no error but diagnostics of the outcome.
    pub async fn register(&self, files: Vec<SourceFile>, actor: &Actor, state: State, dry_run: bool) -> Result<Outcome, RegistrationError> {
        let _turn = self.turn.lock().await;
        let known = load(&self.store, &self.registry.load_full()).await?;
        let resolved = match resolve(&files, &known) {
            Ok(resolved) => resolved,
            Err(diagnostics) => return Ok(Outcome { diagnostics, ..Outcome::default() }),
        };
        let mut outcome = Outcome { diagnostics: resolved.warnings, ..Outcome::default() };
        for ty in &resolved.types {
            self.compare(ty, &known, &mut outcome).await?;
        }
        let registered = |ty: &Arc<CertificateType>| {
            let kept = known.get(&ty.name).map(|old| old.state).filter(|old| *old != State::Draft);
            Arc::new(Registered { ty: ty.clone(), state: kept.unwrap_or(state) })
        };
        outcome.types = resolved.types.iter().map(registered).collect();
        outcome.registered_type = outcome.types.last().cloned();
        if dry_run || outcome.changes.iter().any(|change| change.kind == ChangeKind::StoredUnreadable) {
            return Ok(outcome);
        }
        self.store_all(&outcome.types, &files, actor, &known).await?;
        outcome.registered = true;
        Ok(outcome)
    }

    /// Publishes or withdraws a type.
    ///
    /// # Errors
    /// A type that is not known, or the store.
    pub async fn set_state(&self, name: &str, state: State, actor: &Actor) -> Result<Arc<Registered>, RegistrationError> {
        let _turn = self.turn.lock().await;
        let known = load(&self.store, &self.registry.load_full()).await?;
        let Some(found) = known.get(name).cloned() else {
            return Err(RegistrationError::input(
                "name",
                format!("没有名为 {name:?} 的证照类型"),
                format!("no certificate type is named {name:?}"),
            ));
        };
        self.store.set_type_state(name, &found.ty.version.to_string(), state).await?;
        self.record(actor, Kind::SetTypeState, Some(name)).await?;
        self.registry.store(Arc::new(load(&self.store, &known).await?));
        Ok(Arc::new(Registered { ty: found.ty.clone(), state }))
    }

    /// Compares a new version with the registered one, and reads every stored certificate with it.
    async fn compare(&self, ty: &Arc<CertificateType>, known: &Registry, outcome: &mut Outcome) -> Result<(), RegistrationError> {
        let Some(old) = known.get(&ty.name).map(|known| known.ty.clone()) else { return Ok(()) };
        if old.digest == ty.digest {
            return Ok(());
        }
        if ty.version <= old.version {
            let (name, new, stored) = (&ty.name, ty.version, old.version);
            return Err(if new == stored {
                RegistrationError::conflict(
                    format!("{name} 的版本 {new} 已登记，内容不同：请提高版本号"),
                    format!("version {new} of {name} is registered with other content: raise the version"),
                )
            } else {
                RegistrationError::conflict(
                    format!("{name} 已登记到版本 {stored}，不能登记较低的 {new}"),
                    format!("{name} is registered at version {stored}: {new} is lower"),
                )
            });
        }
        outcome.changes.extend(changes(&old, ty));
        let mut faults: BTreeMap<String, u32> = BTreeMap::new();
        self.each_stored(&ty.name, |_, data| {
            outcome.checked_certificates = outcome.checked_certificates.saturating_add(1);
            for path in unreadable(&ty.fields, data, "") {
                *faults.entry(path).or_default() += 1;
            }
            None
        })
        .await?;
        outcome.changes.extend(faults.iter().map(|(path, count)| Change {
            kind: ChangeKind::StoredUnreadable,
            path: path.clone(),
            breaking: true,
            message: Message::new(
                format!("{count}份已存证照的 {path} 在新版本下无法读取"),
                format!("{path} of {count} stored certificates does not read under the new version"),
            ),
        }));
        Ok(())
    }

    /// Calls `look` with the data of every current certificate of a type; what it answers is written into the index.
    async fn each_stored(
        &self,
        type_name: &str,
        mut look: impl FnMut(uuid::Uuid, &Map<String, Json>) -> Option<Vec<(Column, Value)>>,
    ) -> Result<(), RegistrationError> {
        let mut after = None;
        loop {
            let rows = self.store.each_statement(type_name, after, CHUNK).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = Some(*last);
            for (id, statement) in &rows {
                let statement: Json =
                    serde_json::from_str(statement).map_err(|error| RegistrationError::Bug(format!("statement of {id}: {error}")))?;
                let Some(data) = statement.get("data").and_then(Json::as_object) else { continue };
                if let Some(slots) = look(*id, data) {
                    self.store.put_slots(*id, &slots).await?;
                }
            }
        }
    }

    async fn store_all(
        &self,
        types: &[Arc<Registered>],
        files: &[SourceFile],
        actor: &Actor,
        known: &Registry,
    ) -> Result<(), RegistrationError> {
        let mut revision = known.revision();
        for registered in types {
            let name = files.iter().find(|file| file.text == *registered.ty.source).map_or("source.json", |file| file.name.as_str());
            let row = load::row(registered, name, &actor.name, Utc::now())?;
            revision = match self.store.put_type(row, Some(revision)).await? {
                PutType::Stored(revision) => revision,
                PutType::Unchanged => revision,
                PutType::Conflict => {
                    return Err(RegistrationError::conflict(
                        "类型登记已被他人更改，请重试",
                        "somebody else has changed the types meanwhile: try again",
                    ));
                }
            };
            self.record(actor, Kind::RegisterType, Some(&registered.ty.name)).await?;
        }
        self.registry.store(Arc::new(load(&self.store, known).await?));
        for registered in types {
            let old = known.get(&registered.ty.name).filter(|old| old.ty.digest != registered.ty.digest);
            if let Some(old) = old {
                self.index_newly_searchable(&old.ty, &registered.ty).await?;
            }
        }
        Ok(())
    }

    /// Certificates stored before a field was searchable get their index values now: after the swap, so that none issued
    /// meanwhile is missed.
    async fn index_newly_searchable(&self, old: &CertificateType, new: &CertificateType) -> Result<(), RegistrationError> {
        let fresh: Vec<_> = new
            .fields
            .iter()
            .filter(|field| field.search.is_some() && old.field(&field.name).is_none_or(|field| field.search.is_none()))
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        self.each_stored(&new.name, |_, data| {
            let values = fresh.iter().filter_map(|field| {
                let found = indexed(new, &field.name)?;
                let value = data.get(&field.name).and_then(|value| stored(found.form, found.opaque, value));
                Some((found.column, value.unwrap_or_else(|| absent(found.column))))
            });
            Some(values.collect())
        })
        .await
    }

    pub(super) async fn record(&self, actor: &Actor, kind: Kind, type_name: Option<&str>) -> Result<(), RegistrationError> {
        let caller = Caller { actor: Arc::new(actor.clone()), purpose: None };
        Ok(self.audit.append(Entry::new(&caller, kind, Utc::now()).of_many(type_name, 1)).await?)
    }
}
