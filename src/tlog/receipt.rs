//! A receipt: all that somebody needs to prove, to anybody and without the hub, that an event is in the log.

use serde::{Deserialize, Serialize};

use crate::{
    Commitment, Hash, Salt, Trust,
    checkpoint::{CheckpointFault, SignedCheckpoint, Signers},
    proof::{ProofFault, verify_inclusion},
};

/// Bytes of a receipt's JSON at the most: a checkpoint, escaped, and 63 hashes.
pub const MAX_BYTES: usize = 2 * crate::note::MAX_BYTES;

/// The form of receipts.
pub const VERSION: u32 = 1;

/// Proof that a leaf is in the tree of a checkpoint, and the salt that opens the leaf.
///
/// The salt is as secret as the event is: whoever has it can try events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receipt {
    /// [`VERSION`].
    pub v: u32,
    /// The hash of the leaf.
    pub leaf: Hash,
    /// Its number.
    pub index: u64,
    /// Leaves of the tree.
    pub tree_size: u64,
    /// The hashes from the leaf's sibling to the root's child.
    pub path: Vec<Hash>,
    /// The checkpoint of that tree, as it is served.
    pub checkpoint: String,
    /// What the commitment was made with.
    pub salt: Salt,
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// The number of the leaf.
    pub index: u64,
    /// Leaves of the tree it is in.
    pub size: u64,
    /// The root of that tree.
    pub root: Hash,
    /// Who signed for it.
    pub signers: Signers,
}

/// What is wrong with a receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// No JSON of a receipt.
    #[error("this is no receipt: {0}")]
    Form(String),
    /// A form to come.
    #[error("the receipt is of form {0}, this program knows form {VERSION}")]
    Version(u32),
    /// The event is not the one the receipt is for.
    #[error("event and salt come to the leaf {found}, the receipt is for {claimed}: it is another event, or event or salt was altered")]
    Event {
        /// The receipt's leaf.
        claimed: Hash,
        /// The leaf of the event.
        found: Hash,
    },
    /// The checkpoint cannot be read, is another log's, or is not signed by whom it must be.
    #[error("the receipt's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointFault),
    /// The proof is for a tree of another size than the checkpoint's.
    #[error("the receipt is for a tree of {receipt} leaves, its checkpoint for one of {checkpoint}")]
    Size {
        /// What the receipt says.
        receipt: u64,
        /// What its checkpoint says.
        checkpoint: u64,
    },
    /// The leaf is not in the tree.
    #[error("the receipt does not prove its leaf to be in the log: {0}")]
    Proof(#[from] ProofFault),
}

impl Receipt {
    /// Reads JSON.
    ///
    /// # Errors
    /// [`ReceiptFault::Form`], [`ReceiptFault::Version`].
    pub fn from_json(json: &[u8]) -> Result<Self, ReceiptFault> {
        if json.len() > MAX_BYTES {
            return Err(ReceiptFault::Form(format!("it has {} bytes, a receipt has {MAX_BYTES} at the most", json.len())));
        }
        let receipt: Self = serde_json::from_slice(json).map_err(|error| ReceiptFault::Form(error.to_string()))?;
        if receipt.v == VERSION { Ok(receipt) } else { Err(ReceiptFault::Version(receipt.v)) }
    }

    /// Checks that the receipt's leaf is in the log, whatever it holds: what still can be proved when the event is erased.
    ///
    /// # Errors
    /// [`ReceiptFault`] says what is wrong.
    pub fn included(&self, trust: &Trust) -> Result<Included, ReceiptFault> {
        if self.v != VERSION {
            return Err(ReceiptFault::Version(self.v));
        }
        let signed = SignedCheckpoint::read(self.checkpoint.as_bytes())?;
        let signers = signed.verify(trust)?;
        let checkpoint = signed.checkpoint();
        if checkpoint.size != self.tree_size {
            return Err(ReceiptFault::Size { receipt: self.tree_size, checkpoint: checkpoint.size });
        }
        verify_inclusion(&self.leaf, self.index, checkpoint.size, &checkpoint.root, &self.path)?;
        Ok(Included { index: self.index, size: checkpoint.size, root: checkpoint.root, signers })
    }
}

/// Checks that `event`, byte for byte, is in the log that `trust` means, as the receipt says.
///
/// # Errors
/// [`ReceiptFault`] says what is wrong.
pub fn verify_receipt(receipt: &Receipt, event: &[u8], trust: &Trust) -> Result<Included, ReceiptFault> {
    let found = Commitment::to(&receipt.salt, event).leaf();
    if found != receipt.leaf {
        return Err(ReceiptFault::Event { claimed: receipt.leaf, found });
    }
    receipt.included(trust)
}
