//! X.509 certificates as this hub makes them: version 3, SM2 keys, signed with SM2 over SM3 (GM/T 0015, RFC 5280).

use std::time::Duration;

use chrono::{DateTime, Utc};
use der::asn1::{Any, Ia5String, ObjectIdentifier};
use der::{Decode, Encode, EncodePem, Tag};
use pkcs8::LineEnding;
use rand::TryRng;
use rand::rngs::SysRng;
use sm2::dsa::signature::{self, Keypair};
use sm2::dsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use verify::chain::X509;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::request::RequestBuilder;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, TbsCertificate};

use super::SignError;

/// SM2-with-SM3; its parameters are absent.
const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// RFC 9336.
const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");

/// Stands in every subject of a demonstration.
const DEMO_UNIT: &str = "DEMO";
const DEMO_PREFIX: &str = "DEMO 演示 ";

/// First and last instant of a certificate.
pub(super) type Term = (DateTime<Utc>, DateTime<Utc>);

/// Is it a demonstration's certificate, or was it issued by one? `serve` refuses such a trust anchor and such a signer.
/// What is no certificate is none of a demonstration.
pub fn is_demo(certificate: &[u8]) -> bool {
    let marked = |name: &Name| name.iter().any(|attribute| attribute.oid == UNIT && attribute.value.value() == DEMO_UNIT.as_bytes());
    Certificate::from_der(certificate).is_ok_and(|certificate| {
        let signed = certificate.tbs_certificate();
        marked(signed.subject()) || marked(signed.issuer())
    })
}

/// C=CN, O, CN, with OU=DEMO where it is a demonstration's, and an authority's credit code as serialNumber.
pub(super) fn subject_for(name: &str, code: Option<&str>, demo: bool) -> Result<Name, SignError> {
    let common = if demo { format!("{DEMO_PREFIX}{name}") } else { name.to_owned() };
    subject(name, &common, code, demo)
}

fn subject(organisation: &str, common: &str, code: Option<&str>, demo: bool) -> Result<Name, SignError> {
    let mut parts = vec![(COUNTRY, Tag::PrintableString, "CN"), (ORGANISATION, Tag::Utf8String, organisation)];
    if demo {
        parts.push((UNIT, Tag::Utf8String, DEMO_UNIT));
    }
    if let Some(code) = code {
        parts.push((SERIAL_NUMBER, Tag::PrintableString, code));
    }
    parts.push((COMMON_NAME, Tag::Utf8String, common));
    let mut sequence = RdnSequence::default();
    for (oid, tag, text) in parts {
        let made = Any::new(tag, text.as_bytes())
            .and_then(|value| RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }]));
        sequence.push(made.map_err(|fault| build(common, &fault))?);
    }
    // RFC 5280 needs no more of a name than a sequence of sets with one attribute each, which this is.
    let der = sequence.to_der().map_err(|fault| build(common, &fault))?;
    Name::from_der(&der).map_err(|fault| build(common, &fault))
}

/// What a certificate is for: its extensions follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Certifies issuing authorities.
    Root,
    /// Certifies those who sign, and no authority.
    Issuing,
    /// Signs statements and documents of certificates.
    Signer,
    /// Signs seals.
    SealMaker,
    /// Signs the checkpoints of the transparency log.
    Log,
    /// Signs timestamps, and nothing else (RFC 3161, 2.3).
    TimestampUnit,
}

impl Role {
    const fn is_authority(self) -> bool {
        matches!(self, Self::Root | Self::Issuing)
    }

    fn key_usage(self) -> KeyUsage {
        KeyUsage(if self.is_authority() {
            KeyUsages::KeyCertSign | KeyUsages::CRLSign
        } else {
            KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
        })
    }

    /// And whether it is critical.
    fn extended_key_usage(self) -> Option<(bool, ExtendedKeyUsage)> {
        match self {
            Self::Root | Self::Issuing | Self::Log => None,
            Self::Signer | Self::SealMaker => Some((false, ExtendedKeyUsage(vec![DOCUMENT_SIGNING]))),
            Self::TimestampUnit => Some((true, ExtendedKeyUsage(vec![TIME_STAMPING]))),
        }
    }
}

