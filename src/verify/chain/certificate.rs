//! One certificate, read from its exact bytes.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use der::{Decode, Document};
use sm2::PublicKey;
use x509_cert::{
    Certificate, Version,
    ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier, name::DirectoryString},
    name::Name,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef, der::referenced::OwnedToRef},
};

use super::{MAX_CERTIFICATE, Purpose, identity::Identity, purpose};
use crate::{
    asn1::Element,
    sm2::{KnownKeys, PreparedKey},
};

const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SM2_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.31");
const AUTHORITY_INFORMATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.1");
const OCSP_ACCESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");

/// A certificate read from its exact bytes. Copies share what was read.
#[derive(Debug, Clone)]
pub struct X509(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    der: Vec<u8>,
    /// The signed part, byte for byte as it came.
    signed: Vec<u8>,
    /// Names and serial number as DER, byte for byte as they came.
    issuer: Vec<u8>,
    subject_der: Vec<u8>,
    serial: Vec<u8>,
    subject_key: Option<Vec<u8>>,
    certificate: Certificate,
    key: PublicKey,
    prepared_key: PreparedKey,
    basic_constraints: Option<BasicConstraints>,
    key_usage: Option<KeyUsage>,
    /// And whether it is critical.
    extended_key_usage: Option<(bool, ExtendedKeyUsage)>,
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
    /// Its key is of another kind than SM2.
    #[error("the certificate's key is of kind {0}, not on the SM2 curve (1.2.156.10197.1.301)")]
    ForeignKey(String),
    /// Its key says that it is on the SM2 curve, and is not.
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
        let identity = Element::only(der, 0).and_then(Identity::read).map_err(|malformed| X509Error::Der(malformed.to_string()))?;
        let tbs = certificate.tbs_certificate();
        if tbs.version() != Version::V3 {
            return Err(X509Error::Der("its version is not 3".to_owned()));
        }
        let algorithm = certificate.signature_algorithm();
        if tbs.signature() != algorithm || !is_sm2_with_sm3(algorithm) {
            return Err(X509Error::Algorithm(algorithm.oid.to_string()));
        }
        let spki: SubjectPublicKeyInfoRef<'_> = tbs.subject_public_key_info().owned_to_ref();
        if let Some(kind) = foreign_key(&spki) {
            return Err(X509Error::ForeignKey(kind));
        }
        let key = PublicKey::try_from(spki).map_err(|_| X509Error::Key)?;
        let prepared_key = PreparedKey::try_from(&key).map_err(|_| X509Error::Key)?;
        for (place, extension) in tbs.extensions().into_iter().flatten().enumerate() {
            let repeated = tbs.extensions().into_iter().flatten().skip(place + 1).any(|e| e.extn_id == extension.extn_id);
            let known = [BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE].contains(&extension.extn_id);
            if repeated || (extension.critical && !known) {
                return Err(X509Error::Extension(extension.extn_id.to_string()));
            }
        }
        let basic_constraints = tbs.get_extension::<BasicConstraints>().map_err(fault)?.map(|(_, value)| value);
        let key_usage = tbs.get_extension::<KeyUsage>().map_err(fault)?.map(|(_, value)| value);
        let extended_key_usage = tbs.get_extension::<ExtendedKeyUsage>().map_err(fault)?;
        Ok(Self(Arc::new(Parts {
            der: der.to_vec(),
            signed: identity.signed.to_vec(),
            issuer: identity.issuer.to_vec(),
            subject_der: identity.subject.to_vec(),
            serial: identity.serial.to_vec(),
            subject_key: identity.subject_key.map(<[u8]>::to_vec),
            certificate,
            key,
            prepared_key,
            basic_constraints,
            key_usage,
            extended_key_usage,
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

    /// The serial number's digits, the highest first, with a leading zero where the first bit is set.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The subject's name as DER, byte for byte as it came.
    pub fn subject_der(&self) -> &[u8] {
        &self.0.subject_der
    }

    /// The issuer's name as DER, byte for byte as it came.
    pub fn issuer_der(&self) -> &[u8] {
        &self.0.issuer
    }

    /// The subject key identifier, if it has one.
    pub(crate) fn subject_key(&self) -> Option<&[u8]> {
        self.0.subject_key.as_deref()
    }

    /// The bytes of the public key's BIT STRING, by whose digest others name it.
    pub(crate) fn key_bits(&self) -> &[u8] {
        self.0.certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes()
    }

    pub(super) fn issuer_name(&self) -> &Name {
        self.0.certificate.tbs_certificate().issuer()
    }

    pub(super) fn subject_name(&self) -> &Name {
        self.0.certificate.tbs_certificate().subject()
    }

    pub(super) fn is_signed_by(&self, issuer: &Self, keys: &KnownKeys) -> bool {
        let known = keys.get(issuer.prepared_key());
        let key = known.as_deref().unwrap_or_else(|| issuer.prepared_key());
        self.0.certificate.signature().as_bytes().is_some_and(|value| key.verify(&self.0.signed, value).is_ok())
    }

    /// Named so, and signed by that very key.
    pub(crate) fn is_issued_by(&self, issuer: &Self) -> bool {
        self.may_be_issued_by(issuer) && self.is_signed_by(issuer, &KnownKeys::new(0))
    }

    /// Same name, and no key identifiers that contradict it: a root that was given a new key keeps its name.
    pub(super) fn may_be_issued_by(&self, issuer: &Self) -> bool {
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

    /// Whether its key may be used so at the beginning of a chain.
    pub(crate) fn may_serve(&self, purpose: Purpose) -> Result<(), &'static str> {
        let usage = self.0.key_usage.as_ref();
        let may_sign = usage.is_some_and(|usage| match purpose {
            Purpose::Documents => usage.digital_signature(),
            Purpose::Timestamps | Purpose::OcspResponses => usage.digital_signature() || usage.non_repudiation(),
        });
        if !may_sign {
            return Err("KEY_USAGE");
        }
        let extended = self.0.extended_key_usage.as_ref().map(|(critical, usage)| (*critical, usage.0.as_slice()));
        if purpose::allows(purpose, extended) { Ok(()) } else { Err("EXTENDED_KEY_USAGE") }
    }

    /// Whether its key may sign lists of revoked certificates.
    pub(crate) fn may_sign_crls(&self) -> bool {
        self.0.key_usage.as_ref().is_some_and(KeyUsage::crl_sign)
    }

    /// Whether it is of an authority.
    pub(crate) fn is_authority(&self) -> bool {
        self.0.basic_constraints.as_ref().is_some_and(|constraints| constraints.ca)
    }

    /// The value of the extension that says where its authority's lists are.
    pub(crate) fn crl_distribution_points(&self) -> Option<&[u8]> {
        let mut extensions = self.0.certificate.tbs_certificate().extensions().into_iter().flatten();
        Some(extensions.find(|extension| extension.extn_id == CRL_DISTRIBUTION_POINTS)?.extn_value.as_bytes())
    }

    /// Whether it says where to learn that it was revoked: lists (RFC 5280, 4.2.1.13), or a responder (4.2.2.1).
    pub(crate) fn says_where_revoked(&self) -> bool {
        let extensions = self.0.certificate.tbs_certificate().extensions().into_iter().flatten();
        let responder = |value: &[u8]| memchr::memmem::find(value, OCSP_ACCESS.as_bytes()).is_some();
        let mut says = extensions.filter(|extension| match extension.extn_id {
            CRL_DISTRIBUTION_POINTS => true,
            AUTHORITY_INFORMATION => responder(extension.extn_value.as_bytes()),
            _ => false,
        });
        says.next().is_some()
    }

    /// When it ends.
    pub(crate) fn not_after(&self) -> DateTime<Utc> {
        moment(self.0.certificate.tbs_certificate().validity().not_after)
    }

    /// `below` is the number of CA certificates between this one and the signer.
    pub(super) fn may_sign_certificates(&self, below: usize, purpose: Purpose) -> Result<(), &'static str> {
        let Some(constraints) = self.0.basic_constraints.as_ref().filter(|constraints| constraints.ca) else {
            return Err("NOT_A_CA");
        };
        if !self.0.key_usage.as_ref().is_some_and(KeyUsage::key_cert_sign) {
            return Err("KEY_USAGE");
        }
        let extended = self.0.extended_key_usage.as_ref().filter(|(critical, _)| *critical);
        if extended.is_some_and(|(_, usage)| !purpose::includes(purpose, &usage.0)) {
            return Err("EXTENDED_KEY_USAGE");
        }
        match constraints.path_len_constraint {
            Some(longest) if below > usize::from(longest) => Err("PATH_LENGTH"),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_in_force(&self, at: DateTime<Utc>) -> bool {
        let validity = self.0.certificate.tbs_certificate().validity();
        (moment(validity.not_before).timestamp()..=moment(validity.not_after).timestamp()).contains(&at.timestamp())
    }
}

/// The kind of a key that is none of SM2: its curve, or its algorithm where that has no curves.
fn foreign_key(spki: &SubjectPublicKeyInfoRef<'_>) -> Option<String> {
    match spki.algorithm.parameters_oid() {
        _ if spki.algorithm.oid != EC_PUBLIC_KEY => Some(spki.algorithm.oid.to_string()),
        Ok(SM2_CURVE) | Err(_) => None,
        Ok(other) => Some(other.to_string()),
    }
}

fn moment(time: x509_cert::time::Time) -> DateTime<Utc> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn is_sm2_with_sm3(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.oid == SM2_WITH_SM3 && algorithm.parameters.as_ref().is_none_or(|parameters| parameters.is_null())
}
