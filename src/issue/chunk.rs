//! Part of a batch on its way: screened, drafted, numbered, composed, signed and verified over the cores; then committed in one
//! transaction, and what a number of our own making failed for is drawn again.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::actor::Caller;
use model::registry::CertificateType;
use uuid::Uuid;

use super::drawing::Drawn;
use super::idempotency::{Issuance, idempotency, reused};
use super::numbering;
use super::prepare::{Draft, Given, prepare};
use super::statement::Notary;
use super::version::{Context, Ids, compose};
use super::{IssueError, IssueInput, Issued, Issuing, access, day, not_committed, unregistered};
use crate::sign::Signer;
use crate::store::Ready;
use crate::store::commands::{CommitFault, Idempotency, Replay};
use crate::store::rows::AuthorityRow;
use crate::verification::over_cores;

/// How often rows whose numbers were taken are drawn again. The second time they get free ones; a third comes about only where
/// another writer gives these very numbers by hand in between.
const DRAWS: usize = 8;

pub(super) type Answer = Result<Issued, IssueError>;

/// What all rows of a chunk share.
#[derive(Debug, Clone)]
pub(super) struct Order<'a> {
    pub(super) caller: &'a Caller,
    pub(super) ty: Arc<CertificateType>,
    /// One faulty row keeps every other from being written.
    pub(super) all_or_nothing: bool,
    /// With whole microseconds.
    pub(super) now: DateTime<Utc>,
}

/// A chunk that only lacks its transaction.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    order: Order<'a>,
    answers: Answers,
    rows: Vec<Arc<Row>>,
    /// Of each row.
    ready: Vec<Ready>,
}

/// A row that only lacks its numbers.
#[derive(Debug)]
pub(super) struct Row {
    place: usize,
    pub(super) draft: Draft,
    idempotency: Option<Idempotency>,
    signer: Arc<dyn Signer>,
}

/// A row whose rights, key and authority are settled.
#[derive(Debug)]
struct Screened {
    place: usize,
    input: IssueInput,
    idempotency: Option<Idempotency>,
    authority: Arc<AuthorityRow>,
    signer: Arc<dyn Signer>,
}

/// What became of a row of a chunk that the store failed in.
#[derive(Debug)]
pub(super) enum Fate {
    Answered(Answer),
    /// In the transaction that failed; so it would be issued.
    Uncertain(Issued),
    /// Not written.
    Untouched,
}

/// A chunk that the store failed in: why, and each row's fate.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) error: IssueError,
    pub(super) fates: Vec<Fate>,
}

impl Broken {
    /// Before anything of the chunk was written.
    pub(super) fn before(error: IssueError, rows: usize) -> Self {
        Self { error, fates: (0..rows).map(|_| Fate::Untouched).collect() }
    }
}

/// An answer a row.
#[derive(Debug)]
struct Answers(Vec<Option<Answer>>);

impl Answers {
    fn set(&mut self, place: usize, answer: Answer) {
        if let Some(slot) = self.0.get_mut(place) {
            *slot = Some(answer);
        }
    }

    fn broken(self, error: IssueError) -> Broken {
        Broken { error, fates: self.0.into_iter().map(|answer| answer.map_or(Fate::Untouched, Fate::Answered)).collect() }
    }

    fn any_refused(&self) -> bool {
        self.0.iter().flatten().any(Result::is_err)
    }
}

