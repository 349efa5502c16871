//! Strangers who ask whether what they type is on a certificate: who is wrong again and again waits, and so does everybody who asks for a
//! number about which strangers were wrong again and again.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::{Attempt, Rule, Slowing, neighbourhood};

/// A stranger who mistypes is not kept waiting for longer.
const LONGEST: Duration = Duration::from_secs(60);

/// How often strangers may be wrong within ten minutes before anybody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuessLimits {
    pub per_address: u32,
    pub per_number: u32,
}

impl Default for GuessLimits {
    fn default() -> Self {
        Self { per_address: 60, per_number: 20 }
    }
}

pub struct Guesses(Slowing<2>);

impl Guesses {
    pub fn new(limits: GuessLimits) -> Self {
        let rule = |free| Rule { free, longest: LONGEST };
        Self(Slowing::new([rule(limits.per_number), rule(limits.per_address)]))
    }

    /// Lets an attempt in, which counts as wrong until it is [`Self::right`]. Who has no address is not counted: he is this machine's own.
    ///
    /// # Errors
    /// How long one from there who asks for this has to wait.
    pub fn attempt(&self, what: &str, from: Option<IpAddr>) -> Result<Option<Attempt<2>>, Duration> {
        from.map(|from| self.0.attempt(self.keys(what, from), Instant::now())).transpose()
    }

    /// It was no wrong guess.
    pub fn right(&self, attempt: Option<&Attempt<2>>) {
        attempt.into_iter().for_each(|attempt| self.0.forgive(attempt));
    }

    fn keys(&self, what: &str, from: IpAddr) -> [u64; 2] {
        [self.0.key(what), self.0.key(neighbourhood(from))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_an_address_are_counted_each() {
        let guesses = Guesses::new(GuessLimits { per_address: 3, per_number: 2 });
        let (one, two, three) = ("192.0.2.1".parse().ok(), "192.0.2.2".parse().ok(), "192.0.2.3".parse().ok());
        let wrong = |what, from| drop(guesses.attempt(what, from));
        let waits = |what, from| match guesses.attempt(what, from) {
            Ok(attempt) => {
                guesses.right(attempt.as_ref());
                false
            }
            Err(_) => true,
        };
        wrong("n", one);
        assert!(!waits("n", three));
        wrong("n", two);
        assert!(waits("n", three) && !waits("m", three));
        wrong("o", one);
        wrong("p", one);
        assert!(waits("q", one) && !waits("q", two) && !waits("n", None));
    }
}
