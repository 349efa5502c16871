//! CertID (RFC 6960, 4.1.1): a certificate named by digests of its issuer's name and key, and its serial number.

use const_oid::ObjectIdentifier;

use crate::{
    asn1::{Element, Malformed, element, object_identifier, sequence, tag},
    chain::X509,
    cms::oid,
    digest::sm3,
};

/// How OCSP names a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateId {
    digest: ObjectIdentifier,
    issuer_name: Vec<u8>,
    issuer_key: Vec<u8>,
    serial: Vec<u8>,
}

impl CertificateId {
    /// By SM3.
    pub fn new(issuer: &X509, serial: &[u8]) -> Self {
        Self {
            digest: oid::SM3,
            issuer_name: sm3(issuer.subject_der()).to_vec(),
            issuer_key: sm3(issuer.key_bits()).to_vec(),
            serial: serial.to_vec(),
        }
    }

    /// Whether it names the certificate of `issuer` with this serial number; None for a digest that is neither SM3 nor SHA-1.
    pub fn names(&self, issuer: &X509, serial: &[u8]) -> Option<bool> {
        self.names_among(&IssuerDigests::of(issuer), serial)
    }

    /// The same for an issuer that is asked about often.
    pub(super) fn names_among(&self, issuer: &IssuerDigests, serial: &[u8]) -> Option<bool> {
        let (name, key): (&[u8], &[u8]) = match self.digest {
            oid::SM3 => (&issuer.sm3.0, &issuer.sm3.1),
            oid::SHA1 => (&issuer.sha1.0, &issuer.sha1.1),
            _ => return None,
        };
        Some(self.serial == serial && self.issuer_name == name && self.issuer_key == key)
    }

    pub(super) fn read(element: Element<'_>) -> Result<Self, Malformed> {
        let mut parts = element.tagged(tag::SEQUENCE, "a certificate's identifier")?.elements();
        let digest = parts.next()?.algorithm()?.oid;
        let issuer_name = parts.expect(tag::OCTET_STRING, "the digest of the issuer's name")?.value.to_vec();
        let issuer_key = parts.expect(tag::OCTET_STRING, "the digest of the issuer's key")?.value.to_vec();
        let serial = parts.expect(tag::INTEGER, "a serial number")?.value.to_vec();
        parts.end()?;
        Ok(Self { digest, issuer_name, issuer_key, serial })
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        sequence(&[
            &sequence(&[&object_identifier(self.digest)]),
            &element(tag::OCTET_STRING, &[&self.issuer_name]),
            &element(tag::OCTET_STRING, &[&self.issuer_key]),
            &element(tag::INTEGER, &[&self.serial]),
        ])
    }
}

/// Digests of an issuer's name and key. SHA-1 only finds the issuer: the answer is signed by it.
pub(super) struct IssuerDigests {
    sm3: ([u8; 32], [u8; 32]),
    sha1: (Vec<u8>, Vec<u8>),
}

impl IssuerDigests {
    pub(super) fn of(issuer: &X509) -> Self {
        let (name, key) = (issuer.subject_der(), issuer.key_bits());
        Self { sm3: (sm3(name), sm3(key)), sha1: (sha1(name), sha1(key)) }
    }
}

/// Whether `digest` is the key's by SHA-1, as RFC 6960 has it, or by SM3.
pub(super) fn is_key_digest(digest: &[u8], key: &[u8]) -> bool {
    digest == sha1(key) || digest == sm3(key)
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    use sha1::{Digest, Sha1};
    Sha1::digest(bytes).to_vec()
}
