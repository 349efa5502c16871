//! Issue many. While one chunk is in its transaction the next is validated, signed and verified over the cores.
//!
//! ```text
//! push(1) ─▶ prepare 1
//! push(2) ─▶ prepare 2 │ commit 1 ─▶ answers of 1
//! finish  ─▶           │ commit 2 ─▶ answers of 2
//! ```
//! A faulty row is answered in its place, sound ones are committed.

use std::collections::HashMap;

use chrono::{DateTime, SubsecRound, Utc};
use futures_util::future::join;
use model::actor::Caller;
use model::plan::{MAX_VERIFIED, evidence_by_keys};
use uuid::Uuid;

use super::chunk::{Order, Prepared};
use super::{IssueError, IssueInput, Issuing, access};
use crate::store::Ready;

/// Most certificates of one [`Issuing::issue_many`].
pub const MAX_BATCH: usize = 1000;
/// How many rows are best given to [`Batch::push`] at once.
pub const CHUNK: usize = 1000;
/// `issue_many` is cut into pieces of this size, so that signing and database overlap there too.
const PIECE: usize = 250;

/// What became of a row that was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issued {
    Now {
        id: Uuid,
        identifier: String,
        number: String,
    },
    /// Its idempotency key was known: the version made the first time.
    Before {
        id: Uuid,
    },
}

impl Issued {
    pub(super) fn new(ready: &Ready) -> Self {
        Self::Now { id: ready.id(), identifier: ready.identifier().to_owned(), number: ready.number().to_owned() }
    }

    pub(super) const fn before(id: Uuid) -> Self {
        Self::Before { id }
    }

    /// Of the version.
    pub const fn id(&self) -> Uuid {
        match self {
            Self::Now { id, .. } | Self::Before { id } => *id,
        }
    }
}

/// A batch of any size in bounded memory: two chunks are on their way at a time.
#[derive(Debug)]
pub struct Batch<'a> {
    issuing: &'a Issuing,
    caller: &'a Caller,
    type_name: &'a str,
    waiting: Option<Result<Prepared<'a>, IssueError>>,
}

impl<'a> Batch<'a> {
    /// Prepares these rows while the ones pushed before are committed; answers those before, in their order.
    ///
    /// # Errors
    /// What concerns the whole chunk before: rights, the type's state, the store. What concerns one row is its answer. After
    /// an error nothing tells which rows of that chunk were written but their idempotency keys.
    pub async fn push(&mut self, inputs: Vec<IssueInput>, now: DateTime<Utc>) -> Result<Vec<Result<Issued, IssueError>>, IssueError> {
        let before = self.waiting.take();
        let preparing = async {
            let order = self.issuing.order(self.caller, self.type_name, false, now)?;
            self.issuing.prepare_chunk(order, inputs).await
        };
        let (prepared, answers) = join(preparing, self.issuing.answered(before)).await;
        self.waiting = Some(prepared);
        answers
    }

    /// Answers the rows pushed last.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub async fn finish(mut self) -> Result<Vec<Result<Issued, IssueError>>, IssueError> {
        let last = self.waiting.take();
        self.issuing.answered(last).await
    }
}

impl Issuing {
    /// Begins a batch of any size. Rows that carry idempotency keys may be pushed again after a failure.
    pub const fn batch<'a>(&'a self, caller: &'a Caller, type_name: &'a str) -> Batch<'a> {
        Batch { issuing: self, caller, type_name, waiting: None }
    }

    /// Issues up to [`MAX_BATCH`] certificates; the answers come in the order of the inputs. With `all_or_nothing` one faulty
    /// row keeps every other from being written.
    ///
    /// # Errors
    /// What concerns the whole batch: rights, the type's state, its size, the store. What concerns one row is its answer.
    pub async fn issue_many(
        &self,
        caller: &Caller,
        type_name: &str,
        mut inputs: Vec<IssueInput>,
        all_or_nothing: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Result<Uuid, IssueError>>, IssueError> {
        let order = self.order(caller, type_name, all_or_nothing, now)?;
        if inputs.len() > MAX_BATCH {
            let count = inputs.len();
            return Err(IssueError::Limit {
                zh: format!("一批 {count} 件，最多 {MAX_BATCH} 件"),
                en: format!("{count} certificates in one batch; at most {MAX_BATCH}"),
            });
        }
        let mut answers = Vec::with_capacity(inputs.len());
        if all_or_nothing || inputs.len() <= PIECE {
            answers = self.commit_chunk(self.prepare_chunk(order, inputs).await?).await?;
        } else {
            let mut batch = self.batch(caller, type_name);
            while !inputs.is_empty() {
                let rest = inputs.split_off(PIECE.min(inputs.len()));
                answers.extend(batch.push(inputs, now).await?);
                inputs = rest;
            }
            answers.extend(batch.finish().await?);
        }
        Ok(answers.into_iter().map(|answer| answer.map(|issued| issued.id())).collect())
    }

    /// Identifier and number of versions that [`Issued::Before`] answered; what is not there is left out.
    ///
    /// # Errors
    /// The store.
    pub async fn named(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, (String, String)>, IssueError> {
        let mut named = HashMap::new();
        for ids in ids.chunks(MAX_VERIFIED) {
            let plan = evidence_by_keys(ids.iter().map(Uuid::to_string).collect()).map_err(|fault| IssueError::Bug(fault.to_string()))?;
            let found = self.store.evidence(&plan).await?;
            named.extend(found.into_iter().map(|found| (found.row.id, (found.row.identifier, found.row.number))));
        }
        Ok(named)
    }

    /// # Errors
    /// A type that is not known, not granted or not published.
    fn order<'a>(&self, caller: &'a Caller, type_name: &str, all_or_nothing: bool, now: DateTime<Utc>) -> Result<Order<'a>, IssueError> {
        let registered = access::granted(&self.registry.load_full(), &caller.actor, type_name)?;
        access::published(&registered)?;
        Ok(Order { caller, ty: registered.ty.clone(), all_or_nothing, now: now.trunc_subsecs(6) })
    }

    async fn answered(&self, prepared: Option<Result<Prepared<'_>, IssueError>>) -> Result<Vec<Result<Issued, IssueError>>, IssueError> {
        match prepared {
            None => Ok(Vec::new()),
            Some(prepared) => self.commit_chunk(prepared?).await,
        }
    }
}
