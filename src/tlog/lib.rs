//! The transparency log: who keeps it can prove that an event is in it, and cannot take one out, alter one or show two people two
//! logs without being found out.
//!
//! An SM3 Merkle tree with the structure of RFC 9162, laid out in tiles (C2SP tlog-tiles) under checkpoints signed with SM2 (C2SP
//! tlog-checkpoint, signed-note). `docs/log.md` describes the format for whoever verifies with tools of his own. No file, network,
//! clock or random source is touched: tiles come from a reader, salts and signatures are handed in.
//!
//! ```text
//! salt, event ─▶ commitment ─▶ Edge::append ─▶ tiles, bundles, root ─▶ Checkpoint::sign ─▶ what is served
//! tiles ─▶ inclusion_proof, consistency_proof ─▶ Receipt ─▶ verify_receipt
//! tiles, bundles, events, checkpoints ─▶ audit ─▶ Report
//! ```
//!
//! | layer | module | concern |
//! | --- | --- | --- |
//! | 0 | `hash` `commitment` | hashes of leaves and nodes; what a leaf holds of an event |
//! | 0 | `subtree` | which part of the tree is whose |
//! | 1 | `tile` `bundle` | files, their paths and bytes |
//! | 1 | `frontier` | the right edge of a growing tree |
//! | 1 | [`proof`] | proofs checked |
//! | 2 | `reader` `prove` | roots and proofs out of tiles |
//! | 2 | `edge` | appending: which files come of it |
//! | 2 | `key` [`note`] | SM2 keys with names; signed texts |
//! | 3 | [`checkpoint`] | size and root, signed |
//! | 4 | [`promise`] [`receipt`] | one event promised, and proved |
//! | 4 | [`mod@audit`] | a whole log walked |
#![warn(missing_docs)]

pub mod audit;
mod bundle;
pub mod checkpoint;
mod commitment;
mod edge;
mod frontier;
mod hash;
mod key;
pub mod note;
pub mod promise;
pub mod proof;
mod prove;
mod reader;
pub mod receipt;
mod subtree;
mod tile;

pub use audit::audit;
pub use bundle::{BundleFault, read_bundle, write_bundle};
pub use checkpoint::{Checkpoint, CheckpointFault, SignedCheckpoint, Trust};
pub use commitment::{Commitment, DOMAIN, NotOpened, Salt};
pub use edge::{Edge, EdgeFault, Growth};
pub use frontier::{Frontier, NotAFrontier};
pub use hash::{Hash, NotHex};
pub use key::{KeyFault, KeyId, SIGNATURE_TYPE, VerifierKey};
pub use promise::{Promise, PromiseFault, Promised, verify_promise};
pub use proof::{ProofFault, verify_consistency, verify_inclusion};
pub use prove::{consistency_proof, consistency_tiles, inclusion_proof, inclusion_tiles, root_at, root_tiles};
pub use reader::{TileReader, TreeFault};
pub use receipt::{Receipt, ReceiptFault, verify_receipt};
pub use tile::{Bundle, LEVELS, NotAPath, Resource, Tile, TileLength, WIDTH, grown_bundles, grown_tiles};
