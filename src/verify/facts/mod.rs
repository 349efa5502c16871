//! Everything the checks look at, read and computed once.

mod certificate;
mod code;
mod document;
mod standing;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use self::standing::Evidence;
pub(crate) use self::{
    certificate::{AsOfFacts, CertificateFacts, CopyFacts},
    code::CodeFacts,
    document::{DocumentFacts, Proven, SealFacts, SignatureFacts},
    standing::{Standing, Times},
};
use crate::{
    Input,
    chain::{Chain, ChainOutcome, Purpose, X509},
    document::Document,
    envelope::{SignatureBlock, SignedText},
    policy::Policy,
    revocation::Revocations,
    signature::SignatureFault,
    status::{self, CertificateStatus},
    trust::Trust,
};

pub(crate) struct Facts<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) policy: &'a Policy,
    pub(crate) at: DateTime<Utc>,
    /// Absent when only a code was given.
    pub(crate) certificate: Option<CertificateFacts<'a>>,
    /// Absent when no code was given.
    pub(crate) code: Option<CodeFacts<'a>>,
    /// Absent when no document was given.
    pub(crate) document: Option<DocumentFacts<'a>>,
    /// First and last day; absent when neither certificate nor code can be read.
    pub(crate) term: Option<(Option<NaiveDate>, Option<NaiveDate>)>,
    /// What the last event, or the record when there is none, or the code, says.
    pub(crate) stated_status: Option<CertificateStatus>,
    /// What that means at the time asked.
    pub(crate) status: Option<CertificateStatus>,
    pub(crate) status_as_of: Option<DateTime<Utc>>,
}

pub(crate) struct SignerFacts {
    pub(crate) chain: ChainOutcome,
    /// What revocation data say of the signer and of the authorities above it.
    pub(crate) standing: Standing,
    /// Absent when the signer's certificate cannot be read.
    pub(crate) signature: Option<Result<(), SignatureFault>>,
    pub(crate) organisation_code: Option<String>,
}

impl SignerFacts {
    /// Nothing is left to doubt: its signature holds, and it is of `issuer`, below a trusted root, and not revoked.
    fn is_well(&self, issuer: &str) -> bool {
        let trusted = matches!(self.chain, ChainOutcome::Trusted { .. });
        trusted && self.signature == Some(Ok(())) && self.standing.is_well() && self.organisation_code.as_deref() == Some(issuer)
    }
}

impl<'a> Facts<'a> {
    pub(crate) fn gather(input: &'a Input<'a>, trust: &'a Trust, policy: &'a Policy, at: DateTime<Utc>) -> Self {
        let revocations = input.document.map_or_else(|| trust.revocations().clone(), |document| with_own(trust.revocations(), document));
        let evidence = Evidence { revocations, asked: policy.revocation_data, at };
        let mut chains = Chains { trust, evidence, followed: Vec::new() };
        let document = input.document.map(|document| DocumentFacts::gather(document, &chains));
        let proven = document.as_ref().and_then(DocumentFacts::proven);
        let certificate = input.envelope.map(|envelope| CertificateFacts::gather(envelope, input.record, proven, &mut chains));
        let code = input.code.map(|given| CodeFacts::gather(given, &mut chains));
        let claims = code.as_ref().and_then(|code| code.claims);
        let term = match &certificate {
            Some(certificate) => certificate.statement.as_ref().ok().map(|statement| (statement.valid_from, statement.valid_to)),
            None => claims.map(|claims| (claims.valid_from, claims.valid_to)),
        };
        let stated_status = match &certificate {
            Some(certificate) => match certificate.events.last() {
                Some(last) => last.statement.as_ref().ok().map(|statement| statement.status),
                None => Some(input.record.map_or(CertificateStatus::Valid, |record| record.status)),
            },
            // What was not in force got no code.
            None => claims.map(|_| CertificateStatus::Valid),
        };
        let status_as_of = match (input.record, &certificate) {
            // Whoever hands in a record has just read it.
            (Some(_), _) => Some(at),
            (None, Some(certificate)) => {
                certificate.as_of.as_ref().and_then(|facts| facts.statement.as_ref().ok()).map(|stated| stated.as_of)
            }
            (None, None) => claims.map(|claims| claims.signed_at),
        };
        let status = term.zip(stated_status).map(|((from, to), stated)| status::derive(stated, from, to, at));
        Self { input, policy, at, certificate, code, document, term, stated_status, status, status_as_of }
    }
}

/// What a hub was given, and what came with the document: its authorities signed it, so it does not matter who brings it.
fn with_own(given: &Revocations, document: &Document) -> Revocations {
    let mut all = given.clone();
    document.revocation.crls.iter().for_each(|der| all.add_crl(der));
    document.revocation.ocsp_responses.iter().for_each(|der| all.add_ocsp(der));
    all
}

/// Chains already followed: a certificate and its events usually share one.
struct Chains<'a> {
    trust: &'a Trust,
    evidence: Evidence,
    followed: Vec<(&'a [Vec<u8>], Arc<Chain>)>,
}

impl<'a> Chains<'a> {
    fn signer_of(&mut self, signed: &'a SignedText, times: Times) -> Option<SignerFacts> {
        let block = signed.signature.as_ref()?;
        Some(self.signer(block, &signed.statement, times))
    }

    fn signer(&mut self, block: &'a SignatureBlock, text: &str, times: Times) -> SignerFacts {
        self.signer_of_bytes(&block.certificates, text.as_bytes(), &block.value, times)
    }

    fn signer_of_bytes(&mut self, certificates: &'a [Vec<u8>], message: &[u8], signature: &[u8], times: Times) -> SignerFacts {
        let chain = self.follow(certificates);
        SignerFacts {
            signature: chain.verify(message, signature),
            organisation_code: chain.signer().and_then(X509::organisation_code),
            chain: self.evidence.outcome(&chain, times.proven),
            standing: self.evidence.standing(&chain, times, Purpose::Documents),
        }
    }

    fn follow(&mut self, ders: &'a [Vec<u8>]) -> Arc<Chain> {
        if let Some((_, known)) = self.followed.iter().find(|(known, _)| *known == ders) {
            return known.clone();
        }
        let followed = self.trust.chain(ders);
        self.followed.push((ders, followed.clone()));
        followed
    }
}
