//! New versions into the database: chunks of a batch, each in one transaction that may run again.
//!
//! ```text
//! chunk ─▶ rows that clash with one another wait for the next round
//!       ─▶ transaction: guards, rules, keys, successions, inserts
//!            ├ written: done
//!            ├ rows refused: answered, the sound ones again
//!            └ a unique key exists: whose? answered, the sound ones again
//! ```
//!
//! On PostgreSQL many first versions are written by COPY ([`bulk`]); else rows are inserted ([`write`]).

mod bulk;
mod copy;
mod load;
mod ready;
mod round;
mod rules;
mod taken;
mod write;

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::commands::{CommitFault, NewVersion};
use super::error::{Attempts, Fault};
use super::sql::Dialect;
use super::{Store, StoreError};
use crate::fresh::{Tag, Tags};
pub use load::Lines;
pub use ready::Ready;

pub(super) use write::{EVENT, event_values};

/// Most rows of one transaction, unless all belong together: where rows are inserted, and where they are copied.
const CHUNK: usize = 200;
const COPIED: usize = 1000;

/// An answer a row, by place.
type Answers = BTreeMap<usize, Result<Uuid, CommitFault>>;

impl Store {
    /// Computes all that the transaction of a new version writes; a share of the work that needs no database.
    ///
    /// # Errors
    /// A value that does not fit its column.
    pub fn ready(&self, new: NewVersion) -> Result<Ready, StoreError> {
        Ok(Ready::new(new, &self.inner.key)?)
    }

    /// Writes new versions, each with its record, event, index row, holders, outbox messages and access event; answers in their order.
    /// Faulty rows are answered, sound ones written, 200 in a transaction (1,000 where they are copied); with `all_or_nothing` one
    /// transaction writes all of them or none.
    ///
    /// # Errors
    /// The database. Chunks before the one that failed stay written: repeat the command under its idempotency keys.
    pub async fn commit(&self, rows: Vec<NewVersion>, all_or_nothing: bool) -> Result<Vec<Result<Uuid, CommitFault>>, StoreError> {
        let ready = rows.into_iter().map(|row| self.ready(row)).collect::<Result<Vec<_>, _>>()?;
        self.commit_ready(&ready, all_or_nothing).await
    }

    /// As [`Self::commit`], of what [`Self::ready`] made.
    ///
    /// # Errors
    /// As there.
    pub async fn commit_ready(&self, ready: &[Ready], all_or_nothing: bool) -> Result<Vec<Result<Uuid, CommitFault>>, StoreError> {
        let places: Vec<usize> = (0..ready.len()).collect();
        let most = match self.inner.dialect {
            _ if all_or_nothing => places.len().max(1),
            Dialect::Postgres => COPIED,
            Dialect::Sqlite => CHUNK,
        };
        let mut answers = Answers::new();
        for chunk in places.chunks(most) {
            self.chunk(ready, chunk.to_vec(), all_or_nothing, &mut answers).await?;
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
            let written = if self.copies(ready, &now) {
                self.bulk(changed(ready, &now), ready, &now).await
            } else {
                self.write(changed(ready, &now), |session| write::rows(session, ready, &now)).await
            };
            let faults = match written {
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
            let faulty: HashSet<usize> = faults.iter().map(|(place, _)| *place).collect();
            live.retain(|place| !faulty.contains(place));
            let refused = !faults.is_empty();
            answers.extend(faults.into_iter().map(|(place, fault)| (place, Err(fault))));
            if all_or_nothing && refused {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// What these rows change: the records that go on, and what their holders have. Of a first version nobody keeps anything yet.
fn changed(ready: &[Ready], now: &[usize]) -> Tags {
    let rows = now.iter().filter_map(|place| ready.get(*place));
    let tags = rows.flat_map(|row| {
        let record = row.new.succeeds.as_ref().map(|_| Tag::record(row.new.row.record_id));
        record.into_iter().chain(row.holders.iter().map(|holder| Tag::holder(holder)))
    });
    tags.collect()
}
