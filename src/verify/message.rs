//! The certificate's signed statement as a message of GB/T 35275 (= GM/T 0010): for systems that take signed data in that form only.
//!
//! The signature is the very one of the [`Envelope`], over the statement itself and without signed attributes; nothing is signed anew.
//! Status events, photos and the statement of the status have no place in it, so by itself it says nothing of the status.

use crate::{
    chain::{X509, X509Error},
    cms::{CmsFault, Draft, Family, SignedData, WriteFault},
    envelope::{Envelope, SignatureBlock},
};

/// SEQUENCE's tag and the object identifier 1.2.156.10197.6.1.4.2.2, which begin every such message.
const SEQUENCE: u8 = 0x30;
const SIGNED_DATA: [u8; 12] = [0x06, 0x0a, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02];

/// Why bytes are no certificate as a message, or a certificate cannot be written as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageFault {
    /// No signed message, or one of other algorithms.
    #[error(transparent)]
    Cms(#[from] CmsFault),
    /// It signs something else than the statement itself.
    #[error("the message is signed with attributes; a certificate's statement is signed as it stands")]
    Attributes,
    /// It lies beside what it signs, or around what is no text.
    #[error("the message carries no statement as UTF-8 text")]
    NoStatement,
    /// The certificate came without a signature.
    #[error("the certificate is not signed")]
    Unsigned,
    /// The signer's certificate cannot be read.
    #[error(transparent)]
    Certificate(#[from] X509Error),
    /// The signature or a certificate cannot be put into a message.
    #[error(transparent)]
    Write(#[from] WriteFault),
}

/// Whether bytes begin as such a message does.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let [SEQUENCE, length, rest @ ..] = bytes else { return false };
    // The length itself, or how many bytes hold it.
    let skipped = if *length < 0x80 { 0 } else { usize::from(length & 0x7f) };
    rest.get(skipped..).is_some_and(|rest| rest.starts_with(&SIGNED_DATA))
}

impl Envelope {
    /// Writes the signed statement as a message (DER).
    ///
    /// # Errors
    /// A certificate without a signature, or with one that does not read.
    pub fn to_message(&self) -> Result<Vec<u8>, MessageFault> {
        let block = self.signature.as_ref().ok_or(MessageFault::Unsigned)?;
        let [own, issuers @ ..] = block.certificates.as_slice() else { return Err(MessageFault::Unsigned) };
        let prepared = Draft::attached(Family::Gm, self.statement.clone().into_bytes()).prepare_bare(&X509::from_der(own)?)?;
        Ok(prepared.assemble(&block.value, issuers, None)?)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn from_message(der: &[u8]) -> Result<Self, MessageFault> {
        let read = SignedData::read(der)?;
        if read.attributes().is_some() {
            return Err(MessageFault::Attributes);
        }
        let statement = read.content().and_then(|content| String::from_utf8(content.to_vec()).ok()).ok_or(MessageFault::NoStatement)?;
        Ok(Self {
            statement,
            signature: Some(SignatureBlock { value: read.signature().to_vec(), certificates: read.certificates().to_vec() }),
            events: Vec::new(),
            attachments: std::collections::BTreeMap::new(),
            as_of: None,
            copy: None,
        })
    }
}
