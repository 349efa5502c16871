//! Whether digest and signature hold. Whether the signer is to be trusted is the chain's matter.

use super::{SignedData, attributes::are_attributes};
use crate::{chain::Chain, digest::sm3_of, signature::SignatureFault};

/// What the envelope is held against.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// The content inside the envelope.
    Attached,
    /// Bytes outside, in the pieces that the container has, such as the two ranges of a PDF.
    Detached(&'a [&'a [u8]]),
    /// SM3 of bytes outside (without Z): enough when there are signed attributes.
    DetachedDigest([u8; 32]),
}

/// What verifying found. Both parts must be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Is this the content that was signed?
    pub digest: DigestOutcome,
    /// Did the signer's key sign it?
    pub signature: SignatureOutcome,
}

impl Verification {
    /// The content is the one that was signed, and by the key of the signer's certificate.
    pub fn holds(&self) -> bool {
        matches!(self.digest, DigestOutcome::Agrees | DigestOutcome::NotApart) && self.signature == SignatureOutcome::Holds
    }
}

/// The content against what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestOutcome {
    /// messageDigest is the content's SM3.
    Agrees,
    /// It is not: the content was changed.
    Differs {
        /// In the signed attributes.
        signed: [u8; 32],
        /// Of the content.
        found: [u8; 32],
    },
    /// Without signed attributes the signature is over the content itself, and alone tells.
    NotApart,
    /// The content was to be inside, and is not.
    Missing,
    /// The content was to be outside, and the envelope carries one of its own.
    Unexpected,
}

/// The signature against what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureOutcome {
    /// It holds under the key of the signer's certificate.
    Holds,
    /// It does not.
    Fails(SignatureFault),
    /// Without signed attributes the content itself is needed, and only its digest (or nothing) was given.
    ContentNeeded,
    /// The content is itself a set of signed attributes: what somebody once signed in another sense.
    AttributesAsContent,
    /// The chain begins with another certificate than the envelope's signer, or with none that can be read.
    NoSigner,
}

impl SignedData {
    /// Holds the envelope against its content; `chain` is what [`crate::Trust::chain`] made of [`Self::certificates`].
    ///
    /// With signed attributes the signature is over their SET and messageDigest is plain SM3 of the content; without them the
    /// signature is over the content.
    pub fn verify(&self, content: Content<'_>, chain: &Chain) -> Verification {
        let pieces = [self.content.as_deref().unwrap_or_default()];
        let given = match content {
            Content::Attached if self.content.is_none() => Err(DigestOutcome::Missing),
            Content::Detached(_) | Content::DetachedDigest(_) if self.content.is_some() => Err(DigestOutcome::Unexpected),
            Content::Attached => Ok(Content::Detached(&pieces)),
            detached => Ok(detached),
        };
        match &self.attributes {
            Some(attributes) => Verification {
                digest: given.map_or_else(|wrong| wrong, |content| compare(&attributes.message_digest, content)),
                signature: self.signature_over(&attributes.to_be_signed, chain),
            },
            None => Verification {
                digest: given.err().unwrap_or(DigestOutcome::NotApart),
                signature: match given {
                    Ok(Content::Detached(pieces)) => self.signature_over_content(pieces, chain),
                    _ => SignatureOutcome::ContentNeeded,
                },
            },
        }
    }

    fn signature_over_content(&self, pieces: &[&[u8]], chain: &Chain) -> SignatureOutcome {
        let content = pieces.concat();
        if are_attributes(&content) { SignatureOutcome::AttributesAsContent } else { self.signature_over(&content, chain) }
    }

    fn signature_over(&self, message: &[u8], chain: &Chain) -> SignatureOutcome {
        let signer = self.certificates.first().map(Vec::as_slice);
        if chain.signer().map(|certificate| certificate.der()) != signer {
            return SignatureOutcome::NoSigner;
        }
        match chain.verify(message, &self.signature) {
            Some(Ok(())) => SignatureOutcome::Holds,
            Some(Err(fault)) => SignatureOutcome::Fails(fault),
            None => SignatureOutcome::NoSigner,
        }
    }
}

fn compare(signed: &[u8; 32], content: Content<'_>) -> DigestOutcome {
    let found = match content {
        Content::DetachedDigest(digest) => digest,
        Content::Detached(pieces) => sm3_of(pieces),
        Content::Attached => return DigestOutcome::Missing,
    };
    if found == *signed { DigestOutcome::Agrees } else { DigestOutcome::Differs { signed: *signed, found } }
}
