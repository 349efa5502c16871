//! Signed notes (C2SP signed-note): a text, an empty line, and signature lines.

use std::fmt;

use base64ct::{Base64, Encoding};
use verify::sm2::SignatureFault;

use crate::key::{KeyId, VerifierKey, is_name};

/// Bytes of a note at the most.
pub const MAX_BYTES: usize = 128 * 1024;
/// Signature lines of a note at the most.
pub const MAX_SIGNATURES: usize = 64;

/// What every signature line begins with: an em dash.
const DASH: &str = "\u{2014} ";

/// A note as it was read or made: what it says is worth nothing before [`Note::verified_by`] names somebody trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub id: KeyId,
    /// The signature itself: of our keys DER, of others whatever their type says.
    pub value: Vec<u8>,
}

/// Why bytes are no note, or a note is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// Too long.
    #[error("a note has {MAX_BYTES} bytes at the most, this one has {0}")]
    Bytes(usize),
    /// Not UTF-8, or a control character other than newline.
    #[error("byte {0} of the note is no UTF-8 text, or a control character")]
    Characters(usize),
    /// The text does not end with a newline.
    #[error("the text of the note must end with a newline")]
    Text,
    /// No empty line, no signature line after it, or the last one not ended.
    #[error("the note must have an empty line and after it signature lines, each ended by a newline")]
    Unsigned,
    /// Too many.
    #[error("a note has {MAX_SIGNATURES} signature lines at the most, this one has {0}")]
    Signatures(usize),
    /// A signature line of another form.
    #[error(
        "signature line {0} of the note must be an em dash, a key's name and base64 of its id and signature, with one space between them"
    )]
    Line(usize),
    /// A key that is known, and a signature that is not its own.
    #[error("the note is not signed by {name} ({id}) as it says: {fault}")]
    Signature {
        /// The key's name.
        name: String,
        /// The key's id.
        id: KeyId,
        /// What is wrong.
        fault: SignatureFault,
    },
}

/// Why a checkpoint or a promise was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignFault<E> {
    /// A checkpoint that cannot be written.
    #[error(transparent)]
    Checkpoint(#[from] crate::CheckpointFault),
    /// A promise that cannot be written.
    #[error(transparent)]
    Promise(#[from] crate::PromiseFault),
    /// The signer failed.
    #[error("{name} did not sign the note: {error}")]
    Signer {
        /// The key's name.
        name: String,
        /// What the signer said.
        error: E,
    },
    /// What the signer gave is no signature of the key.
    #[error(transparent)]
    Note(#[from] NoteFault),
}

impl Note {
    /// A text to be signed.
    ///
    /// # Errors
    /// [`NoteFault`] when notes cannot carry it.
    pub fn new(text: &str) -> Result<Self, NoteFault> {
        characters(text.as_bytes())?;
        if text.ends_with('\n') { Ok(Self { text: text.to_owned(), signatures: Vec::new() }) } else { Err(NoteFault::Text) }
    }

    /// Reads a signed note.
    ///
    /// # Errors
    /// [`NoteFault`] for anything but the one form.
    pub fn read(bytes: &[u8]) -> Result<Self, NoteFault> {
        let whole = characters(bytes)?;
        let (text, lines) = whole.rfind("\n\n").and_then(|end| whole.split_at_checked(end + 1)).ok_or(NoteFault::Unsigned)?;
        let lines = lines
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'))
            .filter(|lines| !lines.is_empty())
            .ok_or(NoteFault::Unsigned)?;
        let count = lines.split('\n').count();
        if count > MAX_SIGNATURES {
            return Err(NoteFault::Signatures(count));
        }
        let signatures =
            lines.split('\n').zip(1..).map(|(line, number)| signature(line).ok_or(NoteFault::Line(number))).collect::<Result<_, _>>()?;
        Ok(Self { signatures, ..Self::new(text)? })
    }

    /// The text that is signed, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, of known and unknown keys.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Signs: `sign` is handed the text and gives the DER, which is checked before it is taken.
    ///
    /// # Errors
    /// [`SignFault`] when the signer fails or signs with another key.
    pub fn sign<E>(&mut self, key: &VerifierKey, sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>) -> Result<(), SignFault<E>> {
        let der = sign(self.text.as_bytes()).map_err(|error| SignFault::Signer { name: key.name().to_owned(), error })?;
        Ok(self.add(key, der)?)
    }

    /// Takes a signature that was made elsewhere, as a witness's, once it is checked.
    ///
    /// # Errors
    /// [`NoteFault::Signature`] when it is not the key's; [`NoteFault::Signatures`] when there is no room.
    pub fn add(&mut self, key: &VerifierKey, der: Vec<u8>) -> Result<(), NoteFault> {
        key.verify(self.text.as_bytes(), &der).map_err(|fault| NoteFault::Signature {
            name: key.name().to_owned(),
            id: key.id(),
            fault,
        })?;
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteFault::Signatures(self.signatures.len() + 1));
        }
        self.signatures.push(NoteSignature { name: key.name().to_owned(), id: key.id(), value: der });
        Ok(())
    }

    /// Which of `keys` have signed, each once. Signatures of other keys count for nothing and against nothing.
    ///
    /// # Errors
    /// [`NoteFault::Signature`] when a line with name and id of one of them is not its signature: the whole note is refused then.
    pub fn verified_by<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteFault> {
        let mut found: Vec<&VerifierKey> = Vec::new();
        for line in &self.signatures {
            for key in keys.iter().filter(|key| key.name() == line.name && key.id() == line.id) {
                let fault = |fault| NoteFault::Signature { name: line.name.clone(), id: line.id, fault };
                key.verify(self.text.as_bytes(), &line.value).map_err(fault)?;
                if !found.contains(&key) {
                    found.push(key);
                }
            }
        }
        Ok(found)
    }
}

/// The note as it is served.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| {
            let value = [&line.id.0, &line.value[..]].concat();
            writeln!(f, "{DASH}{} {}", line.name, Base64::encode_string(&value))
        })
    }
}

fn characters(bytes: &[u8]) -> Result<&str, NoteFault> {
    if bytes.len() > MAX_BYTES {
        return Err(NoteFault::Bytes(bytes.len()));
    }
    let text = str::from_utf8(bytes).map_err(|error| NoteFault::Characters(error.valid_up_to()))?;
    match bytes.iter().position(|byte| *byte < 0x20 && *byte != b'\n') {
        Some(place) => Err(NoteFault::Characters(place)),
        None => Ok(text),
    }
}

fn signature(line: &str) -> Option<NoteSignature> {
    let (name, value) = line.strip_prefix(DASH)?.split_once(' ')?;
    let value = Base64::decode_vec(value).ok()?;
    let (id, value) = value.split_first_chunk::<4>()?;
    (is_name(name) && !value.is_empty()).then(|| NoteSignature { name: name.to_owned(), id: KeyId(*id), value: value.to_vec() })
}
