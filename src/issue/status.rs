//! Suspend, resume, revoke, cancel: a signed event on the current version, along the type's transitions.

use chrono::{DateTime, SubsecRound, Utc};
use model::actor::Caller;
use model::registry::{CertificateType, Operation, Transition};
use model::standards::Standards;
use uuid::Uuid;
use verify::statement::StatusStatement;

use super::error::{Fault, IssueError};
use super::statement::{Notary, digest_before};
use super::{Issuing, access, must_be_current, recording, refused};
use crate::audit::Kind;
use crate::store::commands::StatusChange;
use crate::store::rows::{CertificateRow, EventRow, Evidence};

/// Longest reason, in characters.
pub const MAX_REASON: usize = 500;

impl Issuing {
    /// Changes the status of a current version; returns its id, which stays. `status_code` chooses among the codes that the
    /// type allows; without it the first is taken.
    ///
    /// # Errors
    /// As [`IssueError`] says: CONFLICT for a version that is not current, or an operation that its code does not allow.
    pub async fn change_status(
        &self,
        caller: &Caller,
        id: &str,
        operation: Operation,
        reason_given: &str,
        status_code: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Uuid, IssueError> {
        kind(operation)?;
        let reason = reason(reason_given)?.to_owned();
        let evidence = self.evidence(id).await?;
        let row = &evidence.row;
        let registered = access::granted(&self.registry.load_full(), &caller.actor, &row.type_name)?;
        access::acts_for(&caller.actor, &row.issuer)?;
        must_be_current(&evidence)?;
        let transition = allowed(&registered.ty, row, operation)?;
        let code = target(transition, status_code)?;
        let at = evidence.events.last().map_or(now, |last| now.max(last.at)).trunc_subsecs(6);
        let (change, statement) = change(&evidence, transition, Said { operation, code, reason, at }, caller)?;
        let (signer, issuer) = (self.signer(&row.issuer)?, row.issuer.clone());
        let (trust, policy, own) = (self.trust.load_full(), self.policy.clone(), signer.clone());
        let work = tokio::task::spawn_blocking(move || {
            Notary { signer: own.as_ref(), trust: &trust, policy: &policy, now: at }.status(change, &statement, &issuer)
        });
        let verified = work.await.map_err(|fault| IssueError::Bug(fault.to_string()))??;
        self.record_signer(signer.as_ref()).await?;
        match self.store.change_status(verified.into_command()).await? {
            Ok(()) => Ok(row.id),
            Err(fault) => refused(fault, id),
        }
    }
}

/// What a status event says.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) operation: Operation,
    pub(super) code: String,
    pub(super) reason: String,
    pub(super) at: DateTime<Utc>,
}

/// The change of a current version, and the statement that is to be signed for it.
pub(super) fn change(
    evidence: &Evidence,
    transition: &Transition,
    said: Said,
    caller: &Caller,
) -> Result<(StatusChange, StatusStatement), IssueError> {
    let (row, at) = (&evidence.row, said.at);
    let scheme = Standards::embedded().scheme(&row.status_scheme);
    let status = scheme
        .and_then(|scheme| scheme.status(&said.code))
        .ok_or_else(|| IssueError::Bug(format!("{} has no code {}", row.status_scheme, said.code)))?;
    let statement = StatusStatement {
        v: verify::statement::VERSION,
        identifier: row.identifier.clone(),
        seq: u32::try_from(row.event_seq).unwrap_or_default() + 1,
        operation: said.operation.as_str().to_owned(),
        scheme: row.status_scheme.clone(),
        code: said.code,
        status,
        reason: Some(said.reason),
        at,
        superseded_by: None,
        previous: digest_before(row, &evidence.events),
    };
    let change = StatusChange {
        version_id: row.id,
        record_id: row.record_id,
        expected_seq: row.event_seq,
        event: event(evidence, &statement, transition, caller),
        outbox: vec![recording::message("certificate.statusChanged", row.id, at)],
        audit: recording::access_event(caller, kind(said.operation)?, &row.type_name, row.id, at),
    };
    Ok((change, statement))
}

fn kind(operation: Operation) -> Result<Kind, IssueError> {
    match operation {
        Operation::Suspend => Ok(Kind::Suspend),
        Operation::Resume => Ok(Kind::Resume),
        Operation::Revoke => Ok(Kind::Revoke),
        Operation::Cancel => Ok(Kind::Cancel),
        Operation::Amend | Operation::Renew => Err(IssueError::Bug(format!("{} is no change of status alone", operation.as_str()))),
    }
}

/// The transition, where the present code allows the operation.
pub(super) fn allowed<'a>(ty: &'a CertificateType, row: &CertificateRow, operation: Operation) -> Result<&'a Transition, IssueError> {
    let rule = &ty.status;
    let here = &row.status_code;
    // The same code means another thing in another scheme.
    let known = rule.scheme == row.status_scheme;
    let found = rule.transitions.get(&operation).filter(|transition| known && transition.from.contains(here));
    found.ok_or_else(|| {
        let others = rule.transitions.iter().filter(|(_, transition)| known && transition.from.contains(here));
        let names: Vec<&str> = others.map(|(operation, _)| operation.as_str()).collect();
        let (name, none) = (operation.as_str(), names.is_empty());
        let names = names.join(", ");
        IssueError::conflict(
            format!("状态为 {here} 的证照不能做 {name}；可做：{}", if none { "无" } else { &names }),
            format!("a certificate of status {here} cannot be changed by {name}; possible: {}", if none { "nothing" } else { &names }),
        )
    })
}

/// A reason says something, within [`MAX_REASON`] characters.
pub(super) fn reason(text: &str) -> Result<&str, IssueError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(IssueError::fault("reason", "须说明原因", "a reason is required"));
    }
    if text.chars().count() > MAX_REASON {
        return Err(IssueError::fault(
            "reason",
            format!("原因不超过 {MAX_REASON} 字"),
            format!("a reason has at most {MAX_REASON} characters"),
        ));
    }
    Ok(text)
}

pub(super) fn target(transition: &Transition, asked: Option<String>) -> Result<String, IssueError> {
    match asked {
        None => transition.to.first().cloned().ok_or_else(|| IssueError::Bug("a transition leads nowhere".into())),
        Some(code) if transition.to.contains(&code) => Ok(code),
        Some(code) => {
            let possible = transition.to.join(", ");
            let fault = Fault::new(
                "statusCode",
                format!("不能变为 {code:?}；可为：{possible}"),
                format!("it cannot become {code:?}; possible: {possible}"),
            );
            Err(IssueError::InvalidInput(vec![fault]))
        }
    }
}

/// The row of a status event; its statement and signature are put in when it is signed.
pub(super) fn event(evidence: &Evidence, statement: &StatusStatement, transition: &Transition, caller: &Caller) -> EventRow {
    EventRow {
        id: Uuid::now_v7(),
        version_id: evidence.row.id,
        record_id: evidence.row.record_id,
        seq: evidence.row.event_seq + 1,
        operation: statement.operation.clone(),
        operation_code: transition.operation.clone(),
        scheme: statement.scheme.clone(),
        code: statement.code.clone(),
        status: statement.status,
        reason: statement.reason.clone(),
        actor: caller.actor.name.to_string(),
        at: statement.at,
        statement: None,
        signature: None,
        signer: None,
    }
}
