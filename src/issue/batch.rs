//! Issue many. While one chunk is in its transaction the next is validated, signed and verified over the cores.
//!
//! ```text
//! push(1) ─▶ prepare 1
//! push(2) ─▶ prepare 2 │ commit 1 ─▶ answers of 1
//! finish  ─▶           │ commit 2 ─▶ answers of 2
//! ```
//! A faulty row is answered in its place, sound ones are committed.
//!
//! [`Issuing::issue_many`] runs in a task of its own: a caller who goes away half-way does not leave half a batch behind. Where the
//! store fails half-way, each row is told whether it was written.

use std::collections::HashMap;

use chrono::{DateTime, SubsecRound, Utc};
use futures_util::future::join;
use model::actor::Caller;
use model::plan::{MAX_VERIFIED, evidence_by_keys};
use uuid::Uuid;

use super::chunk::{Answer, Broken, Fate, Order, Prepared};
use super::{IssueError, IssueInput, Issuing, access, uncertain, untouched};
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
    all_or_nothing: bool,
    waiting: Option<Waiting<'a>>,
}

/// A chunk that is to be committed next: how many rows it has, and all but its transaction.
#[derive(Debug)]
struct Waiting<'a> {
    rows: usize,
    prepared: Result<Prepared<'a>, IssueError>,
}

impl<'a> Batch<'a> {
    /// Prepares these rows while the ones pushed before are committed; answers those before, in their order.
    ///
    /// # Errors
    /// What concerns the whole chunk before: rights, the type's state, the store. What concerns one row is its answer. After
    /// an error nothing tells which rows of that chunk were written but their idempotency keys.
    pub async fn push(&mut self, inputs: Vec<IssueInput>, now: DateTime<Utc>) -> Result<Vec<Result<Issued, IssueError>>, IssueError> {
        self.push_told(inputs, now).await.map_err(|broken| broken.error)
    }

    async fn push_told(&mut self, inputs: Vec<IssueInput>, now: DateTime<Utc>) -> Result<Vec<Answer>, Broken> {
        let (before, rows) = (self.waiting.take(), inputs.len());
        let preparing = async {
            let order = self.issuing.order(self.caller, self.type_name, self.all_or_nothing, now)?;
            self.issuing.prepare_chunk(order, inputs).await
        };
        let (prepared, answers) = join(preparing, self.issuing.answered(before)).await;
        self.waiting = Some(Waiting { rows, prepared });
        answers
    }

    /// Answers the rows pushed last.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub async fn finish(mut self) -> Result<Vec<Result<Issued, IssueError>>, IssueError> {
        self.finish_told().await.map_err(|broken| broken.error)
    }

    async fn finish_told(&mut self) -> Result<Vec<Answer>, Broken> {
        let last = self.waiting.take();
        self.issuing.answered(last).await
    }
}

impl Issuing {
    /// Begins a batch of any size. Rows that carry idempotency keys may be pushed again after a failure.
    pub const fn batch<'a>(&'a self, caller: &'a Caller, type_name: &'a str) -> Batch<'a> {
        Batch { issuing: self, caller, type_name, all_or_nothing: false, waiting: None }
    }

    /// Issues up to [`MAX_BATCH`] certificates; the answers come in the order of the inputs. With `all_or_nothing` one faulty
    /// row keeps every other from being written. Once begun it runs to its end, whether or not somebody waits for the answers.
    ///
    /// # Errors
    /// What concerns the whole batch: rights, the type's state, its size, a store that fails before anything is written. What
    /// concerns one row is its answer; so is what became of it where the store fails later.
    pub async fn issue_many(
        &self,
        caller: &Caller,
        type_name: &str,
        inputs: Vec<IssueInput>,
        all_or_nothing: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Result<Uuid, IssueError>>, IssueError> {
        self.order(caller, type_name, all_or_nothing, now)?;
        if inputs.len() > MAX_BATCH {
            let count = inputs.len();
            return Err(IssueError::Limit {
                zh: format!("一批 {count} 件，最多 {MAX_BATCH} 件"),
                en: format!("{count} certificates in one batch; at most {MAX_BATCH}"),
            });
        }
        let (issuing, caller, type_name) = (self.clone(), caller.clone(), type_name.to_owned());
        let all = async move { issuing.issue_all(&caller, &type_name, inputs, all_or_nothing, now).await };
        let answers = tokio::spawn(all).await.map_err(|fault| IssueError::Bug(fault.to_string()))??;
        Ok(answers.into_iter().map(|answer| answer.map(|issued| issued.id())).collect())
    }

    async fn issue_all(
        &self,
        caller: &Caller,
        type_name: &str,
        mut inputs: Vec<IssueInput>,
        all_or_nothing: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Answer>, IssueError> {
        let piece = if all_or_nothing { MAX_BATCH } else { PIECE };
        let mut answers = Vec::with_capacity(inputs.len());
        let mut batch = Batch { all_or_nothing, ..self.batch(caller, type_name) };
        let broken = loop {
            let rest = inputs.split_off(piece.min(inputs.len()));
            let answered = if inputs.is_empty() { batch.finish_told().await } else { batch.push_told(inputs, now).await };
            match answered {
                Ok(answered) => answers.extend(answered),
                Err(broken) => break (broken, rest.len()),
            }
            inputs = rest;
            if batch.waiting.is_none() {
                return Ok(answers);
            }
        };
        let (Broken { error, mut fates }, rest) = broken;
        let waiting = batch.waiting.map_or(0, |waiting| waiting.rows);
        fates.extend((0..waiting + rest).map(|_| Fate::Untouched));
        if answers.is_empty() && fates.iter().all(|fate| matches!(fate, Fate::Untouched | Fate::Answered(Err(_)))) {
            return Err(error);
        }
        tracing::error!(%error, "the store failed within a batch: each row is told what became of it");
        answers.extend(self.found(fates).await);
        Ok(answers)
    }

    /// Answers rows that a failure left open: what is on record by now was written.
    async fn found(&self, fates: Vec<Fate>) -> Vec<Answer> {
        let open: Vec<Uuid> =
            fates.iter().filter_map(|fate| if let Fate::Uncertain(issued) = fate { Some(issued.id()) } else { None }).collect();
        let found = if open.is_empty() { HashMap::new() } else { self.named(&open).await.unwrap_or_default() };
        let answer = |fate| match fate {
            Fate::Answered(answer) => answer,
            Fate::Uncertain(issued) if found.contains_key(&issued.id()) => Ok(issued),
            Fate::Uncertain(_) => Err(uncertain()),
            Fate::Untouched => Err(untouched()),
        };
        fates.into_iter().map(answer).collect()
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

    async fn answered(&self, waiting: Option<Waiting<'_>>) -> Result<Vec<Answer>, Broken> {
        let Some(Waiting { rows, prepared }) = waiting else { return Ok(Vec::new()) };
        self.commit_chunk(prepared.map_err(|error| Broken::before(error, rows))?).await
    }
}
