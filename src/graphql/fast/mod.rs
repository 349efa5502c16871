//! The hot path: a document is compiled once into a [`program`] and run with each request's variables, from rows straight to the
//! answer's bytes.
//!
//! ```text
//! document ─▶ kept      parsed, measured, and compiled for each rights class and outcome of its conditions
//!               └ compile   what is asked of the store, what of its rows stands where
//! variables ─▶ cached    a point read that was answered lately, while nobody has changed what it shows
//!               └ run       plan (access, purpose, limits) ─▶ rows as the database sent them, a statement a level
//!               └ write     metadata from columns, properties copied out of the signed statement, labels from the code tables
//! ```
//! async-graphql stays the schema, validation, introspection and mutations, and the judge of everything unusual: what is not
//! covered, and whatever goes wrong here but for a budget that is spent, is executed there anew. So an error has one wording and this path needs none. What is
//! read here is recorded when all of it is at hand, hence never twice.

mod arguments;
mod cached;
mod collect;
mod compile;
pub(super) mod kept;
mod program;
mod raw;
mod run;
mod write;

pub(super) use cached::answer;
pub(super) use compile::compile;
pub(super) use kept::{Asked as Key, Kept, Known};

use super::budget::Spent;

/// The document selects something that only the library answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotCovered;

/// Why no plan answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stop {
    /// This request is better asked of the library: it may be an error, which it words.
    Slow,
    /// It passes its budget: the library would pass it too.
    Spent(Spent),
}

impl From<Spent> for Stop {
    fn from(spent: Spent) -> Self {
        Self::Spent(spent)
    }
}

impl<E: std::error::Error> From<E> for Stop {
    fn from(error: E) -> Self {
        tracing::debug!(%error, "left to the library");
        Self::Slow
    }
}
