//! What a leaf holds of an event: a commitment, which tells nothing without its salt.
//!
//! Erase the event and its salt, and the log keeps every proof while nobody can find out what the event was: a salt has 256 bits,
//! so even an event that can be guessed cannot be tried against its commitment.

use serde::{Deserialize, Serialize};
use verify::digest::sm3_of;

/// What the hash of a commitment begins with, so that it is no hash of anything else.
pub const DOMAIN: &[u8] = b"zhengzhao/log/event/v1\n";

/// 32 bytes out of a random source, new for each event and kept beside it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Salt(pub [u8; 32]);

/// Whoever has the salt can try events against the log: it is in no debug text.
impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(…)")
    }
}

/// SM3 of [`DOMAIN`], the salt and the event's canonical bytes: the entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Commitment(pub [u8; 32]);

impl Commitment {
    /// Commits to an event: its bytes exactly as they are kept.
    pub fn to(salt: &Salt, event: &[u8]) -> Self {
        Self(sm3_of(&[DOMAIN, &salt.0, event]))
    }

    /// The hash of the leaf that holds it.
    pub fn leaf(&self) -> crate::Hash {
        crate::Hash::leaf(&self.0)
    }

    /// Opens it: whether salt and event are those it was made of.
    ///
    /// # Errors
    /// [`NotOpened`] with what they come to.
    pub fn open(&self, salt: &Salt, event: &[u8]) -> Result<(), NotOpened> {
        let found = Self::to(salt, event);
        if found == *self { Ok(()) } else { Err(NotOpened { recorded: *self, found }) }
    }
}

/// Salt and event that are not those of a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("salt and event come to {found}, the log has {recorded}: the event or its salt was altered, or it is another one")]
pub struct NotOpened {
    /// What the log has.
    pub recorded: Commitment,
    /// What salt and event come to.
    pub found: Commitment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salt_and_event_open_it_and_nothing_else_does() {
        let salt = Salt([7; 32]);
        let commitment = Commitment::to(&salt, b"event");
        assert_eq!(commitment.open(&salt, b"event"), Ok(()));
        assert_eq!(commitment.open(&salt, b"event "), Err(NotOpened { recorded: commitment, found: Commitment::to(&salt, b"event ") }));
        assert!(commitment.open(&Salt([8; 32]), b"event").is_err());
        // A byte that moves from the event to the salt.
        assert_ne!(Commitment::to(&Salt([0; 32]), b"\0x"), Commitment::to(&Salt([0; 32]), b"x"));
        assert!(!format!("{salt:?}").contains("07"));
    }
}
