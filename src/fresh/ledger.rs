//! What has been announced, and until when this process may trust that it heard all of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Tag, Tags};

/// Tags fall into this many slots; two that share one are forgotten together.
const SLOTS: usize = 1 << 16;
/// How long a change that was begun and not ended keeps its tags from being kept: longer than a transaction takes.
const FENCE: Duration = Duration::from_secs(30);

/// Who makes sure that nothing was missed; what is kept is served while all of them have done so lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The database was asked whether anybody wrote past the announcements.
    Database,
    /// The announcements of other replicas were read to their end.
    Announcements,
}

/// When something was read: what was announced before is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    generation: u64,
    position: u64,
}

impl Stamp {
    /// The last announcement heard before the read, as all replicas number them.
    pub fn position(self) -> u64 {
        self.position
    }
}

/// The changes this process has heard of, by slot.
///
/// Positions rise with every announcement. Alone, a process counts them itself; replicas take them from their common stream, so that
/// a position means the same to all.
#[derive(Debug)]
pub struct Ledger {
    slots: Box<[Slot]>,
    everything: Slot,
    position: AtomicU64,
    /// Raised where announcements may have been missed: no stamp from before holds.
    generation: AtomicU64,
    /// Nanoseconds since `born` at which the lease of each source ends.
    leases: [AtomicU64; 2],
    lease: Duration,
    born: Instant,
    /// Changes begun and not ended, by who makes them and his count.
    open: Mutex<HashMap<(u64, u64), Open>>,
}

#[derive(Debug, Default)]
struct Slot {
    changed: AtomicU64,
    /// How many changes are under way.
    open: AtomicU32,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    tags: Tags,
}

impl Ledger {
    /// A lease of zero keeps nothing. `announcements`: other replicas announce, so their announcements must be heard too.
    pub fn new(lease: Duration, announcements: bool) -> Self {
        Self {
            slots: (0..SLOTS).map(|_| Slot::default()).collect(),
            everything: Slot::default(),
            position: AtomicU64::new(0),
            generation: AtomicU64::new(0),
            leases: [AtomicU64::new(0), AtomicU64::new(if announcements { 0 } else { u64::MAX })],
            lease,
            born: Instant::now(),
            open: Mutex::default(),
        }
    }

    pub fn lease(&self) -> Duration {
        self.lease
    }

    /// May anything be served from memory now?
    pub fn serves(&self) -> bool {
        let now = self.age();
        self.leases.iter().all(|end| now < end.load(SeqCst))
    }

    /// To be taken before a read whose result shall be kept; None: nothing may be kept now.
    pub fn stamp(&self) -> Option<Stamp> {
        // The generation first: when it is raised in between, the stamp does not hold.
        let generation = self.generation.load(SeqCst);
        self.serves().then(|| Stamp { generation, position: self.position.load(SeqCst) })
    }

    /// A stamp for what another replica read behind this position.
    pub fn stamp_at(&self, position: u64) -> Option<Stamp> {
        self.stamp().map(|now| Stamp { position, ..now })
    }

    /// Is what was read at that stamp, and depends on these tags, still so?
    pub fn holds(&self, stamp: Stamp, tags: &[Tag]) -> bool {
        let quiet = |slot: &Slot| slot.open.load(SeqCst) == 0 && slot.changed.load(SeqCst) <= stamp.position;
        // The generation last: slots that a restart clears meanwhile say nothing, and it has raised the generation before.
        quiet(&self.everything)
            && tags.iter().all(|tag| quiet(self.slot(*tag)))
            && self.serves()
            && self.generation.load(SeqCst) == stamp.generation
    }

    /// A source has made sure of everything up to the moment `sent`, when it asked.
    pub fn renew(&self, source: Source, sent: Instant) {
        let end = sent.saturating_duration_since(self.born) + self.lease;
        self.leases[source as usize].fetch_max(nanos(end), SeqCst);
        self.lapse_open();
    }

    /// A source no longer knows.
    pub fn lapse(&self, source: Source) {
        self.leases[source as usize].store(0, SeqCst);
    }

    /// The next position, where this process counts them itself.
    pub fn next(&self) -> u64 {
        self.position.fetch_add(1, SeqCst).saturating_add(1)
    }

    /// A position above all that were heard, for a change that could not be announced.
    pub fn beyond(&self) -> u64 {
        self.position.load(SeqCst).saturating_add(1)
    }

    /// Everything up to this position has been heard and written down.
    pub fn heard(&self, position: u64) {
        self.position.fetch_max(position, SeqCst);
    }

    /// Begins anew at a position: what was announced before may have been missed.
    pub fn restart(&self, position: u64) {
        self.lapse(Source::Announcements);
        self.generation.fetch_add(1, SeqCst);
        // No stamp of the new generation is out: the lease has not been renewed.
        self.slots.iter().chain([&self.everything]).for_each(|slot| slot.changed.store(0, SeqCst));
        self.everything.changed.store(position, SeqCst);
        self.position.store(position, SeqCst);
    }

    /// A change of these tags has begun: what is kept of them is dropped, and nothing is kept until it ends or the fence lapses.
    pub fn open(&self, writer: u64, count: u64, position: u64, tags: &Tags) {
        let mut open = self.opened();
        if open.insert((writer, count), Open { until: Instant::now() + FENCE, tags: tags.clone() }).is_none() {
            self.each(tags, |slot| {
                slot.open.fetch_add(1, SeqCst);
                slot.changed.fetch_max(position, SeqCst);
            });
        }
    }

