//! X.509 certificates with SM2 keys (GM/T 0015, RFC 5280): from a signer to a root this hub trusts.
//!
//! The outcome is data, never an error: a broken chain speaks against a certificate, a missing root only says that we
//! cannot know (a foreign hub's signature is UNKNOWN here, not FAILED).

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use der::{Decode, Document, Reader, SliceReader};
use sm2::PublicKey;
use x509_cert::{
    Certificate, Version,
    ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectKeyIdentifier, name::DirectoryString},
    name::Name,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef, der::referenced::OwnedToRef},
};

pub use crate::trust::Trust;
use crate::{
    signature::SignatureFault,
    sm2::{KnownKeys, PreparedKey},
};

/// Longest chain that is followed, signer and root included.
pub const MAX_LENGTH: usize = 8;
/// Largest certificate that is read, in bytes.
pub const MAX_CERTIFICATE: usize = 64 * 1024;

const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

/// A certificate read from its exact bytes. Copies share what was read.
#[derive(Debug, Clone)]
pub struct X509(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    der: Vec<u8>,
    /// The signed part, byte for byte as it came.
    signed: Vec<u8>,
    certificate: Certificate,
    key: PublicKey,
    prepared_key: PreparedKey,
    basic_constraints: Option<BasicConstraints>,
    key_usage: Option<KeyUsage>,
    /// Written when first asked for.
    subject: OnceLock<String>,
    organisation_code: OnceLock<Option<String>>,
}

impl PartialEq for X509 {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.der == other.0.der
    }
}

impl Eq for X509 {}

/// Why bytes are no certificate that this program can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum X509Error {
    /// Too many bytes.
    #[error("a certificate of {0} bytes is larger than {MAX_CERTIFICATE}")]
    TooLarge(usize),
    /// Not DER of an X.509 certificate.
    #[error("not the DER of an X.509 version 3 certificate: {0}")]
    Der(String),
    /// Signed with something else than SM2 over SM3.
    #[error("the certificate is signed with {0}, not with SM2 over SM3 (1.2.156.10197.1.501)")]
    Algorithm(String),
    /// Its key is not on the SM2 curve.
    #[error("the certificate's key is not a key on the SM2 curve (1.2.156.10197.1.301)")]
    Key,
    /// An extension marked critical that this program does not know, or one that stands twice.
    #[error("the critical or repeated extension {0} is not understood")]
    Extension(String),
    /// Not PEM.
    #[error("not PEM with certificates: {0}")]
    Pem(String),
}

