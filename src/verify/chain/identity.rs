//! The parts of a certificate by which others name it, read without judging its algorithms: foreign signers must be named, too.

use const_oid::ObjectIdentifier;
use der::Decode;
use x509_cert::name::Name;

use crate::asn1::{Element, Malformed, tag};

const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");

/// The parts of a certificate by which others name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity<'a> {
    /// All of it.
    pub(crate) der: &'a [u8],
    /// Its TBSCertificate, which is signed.
    pub(crate) signed: &'a [u8],
    /// The serial number's digits.
    pub(crate) serial: &'a [u8],
    /// The issuer's name as DER.
    pub(crate) issuer: &'a [u8],
    /// The subject's name as DER.
    pub(crate) subject: &'a [u8],
    pub(crate) subject_key: Option<&'a [u8]>,
    authority_key: Option<&'a [u8]>,
}

impl<'a> Identity<'a> {
    /// Reads a certificate.
    pub(crate) fn read(element: Element<'a>) -> Result<Self, Malformed> {
        let mut certificate = element.tagged(tag::SEQUENCE, "a certificate")?.elements();
        let signed = certificate.expect(tag::SEQUENCE, "a TBSCertificate")?;
        let mut parts = signed.elements();
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
            subject_key = value_of(extensions, SUBJECT_KEY_IDENTIFIER).and_then(|found| octets(found, tag::OCTET_STRING));
            authority_key = value_of(extensions, AUTHORITY_KEY_IDENTIFIER)
                .filter(|found| found.tag == tag::SEQUENCE)
                .and_then(|found| octets(found.elements().next().ok()?, tag::primitive(0)));
        }
        Ok(Self { der: element.whole, signed: signed.whole, serial, issuer, subject, subject_key, authority_key })
    }

    /// The subject after RFC 4514, if it can be read.
    pub(crate) fn subject_text(&self) -> Option<String> {
        Name::from_der(self.subject).ok().map(|name| name.to_string())
    }

    /// Whether an `IssuerSerial` (RFC 5035: GeneralNames with one directory name, and the serial number) names it.
    pub(crate) fn is_named_by(&self, issuer_serial: Element<'_>) -> Result<bool, Malformed> {
        let mut parts = issuer_serial.elements();
        let names = parts.expect(tag::SEQUENCE, "the issuer's names")?;
        let serial = parts.expect(tag::INTEGER, "a serial number")?.value;
        parts.end()?;
        let name = names.inner()?.tagged(tag::constructed(4), "a directory name")?.inner()?;
        Ok(self.issuer == name.whole && self.serial == serial)
    }

    pub(crate) fn may_be_issued_by(&self, issuer: &Self) -> bool {
        let keys_agree = match (self.authority_key, issuer.subject_key) {
            (Some(wanted), Some(offered)) => wanted == offered,
            _ => true,
        };
        self.issuer == issuer.subject && keys_agree
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}

fn value_of(extensions: Element<'_>, oid: ObjectIdentifier) -> Option<Element<'_>> {
    let found = extensions.inner().ok()?.extensions().ok()?;
    found.into_iter().find(|extension| extension.oid == oid)?.element().ok()
}

fn octets(element: Element<'_>, tag: u8) -> Option<&[u8]> {
    (element.tag == tag).then_some(element.value)
}
