//! Certificates and what belongs to them in PostgreSQL or SQLite: the only room that knows sea-orm, SQL and redis.
//!
//! ```text
//! Plan ─▶ query (predicate, page, reach, statistics) ─▶ one statement ─▶ rows, or records that are read later
//! NewVersion, StatusChange ─▶ commit, status ─▶ announced ─▶ one transaction, run again when the database asks for it ─▶ announced
//! ```
//! Reads take a [`model::plan::Plan`] or [`model::plan::EvidencePlan`] and nothing else, so that nothing is read unchecked. Both
//! databases answer alike: text compares by bytes, nothing in the index is null, decimals are scaled integers.

mod access;
mod administrators;
mod approvals;
mod attachments;
mod authorities;
mod backup;
mod changes;
mod clients;
pub mod commands;
mod commit;
mod connection;
mod copies;
mod decode;
mod departments;
mod error;
mod evidence;
mod files;
mod grants;
mod heard;
mod holders;
mod idempotency;
mod identity;
mod index;
mod lease;
mod log;
mod mandates;
mod opaque;
mod outbox;
mod pool;
mod query;
mod queue;
mod record;
mod redis;
mod reserve;
pub mod rows;
mod seals;
mod session;
mod signed_in;
mod signers;
mod sql;
mod statements;
mod status;
mod tokens;
mod types;

use std::sync::Arc;

pub use administrators::{AdministratorFault, AdministratorRow};
pub use approvals::{ApprovalRow, ApprovalState};
pub use backup::BackupError;
pub use changes::{ChangesSettings, LEASE, Replicas};
pub use clients::{ClientFault, ClientRow, ClientState, CredentialRow, Proof, UsedAssertion};
pub use commit::{Lines, Ready};
pub use connection::StoreSettings;
pub use copies::CopyRow;
pub use departments::{Contact, DepartmentRow};
pub use error::StoreError;
pub use files::{FaceRow, FileRow};
pub use grants::{AccessRequestRow, Decision, Ended, GrantRow};
pub use holders::{Freeze, HolderSession, UseCodeRow};
pub use log::{ENTRIES, LogCheckpoint, LogGrowth, LogTile, LoggedEvent};
pub use mandates::MandateRow;
pub use queue::{QueueRow, QueueState};
pub use record::{AuthorityRef, Record, Wanted, With};
pub use redis::{RedisSettings, redis_version};
pub use rows::{
    Answer, Answered, Attachment, AuthorityRow, CertificateRow, EventRow, Evidence, Group, PageRows, SealRow, SealStatus, SealUseRow,
    SignerRow, TokenRow, TypeRow,
};
pub use seals::SealFault;
pub use signed_in::{EndedWhy, Proven, SessionRow, Way};
pub use types::PutType;

/// The store. Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<connection::Inner>,
    changes: Arc<changes::Changes>,
    /// Where statements are noted; see [`Store::heard`].
    heard: Option<heard::Heard>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").field("dialect", &self.inner.dialect).finish_non_exhaustive()
    }
}

/// The end of `known_to` while something is still so.
const OPEN: i64 = i64::MAX;