impl Issuing {
    /// Everything up to the transaction.
    ///
    /// # Errors
    /// What concerns all rows: the store, a bug. What concerns one row is its answer.
    pub(super) async fn prepare_chunk<'a>(&self, order: Order<'a>, inputs: Vec<IssueInput>) -> Result<Prepared<'a>, IssueError> {
        let mut answers = Answers(inputs.iter().map(|_| None).collect());
        let screened = self.screen(&order, inputs, &mut answers).await?;
        let mut rows = drafts(screened, &order, &mut answers).await?;
        if order.all_or_nothing && answers.any_refused() {
            rows.drain(..).for_each(|row| answers.set(row.place, Err(not_committed())));
        }
        let drawn = self.draw(rows.into_iter().map(Arc::new).collect()).await?;
        let (rows, ready) = self.compose(&order, drawn, &mut answers).await?;
        Ok(Prepared { order, answers, rows, ready })
    }

    /// Writes a chunk; draws again where a template's number was taken.
    ///
    /// # Errors
    /// The store, with what is known of each row.
    pub(super) async fn commit_chunk(&self, prepared: Prepared<'_>) -> Result<Vec<Answer>, Broken> {
        let Prepared { order, mut answers, mut rows, mut ready } = prepared;
        for draw in 1..=DRAWS {
            if rows.is_empty() {
                break;
            }
            let outcomes = match self.store.commit_ready(&ready, order.all_or_nothing).await {
                Ok(outcomes) => outcomes,
                Err(error) => {
                    let mut broken = answers.broken(error.into());
                    for (row, ready) in rows.iter().zip(&ready) {
                        if let Some(fate) = broken.fates.get_mut(row.place) {
                            *fate = Fate::Uncertain(Issued::new(ready));
                        }
                    }
                    return Err(broken);
                }
            };
            let again = draw < DRAWS && worth_another_draw(&rows, &outcomes, order.all_or_nothing);
            let mut pending = Vec::new();
            for ((row, ready), outcome) in rows.into_iter().zip(&ready).zip(outcomes) {
                match outcome {
                    Ok(_) => answers.set(row.place, Ok(Issued::new(ready))),
                    Err(fault) if again && (order.all_or_nothing || drawn_in_vain(&row, &fault)) => pending.push(row),
                    Err(fault) => {
                        let settled = self.settled(fault, row.idempotency.as_ref(), "").await;
                        answers.set(row.place, settled.map(Issued::before));
                    }
                }
            }
            if pending.is_empty() {
                break;
            }
            (rows, ready) = match self.again(&order, pending, &mut answers).await {
                Ok(again) => again,
                Err(error) => return Err(answers.broken(error)),
            };
        }
        let unanswered = || Err(IssueError::Bug("a row of the batch has no answer".into()));
        Ok(answers.0.into_iter().map(|answer| answer.unwrap_or_else(unanswered)).collect())
    }

    async fn again(
        &self,
        order: &Order<'_>,
        rows: Vec<Arc<Row>>,
        answers: &mut Answers,
    ) -> Result<(Vec<Arc<Row>>, Vec<Ready>), IssueError> {
        let drawn = self.draw_free(rows).await?;
        self.compose(order, drawn, answers).await
    }

    /// Known keys, issuers, authorities and signers, with two statements whatever the number of rows.
    async fn screen(&self, order: &Order<'_>, inputs: Vec<IssueInput>, answers: &mut Answers) -> Result<Vec<Screened>, IssueError> {
        let (actor, type_name) = (order.caller.actor.clone(), order.ty.name.clone());
        let settled = over_cores(inputs, move |input| {
            let key = idempotency(&actor.name, input.idempotency_key.as_deref(), &Issuance::new(&type_name, &input));
            let settled = key.and_then(|key| Ok((key, access::issuer(&actor, input.issuer.as_deref())?)));
            (input, settled)
        });
        let mut rows = Vec::new();
        for (place, (input, settled)) in settled.await.map_err(|fault| IssueError::Bug(fault.to_string()))?.into_iter().enumerate() {
            match settled {
                Ok((key, issuer)) => rows.push((place, input, key, issuer)),
                Err(error) => answers.set(place, Err(error)),
            }
        }
        let keys: Vec<Idempotency> = rows.iter().filter_map(|(_, _, key, _)| key.clone()).collect();
        let mut replays = if keys.is_empty() { Vec::new() } else { self.store.replay(&keys).await? }.into_iter();
        let issuers = self.issuers(rows.iter().map(|(.., issuer)| issuer.clone()).collect()).await?;
        let mut screened = Vec::new();
        for (place, input, idempotency, issuer) in rows {
            match idempotency.as_ref().and_then(|_| replays.next()) {
                Some(Replay::Same(first)) => answers.set(place, Ok(Issued::before(first))),
                Some(Replay::Other) => answers.set(place, Err(reused())),
                Some(Replay::New) | None => match issuers.get(&issuer) {
                    None => answers.set(place, Err(unregistered(&issuer))),
                    Some(authority) => match self.signer(&issuer) {
                        Ok(signer) => screened.push(Screened { place, input, idempotency, authority: authority.clone(), signer }),
                        Err(error) => answers.set(place, Err(error)),
                    },
                },
            }
        }
        Ok(screened)
    }

    /// The authorities that are registered; where they have signers, those are on record behind this.
    async fn issuers(&self, mut codes: Vec<String>) -> Result<BTreeMap<String, Arc<AuthorityRow>>, IssueError> {
        codes.sort_unstable();
        codes.dedup();
        let mut issuers = BTreeMap::new();
        for authority in if codes.is_empty() { Vec::new() } else { self.store.authorities_by(&codes).await? } {
            if let Ok(signer) = self.signer(&authority.code) {
                self.record_signer(signer.as_ref()).await?;
            }
            issuers.insert(authority.code.clone(), Arc::new(authority));
        }
        Ok(issuers)
    }

    /// Signs and verifies over the cores. What fails is answered, and where all belong together all is.
    async fn compose(
        &self,
        order: &Order<'_>,
        drawn: Vec<Drawn>,
        answers: &mut Answers,
    ) -> Result<(Vec<Arc<Row>>, Vec<Ready>), IssueError> {
        let (caller, now, store) = (order.caller.clone(), order.now, self.store.clone());
        let (trust, policy) = (self.trust.load_full(), self.policy.clone());
        let composed = over_cores(drawn, move |(row, counters, reservations): Drawn| {
            let idempotency = row.idempotency.clone();
            let context =
                Context { caller: &caller, ids: Ids::fresh(), counters, reservations, idempotency, succeeds: None, today: day(now), now };
            let notary = Notary { signer: row.signer.as_ref(), trust: &trust, policy: &policy, now };
            let version = compose(&row.draft, context, &notary);
            let ready = version.and_then(|version| Ok(store.ready(version.into_command())?));
            (row, ready)
        });
        let (mut sound, mut ready) = (Vec::new(), Vec::new());
        for (row, version) in composed.await.map_err(|fault| IssueError::Bug(fault.to_string()))? {
            match version {
                Ok(version) => {
                    sound.push(row);
                    ready.push(version);
                }
                Err(error) => answers.set(row.place, Err(error)),
            }
        }
        if order.all_or_nothing && answers.any_refused() {
            sound.drain(..).for_each(|row| answers.set(row.place, Err(not_committed())));
            ready.clear();
        }
        Ok((sound, ready))
    }
}

