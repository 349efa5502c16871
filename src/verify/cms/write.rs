//! Writing in two steps, since the key never comes here: what is to be signed, then the envelope around the signature.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

use super::{Family, oid};
use crate::{
    asn1::{Element, Malformed, TimeOutOfRange, element, integer, object_identifier, scan, sequence, set_of, tag, time},
    chain::{X509, identity::Identity},
    digest::sm3,
    signature::SignatureFault,
    sm2::Signature,
};

/// Why an envelope cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteFault {
    /// A signature without attributes is over the content itself, not over its digest.
    #[error("a signature without attributes needs the content, and only its digest was given")]
    ContentNeeded,
    /// The signing time cannot be written.
    #[error("the signing time cannot be written: {0}")]
    Time(#[from] TimeOutOfRange),
    /// What was signed elsewhere is not the DER of r and s.
    #[error("the signature cannot be used: {0}")]
    Signature(#[from] SignatureFault),
    /// A certificate or token that is not DER.
    #[error("what is to be put into the envelope is malformed: {0}")]
    Malformed(#[from] Malformed),
}

/// An envelope to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    family: Family,
    content_type: ObjectIdentifier,
    content: DraftContent,
    signing_time: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone)]
enum DraftContent {
    Attached(Vec<u8>),
    Detached([u8; 32]),
}

impl Draft {
    /// An envelope that carries its content.
    pub fn attached(family: Family, content: Vec<u8>) -> Self {
        Self { family, content_type: family.data(), content: DraftContent::Attached(content), signing_time: None }
    }

    /// An envelope beside its content, of which only the SM3 is needed.
    pub fn detached(family: Family, digest: [u8; 32]) -> Self {
        Self { family, content_type: family.data(), content: DraftContent::Detached(digest), signing_time: None }
    }

    /// A timestamp token around a TSTInfo.
    pub(crate) fn token(info: Vec<u8>) -> Self {
        let content = DraftContent::Attached(info);
        Self { family: Family::Rfc5652, content_type: oid::TST_INFO, content, signing_time: None }
    }

    /// Signs the time too; sub-second parts are left out.
    #[must_use]
    pub fn signed_at(mut self, at: DateTime<Utc>) -> Self {
        self.signing_time = Some(at);
        self
    }

    /// The first step: signed attributes with contentType, messageDigest, the signing time if wanted, and the SM3 of the
    /// signer's certificate (signing-certificate-v2).
    ///
    /// # Errors
    /// A time that cannot be written.
    pub fn prepare(self, signer: &X509) -> Result<Prepared, WriteFault> {
        let digest = match &self.content {
            DraftContent::Attached(content) => sm3(content),
            DraftContent::Detached(digest) => *digest,
        };
        let mut attributes = vec![
            attribute(oid::CONTENT_TYPE, &object_identifier(self.content_type)),
            attribute(oid::MESSAGE_DIGEST, &element(tag::OCTET_STRING, &[&digest])),
            attribute(oid::SIGNING_CERTIFICATE_V2, &signing_certificate(signer)),
        ];
        if let Some(at) = self.signing_time {
            attributes.push(attribute(oid::SIGNING_TIME, &time(at)?));
        }
        let to_be_signed = set_of(tag::SET, attributes.clone());
        let attributes = Some(set_of(tag::constructed(0), attributes));
        Ok(Prepared { draft: self, attributes, to_be_signed, signer: signer.der().to_vec() })
    }

    /// The first step for a signature over the content itself, as many Chinese products make them. Nothing then binds the
    /// certificate.
    ///
    /// # Errors
    /// When only the digest of the content is there.
    pub fn prepare_bare(self, signer: &X509) -> Result<Prepared, WriteFault> {
        match &self.content {
            DraftContent::Attached(content) => {
                Ok(Prepared { to_be_signed: content.clone(), attributes: None, signer: signer.der().to_vec(), draft: self })
            }
            DraftContent::Detached(_) => Err(WriteFault::ContentNeeded),
        }
    }
}

/// Ready to be signed.
#[derive(Debug, Clone)]
pub struct Prepared {
    draft: Draft,
    attributes: Option<Vec<u8>>,
    to_be_signed: Vec<u8>,
    signer: Vec<u8>,
}

impl Prepared {
    /// What the signer's key signs with SM2 over SM3 (with Z).
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The second step: the envelope around the `signature` (DER of r and s). `issuers` are certificates to come along beside the
    /// signer's; `timestamp_token` is over the signature and is added unsigned.
    ///
    /// # Errors
    /// When the signature, a certificate or the token is not what it should be.
    pub fn assemble(&self, signature: &[u8], issuers: &[Vec<u8>], timestamp_token: Option<&[u8]>) -> Result<Vec<u8>, WriteFault> {
        Signature::from_der(signature)?;
        let (issuer, serial) = issuer_and_serial(&self.signer)?;
        let mut certificates = vec![self.signer.clone()];
        for certificate in issuers {
            issuer_and_serial(certificate)?;
            if !certificates.contains(certificate) {
                certificates.push(certificate.clone());
            }
        }
        let unsigned = match timestamp_token {
            Some(token) => {
                scan(token)?;
                set_of(tag::constructed(1), vec![attribute(oid::TIMESTAMP_TOKEN, token)])
            }
            None => Vec::new(),
        };
        let digest = sequence(&[&object_identifier(oid::SM3)]);
        let signer = sequence(&[
            &integer(1),
            &sequence(&[&issuer, &serial]),
            &digest,
            self.attributes.as_deref().unwrap_or_default(),
            &sequence(&[&object_identifier(oid::SM2_WITH_SM3)]),
            &element(tag::OCTET_STRING, &[signature]),
            &unsigned,
        ]);
        let content = match &self.draft.content {
            DraftContent::Attached(content) => element(tag::constructed(0), &[&element(tag::OCTET_STRING, &[content])]),
            DraftContent::Detached(_) => Vec::new(),
        };
        // RFC 5652, 5.1: 3 for another content than data.
        let version = if self.draft.content_type == self.draft.family.data() { 1 } else { 3 };
        let signed_data = sequence(&[
            &integer(version),
            &element(tag::SET, &[&digest]),
            &sequence(&[&object_identifier(self.draft.content_type), &content]),
            &set_of(tag::constructed(0), certificates),
            &element(tag::SET, &[&signer]),
        ]);
        Ok(sequence(&[&object_identifier(self.draft.family.signed_data()), &element(tag::constructed(0), &[&signed_data])]))
    }
}

fn attribute(oid: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    sequence(&[&object_identifier(oid), &element(tag::SET, &[value])])
}

/// SigningCertificateV2 with one identifier: SM3 of the certificate.
fn signing_certificate(signer: &X509) -> Vec<u8> {
    let algorithm = sequence(&[&object_identifier(oid::SM3)]);
    let identifier = sequence(&[&algorithm, &element(tag::OCTET_STRING, &[&sm3(signer.der())])]);
    sequence(&[&sequence(&[&identifier])])
}

fn issuer_and_serial(certificate: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Malformed> {
    scan(certificate)?;
    let identity = Identity::read(Element::only(certificate, 0)?)?;
    Ok((identity.issuer.to_vec(), element(tag::INTEGER, &[identity.serial])))
}