/// Who certifies.
pub(super) struct Issuer<'a> {
    pub(super) subject: Name,
    pub(super) key: &'a SigningKey,
    /// Where its list of revoked certificates is published, if it is.
    pub(super) crl: Option<&'a str>,
}

/// A root, signed by itself.
pub(super) fn root(key: &SigningKey, subject: &Name, term: Term) -> Result<Vec<u8>, SignError> {
    let profile = Profile { subject: subject.clone(), issuer: subject.clone(), role: Role::Root, crl: None };
    make(profile, key.verifying_key(), key, term)
}

/// A certificate below `issuer`.
pub(super) fn below(issuer: &Issuer<'_>, role: Role, key: &VerifyingKey, subject: &Name, term: Term) -> Result<Vec<u8>, SignError> {
    let crl = issuer.crl.map(str::to_owned);
    make(Profile { subject: subject.clone(), issuer: issuer.subject.clone(), role, crl }, key, issuer.key, term)
}

/// A request to certify a key (PKCS#10), with what its certificate should be for, signed by the key itself; PEM.
pub(super) fn request(key: &SigningKey, role: Role, subject: &Name) -> Result<String, SignError> {
    let name = subject.to_string();
    let fault = |fault: &dyn std::fmt::Display| build(&name, fault);
    let mut request = RequestBuilder::new(subject.clone()).map_err(|error| fault(&error))?;
    request.add_extension(&role.key_usage()).map_err(|error| fault(&error))?;
    if let Some((_, usage)) = role.extended_key_usage() {
        request.add_extension(&usage).map_err(|error| fault(&error))?;
    }
    let made = request.build::<_, DerSignature>(&DerSigner(key.clone())).map_err(|error| fault(&error))?;
    made.to_pem(LineEnding::LF).map_err(|error| fault(&error))
}

/// Where the list is published on which a certificate would stand if it were revoked.
pub(super) fn crl_of(certificate: &[u8]) -> Option<String> {
    let read = Certificate::from_der(certificate).ok()?;
    let (_, points) = read.tbs_certificate().get_extension::<CrlDistributionPoints>().ok()??;
    points.0.iter().find_map(|point| match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => names.iter().find_map(|name| match name {
            GeneralName::UniformResourceIdentifier(uri) => Some(uri.to_string()),
            _ => None,
        }),
        _ => None,
    })
}

/// The subject of a certificate, for what it issues.
pub(super) fn subject_of(certificate: &[u8]) -> Result<Name, SignError> {
    let read = Certificate::from_der(certificate).map_err(|fault| build("the authority's certificate", &fault))?;
    Ok(read.tbs_certificate().subject().clone())
}

/// Who issued a certificate, as text.
pub(super) fn issuer_text(certificate: &[u8]) -> Option<String> {
    Certificate::from_der(certificate).ok().map(|read| read.tbs_certificate().issuer().to_string())
}

/// What people read of a certificate: its subject, and until when it is in force.
///
/// # Errors
/// Bytes that are no certificate.
pub fn described(certificate: &[u8]) -> Result<(String, DateTime<Utc>), SignError> {
    let read = Certificate::from_der(certificate).map_err(|fault| build("the certificate", &fault))?;
    let body = read.tbs_certificate();
    Ok((body.subject().to_string(), body.validity().not_after.to_system_time().into()))
}

/// Why a certificate that somebody wants to register is of no use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Useless {
    /// None that reads, or not of an SM2 key.
    Unreadable(String),
    /// Whose it is: its term is over.
    Ended(String),
}

/// A certificate with an SM2 key (PEM, or DER) that has not ended, whose it is, and when it ends. Its chain is not looked at.
///
/// # Errors
/// It is of no use.
pub fn registrable(given: &[u8], now: DateTime<Utc>) -> Result<(X509, String, DateTime<Utc>), Useless> {
    let wrong = |detail: &dyn std::fmt::Display| Useless::Unreadable(detail.to_string());
    let certificate = match str::from_utf8(given) {
        Ok(pem) if pem.contains("-----BEGIN") => {
            X509::from_pem(pem).map_err(|error| wrong(&error))?.into_iter().next().ok_or_else(|| wrong(&"PEM"))?
        }
        _ => X509::from_der(given).map_err(|error| wrong(&error))?,
    };
    let (subject, end) = described(certificate.der()).map_err(|error| wrong(&error))?;
    if end <= now { Err(Useless::Ended(subject)) } else { Ok((certificate, subject, end)) }
}

