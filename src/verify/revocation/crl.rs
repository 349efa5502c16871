//! Lists of revoked certificates (RFC 5280, 5), version 2, complete for their authority.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};

use super::{
    AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER, DELTA_CRL, EXPIRED_KEPT, ISSUING_DISTRIBUTION_POINT, RevocationFault, Revoked, scope::Scope,
};
use crate::{
    asn1::{DerFault, Element, Extension, Malformed, Parameters, scan, tag},
    chain::X509,
    cms::oid,
};

/// Largest list that is read, in bytes.
pub const MAX_CRL: usize = 32 * 1024 * 1024;
/// Most entries that are read.
pub const MAX_ENTRIES: usize = 200_000;
/// Longest serial number, in bytes.
const MAX_SERIAL: usize = 32;

/// A list that was read. Whether its authority signed it is said when it is asked. Copies share what was read.
#[derive(Debug, Clone)]
pub struct Crl(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    der: Vec<u8>,
    /// Where in it stands what is signed.
    signed: Range<usize>,
    signature: Vec<u8>,
    issuer: Vec<u8>,
    authority_key: Option<Vec<u8>>,
    this_update: DateTime<Utc>,
    next_update: DateTime<Utc>,
    number: Option<Vec<u8>>,
    /// By serial number.
    entries: Vec<Entry>,
    /// Which of its authority's certificates it covers.
    scope: Scope,
    expired_kept_since: Option<DateTime<Utc>>,
    /// The first key that was tried, and whether it signed: a list is asked about many certificates.
    tried: OnceLock<([u8; 64], bool)>,
}

impl Parts {
    fn signed(&self) -> &[u8] {
        self.der.get(self.signed.clone()).unwrap_or_default()
    }
}

#[derive(Debug)]
struct Entry {
    /// Where the serial number stands in the signed bytes.
    serial: Range<usize>,
    revoked: Revoked,
}

impl Crl {
    /// Reads a list.
    ///
    /// # Errors
    /// See [`RevocationFault`]. Deltas, indirect lists and lists of some reasons only are named, not used.
    pub fn read(der: &[u8]) -> Result<Self, RevocationFault> {
        if der.len() > MAX_CRL {
            return Err(RevocationFault::TooLarge { size: der.len(), limit: MAX_CRL });
        }
        scan(der)?;
        let mut outer = Element::only(der, 0)?.tagged(tag::SEQUENCE, "a CertificateList")?.elements();
        let signed = outer.expect(tag::SEQUENCE, "a TBSCertList")?;
        let algorithm = outer.expect(tag::SEQUENCE, "an algorithm identifier")?;
        let signature = outer.expect(tag::BIT_STRING, "a signature value")?.bits()?;
        outer.end()?;
        let mut parts = signed.elements();
        // Version 1 has no number there.
        let version = parts.optional(tag::INTEGER)?.map_or(Ok(0), |version| version.number())?;
        let inner = parts.expect(tag::SEQUENCE, "an algorithm identifier")?;
        check_algorithm(algorithm, inner)?;
        if version != 1 {
            return Err(RevocationFault::Version(version + 1));
        }
        let issuer = parts.expect(tag::SEQUENCE, "the issuer's name")?.whole.to_vec();
        let this_update = parts.next()?.time()?;
        let next_update = parts.next()?.time()?;
        let list = parts.optional(tag::SEQUENCE)?;
        let extensions = parts.optional(tag::constructed(0))?;
        parts.end()?;
        let extensions = extensions.map(|extensions| extensions.inner()?.extensions()).transpose()?.unwrap_or_default();
        let Named { number, authority_key, scope, expired_kept_since } = read_extensions(&extensions)?;
        Ok(Self(Arc::new(Parts {
            der: der.to_vec(),
            signed: signed.at..signed.at + signed.whole.len(),
            signature: signature.to_vec(),
            issuer,
            authority_key,
            this_update,
            next_update,
            number,
            entries: list.map(|list| read_entries(list, signed)).transpose()?.unwrap_or_default(),
            scope,
            expired_kept_since,
            tried: OnceLock::new(),
        })))
    }

    /// The list as it was read.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The authority's name as DER.
    pub fn issuer_der(&self) -> &[u8] {
        &self.0.issuer
    }

    /// When it was made.
    pub fn this_update(&self) -> DateTime<Utc> {
        self.0.this_update
    }

    /// When the next one will have been made at the latest.
    pub fn next_update(&self) -> DateTime<Utc> {
        self.0.next_update
    }

    /// Its number, an INTEGER's bytes, if it has one.
    pub fn number(&self) -> Option<&[u8]> {
        self.0.number.as_deref()
    }

