//! Draft and counters → a new version, signed and verified.

use chrono::{DateTime, NaiveDate, Utc};
use model::actor::Caller;
use model::registry::{Operation, Transition};
use model::standards::Standards;
use uuid::Uuid;
use verify::statement::{StatedIssuer, Statement, StatusStatement};
use verify::status::CertificateStatus;

use super::error::IssueError;
use super::numbering::{self, Counters};
use super::prepare::Draft;
use super::statement::{Notary, Verified, digest_before};
use super::status::event;
use super::{recording, rules, slots};
use crate::audit::Kind;
use crate::store::commands::{Idempotency, NewVersion, Succession};
use crate::store::rows::{CertificateRow, EventRow, Evidence};

/// What a version is composed of beside its draft.
#[derive(Debug, Clone)]
pub(super) struct Context<'a> {
    pub(super) caller: &'a Caller,
    pub(super) ids: Ids,
    pub(super) counters: Counters,
    pub(super) reservations: Vec<Uuid>,
    pub(super) idempotency: Option<Idempotency>,
    pub(super) succeeds: Option<Replaced<'a>>,
    pub(super) today: NaiveDate,
    /// With whole microseconds.
    pub(super) now: DateTime<Utc>,
}

/// The ids of what is new.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    pub(super) version: Uuid,
    /// Of a first version; a successor keeps its record.
    pub(super) record: Uuid,
    /// Of the event that begins the version.
    pub(super) event: Uuid,
}

impl Ids {
    pub(super) fn fresh() -> Self {
        Self { version: Uuid::now_v7(), record: Uuid::now_v7(), event: Uuid::now_v7() }
    }
}

/// The version that is replaced, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replaced<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) operation: Operation,
    pub(super) transition: &'a Transition,
    pub(super) reason: Option<&'a str>,
}

/// Composes, signs and verifies one version.
///
/// # Errors
/// A number or identifier that cannot be made, a version beyond 999, a signer that fails.
pub(super) fn compose(draft: &Draft, context: Context<'_>, notary: &Notary<'_>) -> Result<Verified<NewVersion>, IssueError> {
    let ty = &draft.ty;
    let number_version = next_version(context.succeeds.as_ref())?;
    let faulty = |fault| IssueError::InvalidInput(vec![fault]);
    let number = numbering::render_number(draft, context.counters).map_err(faulty)?;
    let serial = numbering::render_serial(draft, &number, context.counters).map_err(faulty)?;
    let identifier = numbering::identifier(draft, &serial, number_version).map_err(faulty)?;
    let status = initial_status(draft)?;
    let id = context.ids.version;
    let replaced = context.succeeds.map(|replaced| replaced.evidence);
    let row = CertificateRow {
        id,
        record_id: replaced.map_or(context.ids.record, |evidence| evidence.row.record_id),
        type_name: ty.name.clone(),
        type_version: ty.version.to_string(),
        schema_digest: ty.digest.to_string(),
        identifier: identifier.clone(),
        version: i32::from(number_version),
        number: number.clone(),
        issuer: draft.authority.code.clone(),
        issued_on: draft.dates.issued_on,
        valid_from: draft.dates.valid_from,
        valid_to: draft.dates.valid_to,
        event_status: status,
        status_scheme: ty.status.scheme.clone(),
        status_code: ty.status.initial.clone(),
        event_seq: 0,
        updated_at: context.now,
        current_id: id,
        previous_id: replaced.map(|evidence| evidence.row.id),
        statement: "".into(),
        signature: Vec::new().into(),
        signer: "".into(),
    };
    let statement = Statement {
        v: verify::statement::VERSION,
        identifier,
        type_code: ty.type_code.clone(),
        type_name: ty.title.zh.clone(),
        type_version: row.type_version.clone(),
        schema_digest: row.schema_digest.clone(),
        number,
        issuer: StatedIssuer { code: draft.authority.code.clone(), name: draft.authority.name.clone() },
        holders: draft.holders.clone(),
        issued_on: row.issued_on,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        previous: replaced.map(|evidence| evidence.row.identifier.clone()),
        data: draft.data.clone(),
    };
    let holder_codes = draft.holder_codes();
    let (kind, message) = match context.succeeds.as_ref().map(|replaced| replaced.operation) {
        None => (Kind::Issue, "certificate.issued"),
        Some(Operation::Renew) => (Kind::Renew, "certificate.renewed"),
        Some(_) => (Kind::Amend, "certificate.amended"),
    };
    let superseding = context.succeeds.map(|replaced| superseding(&replaced, &row, context.now));
    let version = NewVersion {
        event: first_event(draft, &row, &context),
        slots: slots::slots(ty, &draft.data),
        succeeds: match (&context.succeeds, &superseding) {
            (Some(replaced), Some(statement)) => Some(succession(replaced, statement, context.caller)),
            _ => None,
        },
        rules: rules::checks(ty, &draft.data, &holder_codes, context.today),
        holder_codes,
        attachments: draft.attachments.clone(),
        number_is_personal: ty.number_is_personal(),
        idempotency: context.idempotency,
        reservations: context.reservations,
        raises: numbering::raised(draft, &row.number),
        outbox: vec![recording::message(message, id, context.now)],
        audit: recording::access_event(context.caller, kind, &ty.name, id, context.now),
        row,
    };
    notary.version(version, &statement, superseding.as_ref())
}

