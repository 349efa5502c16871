//! Issue many: everything is validated first, numbers are reserved once for all, signing runs over the cores, sound rows are
//! committed together. A faulty row is answered in its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use model::actor::Caller;
use model::registry::CertificateType;
use serde_json::json;
use uuid::Uuid;

use super::idempotency::{idempotency, reused};
use super::numbering::{self, Counters};
use super::prepare::{Draft, Given, prepare};
use super::statement::{Notary, Verified};
use super::version::{Context, compose};
use super::{IssueError, IssueInput, Issuing, access, day, not_committed, unregistered};
use crate::sign::Signer;
use crate::store::commands::{CommitFault, Idempotency, NewVersion, Replay, Reservation};
use crate::store::rows::AuthorityRow;
use crate::verification::over_cores;

/// Most certificates of one batch.
pub const MAX_BATCH: usize = 1000;
/// How often a number that a template gave and that was taken already (an imported one) is drawn again.
const DRAWS: usize = 5;

/// An answer a row.
type Answers = Vec<Option<Result<Uuid, IssueError>>>;

/// A row whose rights, key and authority are settled.
#[derive(Debug)]
struct Row {
    place: usize,
    input: IssueInput,
    idempotency: Option<Idempotency>,
    authority: AuthorityRow,
    signer: Arc<dyn Signer>,
}

/// A row that only lacks its numbers.
#[derive(Debug)]
struct Ready {
    place: usize,
    draft: Draft,
    idempotency: Option<Idempotency>,
    signer: Arc<dyn Signer>,
}

impl Issuing {
    /// Issues up to [`MAX_BATCH`] certificates; the answers come in the order of the inputs. With `all_or_nothing` one faulty
    /// row keeps every other from being written.
    ///
    /// # Errors
    /// What concerns the whole batch: rights, the type's state, its size, the store. What concerns one row is its answer.
    pub async fn issue_many(
        &self,
        caller: &Caller,
        type_name: &str,
        inputs: Vec<IssueInput>,
        all_or_nothing: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<Result<Uuid, IssueError>>, IssueError> {
        let now = now.trunc_subsecs(6);
        let registered = access::granted(&self.registry.load_full(), &caller.actor, type_name)?;
        access::published(&registered)?;
        if inputs.len() > MAX_BATCH {
            let count = inputs.len();
            return Err(IssueError::Limit {
                zh: format!("一批 {count} 件，最多 {MAX_BATCH} 件"),
                en: format!("{count} certificates in one batch; at most {MAX_BATCH}"),
            });
        }
        let mut answers: Answers = inputs.iter().map(|_| None).collect();
        let rows = self.screen(caller, type_name, inputs, &mut answers).await?;
        let ready = drafts(rows, registered.ty.clone(), now, &mut answers).await?;
        if all_or_nothing && answers.iter().flatten().any(Result::is_err) {
            ready.iter().for_each(|row| set(&mut answers, row.place, Err(not_committed())));
        } else {
            self.write(caller, ready, all_or_nothing, now, &mut answers).await?;
        }
        let unanswered = || Err(IssueError::Bug("a row of the batch has no answer".into()));
        Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(unanswered)).collect())
    }

    /// Known keys, issuers, authorities and signers, with two statements whatever the number of rows.
    async fn screen(
        &self,
        caller: &Caller,
        type_name: &str,
        inputs: Vec<IssueInput>,
        answers: &mut Answers,
    ) -> Result<Vec<Row>, IssueError> {
        let mut rows = Vec::new();
        for (place, input) in inputs.into_iter().enumerate() {
            let command = json!({"operation": "issue", "type": type_name, "input": &input});
            let settled = idempotency(&caller.actor.name, input.idempotency_key.as_deref(), &command)
                .and_then(|key| Ok((key, access::issuer(&caller.actor, input.issuer.as_deref())?)));
            match settled {
                Ok((key, issuer)) => rows.push((place, input, key, issuer)),
                Err(error) => set(answers, place, Err(error)),
            }
        }
        let keys: Vec<Idempotency> = rows.iter().filter_map(|(_, _, key, _)| key.clone()).collect();
        let mut replays = if keys.is_empty() { Vec::new() } else { self.store.replay(&keys).await? }.into_iter();
        let mut codes: Vec<String> = rows.iter().map(|(.., issuer)| issuer.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        let authorities = if codes.is_empty() { Vec::new() } else { self.store.authorities_by(&codes).await? };
        let mut settled = Vec::new();
        for (place, input, idempotency, issuer) in rows {
            match idempotency.as_ref().and_then(|_| replays.next()) {
                Some(Replay::Same(first)) => set(answers, place, Ok(first)),
                Some(Replay::Other) => set(answers, place, Err(reused())),
                Some(Replay::New) | None => {
                    let authority = authorities.iter().find(|row| row.code == issuer).cloned().ok_or_else(|| unregistered(&issuer));
                    match authority.and_then(|authority| Ok((authority, self.signer(&issuer)?))) {
                        Ok((authority, signer)) => settled.push(Row { place, input, idempotency, authority, signer }),
                        Err(error) => set(answers, place, Err(error)),
                    }
                }
            }
        }
        Ok(settled)
    }

    /// Reserves, signs, verifies and commits; draws again where a template's number was taken.
    async fn write(
        &self,
        caller: &Caller,
        ready: Vec<Ready>,
        all_or_nothing: bool,
        now: DateTime<Utc>,
        answers: &mut Answers,
    ) -> Result<(), IssueError> {
        let mut pending: Vec<Arc<Ready>> = ready.into_iter().map(Arc::new).collect();
        for draw in 1..=DRAWS {
            if pending.is_empty() {
                break;
            }
            let drawn = self.draw(&pending).await?;
            let composed = self.compose_all(caller, drawn, now).await?;
            let (mut sound, mut versions) = (Vec::new(), Vec::new());
            for (row, version) in composed {
                match version {
                    Ok(version) => {
                        self.record_signer(row.signer.as_ref()).await?;
                        sound.push(row);
                        versions.push(version.into_command());
                    }
                    Err(error) => set(answers, row.place, Err(error)),
                }
            }
            if all_or_nothing && sound.len() < pending.len() {
                sound.iter().for_each(|row| set(answers, row.place, Err(not_committed())));
                break;
            }
            let committed = self.store.commit(versions, all_or_nothing).await?;
            let again = draw < DRAWS && worth_another_draw(&sound, &committed, all_or_nothing);
            pending = Vec::new();
            for (row, outcome) in sound.into_iter().zip(committed) {
                match outcome {
                    Ok(id) => set(answers, row.place, Ok(id)),
                    Err(fault) if again && (all_or_nothing || drawn_in_vain(&row, &fault)) => pending.push(row),
                    Err(fault) => set(answers, row.place, self.settled(fault, row.idempotency.as_ref(), "").await),
                }
            }
        }
        Ok(())
    }

    /// One reservation a scope for all rows.
    async fn draw(&self, rows: &[Arc<Ready>]) -> Result<Vec<(Arc<Ready>, Counters, Vec<Uuid>)>, IssueError> {
        let scopes: Vec<_> = rows.iter().map(|row| numbering::scopes(&row.draft)).collect();
        let mut wanted: BTreeMap<&str, u32> = BTreeMap::new();
        for scope in scopes.iter().flat_map(|(number, serial)| [number, serial]).flatten() {
            *wanted.entry(scope.as_str()).or_default() += 1;
        }
        let mut reserved: BTreeMap<&str, (Reservation, i64)> = BTreeMap::new();
        for (scope, count) in wanted {
            let reservation = self.store.reserve(scope, count).await?;
            let first = reservation.first;
            reserved.insert(scope, (reservation, first));
        }
        let mut drawn = Vec::new();
        for (row, (number, serial)) in rows.iter().zip(&scopes) {
            let mut used = Vec::new();
            let mut next = |scope: &Option<String>| {
                let (reservation, next) = reserved.get_mut(scope.as_deref()?)?;
                used.push(reservation.id);
                *next += 1;
                Some(*next - 1)
            };
            let counters = Counters { number: next(number), serial: next(serial) };
            drawn.push((row.clone(), counters, used));
        }
        Ok(drawn)
    }

    async fn compose_all(
        &self,
        caller: &Caller,
        drawn: Vec<(Arc<Ready>, Counters, Vec<Uuid>)>,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Arc<Ready>, Result<Verified<NewVersion>, IssueError>)>, IssueError> {
        let (caller, trust, policy) = (caller.clone(), self.trust.clone(), self.policy.clone());
        over_cores(drawn, move |(row, counters, reservations)| {
            let context = Context {
                caller: &caller,
                counters,
                reservations,
                idempotency: row.idempotency.clone(),
                succeeds: None,
                today: day(now),
                now,
            };
            let notary = Notary { signer: row.signer.as_ref(), trust: &trust, policy: &policy, now };
            let version = compose(&row.draft, context, &notary);
            (row, version)
        })
        .await
        .map_err(|fault| IssueError::Bug(fault.to_string()))
    }
}

