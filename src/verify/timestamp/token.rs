//! A token, and whether it holds.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

use super::TstInfo;
use crate::{
    asn1::Malformed,
    chain::{Chain, Purpose},
    cms::{CertificateBinding, CmsFault, Content, SignedData, Verification},
    digest::sm3_of,
};

/// Why bytes are no timestamp that this program can judge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampFault {
    /// The envelope; one of foreign algorithms is named there.
    #[error("the timestamp's envelope: {0}")]
    Envelope(#[from] CmsFault),
    /// The token carries nothing, or its signature is over the content alone.
    #[error("the timestamp lacks {0}")]
    Missing(&'static str),
    /// Not the DER of a TSTInfo.
    #[error("not the DER of a TSTInfo: {0}")]
    Malformed(#[from] Malformed),
    /// A version this program does not know.
    #[error("version {0} of TSTInfo is not known")]
    Version(u64),
    /// The bytes were stamped by another digest than SM3: named, not judged.
    #[error("the timestamp is over a digest by {0}, not by SM3")]
    ForeignImprint(ObjectIdentifier),
    /// A critical extension.
    #[error("the timestamp has a critical extension {0} that is not understood")]
    Extension(ObjectIdentifier),
}

/// A timestamp that was read. Nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampToken {
    envelope: SignedData,
    info: TstInfo,
}

/// What verifying found. All parts must be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampVerification {
    /// Are these the bytes that were stamped?
    pub imprint: ImprintOutcome,
    /// Does the unit's signature hold?
    pub envelope: Verification,
    /// Is the unit's certificate signed too? RFC 3161 wants it.
    pub signing_certificate: CertificateBinding,
    /// May its key stamp times? Else `KEY_USAGE`, `EXTENDED_KEY_USAGE`, or `MALFORMED` for a certificate that cannot be used.
    pub usage: Result<(), &'static str>,
}

/// The stamped bytes against the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImprintOutcome {
    /// Their SM3 is the stamped one.
    Agrees,
    /// It is not.
    Differs {
        /// In the token.
        stamped: [u8; 32],
        /// Of the bytes.
        found: [u8; 32],
    },
}

impl TimestampVerification {
    /// These bytes were stamped by the key of the unit's certificate, which may do so. Whether the unit is trusted is for its
    /// chain.
    pub fn holds(&self) -> bool {
        let bound = self.signing_certificate == CertificateBinding::Matches;
        self.imprint == ImprintOutcome::Agrees && self.envelope.holds() && bound && self.usage.is_ok()
    }
}

impl TimestampToken {
    /// Reads a TimeStampToken: an envelope with one signer, signed attributes, and a TSTInfo inside.
    ///
    /// # Errors
    /// See [`TimestampFault`].
    pub fn read(der: &[u8]) -> Result<Self, TimestampFault> {
        let envelope = SignedData::read_token(der)?;
        let info = TstInfo::read(envelope.content().ok_or(TimestampFault::Missing("its content"))?)?;
        if envelope.attributes().is_none() {
            return Err(TimestampFault::Missing("signed attributes"));
        }
        Ok(Self { envelope, info })
    }

    /// What the unit says.
    pub fn info(&self) -> &TstInfo {
        &self.info
    }

    /// The stamped time.
    pub fn at(&self) -> DateTime<Utc> {
        self.info.at
    }

    /// The envelope, with the unit's certificate and revocation data that came along.
    pub fn envelope(&self) -> &SignedData {
        &self.envelope
    }

    /// Certificates as DER, the unit's first, ready for [`crate::Trust::chain_for`].
    pub fn certificates(&self) -> &[Vec<u8>] {
        self.envelope.certificates()
    }

    /// Holds the token against the stamped bytes, in pieces as they stand in their container; `chain` is what became of
    /// [`Self::certificates`].
    pub fn verify(&self, stamped: &[&[u8]], chain: &Chain) -> TimestampVerification {
        self.verify_digest(sm3_of(stamped), chain)
    }

    /// As [`Self::verify`], given the SM3 of the stamped bytes.
    pub fn verify_digest(&self, found: [u8; 32], chain: &Chain) -> TimestampVerification {
        let imprint = match found == self.info.imprint {
            true => ImprintOutcome::Agrees,
            false => ImprintOutcome::Differs { stamped: self.info.imprint, found },
        };
        TimestampVerification {
            imprint,
            envelope: self.envelope.verify(Content::Attached, chain),
            signing_certificate: self.envelope.signing_certificate(),
            usage: chain.signer().map_or(Err("MALFORMED"), |unit| unit.may_serve(Purpose::Timestamps)),
        }
    }
}
