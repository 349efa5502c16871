//! A whole log walked from its first leaf: entries against tiles, tiles against each other, leaves against everything that was
//! ever signed. What `log verify` does.

mod finding;

use std::ops::Range;

use serde::Serialize;

pub use finding::{Finding, Which};

use crate::{
    Bundle, Commitment, Frontier, Hash, Salt, Tile, TileReader, Trust,
    bundle::read_bundle,
    checkpoint::{CheckpointFault, SignedCheckpoint},
    tile::{LEVELS, WIDTH},
};

/// An audit ends when it has found so much.
pub const MAX_FINDINGS: usize = 100;

/// Everything an audit reads.
pub trait Log: TileReader {
    /// The bytes of a bundle of entries, or None where there is none; else as [`TileReader::tile`].
    ///
    /// # Errors
    /// Whatever kept the reader from looking.
    fn bundle(&mut self, bundle: Bundle) -> Result<Option<Vec<u8>>, Self::Error>;

    /// The events that are still kept of these leaves, at most 256. Whoever has the public log alone has none.
    ///
    /// # Errors
    /// Whatever kept the reader from looking.
    fn openings(&mut self, _leaves: Range<u64>) -> Result<Vec<Opening>, Self::Error> {
        Ok(Vec::new())
    }
}

/// An event as it is kept, with what opens its leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The number of the leaf.
    pub index: u64,
    /// The salt of its commitment.
    pub salt: Salt,
    /// The event's bytes.
    pub event: Vec<u8>,
}

/// What an audit did and found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Leaves of the newest checkpoint's tree; None where that cannot be read.
    pub size: Option<u64>,
    /// Leaves that were looked at: all of them, unless it ended early.
    pub leaves: u64,
    /// Events that were held against their leaves.
    pub events: u64,
    /// Checkpoints whose root was held against the leaves.
    pub checkpoints: u64,
    /// In the order in which they were met: the first that names a leaf names the first such leaf.
    pub findings: Vec<Finding>,
    /// Whether it ended early, at [`MAX_FINDINGS`].
    pub ended_early: bool,
}

impl Report {
    /// Whether everything was looked at and nothing was found.
    pub fn is_sound(&self) -> bool {
        self.size.is_some() && self.findings.is_empty() && !self.ended_early
    }
}

/// Walks the log of the newest checkpoint. `earlier` are checkpoints that were kept, here or elsewhere, by ascending size.
///
/// # Errors
/// What the reader failed with. What is missing or wrong is no error but a [`Finding`].
pub fn audit<L: Log>(log: &mut L, latest: &[u8], earlier: impl IntoIterator<Item = Vec<u8>>, trust: &Trust) -> Result<Report, L::Error> {
    let mut report = Report::default();
    let newest = match SignedCheckpoint::read(latest) {
        Ok(newest) => newest,
        Err(fault) => {
            report.findings.push(Finding::Checkpoint { which: Which::Latest, fault });
            return Ok(report);
        }
    };
    let size = newest.checkpoint().size;
    report.size = Some(size);
    let (trusted, fault) = match newest.verify(trust) {
        Ok(_) => (Some(Signed { which: Which::Latest, size, root: newest.checkpoint().root }), None),
        Err(fault) => (None, Some(Finding::Checkpoint { which: Which::Latest, fault })),
    };
    report.findings.extend(fault);
    let mut walk = Walk {
        log,
        size,
        above: Default::default(),
        history: History {
            trust,
            size,
            earlier: earlier.into_iter().fuse(),
            read: 0,
            next: None,
            last: None,
            frontier: Frontier::new(),
            gap: None,
        },
        report,
    };
    walk.run()?;
    let Walk { mut history, mut report, .. } = walk;
    report.ended_early = report.findings.len() >= MAX_FINDINGS;
    if let (Some(signed), false) = (trusted, report.ended_early) {
        history.compare(&signed, &mut report);
    }
    Ok(report)
}