impl X509 {
    /// Reads a certificate from DER.
    ///
    /// # Errors
    /// When it is no strict DER, or uses an algorithm, key or critical extension that is not understood.
    pub fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        if der.len() > MAX_CERTIFICATE {
            return Err(X509Error::TooLarge(der.len()));
        }
        let fault = |error: der::Error| X509Error::Der(error.to_string());
        let certificate = Certificate::from_der(der).map_err(fault)?;
        let signed = signed_part(der).map_err(fault)?;
        let tbs = certificate.tbs_certificate();
        if tbs.version() != Version::V3 {
            return Err(X509Error::Der("its version is not 3".to_owned()));
        }
        let algorithm = certificate.signature_algorithm();
        if tbs.signature() != algorithm || !is_sm2_with_sm3(algorithm) {
            return Err(X509Error::Algorithm(algorithm.oid.to_string()));
        }
        let spki: SubjectPublicKeyInfoRef<'_> = tbs.subject_public_key_info().owned_to_ref();
        let key = PublicKey::try_from(spki).map_err(|_| X509Error::Key)?;
        let prepared_key = PreparedKey::try_from(&key).map_err(|_| X509Error::Key)?;
        for (place, extension) in tbs.extensions().into_iter().flatten().enumerate() {
            let repeated = tbs.extensions().into_iter().flatten().skip(place + 1).any(|e| e.extn_id == extension.extn_id);
            let known = [BASIC_CONSTRAINTS, KEY_USAGE].contains(&extension.extn_id);
            if repeated || (extension.critical && !known) {
                return Err(X509Error::Extension(extension.extn_id.to_string()));
            }
        }
        let basic_constraints = tbs.get_extension::<BasicConstraints>().map_err(fault)?.map(|(_, value)| value);
        let key_usage = tbs.get_extension::<KeyUsage>().map_err(fault)?.map(|(_, value)| value);
        Ok(Self(Arc::new(Parts {
            der: der.to_vec(),
            signed,
            certificate,
            key,
            prepared_key,
            basic_constraints,
            key_usage,
            subject: OnceLock::new(),
            organisation_code: OnceLock::new(),
        })))
    }

    /// Reads every certificate of a PEM text.
    ///
    /// # Errors
    /// When a block is not a certificate, or there is none.
    pub fn from_pem(pem: &str) -> Result<Vec<Self>, X509Error> {
        const END: &str = "-----END CERTIFICATE-----";
        let mut found = Vec::new();
        for block in pem.split_inclusive(END).filter(|block| !block.trim().is_empty()) {
            let (label, document) = Document::from_pem(block.trim_start()).map_err(|error| X509Error::Pem(error.to_string()))?;
            if label != "CERTIFICATE" {
                return Err(X509Error::Pem(format!("a block is labelled {label:?}")));
            }
            found.push(Self::from_der(document.as_bytes())?);
        }
        if found.is_empty() { Err(X509Error::Pem("no block in it".to_owned())) } else { Ok(found) }
    }

    /// The bytes it was read from.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The SM2 key it certifies.
    pub fn public_key(&self) -> &PublicKey {
        &self.0.key
    }

    /// The same key, ready to verify with.
    pub fn prepared_key(&self) -> &PreparedKey {
        &self.0.prepared_key
    }

    /// The subject as text, after RFC 4514.
    pub fn subject(&self) -> String {
        self.0.subject.get_or_init(|| self.subject_name().to_string()).clone()
    }

    /// The credit code of the authority it signs for: the subject's serialNumber (2.5.4.5), if there is exactly one.
    pub fn organisation_code(&self) -> Option<String> {
        self.0.organisation_code.get_or_init(|| self.subject_attribute(SERIAL_NUMBER)).clone()
    }

    /// The subject's organisation name (2.5.4.10), if there is exactly one.
    pub fn organisation(&self) -> Option<String> {
        self.subject_attribute(ORGANISATION)
    }

    fn subject_attribute(&self, oid: ObjectIdentifier) -> Option<String> {
        let mut found = self.0.certificate.tbs_certificate().subject().iter().filter(|attribute| attribute.oid == oid);
        let (Some(attribute), None) = (found.next(), found.next()) else {
            return None;
        };
        let text = attribute.value.decode_as::<DirectoryString>().ok()?;
        Some(text.value().into_owned())
    }

    fn issuer_name(&self) -> &Name {
        self.0.certificate.tbs_certificate().issuer()
    }

    fn subject_name(&self) -> &Name {
        self.0.certificate.tbs_certificate().subject()
    }

    fn is_signed_by(&self, issuer: &Self, keys: &KnownKeys) -> bool {
        let known = keys.get(issuer.prepared_key());
        let key = known.as_deref().unwrap_or_else(|| issuer.prepared_key());
        self.0.certificate.signature().as_bytes().is_some_and(|value| key.verify(&self.0.signed, value).is_ok())
    }

    /// Same name, and no key identifiers that contradict it: a root that was given a new key keeps its name.
    fn may_be_issued_by(&self, issuer: &Self) -> bool {
        if self.issuer_name() != issuer.subject_name() {
            return false;
        }
        let wanted = self.0.certificate.tbs_certificate().get_extension::<AuthorityKeyIdentifier>().ok().flatten();
        let offered = issuer.0.certificate.tbs_certificate().get_extension::<SubjectKeyIdentifier>().ok().flatten();
        match (wanted.and_then(|(_, wanted)| wanted.key_identifier), offered) {
            (Some(wanted), Some((_, offered))) => wanted == offered.0,
            _ => true,
        }
    }

    fn may_sign_documents(&self) -> bool {
        self.0.key_usage.as_ref().is_some_and(KeyUsage::digital_signature)
    }

    /// `below` is the number of CA certificates between this one and the signer.
    fn may_sign_certificates(&self, below: usize) -> Result<(), &'static str> {
        let Some(constraints) = self.0.basic_constraints.as_ref().filter(|constraints| constraints.ca) else {
            return Err("NOT_A_CA");
        };
        if !self.0.key_usage.as_ref().is_some_and(KeyUsage::key_cert_sign) {
            return Err("KEY_USAGE");
        }
        match constraints.path_len_constraint {
            Some(longest) if below > usize::from(longest) => Err("PATH_LENGTH"),
            _ => Ok(()),
        }
    }

    fn is_in_force(&self, at: DateTime<Utc>) -> bool {
        let validity = self.0.certificate.tbs_certificate().validity();
        let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        (seconds(validity.not_before)..=seconds(validity.not_after)).contains(&at.timestamp())
    }
}

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
    /// It does not hold.
    Broken {
        /// Position in the chain, 0 for the signer.
        place: usize,
        /// `MALFORMED`, `ISSUER_NAME`, `SIGNATURE`, `NOT_A_CA`, `KEY_USAGE`, `PATH_LENGTH`, `TOO_LONG` or `EMPTY`.
        fault: &'static str,
    },
}

