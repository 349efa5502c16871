//! A certificate as a document: what PDF and OFD have in common, so that each check asks once.
//!
//! ```text
//! bytes ─▶ pdf::read ─┐
//!                     ├─▶ Document { faults, signatures with what each covers and proves, the signed data inside }
//! bytes ─▶ ofd::read ─┘
//! ```
//! Reading says what is there; nothing is judged here. The data inside ([`CERTIFICATE_FILE`]) are what the issuer signed as data, and
//! go through every check that signed data go through anyway.

mod ofd;
mod pdf;

use chrono::{DateTime, Utc};

use crate::{
    cms::{CmsFault, EmbeddedRevocation, SignedData},
    envelope::Envelope,
    ofd::OfdFault,
    pdf::PdfFault,
    ses::SealSignature,
    timestamp::TimestampToken,
};

/// The name under which a certificate's PDF or OFD carries its signed data.
pub const CERTIFICATE_FILE: &str = "certificate.json";
/// Largest document that is read, in bytes.
pub const MAX_DOCUMENT: usize = 16 * 1024 * 1024;
/// How many of a document's faults are told.
const TOLD: usize = 20;

/// Which form a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// PDF (ISO 32000).
    Pdf,
    /// OFD (GB/T 33190).
    Ofd,
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its form.
    pub form: Form,
    /// What no honest writer makes, each with its place. One is enough not to believe the document.
    pub faults: Vec<String>,
    /// What is allowed and may deceive.
    pub suspicious: Vec<String>,
    /// Oldest first.
    pub signatures: Vec<DocumentSignature>,
    /// Nothing at all tells of a signature: it is merely unsigned. Else a document without signatures had one that was broken.
    pub unsigned: bool,
    /// The signed data inside, or why they do not read; none where the document carries none.
    pub data: Option<Result<Envelope, String>>,
    /// What came with it to say which certificates were revoked; not verified.
    pub revocation: EmbeddedRevocation,
    /// What the document says of itself by the names of GB/T 36903, as `ZZBS`.
    pub stated: Vec<(String, String)>,
}

/// One signature of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentSignature {
    /// Where it is: a form field, a path in the package.
    pub place: String,
    /// What it covers.
    pub covered: Covered,
    /// What it is made of.
    pub proof: Proof,
    /// When the signer says that it signed.
    pub claimed_at: Option<DateTime<Utc>>,
}

/// What a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covered {
    /// The whole document.
    Whole,
    /// An earlier state. Afterwards came nothing but other signatures' needs.
    EarlierHarmless,
    /// An earlier state, and then this was added.
    EarlierThen(String),
    /// Nothing that can be relied on, for this reason.
    Broken(String),
}

/// What a signature is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Proof {
    /// CMS or GB/T 35275, with the SM3 of what it covers.
    Cms {
        /// The envelope.
        envelope: Box<SignedData>,
        /// SM3 of the covered bytes: of the PDF's two ranges, of `Signature.xml`.
        digest: [u8; 32],
    },
    /// A seal of GB/T 38540 or GM/T 0031.
    Seal {
        /// The seal signature.
        signature: Box<SealSignature>,
        /// SM3 of `Signature.xml`.
        digest: [u8; 32],
        /// `Seal.esl`, if there is one.
        file: Option<Vec<u8>>,
    },
    /// Algorithms of elsewhere: named, not judged.
    Foreign(String),
    /// Nothing that can be read.
    Unreadable(String),
}

/// Why bytes cannot be read as a document at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// Not a PDF, or over a limit.
    #[error(transparent)]
    Pdf(#[from] PdfFault),
    /// Not an OFD package, or over a limit.
    #[error(transparent)]
    Ofd(#[from] OfdFault),
}

impl Document {
    /// Reads a PDF.
    ///
    /// # Errors
    /// When it is none, or over a limit.
    pub fn from_pdf(bytes: &[u8]) -> Result<Self, DocumentFault> {
        Ok(pdf::document(crate::pdf::read(bytes, &crate::pdf::Limits::default())?, bytes))
    }

    /// Reads an OFD package.
    ///
    /// # Errors
    /// When it is none, or over a limit.
    pub fn from_ofd(bytes: &[u8]) -> Result<Self, DocumentFault> {
        Ok(ofd::document(crate::ofd::read(bytes, &crate::ofd::Limits::default())?))
    }

    /// The signed data inside, if they read.
    pub fn envelope(&self) -> Option<&Envelope> {
        self.data.as_ref()?.as_ref().ok()
    }
}

/// The envelope of a signature over bytes with this SM3.
fn cms(der: &[u8], digest: [u8; 32]) -> Proof {
    match SignedData::read(der) {
        Ok(envelope) => Proof::Cms { envelope: Box::new(envelope), digest },
        Err(CmsFault::Foreign(algorithm)) => Proof::Foreign(algorithm.to_string()),
        Err(fault) => Proof::Unreadable(fault.to_string()),
    }
}

/// What the signatures themselves carry, and the timestamps on them.
fn carried(signatures: &[DocumentSignature]) -> EmbeddedRevocation {
    let mut all = EmbeddedRevocation::default();
    for one in signatures {
        let token = match &one.proof {
            Proof::Cms { envelope, .. } => {
                all.add(envelope.revocation());
                envelope.timestamp_token()
            }
            Proof::Seal { signature, .. } => signature.time_stamp.as_deref(),
            Proof::Foreign(_) | Proof::Unreadable(_) => None,
        };
        if let Some(token) = token.and_then(|der| TimestampToken::read(der).ok()) {
            all.add(token.envelope().revocation());
        }
    }
    all
}

fn data(bytes: &[u8]) -> Result<Envelope, String> {
    Envelope::from_json(bytes).map_err(|fault| fault.to_string())
}

/// The first faults, and how many more.
fn told(faults: impl IntoIterator<Item = String>, left_out: usize) -> Vec<String> {
    let mut all: Vec<String> = faults.into_iter().collect();
    let more = all.len().saturating_sub(TOLD) + left_out;
    all.truncate(TOLD);
    if more > 0 {
        all.push(format!("… and {more} more"));
    }
    all
}