/// Validates every row over the cores.
async fn drafts(rows: Vec<Row>, ty: Arc<CertificateType>, now: DateTime<Utc>, answers: &mut Answers) -> Result<Vec<Ready>, IssueError> {
    let prepared = over_cores(rows, move |row| {
        let Row { place, input, idempotency, authority, signer } = row;
        let given = Given {
            data: &input.data,
            number: input.number.as_deref(),
            issued_on: input.issued_on,
            valid_from: input.valid_from,
            valid_to: input.valid_to,
        };
        let draft = prepare(&ty, &authority, given, None, day(now));
        (place, draft.map(|draft| Ready { place, draft, idempotency, signer }))
    });
    let mut ready = Vec::new();
    for (place, row) in prepared.await.map_err(|fault| IssueError::Bug(fault.to_string()))? {
        match row {
            Ok(row) => ready.push(row),
            Err(faults) => set(answers, place, Err(IssueError::InvalidInput(faults))),
        }
    }
    Ok(ready)
}

fn set(answers: &mut Answers, place: usize, answer: Result<Uuid, IssueError>) {
    if let Some(slot) = answers.get_mut(place) {
        *slot = Some(answer);
    }
}

/// The fault lies in a number that we gave ourselves.
fn drawn_in_vain(row: &Ready, fault: &CommitFault) -> bool {
    let (number, serial) = numbering::scopes(&row.draft);
    match fault {
        CommitFault::NumberTaken { .. } => number.is_some(),
        CommitFault::IdentifierTaken { .. } => number.is_some() || serial.is_some(),
        _ => false,
    }
}

fn worth_another_draw(rows: &[Arc<Ready>], outcomes: &[Result<Uuid, CommitFault>], all_or_nothing: bool) -> bool {
    let mut faults = rows.iter().zip(outcomes).filter_map(|(row, outcome)| Some((row, outcome.as_ref().err()?))).peekable();
    let mut any = false;
    let mut all = true;
    for (row, fault) in &mut faults {
        let vain = drawn_in_vain(row, fault);
        any |= vain;
        all &= vain || *fault == CommitFault::NotCommitted;
    }
    any && (all || !all_or_nothing)
}
