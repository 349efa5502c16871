//! Commands on certificates: issue (one or many), amend, renew, suspend, resume, revoke, cancel.
//!
//! ```text
//! rights ─▶ prepare (data → metadata) ─▶ reserve numbers ─▶ canonical bytes, sign, verify() the result ─▶ one transaction
//! ```
//!
//! Numbers are reserved first and on their own; signing and verifying happen outside any transaction; what is committed is a
//! [`statement::Verified`] command, which only a successful verification makes. Which operation may follow which status code
//! is data of the type file.

mod access;
mod attachments;
mod batch;
mod chunk;
mod dates;
mod drawing;
mod error;
mod holders;
mod idempotency;
mod numbering;
mod one;
pub mod past;
mod prepare;
mod recording;
mod rules;
mod slots;
mod statement;
mod status;
mod successor;
#[cfg(test)]
mod tests;
mod version;

pub use batch::{Batch, CHUNK, Issued, MAX_BATCH};
pub use error::{Fault, IssueError};
pub use idempotency::{MAX_KEY, key_of};
pub use one::IssueInput;
pub use status::MAX_REASON;
pub use successor::SuccessorInput;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use model::plan::evidence_by_keys;
use model::registry::Registry;
use uuid::Uuid;
use verify::{Policy, Trust};

use crate::sign::{KeyRing, Signer};
use crate::store::Store;
use crate::store::commands::{CommitFault, Idempotency, Replay};
use crate::store::rows::{AuthorityRow, Evidence, SignerRow};

/// The use cases. Cheap to clone; holds no state but which signers the store already knows.
#[derive(Debug, Clone)]
pub struct Issuing {
    store: Store,
    registry: Arc<ArcSwap<Registry>>,
    keys: Arc<KeyRing>,
    /// The roots under which this hub's own signatures must verify before they are committed.
    trust: Arc<ArcSwap<Trust>>,
    policy: Policy,
    recorded: Arc<Mutex<BTreeSet<String>>>,
}

impl Issuing {
    pub fn new(store: Store, registry: Arc<ArcSwap<Registry>>, keys: Arc<KeyRing>, trust: Arc<ArcSwap<Trust>>) -> Self {
        Self { store, registry, keys, trust, policy: Policy::default(), recorded: Arc::default() }
    }

    /// What tells the database written to from every other, one restored from its backup included.
    ///
    /// # Errors
    /// The store.
    pub async fn database(&self) -> Result<String, IssueError> {
        Ok(self.store.identity().await?)
    }

    /// The signer of an authority.
    fn signer(&self, authority: &str) -> Result<Arc<dyn Signer>, IssueError> {
        self.keys.signer(authority).ok_or_else(|| {
            IssueError::unavailable(
                format!("本系统没有颁发机构 {authority} 的签名密钥"),
                format!("this hub has no signing key of the authority {authority}"),
            )
        })
    }

    /// Keeps the signer's chain with the certificates, once. From then on `verify` is to know it: off this thread, for it takes
    /// milliseconds.
    async fn record_signer(&self, signer: &dyn Signer) -> Result<(), IssueError> {
        if self.recorded().contains(signer.id()) {
            return Ok(());
        }
        self.store.put_signer(&SignerRow { id: signer.id().into(), chain: signer.chain().to_vec() }).await?;
        if self.recorded().insert(signer.id().to_owned()) {
            let (trust, chain) = (self.trust.load_full(), signer.chain().to_vec());
            tokio::task::spawn_blocking(move || trust.learn(&chain));
        }
        Ok(())
    }