/// A checkpoint that somebody trusted has signed.
struct Signed {
    which: Which,
    size: u64,
    root: Hash,
}

/// The leaves so far, and what was signed of them.
struct History<'a, C> {
    trust: &'a Trust,
    size: u64,
    earlier: C,
    /// How many of them.
    read: u64,
    /// The next one to compare.
    next: Option<Signed>,
    /// The one compared before it, and whether it held.
    last: Option<(Signed, bool)>,
    frontier: Frontier,
    /// The first leaf that could not be read: from there on no root is known.
    gap: Option<u64>,
}

impl<C: Iterator<Item = Vec<u8>>> History<'_, C> {
    /// Compares all checkpoints of as many leaves as there are now, and finds the next one.
    fn catch_up(&mut self, at: u64, report: &mut Report) {
        while report.findings.len() < MAX_FINDINGS {
            match self.next.take() {
                Some(signed) if signed.size > at => {
                    self.next = Some(signed);
                    return;
                }
                Some(signed) => self.compare(&signed, report),
                None => {
                    let Some(bytes) = self.earlier.next() else { return };
                    self.take(&bytes, at, report);
                }
            }
        }
    }

    fn take(&mut self, bytes: &[u8], at: u64, report: &mut Report) {
        let which = Which::Earlier(self.read);
        self.read += 1;
        match signed(bytes, which, self.trust) {
            Ok(signed) if signed.size > self.size => report.findings.push(Finding::Ahead { which, size: signed.size, latest: self.size }),
            Ok(signed) if signed.size < at => report.findings.push(Finding::Order { which, size: signed.size, after: at }),
            Ok(signed) => self.next = Some(signed),
            Err(fault) => report.findings.push(Finding::Checkpoint { which, fault }),
        }
    }

    fn compare(&mut self, signed: &Signed, report: &mut Report) {
        let &Signed { which, size, root } = signed;
        if let Some(from) = self.gap {
            report.findings.push(Finding::Unproved { which, size, from });
            self.last = None;
            return;
        }
        report.checkpoints += 1;
        let computed = self.frontier.root();
        let holds = computed == root;
        if !holds {
            report.findings.push(Finding::Root { which, size, computed, claimed: root });
        }
        // An older one that fails where a newer one holds is no beginning of it.
        if let Some((older, held)) = &self.last
            && (holds && !held || older.size == size && older.root != root)
        {
            report.findings.push(Finding::Inconsistent { older: older.size, newer: size });
        }
        self.last = Some((Signed { which, size, root }, holds));
    }
}

fn signed(bytes: &[u8], which: Which, trust: &Trust) -> Result<Signed, CheckpointFault> {
    let signed = SignedCheckpoint::read(bytes)?;
    signed.verify(trust)?;
    Ok(Signed { which, size: signed.checkpoint().size, root: signed.checkpoint().root })
}

/// A tile, and its hashes where they could be read.
type Seen = (Tile, Option<Vec<Hash>>);

struct Walk<'a, L, C> {
    log: &'a mut L,
    size: u64,
    /// The tile of each level that stands above the leaves at hand.
    above: [Option<Seen>; LEVELS as usize],
    history: History<'a, C>,
    report: Report,
}