/// Is a certificate within its term?
pub fn is_in_force(certificate: &[u8], at: DateTime<Utc>) -> bool {
    let Ok(read) = Certificate::from_der(certificate) else { return false };
    let term = read.tbs_certificate().validity();
    let (from, to): (DateTime<Utc>, DateTime<Utc>) = (term.not_before.to_system_time().into(), term.not_after.to_system_time().into());
    (from..=to).contains(&at)
}

fn make(profile: Profile, key: &VerifyingKey, issuer_key: &SigningKey, term: Term) -> Result<Vec<u8>, SignError> {
    let name = profile.subject.to_string();
    let mut serial = [0; 16];
    SysRng.try_fill_bytes(&mut serial).map_err(|fault| SignError::Random(fault.to_string()))?;
    // Positive, and never shorter than it looks.
    serial[0] = serial[0] & 0x7f | 0x40;
    let serial = SerialNumber::new(&serial).map_err(|fault| build(&name, &fault))?;
    let validity = Validity::new(time(term.0, &name)?, time(term.1, &name)?);
    let spki = SubjectPublicKeyInfoOwned::from_key(key).map_err(|fault| build(&name, &fault))?;
    let builder = CertificateBuilder::new(profile, serial, validity, spki).map_err(|fault| build(&name, &fault))?;
    let certificate = builder.build::<_, DerSignature>(&DerSigner(issuer_key.clone())).map_err(|fault| build(&name, &fault))?;
    certificate.to_der().map_err(|fault| build(&name, &fault))
}

fn time(at: DateTime<Utc>, name: &str) -> Result<Time, SignError> {
    let seconds = u64::try_from(at.timestamp()).map_err(|fault| build(name, &fault))?;
    let at = der::DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(|fault| build(name, &fault))?;
    Ok(Time::from(at))
}

fn build(subject: &str, fault: &dyn std::fmt::Display) -> SignError {
    SignError::Build { subject: subject.to_owned(), fault: fault.to_string() }
}

struct Profile {
    subject: Name,
    issuer: Name,
    role: Role,
    crl: Option<String>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        _signed: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        // An issuing authority certifies no further one.
        let path_len_constraint = (self.role == Role::Issuing).then_some(0);
        let constraints = BasicConstraints { ca: self.role.is_authority(), path_len_constraint };
        let subject_key = SubjectKeyIdentifier::try_from(key)?;
        let authority_key = AuthorityKeyIdentifier::try_from(issuer_key)?;
        let mut extensions = vec![
            (true, &constraints).to_extension(&self.subject, &[])?,
            (true, &self.role.key_usage()).to_extension(&self.subject, &[])?,
            (&subject_key).to_extension(&self.subject, &[])?,
            (&authority_key).to_extension(&self.subject, &[])?,
        ];
        if let Some((critical, usage)) = self.role.extended_key_usage() {
            extensions.push((critical, &usage).to_extension(&self.subject, &[])?);
        }
        if let Some(crl) = &self.crl {
            let name = GeneralName::UniformResourceIdentifier(Ia5String::new(crl)?);
            let point = Some(DistributionPointName::FullName(vec![name]));
            let points = CrlDistributionPoints(vec![DistributionPoint { distribution_point: point, reasons: None, crl_issuer: None }]);
            extensions.push((&points).to_extension(&self.subject, &[])?);
        }
        Ok(extensions)
    }
}

/// The builder writes what the signature's type says: with the plain key that is r ‖ s, which no verifier takes.
struct DerSigner(SigningKey);

impl signature::Signer<DerSignature> for DerSigner {
    fn try_sign(&self, message: &[u8]) -> Result<DerSignature, signature::Error> {
        let signature: Signature = self.0.try_sign(message)?;
        Ok(signature.to_der())
    }
}

impl Keypair for DerSigner {
    type VerifyingKey = VerifyingKey;

    fn verifying_key(&self) -> VerifyingKey {
        self.0.verifying_key().clone()
    }
}

impl DynSignatureAlgorithmIdentifier for DerSigner {
    fn signature_algorithm_identifier(&self) -> x509_cert::spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned { oid: SM2_WITH_SM3, parameters: None })
    }
}
