//! Checkpoints (C2SP tlog-checkpoint): a log says how large its tree is and what its root is, and signs it.

use std::fmt;

use crate::{
    Hash,
    key::VerifierKey,
    note::{Note, NoteFault, SignFault},
};

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: its prefix without scheme and last slash, as `certificates.example.gov.cn/log`.
    pub origin: String,
    /// Leaves of the tree.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// Lines after the root. Nobody can audit them; witnesses need not look at them.
    pub extensions: Vec<String>,
}

/// A checkpoint with its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Whom a verifier trusts.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The log that is meant.
    pub origin: String,
    /// Its keys, more than one while they are changed. One of them must have signed.
    pub log_keys: Vec<VerifierKey>,
    /// The keys of witnesses, who sign only what has grown out of what they saw before.
    pub witness_keys: Vec<VerifierKey>,
    /// How many witnesses must have signed.
    pub witnesses_required: usize,
}

impl Trust {
    /// Trusts the keys of a log, and asks for no witness.
    pub fn of_log(origin: &str, log_keys: Vec<VerifierKey>) -> Self {
        Self { origin: origin.to_owned(), log_keys, ..Self::default() }
    }
}

/// Who has signed, of those that are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signers {
    /// Keys of the log, one at least.
    pub log: Vec<VerifierKey>,
    /// Keys of witnesses.
    pub witnesses: Vec<VerifierKey>,
}

/// Why a checkpoint is not one, or is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// The note.
    #[error(transparent)]
    Note(#[from] NoteFault),
    /// Not three lines and more, none of them empty.
    #[error("a checkpoint has a line each for origin, size and root, and perhaps more; none is empty and none holds a newline")]
    Lines,
    /// The size is written otherwise.
    #[error("the size of the tree must be a decimal number without leading zeros and below 2^64, found {0:?}")]
    Size(String),
    /// The root is written otherwise.
    #[error("the root must be base64 of 32 bytes, found {0:?}")]
    Root(String),
    /// Another log's.
    #[error("the checkpoint is of the log {found:?}, expected was {expected:?}")]
    Origin {
        /// The log that is meant.
        expected: String,
        /// The log that it is of.
        found: String,
    },
    /// No key of the log that is trusted has signed.
    #[error("the checkpoint is signed by none of the {trusted} trusted keys of the log; it names {}", names(.signed_by))]
    NotSigned {
        /// How many keys of the log are trusted.
        trusted: usize,
        /// Name and id of the keys whose signatures it has.
        signed_by: Vec<String>,
    },
    /// Too few witnesses.
    #[error("{required} known witnesses must have signed the checkpoint, {} have: {}", .signed_by.len(), names(.signed_by))]
    Witnesses {
        /// How many must have.
        required: usize,
        /// Name and id of those who have.
        signed_by: Vec<String>,
    },
}

fn names(names: &[String]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

impl Checkpoint {
    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`CheckpointFault`] for anything but the one spelling.
    pub fn from_text(text: &str) -> Result<Self, CheckpointFault> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointFault::Lines)?.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or(CheckpointFault::Lines);
        let (origin, size, root) = (line()?, line()?, line()?);
        let size = match size.parse::<u64>() {
            Ok(number) if number.to_string() == size => number,
            _ => return Err(CheckpointFault::Size(size.to_owned())),
        };
        let root = Hash::from_base64(root).ok_or_else(|| CheckpointFault::Root(root.to_owned()))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointFault::Lines);
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions })
    }

    /// Makes it a note and has the log sign it. Further keys sign by [`SignedCheckpoint::add`].
    ///
    /// # Errors
    /// [`CheckpointFault::Lines`], [`CheckpointFault::Note`] when origin or extensions cannot be written, else as [`Note::sign`].
    pub fn sign<E>(self, key: &VerifierKey, sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>) -> Result<SignedCheckpoint, SignFault<E>> {
        let mut note = Note::new(&self.to_string())?;
        // What cannot be read back is not signed.
        let checkpoint = Self::from_text(note.text())?;
        if checkpoint != self {
            return Err(CheckpointFault::Lines.into());
        }
        note.sign(key, sign)?;
        Ok(SignedCheckpoint { checkpoint, note })
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.to_base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl SignedCheckpoint {
    /// Reads a checkpoint as it is served. Whom it is from, [`Self::verify`] says.
    ///
    /// # Errors
    /// [`CheckpointFault`] for anything but the one form.
    pub fn read(bytes: &[u8]) -> Result<Self, CheckpointFault> {
        let note = Note::read(bytes)?;
        Ok(Self { checkpoint: Checkpoint::from_text(note.text())?, note })
    }

    /// Who of `trust` has signed it.
    ///
    /// # Errors
    /// [`CheckpointFault`] when it is another log's, a trusted key's signature does not hold, or signatures are missing.
    pub fn verify(&self, trust: &Trust) -> Result<Signers, CheckpointFault> {
        if self.checkpoint.origin != trust.origin {
            return Err(CheckpointFault::Origin { expected: trust.origin.clone(), found: self.checkpoint.origin.clone() });
        }
        let log: Vec<VerifierKey> = self.note.verified_by(&trust.log_keys)?.into_iter().cloned().collect();
        if log.is_empty() {
            let signed_by = self.note.signatures().iter().map(|line| format!("{} ({})", line.name, line.id)).collect();
            return Err(CheckpointFault::NotSigned { trusted: trust.log_keys.len(), signed_by });
        }
        let mut witnesses: Vec<VerifierKey> = Vec::new();
        for key in self.note.verified_by(&trust.witness_keys)? {
            // A log is no witness of its own, and nobody is two, whatever names a key goes by.
            if !trust.log_keys.iter().chain(&witnesses).any(|other| other.has_point_of(key)) {
                witnesses.push(key.clone());
            }
        }
        if witnesses.len() < trust.witnesses_required {
            let signed_by = witnesses.iter().map(|key| format!("{} ({})", key.name(), key.id())).collect();
            return Err(CheckpointFault::Witnesses { required: trust.witnesses_required, signed_by });
        }
        Ok(Signers { log, witnesses })
    }

    /// Adds the signature of a witness or of the log's next key.
    ///
    /// # Errors
    /// As [`Note::add`].
    pub fn add(&mut self, key: &VerifierKey, der: Vec<u8>) -> Result<(), NoteFault> {
        self.note.add(key, der)
    }

    /// What it says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note it came in.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// As it is served.
impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
