//! Certificates followed to a root.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{MAX_LENGTH, Purpose, X509, X509Error};
use crate::{
    signature::SignatureFault,
    sm2::{KnownKeys, PreparedKey},
};

/// What following a chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainOutcome {
    /// It leads to a trusted root, and every certificate is in force.
    Trusted {
        /// Subject of the root.
        anchor: String,
    },
    /// Sound as far as it goes, but no root of ours: nothing can be said.
    NoTrustedRoot,
    /// It leads to a trusted root, but a certificate is not in force at the time asked and nothing proves that the
    /// signature is older.
    OutOfBounds {
        /// Subject of that certificate.
        subject: String,
    },
    /// A certificate on the way uses algorithms of elsewhere, which are named and not judged.
    Foreign {
        /// Position in the chain, 0 for the signer.
        place: usize,
        /// What it uses: an object identifier.
        algorithm: String,
    },
    /// It does not hold.
    Broken {
        /// Position in the chain, 0 for the signer.
        place: usize,
        /// `MALFORMED`, `ISSUER_NAME`, `SIGNATURE`, `NOT_A_CA`, `KEY_USAGE`, `EXTENDED_KEY_USAGE`, `PATH_LENGTH`,
        /// `TOO_LONG` or `EMPTY`.
        fault: &'static str,
    },
}

/// Follows `path` (signer first, each next one the issuer of the one before) to one of `anchors` at the time `at`.
pub fn follow(path: &[X509], anchors: &[X509], at: DateTime<Utc>) -> ChainOutcome {
    links(path, anchors, &KnownKeys::new(0), Purpose::Documents).outcome(path, at)
}

/// A chain that was read and followed. What is left to ask is the time.
#[derive(Debug)]
pub struct Chain {
    /// Up to the first certificate that cannot be read.
    path: Vec<X509>,
    end: End,
    /// The signer's key with its table, if it was learnt.
    key: Option<Arc<PreparedKey>>,
}

/// Where a chain ends, at any time.
#[derive(Debug)]
enum End {
    Anchored {
        /// How many of the certificates lead to the root, which may be one of the others.
        used: usize,
        anchor: X509,
    },
    NoTrustedRoot,
    Foreign {
        place: usize,
        algorithm: String,
    },
    Broken {
        place: usize,
        fault: &'static str,
    },
}

impl Chain {
    /// Reads certificates and follows them to one of `anchors`.
    pub(crate) fn follow(ders: &[Vec<u8>], anchors: &[X509], keys: &KnownKeys, purpose: Purpose) -> Self {
        let mut path = Vec::new();
        let mut end = None;
        for (place, der) in ders.iter().take(MAX_LENGTH + 1).enumerate() {
            match X509::from_der(der) {
                Ok(certificate) => path.push(certificate),
                Err(X509Error::Algorithm(algorithm) | X509Error::ForeignKey(algorithm)) => {
                    end = Some(End::Foreign { place, algorithm });
                    break;
                }
                Err(_) => {
                    end = Some(End::Broken { place, fault: "MALFORMED" });
                    break;
                }
            }
        }
        let end = end.unwrap_or_else(|| links(&path, anchors, keys, purpose));
        let key = path.first().and_then(|signer| keys.get(signer.prepared_key()));
        Self { path, end, key }
    }

    /// The same chain; `keys` learns every key on it.
    pub(crate) fn with_known_keys(mut self, keys: &KnownKeys) -> Self {
        if let End::Anchored { anchor, .. } = &self.end {
            keys.learn(anchor.prepared_key());
        }
        // The signer last: it is the one that is used.
        for certificate in self.path.iter().rev() {
            self.key = Some(keys.learn(certificate.prepared_key()));
        }
        self
    }

    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.end, End::Broken { .. } | End::Foreign { .. })
    }

    /// What following it found, at the time `at`.
    pub fn outcome(&self, at: DateTime<Utc>) -> ChainOutcome {
        self.end.outcome(&self.path, at)
    }

    /// The signer's certificate, if it can be read.
    pub fn signer(&self) -> Option<&X509> {
        self.path.first()
    }

    /// Every certificate below the root with the one that issued it, the signer's first: those that may be revoked. None of a
    /// broken or foreign chain.
    pub fn issued(&self) -> Vec<(&X509, &X509)> {
        let (used, anchor) = match &self.end {
            End::Anchored { used, anchor } => (*used, Some(anchor)),
            End::NoTrustedRoot => (self.path.len(), None),
            End::Foreign { .. } | End::Broken { .. } => return Vec::new(),
        };
        let path = self.path.get(..used).unwrap_or_default();
        path.iter().zip(path.iter().skip(1).chain(anchor)).collect()
    }

    /// Checks a signature (DER) under the signer's key; None without a signer.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Option<Result<(), SignatureFault>> {
        let key = self.key.as_deref().or_else(|| self.signer().map(X509::prepared_key))?;
        Some(key.verify(message, signature))
    }
}

