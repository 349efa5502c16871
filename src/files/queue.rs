//! Sealing by hand: certificates of some types wait until an officer of their authority seals them, one or many, or refuses to.

use chrono::{DateTime, Utc};
use model::actor::{Caller, Granted};
use model::plan::evidence_by_keys;
use model::registry::SealingMode;
use uuid::Uuid;

use super::{FileError, Files, Format};
use crate::audit::{Entry, Kind};
use crate::store::rows::{CertificateRow, Evidence};
use crate::store::{QueueRow, QueueState};

/// Characters of a reason.
const REASON: usize = 500;

impl Files {
    /// What waits for this officer, or what became of it, oldest first.
    ///
    /// # Errors
    /// The store.
    pub async fn queue(&self, caller: &Caller, state: QueueState, after: Option<Uuid>, limit: u32) -> Result<Vec<QueueRow>, FileError> {
        let actor = &caller.actor;
        let (authorities, types) = if actor.administers() { (&Granted::All, &Granted::All) } else { (&actor.authorities, &actor.types) };
        Ok(self.store.queued(state, authorities, types, after, limit).await?)
    }

    /// Seals a version in the name of its authority: both files are made and kept.
    ///
    /// # Errors
    /// A caller who may not act for that authority; a type that is not sealed by hand; what else keeps a file from being made.
    pub async fn seal(&self, caller: &Caller, version_id: Uuid, at: DateTime<Utc>) -> Result<(), FileError> {
        let evidence = self.of_officer(caller, version_id).await?;
        if self.store.in_queue(version_id).await?.is_some_and(|row| row.state == QueueState::Sealed) {
            return Ok(());
        }
        let ty = self.type_of(&evidence)?;
        let row = evidence.row.clone();
        if self.store.certificate_file(version_id, Format::Pdf.as_str()).await?.is_none() {
            self.made(version_id, evidence, &ty, &caller.actor, None, at).await?;
        }
        self.decide(caller, &row, QueueState::Sealed, None, at).await
    }

    /// Takes a version out of the queue without a seal.
    ///
    /// # Errors
    /// As [`Self::seal`]; one that is sealed already; no reason, or one that is too long.
    pub async fn refuse(&self, caller: &Caller, version_id: Uuid, reason: &str, at: DateTime<Utc>) -> Result<(), FileError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON {
            return Err(FileError::Reason);
        }
        let evidence = self.of_officer(caller, version_id).await?;
        // A hub that was killed may have sealed it and not said so.
        if self.store.certificate_file(version_id, Format::Pdf.as_str()).await?.is_some() {
            self.decide(caller, &evidence.row, QueueState::Sealed, None, at).await?;
            return Err(FileError::Sealed);
        }
        self.decide(caller, &evidence.row, QueueState::Refused, Some(reason), at).await
    }

    /// The version, where its officer asks.
    async fn of_officer(&self, caller: &Caller, version_id: Uuid) -> Result<Evidence, FileError> {
        let found = self.store.evidence(&evidence_by_keys(vec![version_id.to_string()])?).await?.pop();
        let evidence = found.filter(|evidence| caller.actor.issues(&evidence.row.type_name)).ok_or(FileError::Unknown)?;
        if !caller.actor.acts_for(&evidence.row.issuer) {
            return Err(FileError::Forbidden(evidence.row.issuer));
        }
        let ty = self.type_of(&evidence)?;
        if ty.has_face() && ty.sealing.mode == SealingMode::Manual { Ok(evidence) } else { Err(FileError::NotByHand(ty.name.to_string())) }
    }

    async fn decide(
        &self,
        caller: &Caller,
        row: &CertificateRow,
        state: QueueState,
        reason: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), FileError> {
        let decided = QueueRow {
            version_id: row.id,
            type_name: row.type_name.to_string(),
            issuer: row.issuer.clone(),
            state,
            entered_at: row.updated_at,
            decided_at: Some(at),
            officer: Some(caller.actor.name.to_string()),
            reason: reason.map(str::to_owned),
        };
        let kind = if state == QueueState::Sealed { Kind::Seal } else { Kind::RefuseSeal };
        if self.store.decide(&decided, &Entry::new(caller, kind, at).of_version(&row.type_name, row.id).into()).await?
            || state == QueueState::Sealed
        {
            return Ok(());
        }
        Err(FileError::Sealed)
    }
}
