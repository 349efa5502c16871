//! Everything the checks look at, read and computed once.

use std::{cell::OnceCell, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    Input,
    chain::{Chain, ChainOutcome, X509},
    digest::sm3_hex,
    envelope::{SignatureBlock, SignedText},
    identifier::{Identifier, IdentifierError, Parsed},
    policy::Policy,
    signature::SignatureFault,
    statement::{AsOfStatement, Outline, Statement, StatementError, StatusStatement},
    status::{self, CertificateStatus},
    trust::Trust,
};

pub(crate) struct Facts<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) policy: &'a Policy,
    pub(crate) at: DateTime<Utc>,
    pub(crate) statement: Result<Outline, StatementError>,
    whole: OnceCell<Option<Statement>>,
    statement_digest: OnceCell<String>,
    /// Absent when the statement cannot be read.
    pub(crate) identifier: Option<Result<Parsed, IdentifierError>>,
    /// Absent when the certificate came without a signature.
    pub(crate) signer: Option<SignerFacts>,
    pub(crate) events: Vec<EventFacts>,
    /// Absent when the file has no statement of its status.
    pub(crate) as_of: Option<AsOfFacts>,
    /// What the last event, or the record when there is none, says.
    pub(crate) stated_status: Option<CertificateStatus>,
    /// What that means at the time asked.
    pub(crate) status: Option<CertificateStatus>,
    pub(crate) status_as_of: Option<DateTime<Utc>>,
}

pub(crate) struct SignerFacts {
    pub(crate) chain: ChainOutcome,
    /// Absent when the signer's certificate cannot be read.
    pub(crate) signature: Option<Result<(), SignatureFault>>,
    pub(crate) organisation_code: Option<String>,
}

pub(crate) struct EventFacts {
    pub(crate) statement: Result<StatusStatement, StatementError>,
    pub(crate) digest: String,
    pub(crate) signer: Option<SignerFacts>,
}

pub(crate) struct AsOfFacts {
    pub(crate) statement: Result<AsOfStatement, StatementError>,
    pub(crate) signer: Option<SignerFacts>,
}

impl<'a> Facts<'a> {
    pub(crate) fn gather(input: &'a Input<'a>, trust: &Trust, policy: &'a Policy, at: DateTime<Utc>) -> Self {
        let envelope = input.envelope;
        let mut chains = Chains { trust, at, followed: Vec::new() };
        let statement = Outline::of(&envelope.statement);
        let events: Vec<EventFacts> = envelope
            .events
            .iter()
            .map(|event| EventFacts {
                statement: StatusStatement::from_text(&event.statement),
                digest: sm3_hex(event.statement.as_bytes()),
                signer: chains.signer_of(event),
            })
            .collect();
        let as_of = envelope
            .as_of
            .as_ref()
            .map(|signed| AsOfFacts { statement: AsOfStatement::from_text(&signed.statement), signer: chains.signer_of(signed) });
        let stated_status = match events.last() {
            Some(last) => last.statement.as_ref().ok().map(|statement| statement.status),
            None => Some(input.record.map_or(CertificateStatus::Valid, |record| record.status)),
        };
        let status = statement
            .as_ref()
            .ok()
            .zip(stated_status)
            .map(|(statement, stated)| status::derive(stated, statement.valid_from, statement.valid_to, at));
        Self {
            input,
            policy,
            at,
            whole: OnceCell::new(),
            statement_digest: OnceCell::new(),
            identifier: statement.as_ref().ok().map(|statement| Identifier::parse(&statement.identifier)),
            signer: envelope.signature.as_ref().map(|block| chains.signer(block, &envelope.statement)),
            statement,
            events,
            stated_status,
            status,
            // Whoever hands in a record has just read it.
            status_as_of: match (input.record, &as_of) {
                (Some(_), _) => Some(at),
                (None, Some(facts)) => facts.statement.as_ref().ok().map(|stated| stated.as_of),
                (None, None) => None,
            },
            as_of,
        }
    }
}

impl Facts<'_> {
    /// The statement with its data, for the few checks that look at them; None where it does not read.
    pub(crate) fn whole(&self) -> Option<&Statement> {
        self.whole.get_or_init(|| Statement::from_text(&self.input.envelope.statement).ok()).as_ref()
    }

    /// SM3 of the certificate's statement. Hashing takes a good part of what verifying takes, and not every check needs it.
    pub(crate) fn statement_digest(&self) -> &String {
        self.statement_digest.get_or_init(|| sm3_hex(self.input.envelope.statement.as_bytes()))
    }
}

/// Chains already followed: a certificate and its events usually share one.
struct Chains<'a> {
    trust: &'a Trust,
    at: DateTime<Utc>,
    followed: Vec<(&'a [Vec<u8>], Arc<Chain>)>,
}

impl<'a> Chains<'a> {
    fn signer_of(&mut self, signed: &'a SignedText) -> Option<SignerFacts> {
        let block = signed.signature.as_ref()?;
        Some(self.signer(block, &signed.statement))
    }

    fn signer(&mut self, block: &'a SignatureBlock, text: &str) -> SignerFacts {
        let chain = self.follow(&block.certificates);
        SignerFacts {
            signature: chain.verify(text.as_bytes(), &block.value),
            organisation_code: chain.signer().and_then(X509::organisation_code),
            chain: chain.outcome(self.at),
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
