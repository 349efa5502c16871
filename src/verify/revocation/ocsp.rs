//! Answers of authorities (RFC 6960): the basic response, signed by the issuer or by a responder that it delegated.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    BASIC_RESPONSE, CertificateId, Reason, RevocationFault, Revoked,
    certificate_id::{IssuerDigests, is_key_digest},
    crl::check_algorithm,
};
use crate::{
    asn1::{Element, Extension, Malformed, scan, tag},
    chain::{Purpose, X509},
};

/// Largest response that is read, in bytes.
pub const MAX_OCSP: usize = 1024 * 1024;
/// Most certificates that one response may speak of.
pub const MAX_SINGLES: usize = 1_000;
/// Most certificates of responders in one response.
const MAX_RESPONDERS: usize = 4;
/// How long an answer is taken as fresh when it does not say when the next one is due.
const FRESH: TimeDelta = TimeDelta::days(1);

/// A response that was read. Whether its authority signed it is said when it is asked. Copies share what was read.
#[derive(Debug, Clone)]
pub struct OcspResponse(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    signed: Vec<u8>,
    signature: Vec<u8>,
    responder: Responder,
    produced_at: DateTime<Utc>,
    singles: Vec<Single>,
    certificates: Vec<Vec<u8>>,
    /// The first issuer that was asked for, and who then signed.
    tried: OnceLock<(X509, Option<X509>)>,
}

/// Who answers.
#[derive(Debug)]
enum Responder {
    Name(Vec<u8>),
    KeyDigest(Vec<u8>),
}

/// What is said of one certificate.
#[derive(Debug)]
pub(super) struct Single {
    id: CertificateId,
    pub(super) status: SingleStatus,
    pub(super) this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SingleStatus {
    Good,
    Revoked(Revoked),
    /// The responder does not know the certificate.
    Unknown,
}

impl Single {
    /// Until when it is fresh.
    pub(super) fn until(&self) -> DateTime<Utc> {
        self.next_update.unwrap_or_else(|| self.this_update.checked_add_signed(FRESH).unwrap_or(self.this_update))
    }
}

impl OcspResponse {
    /// Reads an OCSPResponse.
    ///
    /// # Errors
    /// See [`RevocationFault`].
    pub fn read(der: &[u8]) -> Result<Self, RevocationFault> {
        if der.len() > MAX_OCSP {
            return Err(RevocationFault::TooLarge { size: der.len(), limit: MAX_OCSP });
        }
        scan(der)?;
        let mut outer = Element::only(der, 0)?.tagged(tag::SEQUENCE, "an OCSPResponse")?.elements();
        let status = outer.expect(tag::ENUMERATED, "a response status")?.number()?;
        if status != 0 {
            return Err(RevocationFault::NotSuccessful(status));
        }
        let bytes = outer.expect(tag::constructed(0), "response bytes")?;
        outer.end()?;
        let mut bytes = bytes.inner()?.tagged(tag::SEQUENCE, "response bytes")?.elements();
        let kind = bytes.next()?.oid()?;
        if kind != BASIC_RESPONSE {
            return Err(RevocationFault::Kind(kind));
        }
        let basic = bytes.expect(tag::OCTET_STRING, "a basic response")?;
        bytes.end()?;
        scan(basic.value).map_err(|malformed| malformed.fault.at(basic.value_at() + malformed.at))?;
        Ok(Self(Arc::new(Parts::read(basic.inner()?)?)))
    }

    /// When it was signed.
    pub fn produced_at(&self) -> DateTime<Utc> {
        self.0.produced_at
    }

    /// Bytes that are signed, about as many as there are.
    pub(super) fn size(&self) -> usize {
        self.0.signed.len()
    }

    /// What it says of the certificate of this issuer with this serial number. Where it speaks twice, the gravest.
    pub(super) fn single(&self, issuer: &IssuerDigests, serial: &[u8]) -> Option<&Single> {
        let about = self.0.singles.iter().filter(|single| single.id.names_among(issuer, serial) == Some(true));
        about.min_by_key(|single| match single.status {
            SingleStatus::Revoked(revoked) => (0, !revoked.is_for_ever(), Some(revoked.since)),
            SingleStatus::Unknown => (1, false, None),
            SingleStatus::Good => (2, false, None),
        })
    }

    /// Who signed it, if that is `issuer` or a responder that `issuer` delegated: its certificate issued by that very key, with
    /// the extended key usage for it, in force when the answer was made. Whether that certificate was revoked is not asked, as
    /// with id-pkix-ocsp-nocheck: authorities give such certificates for short times.
    pub(super) fn signer(&self, issuer: &X509) -> Option<X509> {
        match self.0.tried.get_or_init(|| (issuer.clone(), self.find_signer(issuer))) {
            (tried, found) if tried == issuer => found.clone(),
            _ => self.find_signer(issuer),
        }
    }

