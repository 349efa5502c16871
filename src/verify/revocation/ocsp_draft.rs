//! An answer of an authority, written in two steps.

use chrono::{DateTime, Utc};

use super::{BASIC_RESPONSE, CertificateId, Revoked, crl_draft::algorithm};
use crate::{
    asn1::{element, generalized_time, object_identifier, sequence, tag},
    chain::X509,
    cms::WriteFault,
    sm2::Signature,
};

/// An answer to be written.
#[derive(Debug, Clone)]
pub struct OcspDraft {
    /// The certificate that was asked about.
    pub id: CertificateId,
    /// What is said of it.
    pub answer: Answer,
    /// As of when.
    pub this_update: DateTime<Utc>,
    /// When more will be known at the latest.
    pub next_update: Option<DateTime<Utc>>,
    /// When the answer is signed.
    pub produced_at: DateTime<Utc>,
}

/// What is said of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked(Revoked),
    /// The responder does not know it.
    Unknown,
}

/// An answer ready to be signed.
#[derive(Debug, Clone)]
pub struct PreparedOcsp {
    to_be_signed: Vec<u8>,
    responder: Vec<u8>,
}

impl OcspDraft {
    /// The first step, in the name of `responder`: the issuer, or one that it delegated.
    ///
    /// # Errors
    /// A time that cannot be written.
    pub fn prepare(&self, responder: &X509) -> Result<PreparedOcsp, WriteFault> {
        let (status, extensions) = match &self.answer {
            Answer::Good => (element(tag::primitive(0), &[]), Vec::new()),
            Answer::Unknown => (element(tag::primitive(2), &[]), Vec::new()),
            Answer::Revoked(revoked) => {
                let reason = revoked.reason.map(|reason| element(tag::constructed(0), &[&reason.to_der()]));
                let status = element(tag::constructed(1), &[&generalized_time(revoked.since)?, &reason.unwrap_or_default()]);
                (status, revoked.extensions(false)?)
            }
        };
        let next_update = match self.next_update {
            Some(at) => element(tag::constructed(0), &[&generalized_time(at)?]),
            None => Vec::new(),
        };
        let extensions = if extensions.is_empty() { extensions } else { element(tag::constructed(1), &[&extensions]) };
        let single = sequence(&[&self.id.to_der(), &status, &generalized_time(self.this_update)?, &next_update, &extensions]);
        let to_be_signed = sequence(&[
            &element(tag::constructed(1), &[responder.subject_der()]),
            &generalized_time(self.produced_at)?,
            &sequence(&[&single]),
        ]);
        Ok(PreparedOcsp { to_be_signed, responder: responder.der().to_vec() })
    }
}

impl PreparedOcsp {
    /// What the responder's key signs with SM2 over SM3.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The second step: the OCSPResponse with its signature (DER of r and s) and the responder's certificate.
    ///
    /// # Errors
    /// When the signature is not what it should be.
    pub fn assemble(&self, signature: &[u8]) -> Result<Vec<u8>, WriteFault> {
        const SUCCESSFUL: u8 = 0;
        Signature::from_der(signature)?;
        let certificates = element(tag::constructed(0), &[&sequence(&[&self.responder])]);
        let basic = sequence(&[&self.to_be_signed, &algorithm(), &element(tag::BIT_STRING, &[&[0], signature]), &certificates]);
        let bytes = sequence(&[&object_identifier(BASIC_RESPONSE), &element(tag::OCTET_STRING, &[&basic])]);
        Ok(sequence(&[&element(tag::ENUMERATED, &[&[SUCCESSFUL]]), &element(tag::constructed(0), &[&bytes])]))
    }
}
