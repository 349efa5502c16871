//! Whoever is wrong again and again waits longer and longer.
//!
//! Per process: what is guessed here has room enough that no number of replicas makes guessing worth while. It bounds the work, the log
//! and the knowledge that somebody who guesses can come to.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

/// After so long without a wrong one nothing is remembered.
const FORGOTTEN: Duration = Duration::from_secs(600);
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(16 << 10).unwrap();

/// What is counted together may be wrong so often; then the waits double, from a second on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub free: u32,
    pub longest: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Tally {
    wrong: u32,
    last: Instant,
}

/// An attempt that is counted as wrong so far.
#[derive(Debug)]
pub struct Attempt<const N: usize> {
    keys: [u64; N],
    before: [Option<Instant>; N],
    at: Instant,
}

/// Counts each attempt in `N` ways: by what was tried and by whom, say.
pub struct Slowing<const N: usize> {
    rules: [Rule; N],
    /// By a hash: what was tried may tell of a person, and is not kept.
    tallies: Mutex<LruCache<(usize, u64), Tally>>,
    hasher: RandomState,
    /// Nobody was ever wrong: nobody waits.
    untouched: AtomicBool,
}

impl<const N: usize> Slowing<N> {
    pub fn new(rules: [Rule; N]) -> Self {
        Self { rules, tallies: Mutex::new(LruCache::new(REMEMBERED)), hasher: RandomState::new(), untouched: AtomicBool::new(true) }
    }

    /// What attempts are counted by.
    pub fn key(&self, what: impl Hash) -> u64 {
        self.hasher.hash_one(what)
    }

    /// How long this one has still to wait; None: not at all.
    pub fn wait(&self, keys: [u64; N], now: Instant) -> Option<Duration> {
        if self.untouched.load(Ordering::Relaxed) {
            return None;
        }
        let tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        let left = keys.into_iter().enumerate().zip(self.rules).filter_map(|(key, rule)| {
            let tally = tallies.peek(&key)?;
            let over = tally.wrong.checked_sub(rule.free)?;
            let pause = Duration::from_secs(1 << over.min(16)).min(rule.longest);
            (tally.last + pause).checked_duration_since(now)
        });
        left.filter(|left| !left.is_zero()).max()
    }

    /// It was wrong.
    pub fn wrong(&self, keys: [u64; N], now: Instant) {
        self.untouched.store(false, Ordering::Relaxed);
        let mut tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys.into_iter().enumerate() {
            let recent = tallies.get(&key).filter(|tally| now.saturating_duration_since(tally.last) < FORGOTTEN);
            let wrong = recent.map_or(0, |tally| tally.wrong).saturating_add(1);
            tallies.put(key, Tally { wrong, last: now });
        }
    }

    /// Counts an attempt as wrong before it is known to be, so that many at once are counted as well; or says how long to wait. Where it
    /// turns out right it is forgiven.
    ///
    /// # Errors
    /// How long to wait.
    pub fn attempt(&self, keys: [u64; N], now: Instant) -> Result<Attempt<N>, Duration> {
        if let Some(wait) = self.wait(keys, now) {
            return Err(wait);
        }
        let before = {
            let tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
            std::array::from_fn(|way| tallies.peek(&(way, keys[way])).map(|tally| tally.last))
        };
        self.wrong(keys, now);
        Ok(Attempt { keys, before, at: now })
    }

    /// The attempt was right.
    pub fn forgive(&self, attempt: &Attempt<N>) {
        let mut tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, before) in attempt.keys.into_iter().enumerate().zip(attempt.before) {
            let Some(tally) = tallies.get_mut(&key) else { continue };
            tally.wrong = tally.wrong.saturating_sub(1);
            if tally.last == attempt.at {
                tally.last = before.unwrap_or(attempt.at);
            }
            if tally.wrong == 0 {
                tallies.pop(&key);
            }
        }
    }

    /// It was right: what is counted in this way begins anew. What else it is counted by stays.
    pub fn right(&self, way: usize, key: u64) {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner).pop(&(way, key));
    }
}

/// An IPv6 address stands for its /64, which one machine can use whole.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::from((u128::from(address) & (u128::MAX << 64)).to_be_bytes()),
        known => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [Rule; 2] = [Rule { free: 5, longest: Duration::from_secs(300) }, Rule { free: 50, longest: Duration::from_secs(60) }];

    #[test]
    fn whoever_guesses_waits_and_others_do_not() {
        let slowing = Slowing::new(RULES);
        let keys = |what: &str, from: &str| [slowing.key((what, from)), slowing.key(from)];
        let mut now = Instant::now();
        for _ in 0..4 {
            slowing.wrong(keys("a", "here"), now);
            assert_eq!(slowing.wait(keys("a", "here"), now), None);
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            slowing.wrong(keys("a", "here"), now);
            assert_eq!(slowing.wait(keys("a", "here"), now), Some(Duration::from_secs(seconds)));
            assert_eq!((slowing.wait(keys("a", "there"), now), slowing.wait(keys("b", "here"), now)), (None, None));
            now += Duration::from_secs(seconds);
            assert_eq!(slowing.wait(keys("a", "here"), now), None);
        }
        slowing.right(0, keys("a", "here")[0]);
        slowing.wrong(keys("a", "here"), now);
        assert_eq!(slowing.wait(keys("a", "here"), now), None, "begins anew");
        for number in 0..40 {
            slowing.wrong(keys(&number.to_string(), "here"), now);
        }
        assert!(slowing.wait(keys("never tried", "here"), now).is_some() && slowing.wait(keys("never tried", "there"), now).is_none());
        now += FORGOTTEN;
        slowing.wrong(keys("a", "here"), now);
        assert_eq!(slowing.wait(keys("a", "here"), now), None, "long ago is forgotten");
    }

    #[test]
    fn what_is_right_costs_nothing_and_many_at_once_are_counted() {
        let slowing = Slowing::new(RULES);
        let (keys, now) = ([slowing.key("a"), slowing.key("b")], Instant::now());
        for _ in 0..20 {
            let attempt = slowing.attempt(keys, now).unwrap();
            slowing.forgive(&attempt);
        }
        let open: Vec<_> = std::iter::from_fn(|| slowing.attempt(keys, now).ok()).take(20).collect();
        assert_eq!(open.len(), 5, "before any is known to be wrong");
        open.iter().for_each(|attempt| slowing.forgive(attempt));
        assert_eq!(slowing.wait(keys, now), None);
        // A right one after the wait does not begin another.
        (0..5).for_each(|_| slowing.wrong(keys, now));
        let later = now + Duration::from_secs(1);
        let right = slowing.attempt(keys, later).unwrap();
        slowing.forgive(&right);
        assert_eq!(slowing.wait(keys, later), None);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1".parse::<IpAddr>().unwrap());
    }
}
