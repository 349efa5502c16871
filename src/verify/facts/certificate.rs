//! The signed certificate and its events.

use std::cell::OnceCell;

use super::{Chains, SignerFacts};
use crate::{
    Envelope,
    digest::sm3_hex,
    identifier::{Identifier, IdentifierError, Parsed},
    statement::{AsOfStatement, Outline, Statement, StatementError, StatusStatement},
};

pub(crate) struct CertificateFacts<'a> {
    pub(crate) envelope: &'a Envelope,
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

impl<'a> CertificateFacts<'a> {
    pub(super) fn gather(envelope: &'a Envelope, chains: &mut Chains<'a>) -> Self {
        let statement = Outline::of(&envelope.statement);
        let events = envelope.events.iter().map(|event| EventFacts {
            statement: StatusStatement::from_text(&event.statement),
            digest: sm3_hex(event.statement.as_bytes()),
            signer: chains.signer_of(event),
        });
        let events = events.collect();
        let as_of = envelope.as_of.as_ref();
        Self {
            envelope,
            whole: OnceCell::new(),
            statement_digest: OnceCell::new(),
            identifier: statement.as_ref().ok().map(|statement| Identifier::parse(&statement.identifier)),
            signer: envelope.signature.as_ref().map(|block| chains.signer(block, &envelope.statement)),
            statement,
            events,
            as_of: as_of
                .map(|signed| AsOfFacts { statement: AsOfStatement::from_text(&signed.statement), signer: chains.signer_of(signed) }),
        }
    }

    /// The statement with its data, for the few checks that look at them; None where it does not read.
    pub(crate) fn whole(&self) -> Option<&Statement> {
        self.whole.get_or_init(|| Statement::from_text(&self.envelope.statement).ok()).as_ref()
    }

    /// SM3 of the certificate's statement. Hashing takes a good part of what verifying takes, and not every check needs it.
    pub(crate) fn statement_digest(&self) -> &String {
        self.statement_digest.get_or_init(|| sm3_hex(self.envelope.statement.as_bytes()))
    }
}