    fn recorded(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a known key answers; None: it is new.
    async fn replayed(&self, key: Option<&Idempotency>) -> Result<Option<Uuid>, IssueError> {
        let Some(key) = key else { return Ok(None) };
        match self.store.replay(std::slice::from_ref(key)).await?.into_iter().next() {
            Some(Replay::Same(first)) => Ok(Some(first)),
            Some(Replay::Other) => Err(idempotency::reused()),
            Some(Replay::New) | None => Ok(None),
        }
    }

    /// The answer to a row that the store refused. A retry that ran beside the first call meets what that call wrote (its number,
    /// its rule, its version): with a key, the first result is looked for before the fault is told.
    async fn settled(&self, fault: CommitFault, key: Option<&Idempotency>, id: &str) -> Result<Uuid, IssueError> {
        match self.replayed(key).await? {
            Some(first) => Ok(first),
            None => refused(fault, id),
        }
    }

    /// The authority as it is registered.
    async fn authority(&self, code: &str) -> Result<AuthorityRow, IssueError> {
        let found = self.store.authorities_by(&[code.to_owned()]).await?;
        found.into_iter().find(|row| row.code == code).ok_or_else(|| unregistered(code))
    }

    /// GraphQL name of the type of a version, by id or identifier.
    ///
    /// # Errors
    /// NOT_FOUND, or the store.
    pub async fn type_of(&self, id: &str) -> Result<Arc<str>, IssueError> {
        Ok(self.evidence(id).await?.row.type_name)
    }

    /// One version with its events, by id or identifier.
    async fn evidence(&self, id: &str) -> Result<Evidence, IssueError> {
        let plan = evidence_by_keys(vec![id.to_owned()]).map_err(|fault| IssueError::Bug(fault.to_string()))?;
        let found = self.store.evidence(&plan).await?;
        let opaque = id.parse::<Uuid>().ok();
        let asked = |evidence: &Evidence| Some(evidence.row.id) == opaque || evidence.row.identifier == id;
        let found = found.into_iter().find(asked).ok_or_else(|| IssueError::NotFound { id: id.to_owned() })?;
        if !found.unreadable.is_empty() {
            return Err(IssueError::Bug(format!("the row of {} holds nonsense in {}", found.row.id, found.unreadable.join(", "))));
        }
        Ok(found)
    }
}

fn unregistered(code: &str) -> IssueError {
    IssueError::fault("issuer", format!("颁发机构 {code} 未登记"), format!("the authority {code} is not registered"))
}

/// A command on a version that is no longer the current one.
fn must_be_current(evidence: &Evidence) -> Result<(), IssueError> {
    let row = &evidence.row;
    if row.current_id == row.id { Ok(()) } else { Err(IssueError::superseded(row.current_id)) }
}

/// The day in Asia/Shanghai, by which certificates count.
fn day(now: DateTime<Utc>) -> NaiveDate {
    FixedOffset::east_opt(8 * 3600).map_or_else(|| now.date_naive(), |offset| now.with_timezone(&offset).date_naive())
}

/// Why the store wrote nothing, in the caller's terms; an equal retry that came first is no fault.
fn refused(fault: CommitFault, id: &str) -> Result<Uuid, IssueError> {
    Err(match fault {
        CommitFault::Replay(Replay::Same(first)) => return Ok(first),
        CommitFault::Replay(Replay::Other) => idempotency::reused(),
        CommitFault::Replay(Replay::New) => IssueError::Bug("the store refused a new idempotency key".into()),
        CommitFault::Superseded { current } => IssueError::superseded(current),
        CommitFault::NumberTaken { number } => IssueError::conflict(
            format!("该颁发机构已颁发过编号为 {number} 的此类证照"),
            format!("this authority has issued a certificate of this type with the number {number} already"),
        ),
        CommitFault::IdentifierTaken { identifier } => {
            IssueError::conflict(format!("证照标识 {identifier} 已被占用"), format!("the identifier {identifier} is taken"))
        }
        CommitFault::Rule { zh, en, .. } => IssueError::conflict(zh, en),
        CommitFault::NotCommitted => not_committed(),
        CommitFault::NotFound => IssueError::NotFound { id: id.to_owned() },
    })
}

/// The store failed while this row was being written.
fn uncertain() -> IssueError {
    IssueError::unavailable(
        "写入该行时数据库出错，不能确定是否已写入：带 idempotencyKey 的行可原样重发，不会重复颁发；否则请先按编号或持证主体查找",
        "the database failed while this row was being written, and whether it was is not known: with an idempotencyKey send it again as it is, nothing is issued twice; without one look for it first",
    )
}

/// The store failed before this row was written.
fn untouched() -> IssueError {
    IssueError::unavailable(
        "数据库出错，该行没有写入，可以重发",
        "the database failed before this row was written: it was not, and may be sent again",
    )
}

fn not_committed() -> IssueError {
    IssueError::conflict(
        "同一批中另有错误，按 allOrNothing 整批未写入",
        "another row was refused, and with allOrNothing nothing is written",
    )
}
