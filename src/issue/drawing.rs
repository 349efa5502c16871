//! Counters for the rows of a chunk: one reservation a scope; where numbers are taken already, the next free ones.
//!
//! Numbers given by hand, imported ones above all, may lie ahead of a counter, in blocks of any size. A counter that runs into
//! one is led over it: the end is looked for in steps that double, then by halving, so a million taken numbers cost a few dozen
//! questions and no gap.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;
use verify::number::normalise_number;

use super::chunk::Row;
use super::numbering::{self, Counters, Number};
use super::prepare::Draft;
use super::{IssueError, Issuing};
use crate::store::commands::{Claim, Reservation, Taken};

/// How often a chunk draws over taken numbers before the transaction is to tell: while others write, what is free changes.
const ROUNDS: usize = 50;
/// So many numbers are looked at one by one.
const WINDOW: i64 = 500;
/// The last step of those that double.
const STEPS: u32 = 42;

/// A row with its counters and the reservations they come from.
pub(super) type Drawn = (Arc<Row>, Counters, Vec<Uuid>);

/// Numbers that rows of the chunk bring with them, comparable, with their issuers.
type Brought = HashSet<(String, String)>;

/// Which counter of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Number,
    Serial,
}

impl Issuing {
    /// One reservation a scope for all rows; over what is taken where rows of the chunk bring numbers of their own.
    pub(super) async fn draw(&self, rows: Vec<Arc<Row>>) -> Result<Vec<Drawn>, IssueError> {
        let counted = rows.iter().any(|row| row.draft.number == Number::Template);
        if counted && !brought(&rows).is_empty() { self.draw_free(rows).await } else { self.reserved(rows).await }
    }

    /// As [`Self::draw`], over numbers and identifiers that are taken.
    pub(super) async fn draw_free(&self, rows: Vec<Arc<Row>>) -> Result<Vec<Drawn>, IssueError> {
        let brought = brought(&rows);
        let (mut settled, mut open) = (Vec::new(), rows);
        for _ in 0..ROUNDS {
            let drawn = self.reserved(open).await?;
            let claims = drawn.iter().map(|(row, counters, _)| claim(&row.draft, *counters)).collect();
            let taken = self.taken(claims, &brought).await?;
            let mut beyond: BTreeMap<String, (Arc<Row>, Counters, Of)> = BTreeMap::new();
            open = Vec::new();
            for ((row, counters, reservations), taken) in drawn.into_iter().zip(taken) {
                let (number, serial) = numbering::scopes(&row.draft);
                // An identifier without a count of its own follows from the number.
                let scope = match taken {
                    Taken { number: true, .. } => number.map(|scope| (scope, Of::Number)),
                    Taken { identifier: true, .. } => serial.map(|scope| (scope, Of::Serial)).or(number.map(|scope| (scope, Of::Number))),
                    _ => None,
                };
                match scope {
                    None => settled.push((row, counters, reservations)),
                    Some((scope, of)) => {
                        // The counter has gone on to behind the last one.
                        beyond.insert(scope, (row.clone(), counters, of));
                        open.push(row);
                    }
                }
            }
            if open.is_empty() {
                return Ok(settled);
            }
            let mut next = BTreeMap::new();
            for (scope, (row, counters, of)) in beyond {
                next.insert(scope, self.first_free(&row.draft, counters, of, &brought).await?);
            }
            self.store.raise_counters(&next).await?;
        }
        settled.extend(self.reserved(open).await?);
        Ok(settled)
    }

