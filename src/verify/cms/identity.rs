//! Which certificate is whose, read without judging its algorithms: foreign signers must be named, too.

use const_oid::ObjectIdentifier;
use der::Decode;
use x509_cert::name::Name;

use super::oid;
use crate::{
    asn1::{Cursor, DerFault, Element, Malformed, tag},
    chain::MAX_LENGTH,
};

/// The parts of a certificate by which others name it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity<'a> {
    /// All of it.
    pub(super) der: &'a [u8],
    serial: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    subject_key: Option<&'a [u8]>,
    authority_key: Option<&'a [u8]>,
}

/// How a signer names its certificate.
#[derive(Debug, Clone, Copy)]
pub(super) enum SignerIdentifier<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    SubjectKey(&'a [u8]),
}

impl<'a> SignerIdentifier<'a> {
    pub(super) fn read(element: Element<'a>) -> Result<Self, Malformed> {
        match element.tag {
            tag::SEQUENCE => {
                let (issuer, serial) = issuer_and_serial(element.elements())?;
                Ok(Self::IssuerAndSerial { issuer, serial })
            }
            _ => Ok(Self::SubjectKey(element.tagged(tag::primitive(0), "a signer identifier")?.value)),
        }
    }

    /// Of SignerInfo (RFC 5652, 5.3).
    pub(super) fn version(&self) -> u64 {
        match self {
            Self::IssuerAndSerial { .. } => 1,
            Self::SubjectKey(_) => 3,
        }
    }

    pub(super) fn names(&self, certificate: &Identity<'_>) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => certificate.issuer == *issuer && certificate.serial == *serial,
            Self::SubjectKey(key) => certificate.subject_key == Some(*key),
        }
    }
}

fn issuer_and_serial(mut parts: Cursor<'_>) -> Result<(&[u8], &[u8]), Malformed> {
    let issuer = parts.expect(tag::SEQUENCE, "the issuer's name")?.whole;
    let serial = parts.expect(tag::INTEGER, "a serial number")?.value;
    parts.end()?;
    Ok((issuer, serial))
}

impl<'a> Identity<'a> {
    /// Reads a certificate that is known to be sound DER.
    pub(super) fn read(element: Element<'a>) -> Result<Self, Malformed> {
        let mut certificate = element.tagged(tag::SEQUENCE, "a certificate")?.elements();
        let mut parts = certificate.expect(tag::SEQUENCE, "a TBSCertificate")?.elements();
        parts.optional(tag::constructed(0))?;
        let serial = parts.expect(tag::INTEGER, "a serial number")?.value;
        parts.expect(tag::SEQUENCE, "an algorithm identifier")?;
        let issuer = parts.expect(tag::SEQUENCE, "the issuer's name")?.whole;
        parts.expect(tag::SEQUENCE, "a validity")?;
        let subject = parts.expect(tag::SEQUENCE, "the subject's name")?.whole;
        parts.expect(tag::SEQUENCE, "a public key")?;
        parts.optional(tag::primitive(1))?;
        parts.optional(tag::primitive(2))?;
        let extensions = parts.optional(tag::constructed(3))?;
        parts.end()?;
        certificate.expect(tag::SEQUENCE, "an algorithm identifier")?;
        certificate.expect(tag::BIT_STRING, "a signature value")?;
        certificate.end()?;
        let (mut subject_key, mut authority_key) = (None, None);
        if let Some(extensions) = extensions {
            // A foreign certificate may be odd within; odd extensions are as if not there.
            subject_key = value_of(extensions, oid::SUBJECT_KEY_IDENTIFIER).and_then(|found| octets(found, tag::OCTET_STRING));
            authority_key = value_of(extensions, oid::AUTHORITY_KEY_IDENTIFIER)
                .filter(|found| found.tag == tag::SEQUENCE)
                .and_then(|found| octets(found.elements().next().ok()?, tag::primitive(0)));
        }
        Ok(Self { der: element.whole, serial, issuer, subject, subject_key, authority_key })
    }

    /// The issuer's name as DER.
    pub(super) fn issuer(&self) -> &'a [u8] {
        self.issuer
    }

    /// The serial number's digits.
    pub(super) fn serial(&self) -> &'a [u8] {
        self.serial
    }

    /// The subject after RFC 4514, if it can be read.
    pub(super) fn subject(&self) -> Option<String> {
        Name::from_der(self.subject).ok().map(|name| name.to_string())
    }

    /// Whether an `IssuerSerial` (RFC 5035: GeneralNames with one directory name, and the serial number) names it.
    pub(super) fn is_named_by(&self, issuer_serial: Element<'_>) -> Result<bool, Malformed> {
        let mut parts = issuer_serial.elements();
        let names = parts.expect(tag::SEQUENCE, "the issuer's names")?;
        let serial = parts.expect(tag::INTEGER, "a serial number")?.value;
        parts.end()?;
        let name = names.inner()?.tagged(tag::constructed(4), "a directory name")?.inner()?;
        Ok(self.issuer == name.whole && self.serial == serial)
    }

    fn may_be_issued_by(&self, issuer: &Self) -> bool {
        let keys_agree = match (self.authority_key, issuer.subject_key) {
            (Some(wanted), Some(offered)) => wanted == offered,
            _ => true,
        };
        self.issuer == issuer.subject && keys_agree
    }

    fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}

/// Places in `bag` from the signer at `signer` upwards, each used once. One more than a chain may have is enough to see that it
/// is too long.
pub(super) fn path(bag: &[Identity<'_>], signer: usize) -> Vec<usize> {
    let mut path = vec![signer];
    while let Some(last) = path.last().and_then(|place| bag.get(*place)) {
        if path.len() > MAX_LENGTH || last.is_self_issued() {
            break;
        }
        let issuers = bag.iter().enumerate().filter(|(place, candidate)| !path.contains(place) && last.may_be_issued_by(candidate));
        // Of several of the same name and key identifier, the one that really signed is for `chain` to like: take the first.
        match issuers.map(|(place, _)| place).next() {
            Some(place) => path.push(place),
            None => break,
        }
    }
    path
}

fn value_of(extensions: Element<'_>, oid: ObjectIdentifier) -> Option<Element<'_>> {
    let found = extensions.inner().ok()?.extensions().ok()?;
    found.into_iter().find(|extension| extension.oid == oid)?.element().ok()
}

fn octets(element: Element<'_>, tag: u8) -> Option<&[u8]> {
    (element.tag == tag).then_some(element.value)
}

/// Reads every certificate of a bag.
pub(super) fn read_bag<'a>(elements: &[Element<'a>]) -> Result<Vec<Identity<'a>>, Malformed> {
    elements.iter().map(|element| Identity::read(*element).map_err(|_| DerFault::Expected("a certificate").at(element.at))).collect()
}
