//! What an audit finds, each with its place.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Bundle, BundleFault, CheckpointFault, Hash, Tile, TileLength};

/// Which of the checkpoints handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Which {
    /// One of the earlier ones, counted from 0.
    Earlier(u64),
    /// The newest one.
    Latest,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Earlier(number) => write!(f, "earlier checkpoint {number}"),
            Self::Latest => f.write_str("the newest checkpoint"),
        }
    }
}

/// Something that is not as an honest log has it.
///
/// An entry that was altered is a [`Finding::Leaf`] alone. A hash of a leaf that was altered in its tile is a [`Finding::Leaf`],
/// and the tile then does not agree with the one above it ([`Finding::Tile`]) nor with the checkpoints ([`Finding::Root`]). Who
/// alters entry and tiles alike, up to the top, is found by every checkpoint that was signed before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "finding", rename_all = "camelCase")]
pub enum Finding {
    /// A tile is not there.
    #[error("{tile} is missing")]
    TileMissing {
        /// Which.
        tile: Tile,
    },
    /// A tile has a wrong length.
    #[error(transparent)]
    TileMalformed(TileLength),
    /// A bundle is not there.
    #[error("{bundle} is missing")]
    BundleMissing {
        /// Which.
        bundle: Bundle,
    },
    /// A bundle is malformed.
    #[error("{fault}")]
    BundleMalformed {
        /// How.
        #[serde(serialize_with = "as_text")]
        fault: BundleFault,
    },
    /// An entry is not the leaf that is in its tile.
    #[error("entry {index}: what {bundle} has does not hash to what {tile} has")]
    Leaf {
        /// The number of the leaf.
        index: u64,
        /// Where the entry stands.
        bundle: Bundle,
        /// Where its hash stands.
        tile: Tile,
    },
    /// The event that is kept for a leaf is not the one that the leaf committed to.
    #[error("entry {index}: the event and salt that are kept do not open what the log has")]
    Event {
        /// The number of the leaf.
        index: u64,
    },
    /// A tile and the hash of it one level up disagree.
    #[error("{tile} does not hash to what {above} has at place {place}")]
    Tile {
        /// The lower tile.
        tile: Tile,
        /// The upper one.
        above: Tile,
        /// Which of its hashes.
        place: u16,
    },
    /// A checkpoint cannot be read or is not to be trusted.
    #[error("{which}: {fault}")]
    Checkpoint {
        /// Which.
        which: Which,
        /// Why.
        #[serde(serialize_with = "as_text")]
        fault: CheckpointFault,
    },
    /// Earlier checkpoints do not ascend, so this one was not compared.
    #[error("{which} is of {size} leaves and comes after one of {after}: hand them in by size")]
    Order {
        /// Which.
        which: Which,
        /// Its size.
        size: u64,
        /// How far the audit was.
        after: u64,
    },
    /// The log signed for more leaves than its newest checkpoint has: it was set back.
    #[error("{which} is of {size} leaves, but the newest one has {latest}: the log was set back")]
    Ahead {
        /// Which.
        which: Which,
        /// Its size.
        size: u64,
        /// The size of the newest one.
        latest: u64,
    },
    /// The leaves do not come to the root that was signed.
    #[error("{which}: {size} leaves come to the root {computed}, signed was {claimed}")]
    Root {
        /// Which.
        which: Which,
        /// Its size.
        size: u64,
        /// What the leaves come to.
        computed: Hash,
        /// What was signed.
        claimed: Hash,
    },
    /// Two checkpoints that no growing log could both have signed: with this pair anybody can prove it.
    #[error("checkpoints of {older} and of {newer} leaves contradict each other: the log was rewritten or shows two faces")]
    Inconsistent {
        /// The size of the older one.
        older: u64,
        /// The size of the newer one.
        newer: u64,
    },
    /// Leaves before a checkpoint are neither in a tile nor in a bundle that can be read.
    #[error("{which} of {size} leaves could not be compared: the leaves from {from} on cannot be read")]
    Unproved {
        /// Which.
        which: Which,
        /// Its size.
        size: u64,
        /// The first leaf that is missing.
        from: u64,
    },
}

fn as_text<S: Serializer>(fault: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(fault)
}
