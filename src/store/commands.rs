//! What the store is told to write. Every value is complete when it arrives: a transaction computes nothing and may run again.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use model::plan::{Column, Value};
use uuid::Uuid;
use verify::status::CertificateStatus;

use super::rows::{Attachment, CertificateRow, EventRow};

/// Numbers reserved before anything is signed. What is not used stays on record as a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub id: Uuid,
    pub scope: String,
    pub first: i64,
    pub count: u32,
}

/// A number and an identifier that a certificate of this type and issuer would have.
#[derive(Debug, Clone)]
pub struct Claim {
    pub type_name: Arc<str>,
    pub issuer: String,
    pub number: Option<String>,
    pub identifier: Option<String>,
}

/// What of a [`Claim`] another certificate has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    pub number: bool,
    pub identifier: bool,
}

/// A certificate to be written: the first version of a record, or a successor.
#[derive(Debug, Clone)]
pub struct NewVersion {
    pub row: CertificateRow,
    /// The event that begins this version (seq 0, no statement of its own).
    pub event: EventRow,
    /// What the statement names by digest; what is on record already is left as it is.
    pub attachments: Vec<Attachment>,
    /// The number tells something of a person: it lies in the index as an opaque key, and in clear in the statement alone.
    pub number_is_personal: bool,
    /// Codes of the holders, in clear: the store keeps opaque keys only.
    pub holder_codes: Vec<String>,
    /// Values of the searchable fields in their stored form.
    pub slots: Vec<(Column, Value)>,
    pub succeeds: Option<Succession>,
    pub rules: Vec<RuleCheck>,
    pub idempotency: Option<Idempotency>,
    /// Reservations this version uses one number of.
    pub reservations: Vec<Uuid>,
    /// A counter that this version's number lies ahead of, and what it is to give next at least.
    pub raises: Option<(String, i64)>,
    pub outbox: Vec<OutboxMessage>,
    pub audit: AccessEvent,
}

/// A certificate as it stands some time after it was issued: the row and its index have the status of `since`.
#[derive(Debug, Clone)]
pub struct Standing {
    pub version: NewVersion,
    /// The status event that came after the issue, signed.
    pub since: Option<EventRow>,
}

/// The version replaced: it must still be the current one, at that event.
#[derive(Debug, Clone)]
pub struct Succession {
    pub version_id: Uuid,
    pub event_seq: i32,
    /// The SUPERSEDED event of the old version, signed.
    pub event: EventRow,
}

/// A status event on a current version.
#[derive(Debug, Clone)]
pub struct StatusChange {
    pub version_id: Uuid,
    pub record_id: Uuid,
    /// The event expected to be the last one; else CONFLICT.
    pub expected_seq: i32,
    pub event: EventRow,
    pub outbox: Vec<OutboxMessage>,
    pub audit: AccessEvent,
}

/// A rule across a holder's current certificates, checked inside the commit, after the holder's guard row is locked.
#[derive(Debug, Clone)]
pub struct RuleCheck {
    pub code: String,
    /// In clear.
    pub holder_code: String,
    pub type_name: String,
    /// Other certificates count when each of these columns has one of the values.
    pub among: Vec<(Column, Vec<Value>)>,
    /// Answered statuses that count, and the day they are derived for.
    pub status: Vec<CertificateStatus>,
    pub today: NaiveDate,
    pub column: Column,
    pub value: Value,
    /// true: no other may have the value; false: all others must have it.
    pub unique: bool,
    /// The sentence for the caller, zh and en.
    pub message: (String, String),
}

/// Makes a retry return the first result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    pub actor: String,
    pub key: String,
    /// SM3 of the canonical input: another input under the same key is CONFLICT.
    pub digest: String,
}

/// What a known idempotency key answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    New,
    /// The version made the first time.
    Same(Uuid),
    /// The key was used with another input.
    Other,
}

/// A follow-up written in the command's transaction. Holds ids, never personal values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    pub id: Uuid,
    pub kind: String,
    pub version_id: Uuid,
    pub at: DateTime<Utc>,
}

/// Who did or read what, for what; unnumbered here, numbered and hashed by the sequencer later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEvent {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub role: String,
    /// issue, amend, suspend, query, verify, registerType …: the catalogue of `audit`.
    pub kind: String,
    pub type_name: Option<String>,
    pub version_id: Option<Uuid>,
    /// JSON of the purpose.
    pub purpose: Option<String>,
    /// ok, refused, conflict …
    pub outcome: String,
    /// How many certificates were answered or written.
    pub count: i32,
    /// SM3 (hex) of the signed statement that was written: of the version, or of the change of its status.
    pub wrote: Option<String>,
    /// Names of the grants that allowed a read, joined by commas; None: the token names the type itself.
    pub rules: Option<String>,
    /// Hides the event behind its commitment in the log; None: erased, or of before there was a log.
    pub salt: Option<[u8; 32]>,
}

/// Why a row was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitFault {
    /// Another version is current, or another event came first; the current id.
    Superseded {
        current: Uuid,
    },
    /// The number is taken for this type and issuer.
    NumberTaken {
        number: String,
    },
    IdentifierTaken {
        identifier: String,
    },
    /// A rule across the holder's certificates: its code and sentences (zh, en).
    Rule {
        code: String,
        zh: String,
        en: String,
    },
    /// The idempotency key was used meanwhile.
    Replay(Replay),
    /// allOrNothing: another row was refused.
    NotCommitted,
    NotFound,
}
