//! What the store answers: plain rows, no database types.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use model::registry::State;
use uuid::Uuid;
use verify::status::CertificateStatus;

/// One stored version of a certificate, with the status it has now.
#[derive(Debug, Clone)]
pub struct CertificateRow {
    /// Opaque id of this version.
    pub id: Uuid,
    /// What stays when versions follow one another.
    pub record_id: Uuid,
    pub type_name: Arc<str>,
    pub type_version: String,
    pub schema_digest: String,
    /// GB/T 36904.
    pub identifier: String,
    /// From 1.
    pub version: i32,
    pub number: String,
    /// Credit code of the issuing authority.
    pub issuer: String,
    pub issued_on: NaiveDate,
    pub valid_from: Option<NaiveDate>,
    /// None: open-ended.
    pub valid_to: Option<NaiveDate>,
    /// Normalised status of the last event; what is answered is derived from it.
    pub event_status: CertificateStatus,
    pub status_scheme: String,
    pub status_code: String,
    /// Number of the last event; 0 = the issue.
    pub event_seq: i32,
    pub updated_at: DateTime<Utc>,
    pub current_id: Uuid,
    pub previous_id: Option<Uuid>,
    /// The signed statement, byte for byte.
    pub statement: Arc<str>,
    /// DER of the SM2 signature.
    pub signature: Arc<[u8]>,
    /// Key of [`SignerRow`].
    pub signer: Arc<str>,
}

/// One status event. The issue (seq 0) carries no statement of its own: the certificate's statement implies it.
#[derive(Debug, Clone)]
pub struct EventRow {
    pub id: Uuid,
    pub version_id: Uuid,
    pub record_id: Uuid,
    pub seq: i32,
    /// issue, suspend, resume, revoke, cancel, amend, renew.
    pub operation: String,
    /// The type's own operation code.
    pub operation_code: Option<String>,
    pub scheme: String,
    pub code: String,
    pub status: CertificateStatus,
    pub reason: Option<String>,
    pub actor: String,
    pub at: DateTime<Utc>,
    pub statement: Option<Arc<str>>,
    pub signature: Option<Arc<[u8]>>,
    pub signer: Option<Arc<str>>,
}

/// A signer's certificate chain, signer first, DER.
#[derive(Debug, Clone)]
pub struct SignerRow {
    /// SM3 (hex) of the signer's certificate.
    pub id: Arc<str>,
    pub chain: Vec<Vec<u8>>,
}

/// Bytes kept apart from the statement that names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// [`verify::attachment::name_of`] the bytes, as long as nobody has changed them.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Everything the hub has on record about one version, for `verify`.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub row: CertificateRow,
    /// In order of `seq`, the issue left out.
    pub events: Vec<EventRow>,
    pub signers: Vec<SignerRow>,
    /// Identifier of the version that replaced this one.
    pub superseded_by: Option<String>,
    /// What the statement names and is there.
    pub attachments: Vec<Attachment>,
    /// Members whose columns hold what this program never wrote (no date, no status …); the row has some other value there.
    pub unreadable: Vec<&'static str>,
}

/// The answer to a plan, its certificates decoded ([`CertificateRow`]) or as the database sent them ([`super::Record`]).
#[derive(Debug, Clone)]
pub enum Answer<R = CertificateRow> {
    Rows(Vec<R>),
    Page(PageRows<R>),
    /// For each key of the plan, in its order.
    Reached(Vec<Vec<R>>),
    Groups(Vec<Group>),
}

impl<R> Answer<R> {
    /// How many certificates it holds.
    pub fn certificates(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Page(page) => page.rows.len(),
            Self::Reached(lists) => lists.iter().map(Vec::len).sum(),
            Self::Groups(_) => 0,
        }
    }
}

/// A certificate in an answer, decoded or not: what an access event says of it.
pub trait Answered {
    /// Type and id of the version; None where the columns hold what this program never wrote.
    fn named(&self) -> Option<(&str, Uuid)>;
}

impl Answered for CertificateRow {
    fn named(&self) -> Option<(&str, Uuid)> {
        Some((&self.type_name, self.id))
    }
}

#[derive(Debug, Clone)]
pub struct PageRows<R = CertificateRow> {
    /// In the order asked, each with the values of the order's columns for its cursor.
    pub rows: Vec<(R, Vec<model::plan::Value>)>,
    /// Are there rows beyond the end of this page (in the direction of paging)?
    pub more: bool,
    /// None: not asked, or more than the limit.
    pub total: Option<u32>,
}

/// One group of a statistics answer: the stored form of each key ("" = absent) and the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub keys: Vec<String>,
    pub count: i64,
}

/// 颁发机构 and other bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityRow {
    /// Credit code.
    pub code: String,
    pub name: String,
    /// A code of AuthorityLevel.
    pub level: Option<String>,
    /// Six digits, GB/T 2260.
    pub division: Option<String>,
    pub parent: Option<String>,
    pub updated_at: DateTime<Utc>,
}

/// A registered version of a type.
#[derive(Debug, Clone)]
pub struct TypeRow {
    pub name: String,
    pub version: String,
    pub digest: String,
    pub state: State,
    pub source: Arc<str>,
    /// JSON of the slot assignment.
    pub slots: String,
    /// File name it came from, for diagnostics.
    pub file: String,
    pub registered_at: DateTime<Utc>,
    pub registered_by: String,
}

/// A bearer token, without the token.
#[derive(Debug, Clone)]
pub struct TokenRow {
    pub name: String,
    pub actor: model::actor::Actor,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Whether a registered seal may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealStatus {
    Active,
    Suspended,
    /// For ever.
    Destroyed,
}

impl SealStatus {
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Destroyed];

    /// As it is stored, and as the API says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Destroyed => "DESTROYED",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// A registered seal (印章).
#[derive(Debug, Clone)]
pub struct SealRow {
    pub id: Uuid,
    /// Its own code (编码): esID of the seal.
    pub code: String,
    /// Credit code of the authority whose seal it is.
    pub authority: String,
    pub name: String,
    /// ROUND, OVAL or PICTURE.
    pub shape: String,
    /// Millimetres.
    pub width: u32,
    pub height: u32,
    /// PNG.
    pub picture: Vec<u8>,
    /// SESeal (GB/T 38540), DER, signed by its maker.
    pub seal: Vec<u8>,
    /// Certificate types it may be put to, by GraphQL name.
    pub types: model::actor::Granted,
    /// Who answers for its use (保管人).
    pub custodian: String,
    pub valid_from: DateTime<Utc>,
    /// Itself still valid.
    pub valid_to: DateTime<Utc>,
    pub status: SealStatus,
    /// Of the last change of status.
    pub reason: Option<String>,
    pub changed_at: DateTime<Utc>,
    /// How many files were signed with it.
    pub uses: i64,
    pub registered_at: DateTime<Utc>,
    pub registered_by: String,
}

/// One file signed with a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealUseRow {
    pub id: Uuid,
    /// Which version of a certificate the file shows.
    pub version_id: Uuid,
    pub at: DateTime<Utc>,
    /// In whose name the hub signed: token or account.
    pub actor: String,
    /// pdf or ofd.
    pub format: String,
    /// SM3 (hex) of the signed file.
    pub digest: String,
    /// GB/T 36904 identifier of the version; filled in when read.
    pub identifier: Option<String>,
}