impl<L: Log, C: Iterator<Item = Vec<u8>>> Walk<'_, L, C> {
    fn run(&mut self) -> Result<(), L::Error> {
        self.history.catch_up(0, &mut self.report);
        for number in 0..self.size.div_ceil(u64::from(WIDTH)) {
            if self.report.findings.len() >= MAX_FINDINGS {
                break;
            }
            let (Some(tile), Some(bundle)) = (Tile::of_tree(0, number, self.size), Bundle::of_tree(number, self.size)) else { break };
            let hashes = self.tile(tile)?;
            let entries = self.bundle(bundle)?;
            self.compare_entries(tile, bundle, hashes.as_deref(), entries.as_deref());
            self.open(bundle, hashes.as_deref(), entries.as_deref())?;
            let leaves = hashes.clone().or_else(|| Some(entries?.iter().map(Commitment::leaf).collect()));
            self.grow(bundle, leaves.as_deref());
            self.climb(tile, hashes)?;
            self.report.leaves += u64::from(bundle.width());
        }
        Ok(())
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<Hash>>, L::Error> {
        let read = match self.log.tile(tile)? {
            Some(bytes) => tile.hashes(&bytes).map_err(Finding::TileMalformed),
            None => Err(Finding::TileMissing { tile }),
        };
        Ok(self.keep(read))
    }

    fn bundle(&mut self, bundle: Bundle) -> Result<Option<Vec<Commitment>>, L::Error> {
        let read = match self.log.bundle(bundle)? {
            Some(bytes) => read_bundle(bundle, &bytes).map_err(|fault| Finding::BundleMalformed { fault }),
            None => Err(Finding::BundleMissing { bundle }),
        };
        Ok(self.keep(read))
    }

    fn keep<T>(&mut self, read: Result<T, Finding>) -> Option<T> {
        read.map_err(|finding| self.report.findings.push(finding)).ok()
    }

    fn compare_entries(&mut self, tile: Tile, bundle: Bundle, hashes: Option<&[Hash]>, entries: Option<&[Commitment]>) {
        let (Some(hashes), Some(entries)) = (hashes, entries) else { return };
        for (index, (entry, hash)) in (bundle.first()..).zip(entries.iter().zip(hashes)) {
            if entry.leaf() != *hash {
                self.report.findings.push(Finding::Leaf { index, bundle, tile });
            }
        }
    }

    /// Holds events against their entries, or against the hashes of those where they are lost.
    fn open(&mut self, bundle: Bundle, hashes: Option<&[Hash]>, entries: Option<&[Commitment]>) -> Result<(), L::Error> {
        let first = bundle.first();
        for Opening { index, salt, event } in self.log.openings(first..first.saturating_add(u64::from(bundle.width())))? {
            let place = index.checked_sub(first).and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX);
            let recorded = entries.and_then(|entries| entries.get(place)).map(Commitment::leaf);
            let Some(recorded) = recorded.or_else(|| hashes?.get(place).copied()) else { continue };
            self.report.events += 1;
            if Commitment::to(&salt, &event).leaf() != recorded {
                self.report.findings.push(Finding::Event { index });
            }
        }
        Ok(())
    }

    fn grow(&mut self, bundle: Bundle, leaves: Option<&[Hash]>) {
        if leaves.is_none() {
            self.history.gap.get_or_insert(bundle.first());
        }
        let mut leaves = leaves.unwrap_or_default().iter();
        for at in (bundle.first() + 1..).take(usize::from(bundle.width())) {
            if let Some(leaf) = leaves.next() {
                self.history.frontier.append(*leaf);
            }
            self.history.catch_up(at, &mut self.report);
        }
    }

    /// Holds a full tile against the one above it, and that one, once the last of its hashes was reached, against the next.
    fn climb(&mut self, tile: Tile, hashes: Option<Vec<Hash>>) -> Result<(), L::Error> {
        let (mut tile, mut hashes) = (tile, hashes);
        while tile.is_full() {
            let (index, place) = tile.above();
            let Some(above) = Tile::of_tree(tile.level() + 1, index, self.size) else { break };
            let level = usize::from(above.level());
            let known = self.above.get_mut(level).and_then(Option::take).filter(|(known, _)| *known == above);
            let (_, upper) = match known {
                Some(known) => known,
                None => (above, self.tile(above)?),
            };
            if let (Some(lower), Some(upper)) = (hashes, &upper)
                && Hash::above(lower) != upper.get(usize::from(place)).copied()
            {
                self.report.findings.push(Finding::Tile { tile, above, place });
            }
            if place + 1 < WIDTH {
                if let Some(kept) = self.above.get_mut(level) {
                    *kept = Some((above, upper));
                }
                break;
            }
            (tile, hashes) = (above, upper);
        }
        Ok(())
    }
}