    /// How many certificates it lists.
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether it lists none.
    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }

    /// What it says of the certificate with this serial number; if it says several things, the gravest.
    pub fn entry(&self, serial: &[u8]) -> Option<Revoked> {
        let serial_of = |entry: &Entry| self.0.signed().get(entry.serial.clone()).unwrap_or_default();
        let first = self.0.entries.partition_point(|entry| serial_of(entry) < serial);
        let same = self.0.entries.get(first..).unwrap_or_default().iter().take_while(|entry| serial_of(entry) == serial);
        same.map(|entry| entry.revoked).min_by_key(|revoked| (!revoked.is_for_ever(), revoked.since))
    }

    /// Bytes that are signed, about as many as there are.
    pub(super) fn size(&self) -> usize {
        self.0.der.len()
    }

    /// Whether it names `issuer`, by name and, where both have one, by key identifier.
    pub(super) fn names(&self, issuer: &X509) -> bool {
        let key_agrees = match (&self.0.authority_key, issuer.subject_key()) {
            (Some(named), Some(key)) => named == key,
            _ => true,
        };
        self.0.issuer == issuer.subject_der() && key_agrees
    }

    /// Whether `issuer` signed it with a key that may sign lists.
    pub(super) fn is_signed_by(&self, issuer: &X509) -> bool {
        let key = issuer.prepared_key();
        if !issuer.may_sign_crls() {
            return false;
        }
        let verify = || key.verify(self.0.signed(), &self.0.signature).is_ok();
        match self.0.tried.get_or_init(|| (*key.coordinates(), verify())) {
            (tried, signed) if tried == key.coordinates() => *signed,
            _ => verify(),
        }
    }

    /// Whether it goes on listing certificates that ran out then (expiredCertsOnCRL, X.509 9.5.2.8).
    pub(super) fn keeps_expired(&self, ended: DateTime<Utc>) -> bool {
        self.0.expired_kept_since.is_some_and(|since| since <= ended)
    }

    /// Whether a certificate of its authority that it does not list is not revoked.
    pub(super) fn covers(&self, certificate: &X509) -> bool {
        self.0.scope.covers(certificate)
    }
}

/// Both say the same, and it is ours.
pub(super) fn check_algorithm(outer: Element<'_>, inner: Element<'_>) -> Result<(), RevocationFault> {
    let algorithm = outer.algorithm()?;
    if algorithm.oid != oid::SM2_WITH_SM3 {
        return Err(RevocationFault::Foreign(algorithm.oid));
    }
    if outer.whole != inner.whole || algorithm.parameters == Parameters::Other {
        return Err(inner.is_not("the algorithm of the signature").into());
    }
    Ok(())
}

/// What extensions of a list say.
#[derive(Default)]
struct Named {
    number: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
    scope: Scope,
    expired_kept_since: Option<DateTime<Utc>>,
}

fn read_extensions(extensions: &[Extension<'_>]) -> Result<Named, RevocationFault> {
    let mut named = Named::default();
    for extension in extensions {
        match extension.oid {
            DELTA_CRL => return Err(RevocationFault::Delta),
            ISSUING_DISTRIBUTION_POINT => named.scope = Scope::read(extension)?,
            EXPIRED_KEPT => named.expired_kept_since = Some(extension.element()?.tagged(tag::GENERALIZED_TIME, "a date")?.time()?),
            CRL_NUMBER => named.number = Some(extension.element()?.tagged(tag::INTEGER, "a number of a list")?.value.to_vec()),
            AUTHORITY_KEY_IDENTIFIER => {
                let mut parts = extension.element()?.tagged(tag::SEQUENCE, "a key identifier")?.elements();
                named.authority_key = parts.optional(tag::primitive(0))?.map(|key| key.value.to_vec());
            }
            other if extension.critical => return Err(RevocationFault::Extension(other)),
            _ => {}
        }
    }
    Ok(named)
}

fn read_entries(list: Element<'_>, signed: Element<'_>) -> Result<Vec<Entry>, RevocationFault> {
    let mut entries = Vec::new();
    let mut rest = list.elements();
    while !rest.is_at_end() {
        if entries.len() == MAX_ENTRIES {
            return Err(RevocationFault::TooMany(MAX_ENTRIES));
        }
        let mut parts = rest.expect(tag::SEQUENCE, "an entry")?.elements();
        let serial = parts.expect(tag::INTEGER, "a serial number")?;
        let since = parts.next()?.time()?;
        let mut revoked = Revoked { since, reason: None, invalidity: None };
        if let Some(extensions) = parts.optional(tag::SEQUENCE)? {
            revoked.extend(&extensions.extensions()?)?;
        }
        parts.end()?;
        entries.push(Entry { serial: range_of(serial, signed)?, revoked });
    }
    let serial_of = |entry: &Entry| signed.whole.get(entry.serial.clone()).unwrap_or_default();
    entries.sort_by(|one, other| serial_of(one).cmp(serial_of(other)));
    Ok(entries)
}

fn range_of(serial: Element<'_>, signed: Element<'_>) -> Result<Range<usize>, Malformed> {
    let start = serial.value_at().checked_sub(signed.at).ok_or(DerFault::Truncated.at(serial.at))?;
    if serial.value.len() > MAX_SERIAL {
        return Err(serial.is_not("a serial number within its bounds"));
    }
    Ok(start..start + serial.value.len())
}