impl End {
    fn outcome(&self, path: &[X509], at: DateTime<Utc>) -> ChainOutcome {
        match self {
            Self::Broken { place, fault } => ChainOutcome::Broken { place: *place, fault },
            Self::NoTrustedRoot => ChainOutcome::NoTrustedRoot,
            Self::Foreign { place, algorithm } => ChainOutcome::Foreign { place: *place, algorithm: algorithm.clone() },
            Self::Anchored { used, anchor } => {
                let late = path.iter().take(*used).chain([anchor]).find(|certificate| !certificate.is_in_force(at));
                match late {
                    Some(certificate) => ChainOutcome::OutOfBounds { subject: certificate.subject() },
                    None => ChainOutcome::Trusted { anchor: anchor.subject() },
                }
            }
        }
    }
}

fn links(path: &[X509], anchors: &[X509], keys: &KnownKeys, purpose: Purpose) -> End {
    match anchored(path, anchors, keys, purpose) {
        Err((place, fault)) => End::Broken { place, fault },
        Ok(None) => End::NoTrustedRoot,
        Ok(Some((used, anchor))) => End::Anchored { used, anchor: anchor.clone() },
    }
}

/// Every link listed must hold, also those above a root already reached: extra certificates are no place to hide.
fn anchored<'a>(
    path: &[X509],
    anchors: &'a [X509],
    keys: &KnownKeys,
    purpose: Purpose,
) -> Result<Option<(usize, &'a X509)>, (usize, &'static str)> {
    let Some(signer) = path.first() else {
        return Err((0, "EMPTY"));
    };
    if path.len() > MAX_LENGTH {
        return Err((MAX_LENGTH, "TOO_LONG"));
    }
    signer.may_serve(purpose).map_err(|fault| (0, fault))?;
    for (place, pair) in path.windows(2).enumerate() {
        let [subject, issuer] = pair else { continue };
        if subject.issuer_name() != issuer.subject_name() {
            return Err((place, "ISSUER_NAME"));
        }
        issuer.may_sign_certificates(place, purpose).map_err(|fault| (place + 1, fault))?;
        if !subject.is_signed_by(issuer, keys) {
            return Err((place, "SIGNATURE"));
        }
    }
    let mut disowned = None;
    for (place, certificate) in path.iter().enumerate() {
        if let Some(anchor) = anchors.iter().find(|anchor| *anchor == certificate) {
            return Ok(Some((place, anchor)));
        }
        let mut candidates = anchors.iter().filter(|anchor| certificate.may_be_issued_by(anchor)).peekable();
        let named = candidates.peek().is_some();
        if let Some(anchor) = candidates.find(|anchor| certificate.is_signed_by(anchor, keys)) {
            anchor.may_sign_certificates(place, purpose).map_err(|fault| (place + 1, fault))?;
            return Ok(Some((place + 1, anchor)));
        }
        // It claims a root of ours, key and all, and that root did not sign it.
        if named && certificate.issuer_name() != certificate.subject_name() {
            disowned = disowned.or(Some(place));
        }
    }
    if let Some(place) = disowned {
        return Err((place, "SIGNATURE"));
    }
    let Some((place, last)) = path.iter().enumerate().next_back() else {
        return Err((0, "EMPTY"));
    };
    if last.issuer_name() == last.subject_name() && !last.is_signed_by(last, keys) {
        return Err((place, "SIGNATURE"));
    }
    Ok(None)
}
