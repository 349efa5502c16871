//! New versions into the database: chunks of a batch, each in one transaction that may run again.
//!
//! ```text
//! chunk ─▶ rows that clash with one another wait for the next round
//!       ─▶ transaction: guards, rules, keys, successions, inserts
//!            ├ written: done
//!            ├ rows refused: answered, the sound ones again
//!            └ a unique key exists: whose? answered, the sound ones again
//! ```

mod ready;
mod round;
mod rules;
mod taken;
mod write;

use std::collections::BTreeMap;

use uuid::Uuid;

use super::commands::{CommitFault, NewVersion};
use super::error::{Attempts, Fault};
use super::{Store, StoreError};
use ready::Ready;

pub(super) use write::{EVENT, event_values};

/// Most rows of one transaction, unless all belong together.
const CHUNK: usize = 200;

/// An answer a row, by place.
type Answers = BTreeMap<usize, Result<Uuid, CommitFault>>;

impl Store {
    /// Writes new versions, each with its record, event, index row, holders, outbox messages and access event; answers in their order.
    /// Faulty rows are answered, sound ones written, 200 in a transaction; with `all_or_nothing` one transaction writes all of
    /// them or none.
    ///
    /// # Errors
    /// The database. Chunks before the one that failed stay written: repeat the command under its idempotency keys.
    pub async fn commit(&self, rows: Vec<NewVersion>, all_or_nothing: bool) -> Result<Vec<Result<Uuid, CommitFault>>, StoreError> {
        let ready = rows.into_iter().map(|row| Ready::new(row, &self.inner.key)).collect::<Result<Vec<_>, _>>()?;
        let places: Vec<usize> = (0..ready.len()).collect();
        let mut answers = Answers::new();
        for chunk in places.chunks(if all_or_nothing { places.len().max(1) } else { CHUNK }) {
            self.chunk(&ready, chunk.to_vec(), all_or_nothing, &mut answers).await?;
        }
        Ok(places.iter().map(|place| answers.remove(place).unwrap_or(Err(CommitFault::NotCommitted))).collect())
    }

    /// A row without an answer was not committed.
    async fn chunk(&self, ready: &[Ready], mut live: Vec<usize>, all_or_nothing: bool, answers: &mut Answers) -> Result<(), Fault> {
        let mut attempts = Attempts::default();
        while !live.is_empty() {
            let (now, clashing) = round::round(ready, &live);
            if all_or_nothing && !clashing.is_empty() {
                answers.extend(clashing.into_iter().map(|(place, fault)| (place, Err(fault))));
                return Ok(());
            }
            let faults = match self.write(|session| write::rows(session, ready, &now)).await {
                Ok(()) => {
                    answers.extend(now.iter().filter_map(|place| Some((*place, Ok(ready.get(*place)?.new.row.id)))));
                    live = clashing.into_iter().map(|(place, _)| place).collect();
                    continue;
                }
                Err(Fault::Rows(faults)) => faults,
                Err(Fault::Unique(detail)) => {
                    let faults = self.taken(ready, &now).await?;
                    if faults.is_empty() {
                        // Whoever had it has given it up, or a lapsed key was forgotten just now.
                        attempts.pause(Fault::Again(detail)).await?;
                    }
                    faults
                }
                Err(fault) => return Err(fault),
            };
            live.retain(|place| faults.iter().all(|(faulty, _)| faulty != place));
            let refused = !faults.is_empty();
            answers.extend(faults.into_iter().map(|(place, fault)| (place, Err(fault))));
            if all_or_nothing && refused {
                return Ok(());
            }
        }
        Ok(())
    }
}