    /// The change has ended, whatever became of it.
    pub fn close(&self, writer: u64, count: u64, position: u64, tags: &Tags) {
        let mut open = self.opened();
        self.each(tags, |slot| {
            _ = slot.changed.fetch_max(position, SeqCst);
        });
        if let Some(open) = open.remove(&(writer, count)) {
            self.each(&open.tags, |slot| {
                _ = slot.open.fetch_sub(1, SeqCst);
            });
        }
    }

    /// These have changed.
    pub fn changed(&self, position: u64, tags: &Tags) {
        self.each(tags, |slot| {
            _ = slot.changed.fetch_max(position, SeqCst);
        });
    }

    /// Nanoseconds of this ledger's life.
    pub(super) fn age(&self) -> u64 {
        nanos(self.born.elapsed())
    }

    /// Whoever began these is gone.
    fn lapse_open(&self) {
        let now = Instant::now();
        let mut open = self.opened();
        for (_, open) in open.extract_if(|_, open| open.until <= now) {
            self.each(&open.tags, |slot| {
                _ = slot.open.fetch_sub(1, SeqCst);
            });
        }
    }

    #[cfg(test)]
    fn hurry(&self) {
        self.opened().values_mut().for_each(|open| open.until = Instant::now());
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<(u64, u64), Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn each(&self, tags: &Tags, change: impl Fn(&Slot)) {
        match tags {
            Tags::Everything => change(&self.everything),
            Tags::These(tags) => tags.iter().for_each(|tag| change(self.slot(*tag))),
        }
    }

    fn slot(&self, tag: Tag) -> &Slot {
        // As many slots as the mask has values.
        &self.slots[usize::try_from(tag.0 & (SLOTS as u64 - 1)).unwrap_or_default()]
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn alone() -> Ledger {
        let ledger = Ledger::new(LONG, false);
        ledger.renew(Source::Database, Instant::now());
        ledger
    }

    fn write(ledger: &Ledger, tag: Tag) {
        ledger.open(1, 1, ledger.next(), &tag.into());
        ledger.close(1, 1, ledger.next(), &tag.into());
    }

    #[test]
    fn nothing_is_kept_before_somebody_has_made_sure() {
        let ledger = Ledger::new(LONG, true);
        assert!(ledger.stamp().is_none());
        ledger.renew(Source::Database, Instant::now());
        assert!(ledger.stamp().is_none(), "announcements are not heard yet");
        ledger.renew(Source::Announcements, Instant::now());
        let stamp = ledger.stamp().expect("both have made sure");
        assert!(ledger.holds(stamp, &[Tag(1)]));
        ledger.lapse(Source::Announcements);
        assert!(!ledger.holds(stamp, &[Tag(1)]) && ledger.stamp().is_none());
        let short = Ledger::new(Duration::from_millis(5), false);
        short.renew(Source::Database, Instant::now());
        std::thread::sleep(Duration::from_millis(6));
        assert!(short.stamp().is_none(), "the lease has ended");
        short.renew(Source::Database, Instant::now() - Duration::from_secs(1));
        assert!(short.stamp().is_none(), "a lease counts from when it was asked for");
    }

    #[test]
    fn a_change_ends_what_was_read_before_and_during_it_and_nothing_else() {
        let ledger = alone();
        let before = ledger.stamp().expect("serves");
        write(&ledger, Tag(5));
        let after = ledger.stamp().expect("serves");
        assert!(!ledger.holds(before, &[Tag(4), Tag(5)]));
        assert!(ledger.holds(before, &[Tag(4)]));
        assert!(ledger.holds(after, &[Tag(5)]));
        ledger.open(1, 2, ledger.next(), &Tag(5).into());
        let during = ledger.stamp().expect("serves");
        assert!(!ledger.holds(after, &[Tag(5)]) && !ledger.holds(during, &[Tag(5)]));
        ledger.close(1, 2, ledger.next(), &Tag(5).into());
        assert!(!ledger.holds(during, &[Tag(5)]), "it may have been read before the commit");
        ledger.changed(ledger.next(), &Tags::Everything);
        assert!(!ledger.holds(during, &[]) && ledger.holds(ledger.stamp().expect("serves"), &[Tag(5)]));
    }

    #[test]
    fn a_writer_that_died_leaves_its_tags_uncached_until_the_fence_lapses() {
        let ledger = alone();
        ledger.open(9, 1, ledger.next(), &Tag(5).into());
        assert!(!ledger.holds(ledger.stamp().expect("serves"), &[Tag(5)]));
        ledger.renew(Source::Database, Instant::now());
        assert!(!ledger.holds(ledger.stamp().expect("serves"), &[Tag(5)]), "still within the fence");
        ledger.hurry();
        ledger.renew(Source::Database, Instant::now());
        assert!(ledger.holds(ledger.stamp().expect("serves"), &[Tag(5)]));
        // Its end, come late, changes no count.
        ledger.close(9, 1, ledger.next(), &Tag(5).into());
        assert!(ledger.holds(ledger.stamp().expect("serves"), &[Tag(5)]));
    }

    #[test]
    fn after_a_restart_nothing_from_before_holds_whatever_its_position() {
        let ledger = Ledger::new(LONG, true);
        ledger.renew(Source::Database, Instant::now());
        ledger.restart(1000);
        ledger.renew(Source::Announcements, Instant::now());
        let before = ledger.stamp().expect("serves");
        // Another server, whose clock is behind.
        ledger.restart(10);
        ledger.renew(Source::Announcements, Instant::now());
        assert!(!ledger.holds(before, &[]));
        let stamp = ledger.stamp().expect("serves");
        assert!(ledger.holds(stamp, &[Tag(1)]));
        assert!(!ledger.holds(ledger.stamp_at(9).expect("serves"), &[]), "read by another before this one listened");
    }
}
