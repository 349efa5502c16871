//! Registering the template of a type's face, live: files made from then on are laid out with it.

use std::sync::Arc;

use chrono::Utc;
use model::actor::Actor;
use model::registry::Registered;
use render::RenderError;
use verify::Lang;
use verify::digest::sm3_hex;

use super::{Registration, RegistrationError};
use crate::audit::Kind;
use crate::faces::{Specimens, TRYING};
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
        let pages = self.tried(Specimens::of(&known.ty, Some(source), Utc::now())).await?;
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
    /// Pages of each example. A template may calculate without end: so first in a process that may not.
    async fn tried(&self, specimens: Specimens) -> Result<Vec<usize>, RegistrationError> {
        let bug = |error: &dyn std::fmt::Display| RegistrationError::Bug(error.to_string());
        if let Some(guard) = &self.guard {
            let handed = serde_json::to_vec(&specimens).map_err(|error| bug(&error))?;
            if !guard.comes_through(&TRYING, &handed).await.map_err(|error| bug(&error))? {
                let (seconds, megabytes) = (TRYING.seconds, TRYING.memory >> 20);
                return Err(RegistrationError::input(
                    "source",
                    format!("版面模板排版示例超过 {seconds} 秒或 {megabytes} MB：请检查其中的循环"),
                    format!("the template takes more than {seconds} s or {megabytes} MB for the examples: look at its loops"),
                ));
            }
        }
        let tried = tokio::task::spawn_blocking(move || {
            let trial = specimens.try_out()?;
            Ok::<_, RenderError>(trial.sheets.iter().map(|sheet| sheet.pages().len()).collect())
        });
        let pages = tried.await.map_err(|error| bug(&error))?;
        pages.map_err(|error| RegistrationError::input("source", error.message(Lang::Zh), error.message(Lang::En)))
    }
}