    fn find_signer(&self, issuer: &X509) -> Option<X509> {
        let signed_by = |certificate: &X509| {
            let named = match &self.0.responder {
                Responder::Name(name) => name == certificate.subject_der(),
                Responder::KeyDigest(digest) => is_key_digest(digest, certificate.key_bits()),
            };
            named && certificate.prepared_key().verify(&self.0.signed, &self.0.signature).is_ok()
        };
        if signed_by(issuer) {
            return Some(issuer.clone());
        }
        let delegated = self.0.certificates.iter().filter_map(|der| X509::from_der(der).ok());
        delegated
            .filter(|responder| responder.may_serve(Purpose::OcspResponses).is_ok())
            .find(|responder| responder.is_in_force(self.0.produced_at) && signed_by(responder) && responder.is_issued_by(issuer))
    }
}

impl Parts {
    fn read(basic: Element<'_>) -> Result<Self, RevocationFault> {
        let mut parts = basic.tagged(tag::SEQUENCE, "a BasicOCSPResponse")?.elements();
        let signed = parts.expect(tag::SEQUENCE, "response data")?;
        let algorithm = parts.expect(tag::SEQUENCE, "an algorithm identifier")?;
        check_algorithm(algorithm, algorithm)?;
        let signature = parts.expect(tag::BIT_STRING, "a signature value")?.bits()?.to_vec();
        let certificates = match parts.optional(tag::constructed(0))? {
            Some(list) => list.inner()?.tagged(tag::SEQUENCE, "certificates")?.elements().all(MAX_RESPONDERS)?,
            None => Vec::new(),
        };
        parts.end()?;
        let mut data = signed.elements();
        if let Some(version) = data.optional(tag::constructed(0))? {
            // Version 1 is the default, which is not written.
            return Err(RevocationFault::Version(version.inner()?.number()? + 1));
        }
        let responder = read_responder(data.next()?)?;
        let produced_at = data.expect(tag::GENERALIZED_TIME, "a time")?.fine_time()?;
        let list = data.expect(tag::SEQUENCE, "responses")?;
        let extensions = data.optional(tag::constructed(1))?;
        data.end()?;
        if let Some(extensions) = extensions {
            refuse_critical(&extensions.inner()?.extensions()?)?;
        }
        let mut singles = Vec::new();
        let mut rest = list.elements();
        while !rest.is_at_end() {
            if singles.len() == MAX_SINGLES {
                return Err(RevocationFault::TooMany(MAX_SINGLES));
            }
            singles.push(read_single(rest.next()?)?);
        }
        let certificates = certificates.iter().map(|certificate| certificate.whole.to_vec()).collect();
        Ok(Self { signed: signed.whole.to_vec(), signature, responder, produced_at, singles, certificates, tried: OnceLock::new() })
    }
}

fn read_responder(element: Element<'_>) -> Result<Responder, Malformed> {
    let inner = element.inner()?;
    if element.tag == tag::constructed(1) {
        return Ok(Responder::Name(inner.tagged(tag::SEQUENCE, "a responder's name")?.whole.to_vec()));
    }
    element.tagged(tag::constructed(2), "a responder")?;
    Ok(Responder::KeyDigest(inner.tagged(tag::OCTET_STRING, "the digest of a responder's key")?.value.to_vec()))
}

fn read_single(element: Element<'_>) -> Result<Single, RevocationFault> {
    let mut parts = element.tagged(tag::SEQUENCE, "a single response")?.elements();
    let id = CertificateId::read(parts.next()?)?;
    let status = parts.next()?;
    let this_update = parts.expect(tag::GENERALIZED_TIME, "a time")?.fine_time()?;
    let next_update = parts.optional(tag::constructed(0))?.map(|time| time.inner()?.fine_time()).transpose()?;
    let extensions = parts.optional(tag::constructed(1))?;
    parts.end()?;
    let extensions = extensions.map(|extensions| extensions.inner()?.extensions()).transpose()?.unwrap_or_default();
    let status = match (status.tag, status.value) {
        (tag, []) if tag == tag::primitive(0) => SingleStatus::Good,
        (tag, []) if tag == tag::primitive(2) => SingleStatus::Unknown,
        _ => {
            let mut parts = status.tagged(tag::constructed(1), "a certificate's status")?.elements();
            let since = parts.expect(tag::GENERALIZED_TIME, "a time")?.fine_time()?;
            let reason = parts.optional(tag::constructed(0))?;
            parts.end()?;
            let reason = reason.map(|reason| Reason::read(reason.inner()?.tagged(tag::ENUMERATED, "a reason")?)).transpose()?;
            SingleStatus::Revoked(Revoked { since, reason, invalidity: None })
        }
    };
    let status = match status {
        SingleStatus::Revoked(mut revoked) => {
            revoked.extend(&extensions)?;
            SingleStatus::Revoked(revoked)
        }
        other => {
            refuse_critical(&extensions)?;
            other
        }
    };
    Ok(Single { id, status, this_update, next_update })
}

fn refuse_critical(extensions: &[Extension<'_>]) -> Result<(), RevocationFault> {
    match extensions.iter().find(|extension| extension.critical) {
        Some(critical) => Err(RevocationFault::Extension(critical.oid)),
        None => Ok(()),
    }
}
