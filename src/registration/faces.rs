//! Registering the template of a type's face, live: files made from then on are laid out with it.

use std::sync::Arc;

use chrono::Utc;
use model::actor::Actor;
use model::registry::Registered;
use verify::digest::sm3_hex;

use super::{Registration, RegistrationError};
use crate::audit::Kind;
use crate::faces::Job;
use crate::store::FaceRow;

/// What registering a face did, or would do.
#[derive(Debug, Clone)]
pub struct FaceOutcome {
    pub registered_type: Arc<Registered>,
    /// SM3 (hex) of the template.
    pub digest: String,
    /// Pages of each example of the type file, in their order.
    pub pages: Vec<usize>,
    /// False: a dry run, or it is the type's face already.
    pub registered: bool,
}

impl Registration {
    /// Lays every example of the type out on the template, and registers it when that goes.
    ///
    /// # Errors
    /// A type that is not known; a template that is faulty, by line and column, or on which an example does not fit; the store.
    pub async fn register_face(
        &self,
        type_name: &str,
        source: &str,
        actor: &Actor,
        dry_run: bool,
    ) -> Result<FaceOutcome, RegistrationError> {
        let Some(known) = self.registry.load().get(type_name).cloned() else {
            return Err(RegistrationError::input(
                "type",
                format!("没有名为 {type_name:?} 的证照类型"),
                format!("no certificate type is named {type_name:?}"),
            ));
        };
        let digest = sm3_hex(source.as_bytes());
        let tried = self.typesetters.set(Job::of_examples(&known.ty, Some(source), Utc::now())).await;
        let pages =
            tried.map_err(|fault| RegistrationError::input("source", fault.zh, fault.en))?.iter().map(|one| one.pages.len()).collect();
        let mut outcome = FaceOutcome { registered_type: known, digest, pages, registered: false };
        let same = self.store.face(type_name).await?.is_some_and(|row| row.digest == outcome.digest);
        if dry_run || same {
            return Ok(outcome);
        }
        let row = FaceRow {
            type_name: type_name.to_owned(),
            digest: outcome.digest.clone(),
            source: source.into(),
            registered_at: Utc::now(),
            registered_by: actor.name.to_string(),
        };
        self.store.put_face(&row).await?;
        self.record(actor, Kind::RegisterFace, Some(type_name)).await?;
        outcome.registered = true;
        Ok(outcome)
    }
}