/// Validates every row over the cores.
async fn drafts(rows: Vec<Screened>, order: &Order<'_>, answers: &mut Answers) -> Result<Vec<Row>, IssueError> {
    let (ty, today) = (order.ty.clone(), day(order.now));
    let prepared = over_cores(rows, move |row| {
        let Screened { place, input, idempotency, authority, signer } = row;
        let given = Given {
            data: &input.data,
            number: input.number.as_deref(),
            issued_on: input.issued_on,
            valid_from: input.valid_from,
            valid_to: input.valid_to,
        };
        let draft = prepare(&ty, &authority, given, None, today);
        (place, draft.map(|draft| Row { place, draft, idempotency, signer }))
    });
    let mut sound = Vec::new();
    for (place, row) in prepared.await.map_err(|fault| IssueError::Bug(fault.to_string()))? {
        match row {
            Ok(row) => sound.push(row),
            Err(faults) => answers.set(place, Err(IssueError::InvalidInput(faults))),
        }
    }
    Ok(sound)
}

/// The fault lies in a number that we gave ourselves.
fn drawn_in_vain(row: &Row, fault: &CommitFault) -> bool {
    let (number, serial) = numbering::scopes(&row.draft);
    match fault {
        CommitFault::NumberTaken { .. } => number.is_some(),
        CommitFault::IdentifierTaken { .. } => number.is_some() || serial.is_some(),
        _ => false,
    }
}

fn worth_another_draw(rows: &[Arc<Row>], outcomes: &[Result<Uuid, CommitFault>], all_or_nothing: bool) -> bool {
    let mut faults = rows.iter().zip(outcomes).filter_map(|(row, outcome)| Some((row, outcome.as_ref().err()?)));
    let mut any = false;
    let mut all = true;
    for (row, fault) in &mut faults {
        let vain = drawn_in_vain(row, fault);
        any |= vain;
        all &= vain || *fault == CommitFault::NotCommitted;
    }
    any && (all || !all_or_nothing)
}
