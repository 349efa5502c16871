//! How much callers may take, and how fast: nothing here knows a database, a network or Redis.
//!
//! ```text
//! meter.rs     one client's or department's bucket and day    network.rs   proxies whose word counts
//! meters.rs    all of them, and their counts with replicas     slowing.rs   whoever is wrong again and again waits
//! guesses.rs   strangers who verify
//! ```
//! A request is let in or refused by what this process knows, without asking anybody. Several times a second replicas add up what each
//! has let in ([`Counters`]): what others took is then taken here as well. So a limit of `r` a second is exceeded for a fraction of a
//! second at most when many replicas are asked at once, and not at all by one; and while the counters are away each replica counts
//! alone, and says so.

mod guesses;
mod meter;
mod meters;
mod network;
mod slowing;

pub use guesses::{GuessLimits, Guesses};
pub use meter::{Meter, Standing};
pub use meters::{Counters, Meters, admit};
pub use network::{Network, origin};
pub use slowing::{Attempt, Rule, Slowing, neighbourhood};

/// What somebody may take; None: as much as he likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// Requests a second; as many may come at once.
    pub rate: Option<u32>,
    /// Requests a day, which begins at midnight in Beijing.
    pub daily: Option<u32>,
}

impl Limit {
    pub const fn is_none(&self) -> bool {
        self.rate.is_none() && self.daily.is_none()
    }

    /// These, and where one is not given, those.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { rate: self.rate.or(other.rate), daily: self.daily.or(other.daily) }
    }
}
