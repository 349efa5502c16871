//! A promise to include: what an answer can carry at once, before its event has a number in the log.
//!
//! The receipt follows from the log. Where it does not in time, the promise is proof against the log.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Commitment, Hash, Salt, Trust,
    key::VerifierKey,
    note::{Note, NoteFault, SignFault},
};

/// What the text of a promise begins with. A checkpoint has a number where this has the word `origin`, so neither is the other.
pub const HEADER: &str = "zhengzhao/log/promise/v1";

/// The form of [`Promised`].
pub const VERSION: u32 = 1;

/// What a log promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Which log, as in its checkpoints.
    pub origin: String,
    /// The hash of the leaf that will be in it.
    pub leaf: Hash,
    /// By when a checkpoint will cover it: seconds since 1970-01-01T00:00:00Z.
    pub by: u64,
}

/// A promise as it is handed out: with the salt, which makes it as secret as the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Promised {
    /// [`VERSION`].
    pub v: u32,
    /// What the commitment was made with.
    pub salt: Salt,
    /// The signed note.
    pub promise: String,
}

/// What is wrong with a promise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromiseFault {
    /// The note.
    #[error(transparent)]
    Note(#[from] NoteFault),
    /// No JSON of a promise.
    #[error("this is no promise: {0}")]
    Json(String),
    /// A form to come.
    #[error("the promise is of form {0}, this program knows form {VERSION}")]
    Version(u32),
    /// The text has other lines.
    #[error("a promise has the lines {HEADER}, origin …, leaf … and by …, in this order and spelt in one way")]
    Lines,
    /// Another log's.
    #[error("the promise is of the log {found:?}, expected was {expected:?}")]
    Origin {
        /// The log that is meant.
        expected: String,
        /// The log that it is of.
        found: String,
    },
    /// No key of the log that is trusted has signed.
    #[error("the promise is signed by none of the {trusted} trusted keys of the log")]
    NotSigned {
        /// How many keys of the log are trusted.
        trusted: usize,
    },
    /// The event is not the one the promise is for.
    #[error("event and salt come to the leaf {found}, the promise is for {claimed}: it is another event, or event or salt was altered")]
    Event {
        /// The promise's leaf.
        claimed: Hash,
        /// The leaf of the event.
        found: Hash,
    },
}

impl Promise {
    /// Makes it a note and has the log sign it.
    ///
    /// # Errors
    /// [`SignFault::Promise`], [`SignFault::Note`] when the origin cannot be written, else as [`Note::sign`].
    pub fn sign<E>(&self, key: &VerifierKey, sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>) -> Result<Note, SignFault<E>> {
        let mut note = Note::new(&self.to_string())?;
        // What cannot be read back is not signed.
        if Self::from_text(note.text())? != *self {
            return Err(PromiseFault::Lines.into());
        }
        note.sign(key, sign)?;
        Ok(note)
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`PromiseFault::Lines`] for anything but the one spelling.
    pub fn from_text(text: &str) -> Result<Self, PromiseFault> {
        // Whatever it holds beside these lines is not written back.
        lines(text).filter(|found| !found.origin.is_empty() && found.to_string() == text).ok_or(PromiseFault::Lines)
    }
}

fn lines(text: &str) -> Option<Promise> {
    let mut lines = text.lines().skip(1);
    let mut after = |word: &str| lines.next()?.strip_prefix(word);
    let (origin, leaf, by) = (after("origin ")?, after("leaf ")?, after("by ")?);
    Some(Promise { origin: origin.to_owned(), leaf: leaf.parse().ok()?, by: by.parse().ok()? })
}

/// The text that is signed.
impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\norigin {}\nleaf {}\nby {}", self.origin, self.leaf, self.by)
    }
}

impl Promised {
    /// Reads JSON.
    ///
    /// # Errors
    /// [`PromiseFault::Json`], [`PromiseFault::Version`].
    pub fn from_json(json: &[u8]) -> Result<Self, PromiseFault> {
        if json.len() > crate::receipt::MAX_BYTES {
            return Err(PromiseFault::Json(format!("it has {} bytes, {} are allowed", json.len(), crate::receipt::MAX_BYTES)));
        }
        let promised: Self = serde_json::from_slice(json).map_err(|error| PromiseFault::Json(error.to_string()))?;
        if promised.v == VERSION { Ok(promised) } else { Err(PromiseFault::Version(promised.v)) }
    }
}

/// Checks that the log that `trust` means has promised to include `event`, byte for byte. Witnesses do not sign promises.
///
/// # Errors
/// [`PromiseFault`] says what is wrong.
pub fn verify_promise(promised: &Promised, event: &[u8], trust: &Trust) -> Result<Promise, PromiseFault> {
    if promised.v != VERSION {
        return Err(PromiseFault::Version(promised.v));
    }
    let note = Note::read(promised.promise.as_bytes())?;
    let promise = Promise::from_text(note.text())?;
    if promise.origin != trust.origin {
        return Err(PromiseFault::Origin { expected: trust.origin.clone(), found: promise.origin });
    }
    if note.verified_by(&trust.log_keys)?.is_empty() {
        return Err(PromiseFault::NotSigned { trusted: trust.log_keys.len() });
    }
    let found = Commitment::to(&promised.salt, event).leaf();
    if found == promise.leaf { Ok(promise) } else { Err(PromiseFault::Event { claimed: promise.leaf, found }) }
}
