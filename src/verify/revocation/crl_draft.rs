//! A list of revoked certificates, written in two steps.

use chrono::{DateTime, Utc};

use super::{AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER, Revoked, entry::extension};
use crate::{
    asn1::{element, integer, object_identifier, sequence, tag, time},
    chain::X509,
    cms::{WriteFault, oid},
    sm2::Signature,
};

/// A list to be written.
#[derive(Debug, Clone)]
pub struct CrlDraft {
    /// Every list of an authority has a higher one.
    pub number: u64,
    /// When it is made.
    pub this_update: DateTime<Utc>,
    /// When the next one will have been made at the latest.
    pub next_update: DateTime<Utc>,
    /// Serial numbers ([`X509::serial`]) and what is said of them.
    pub entries: Vec<(Vec<u8>, Revoked)>,
}

/// A list ready to be signed.
#[derive(Debug, Clone)]
pub struct PreparedCrl {
    to_be_signed: Vec<u8>,
}

impl CrlDraft {
    /// The first step, in the name of `issuer`.
    ///
    /// # Errors
    /// A time that cannot be written.
    pub fn prepare(&self, issuer: &X509) -> Result<PreparedCrl, WriteFault> {
        let mut entries = Vec::new();
        for (serial, revoked) in &self.entries {
            let parts: [&[u8]; 3] = [&element(tag::INTEGER, &[serial]), &time(revoked.since)?, &revoked.extensions(true)?];
            entries.extend(sequence(&parts));
        }
        // An empty list is left out (RFC 5280, 5.1.2.6).
        let entries = if entries.is_empty() { entries } else { sequence(&[&entries]) };
        let authority = issuer.subject_key().map(|key| {
            let identifier = sequence(&[&element(tag::primitive(0), &[key])]);
            extension(&object_identifier(AUTHORITY_KEY_IDENTIFIER), &identifier)
        });
        let number = extension(&object_identifier(CRL_NUMBER), &integer(self.number));
        let extensions = sequence(&[&authority.unwrap_or_default(), &number]);
        let to_be_signed = sequence(&[
            &integer(1),
            &algorithm(),
            issuer.subject_der(),
            &time(self.this_update)?,
            &time(self.next_update)?,
            &entries,
            &element(tag::constructed(0), &[&extensions]),
        ]);
        Ok(PreparedCrl { to_be_signed })
    }
}

impl PreparedCrl {
    /// What the authority's key signs with SM2 over SM3.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The second step: the CertificateList with its signature (DER of r and s).
    ///
    /// # Errors
    /// When the signature is not what it should be.
    pub fn assemble(&self, signature: &[u8]) -> Result<Vec<u8>, WriteFault> {
        Signature::from_der(signature)?;
        Ok(sequence(&[&self.to_be_signed, &algorithm(), &element(tag::BIT_STRING, &[&[0], signature])]))
    }
}

pub(super) fn algorithm() -> Vec<u8> {
    sequence(&[&object_identifier(oid::SM2_WITH_SM3)])
}