/// Follows `path` (signer first, each next one the issuer of the one before) to one of `anchors` at the time `at`.
pub fn follow(path: &[X509], anchors: &[X509], at: DateTime<Utc>) -> ChainOutcome {
    links(path, anchors, &KnownKeys::new(0)).outcome(path, at)
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
    Broken {
        place: usize,
        fault: &'static str,
    },
}

impl Chain {
    /// Reads certificates and follows them to one of `anchors`.
    pub(crate) fn follow(ders: &[Vec<u8>], anchors: &[X509], keys: &KnownKeys) -> Self {
        let mut path = Vec::new();
        let mut end = None;
        for (place, der) in ders.iter().take(MAX_LENGTH + 1).enumerate() {
            match X509::from_der(der) {
                Ok(certificate) => path.push(certificate),
                Err(_) => {
                    end = Some(End::Broken { place, fault: "MALFORMED" });
                    break;
                }
            }
        }
        let end = end.unwrap_or_else(|| links(&path, anchors, keys));
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
        matches!(self.end, End::Broken { .. })
    }

    /// What following it found, at the time `at`.
    pub fn outcome(&self, at: DateTime<Utc>) -> ChainOutcome {
        self.end.outcome(&self.path, at)
    }

    /// The signer's certificate, if it can be read.
    pub fn signer(&self) -> Option<&X509> {
        self.path.first()
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

fn links(path: &[X509], anchors: &[X509], keys: &KnownKeys) -> End {
    match anchored(path, anchors, keys) {
        Err((place, fault)) => End::Broken { place, fault },
        Ok(None) => End::NoTrustedRoot,
        Ok(Some((used, anchor))) => End::Anchored { used, anchor: anchor.clone() },
    }
}

/// Every link listed must hold, also those above a root already reached: extra certificates are no place to hide.
fn anchored<'a>(path: &[X509], anchors: &'a [X509], keys: &KnownKeys) -> Result<Option<(usize, &'a X509)>, (usize, &'static str)> {
    let Some(signer) = path.first() else {
        return Err((0, "EMPTY"));
    };
    if path.len() > MAX_LENGTH {
        return Err((MAX_LENGTH, "TOO_LONG"));
    }
    if !signer.may_sign_documents() {
        return Err((0, "KEY_USAGE"));
    }
    for (place, pair) in path.windows(2).enumerate() {
        let [subject, issuer] = pair else { continue };
        if subject.issuer_name() != issuer.subject_name() {
            return Err((place, "ISSUER_NAME"));
        }
        issuer.may_sign_certificates(place).map_err(|fault| (place + 1, fault))?;
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
            anchor.may_sign_certificates(place).map_err(|fault| (place + 1, fault))?;
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

fn is_sm2_with_sm3(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.oid == SM2_WITH_SM3 && algorithm.parameters.as_ref().is_none_or(|parameters| parameters.is_null())
}

/// The first element inside the outer SEQUENCE, byte for byte.
fn signed_part(der: &[u8]) -> Result<Vec<u8>, der::Error> {
    let mut outer = SliceReader::new(der)?;
    outer.sequence(|inner| {
        let signed = inner.tlv_bytes()?.to_vec();
        while !inner.is_finished() {
            inner.tlv_bytes()?;
        }
        Ok(signed)
    })
}