fn next_version(replaced: Option<&Replaced<'_>>) -> Result<u16, IssueError> {
    let Some(replaced) = replaced else { return Ok(1) };
    match u16::try_from(replaced.evidence.row.version) {
        Ok(version) if version < 999 => Ok(version + 1),
        _ => Err(IssueError::conflict("版本号已到 999，不能再变更或延续", "the version has reached 999: no further version can be made")),
    }
}

fn initial_status(draft: &Draft) -> Result<CertificateStatus, IssueError> {
    let rule = &draft.ty.status;
    let scheme = Standards::embedded().scheme(&rule.scheme);
    scheme
        .and_then(|scheme| scheme.status(&rule.initial))
        .ok_or_else(|| IssueError::Bug(format!("{} has no code {}", rule.scheme, rule.initial)))
}

fn first_event(draft: &Draft, row: &CertificateRow, context: &Context<'_>) -> EventRow {
    let rule = &draft.ty.status;
    let replaced = context.succeeds.as_ref();
    EventRow {
        id: context.ids.event,
        version_id: row.id,
        record_id: row.record_id,
        seq: 0,
        operation: replaced.map_or("issue", |replaced| replaced.operation.as_str()).to_owned(),
        operation_code: match replaced {
            None => rule.issue_operation.clone(),
            Some(replaced) => replaced.transition.operation.clone(),
        },
        scheme: rule.scheme.clone(),
        code: rule.initial.clone(),
        status: row.event_status,
        reason: replaced.and_then(|replaced| replaced.reason).map(str::to_owned),
        actor: context.caller.actor.name.to_string(),
        at: row.updated_at,
        statement: None,
        signature: None,
        signer: None,
    }
}

/// The old version keeps its scheme's code; that it was replaced is said by the normalised status.
fn superseding(replaced: &Replaced<'_>, successor: &CertificateRow, now: DateTime<Utc>) -> StatusStatement {
    let Evidence { row, events, .. } = replaced.evidence;
    StatusStatement {
        v: verify::statement::VERSION,
        identifier: row.identifier.clone(),
        seq: u32::try_from(row.event_seq).unwrap_or_default() + 1,
        operation: replaced.operation.as_str().to_owned(),
        scheme: row.status_scheme.clone(),
        code: row.status_code.clone(),
        status: CertificateStatus::Superseded,
        reason: replaced.reason.map(str::to_owned),
        at: now,
        superseded_by: Some(successor.identifier.clone()),
        previous: digest_before(row, events),
    }
}

fn succession(replaced: &Replaced<'_>, statement: &StatusStatement, caller: &Caller) -> Succession {
    let row = &replaced.evidence.row;
    Succession { version_id: row.id, event_seq: row.event_seq, event: event(replaced.evidence, statement, replaced.transition, caller) }
}
