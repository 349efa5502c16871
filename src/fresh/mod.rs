//! What may be served from memory, and how long: nothing here knows a database, a network or Redis.
//!
//! ```text
//! command ─▶ open(tags) ─▶ transaction ─▶ close(tags) ─▶ acknowledged     whoever announces calls both on every replica's ledger
//! read    ─▶ stamp ─▶ database ─▶ keep(tags, stamp) ─▶ later: holds? ─▶ served
//! ```
//! A [`Ledger`] says of everything read at a [`Stamp`] whether it still holds: while the lease runs (somebody has lately made sure
//! that no announcement was missed), no tag was announced since, and none is being changed now. So a read that races with a command
//! leaves nothing stale behind, and a writer that dies between its commit and its announcement leaves its tags uncached.

mod answers;
mod kept;
mod ledger;
mod tag;

pub use answers::{Answer, Answers, Facts, Keep, Key, Made, SecondLevel};
pub use kept::Kept;
pub use ledger::{Ledger, Source, Stamp};
pub use tag::{Tag, Tags};