    /// The first free count behind the one drawn: at the end of the block that begins there, or within it where it has holes.
    async fn first_free(&self, draft: &Draft, drawn: Counters, of: Of, brought: &Brought) -> Result<i64, IssueError> {
        let from = of.count(drawn).unwrap_or_default().saturating_add(1);
        let claims = |counts: &[i64]| counts.iter().map(|count| claim(draft, of.with(drawn, *count))).collect();
        let steps: Vec<i64> = (0..STEPS).map(|step| from.saturating_add((1 << step) - 1)).collect();
        let Some(place) = self.free(claims(&steps), brought).await? else { return Ok(from) };
        let Some(mut low) = place.checked_sub(1).and_then(|before| steps.get(before)).copied() else { return Ok(from) };
        let mut high = steps.get(place).copied().unwrap_or(from);
        while high - low > WINDOW {
            let middle = low + (high - low) / 2;
            if self.free(claims(&[middle]), brought).await?.is_some() { high = middle } else { low = middle }
        }
        let counts: Vec<i64> = (low + 1..=high).collect();
        Ok(self.free(claims(&counts), brought).await?.and_then(|place| counts.get(place).copied()).unwrap_or(high))
    }

    /// The place of the first claim that nobody has.
    async fn free(&self, claims: Vec<Claim>, brought: &Brought) -> Result<Option<usize>, IssueError> {
        let taken = self.taken(claims, brought).await?;
        Ok(taken.iter().position(|taken| *taken == Taken::default()))
    }

    async fn taken(&self, claims: Vec<Claim>, brought: &Brought) -> Result<Vec<Taken>, IssueError> {
        let mut taken = self.store.taken_of(&claims).await?;
        for (claim, taken) in claims.into_iter().zip(&mut taken) {
            taken.number |= claim.number.is_some_and(|number| brought.contains(&(claim.issuer, normalise_number(&number))));
        }
        Ok(taken)
    }

    /// The next numbers, taken or not.
    async fn reserved(&self, rows: Vec<Arc<Row>>) -> Result<Vec<Drawn>, IssueError> {
        let scopes: Vec<_> = rows.iter().map(|row| numbering::scopes(&row.draft)).collect();
        let mut wanted: BTreeMap<String, u32> = BTreeMap::new();
        for scope in scopes.iter().flat_map(|(number, serial)| [number, serial]).flatten() {
            match wanted.get_mut(scope) {
                Some(count) => *count += 1,
                None => drop(wanted.insert(scope.clone(), 1)),
            }
        }
        let reserved = if wanted.is_empty() { Vec::new() } else { self.store.reserve_all(&wanted).await? };
        let mut reserved: BTreeMap<&str, (&Reservation, i64)> =
            reserved.iter().map(|reservation| (reservation.scope.as_str(), (reservation, reservation.first))).collect();
        let mut drawn = Vec::new();
        for (row, (number, serial)) in rows.into_iter().zip(&scopes) {
            let mut used = Vec::new();
            let mut next = |scope: &Option<String>| {
                let (reservation, next) = reserved.get_mut(scope.as_deref()?)?;
                used.push(reservation.id);
                *next += 1;
                Some(*next - 1)
            };
            let counters = Counters { number: next(number), serial: next(serial) };
            drawn.push((row, counters, used));
        }
        Ok(drawn)
    }
}

impl Of {
    const fn count(self, counters: Counters) -> Option<i64> {
        match self {
            Self::Number => counters.number,
            Self::Serial => counters.serial,
        }
    }

    const fn with(self, counters: Counters, count: i64) -> Counters {
        match self {
            Self::Number => Counters { number: Some(count), ..counters },
            Self::Serial => Counters { serial: Some(count), ..counters },
        }
    }
}

fn brought(rows: &[Arc<Row>]) -> Brought {
    let known = rows.iter().filter_map(|row| match &row.draft.number {
        Number::Known(number) => Some((row.draft.authority.code.clone(), normalise_number(number))),
        Number::Template => None,
    });
    known.collect()
}

/// What a draft would take with these counters, as far as it follows from them. What cannot be made takes nothing: composing it
/// tells why.
fn claim(draft: &Draft, counters: Counters) -> Claim {
    let counted = counters.number.is_some();
    let number = numbering::render_number(draft, counters).ok();
    let identifier = number.as_ref().filter(|_| counted || counters.serial.is_some()).and_then(|number| {
        let serial = numbering::render_serial(draft, number, counters).ok()?;
        numbering::identifier(draft, &serial, 1).ok()
    });
    Claim { type_name: draft.ty.name.clone(), issuer: draft.authority.code.clone(), number: number.filter(|_| counted), identifier }
}
