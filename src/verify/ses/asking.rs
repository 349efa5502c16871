//! The questions that decide what a seal is worth. Each is asked by itself; none answers for another.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

use super::{Algorithm, Seal, SealSignature, SignerList};
use crate::{
    chain::{X509, X509Error},
    digest::sm3,
    signature::SignatureFault,
};

/// What became of a signature that was checked with the certificate beside it. Whether that certificate is trusted is the
/// question of its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureOutcome {
    /// It is of these bytes under this certificate's key.
    Valid,
    /// It is not, or is no SM2 signature at all.
    Broken(SignatureFault),
    /// An algorithm that is not judged here.
    ForeignAlgorithm(ObjectIdentifier),
    /// The certificate cannot be used.
    Certificate(X509Error),
}

/// Whether the signer is among those who may use the seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// The seal lists this very certificate.
    Certificate,
    /// The seal lists the SM3 of this very certificate.
    Digest,
    /// The seal lists none that is this one.
    NotListed,
    /// No SM3 agrees, and these other algorithms are not judged here.
    ForeignDigests(Vec<String>),
}

/// Whether a seal is in force at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// It is.
    InForce,
    /// Not before this time.
    NotYet(DateTime<Utc>),
    /// Not after this time.
    Lapsed(DateTime<Utc>),
    /// It ends before it begins: never.
    Never,
}

/// Whether a seal signature is of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataHash {
    /// The digests are the same.
    Agrees,
    /// They are not; this one is stated.
    Differs(Vec<u8>),
    /// What is stated has not the length of an SM3.
    NotSm3(usize),
}

/// Whether a file is the seal that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedded {
    /// Byte for byte.
    Equal,
    /// They part at this byte.
    DiffersAt(usize),
}

impl Seal {
    /// Did the maker sign it? Signed is eSealInfo \[M\]; in v1 eSealInfo, certificate and algorithm as one SEQUENCE \[M, one
    /// vendor\].
    pub fn maker_signature(&self) -> SignatureOutcome {
        check(self.algorithm, &self.maker_certificate, &self.signed, &self.signature)
    }

    /// May the holder of this certificate (DER) use it?
    pub fn listing(&self, certificate: &[u8]) -> Listing {
        match &self.signers {
            SignerList::Certificates(listed) if listed.iter().any(|one| one == certificate) => Listing::Certificate,
            SignerList::Certificates(_) => Listing::NotListed,
            SignerList::Digests(listed) => {
                let digest = sm3(certificate);
                let (ours, foreign): (Vec<_>, Vec<_>) = listed.iter().partition(|(algorithm, _)| is_sm3(algorithm));
                if ours.iter().any(|(_, value)| *value == digest) {
                    Listing::Digest
                } else if foreign.is_empty() {
                    Listing::NotListed
                } else {
                    let mut names: Vec<_> = foreign.into_iter().map(|(algorithm, _)| algorithm.clone()).collect();
                    names.sort_unstable();
                    names.dedup();
                    Listing::ForeignDigests(names)
                }
            }
        }
    }

    /// Was it in force at `at`? Both ends belong to it.
    pub fn force(&self, at: DateTime<Utc>) -> Force {
        if self.valid_to < self.valid_from {
            Force::Never
        } else if at < self.valid_from {
            Force::NotYet(self.valid_from)
        } else if at > self.valid_to {
            Force::Lapsed(self.valid_to)
        } else {
            Force::InForce
        }
    }
}

impl SealSignature {
    /// Did the holder of [`Self::certificate`] sign it? Signed is toSign, in every version.
    pub fn signer_signature(&self) -> SignatureOutcome {
        check(self.algorithm, &self.certificate, &self.to_sign, &self.signature)
    }

    /// May the signer use the seal?
    pub fn signer_listed(&self) -> Listing {
        self.seal.listing(&self.certificate)
    }

    /// Is it of the document with this SM3?
    pub fn data_hash_agrees(&self, sm3: &[u8; 32]) -> DataHash {
        if self.data_hash == sm3 {
            DataHash::Agrees
        } else if self.data_hash.len() == sm3.len() {
            DataHash::Differs(self.data_hash.clone())
        } else {
            DataHash::NotSm3(self.data_hash.len())
        }
    }

    /// Is this file (`Seal.esl`) the seal that was used?
    pub fn embeds(&self, file: &[u8]) -> Embedded {
        if self.seal.der == file {
            return Embedded::Equal;
        }
        let place = self.seal.der.iter().zip(file).position(|(ours, theirs)| ours != theirs);
        Embedded::DiffersAt(place.unwrap_or_else(|| self.seal.der.len().min(file.len())))
    }
}

fn check(algorithm: Algorithm, certificate: &[u8], message: &[u8], signature: &[u8]) -> SignatureOutcome {
    if let Algorithm::Foreign(oid) = algorithm {
        return SignatureOutcome::ForeignAlgorithm(oid);
    }
    match X509::from_der(certificate) {
        Err(error) => SignatureOutcome::Certificate(error),
        Ok(certificate) => match certificate.prepared_key().verify(message, signature) {
            Ok(()) => SignatureOutcome::Valid,
            Err(fault) => SignatureOutcome::Broken(fault),
        },
    }
}

/// The name or the identifier of SM3; which of them the standard wants is not known \[K\].
fn is_sm3(algorithm: &str) -> bool {
    algorithm.eq_ignore_ascii_case("SM3") || algorithm == "1.2.156.10197.1.401"
}
