//! The signed certificate and its events.

use std::cell::OnceCell;

use chrono::{DateTime, Utc};

use super::{Chains, SignerFacts, Times, standing::earlier};
use crate::{
    Envelope, Record,
    digest::sm3_hex,
    envelope::SignedText,
    identifier::{Identifier, IdentifierError, Parsed},
    statement::{AsOfStatement, CopyStatement, Outline, Statement, StatementError, StatusStatement},
    status::day_begins,
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
    /// Absent when the file is no copy for one use.
    pub(crate) copy: Option<CopyFacts>,
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

pub(crate) struct CopyFacts {
    pub(crate) statement: Result<CopyStatement, StatementError>,
    pub(crate) signer: Option<SignerFacts>,
}

impl<'a> CertificateFacts<'a> {
    /// `beside` is when all of it was there for certain, as the document around it proves.
    ///
    /// What was signed later proves what it names by its digest to be older, as long as its own signer is beyond doubt: so from the
    /// end of the file to its beginning.
    pub(super) fn gather(envelope: &'a Envelope, record: Option<&Record>, beside: Option<DateTime<Utc>>, chains: &mut Chains<'a>) -> Self {
        let statement = Outline::of(&envelope.statement);
        let issuer = statement.as_ref().map_or("", |statement| statement.issuer.code.as_str());
        let statement_digest = OnceCell::new();
        let digest_of_statement = || -> &String { statement_digest.get_or_init(|| sm3_hex(envelope.statement.as_bytes())) };
        let digests: Vec<String> = envelope.events.iter().map(|event| sm3_hex(event.statement.as_bytes())).collect();
        let (mut proven, mut recorded) = (beside, None);
        let as_of = envelope.as_of.as_ref().map(|signed| {
            let stated = AsOfStatement::from_text(&signed.statement);
            let claimed = stated.as_ref().ok().map(|stated| stated.as_of);
            let signer = chains.signer_of(signed, Times { claimed, proven });
            if let (Ok(stated), true) = (&stated, is_well(signer.as_ref(), issuer))
                && stated.last == *digests.last().unwrap_or_else(digest_of_statement)
            {
                proven = earlier(proven, Some(stated.as_of));
                recorded = stated.recorded_at;
            }
            AsOfFacts { statement: stated, signer }
        });
        let mut events = Vec::with_capacity(envelope.events.len());
        for (place, event) in envelope.events.iter().enumerate().rev() {
            let stated = StatusStatement::from_text(&event.statement);
            let claimed = stated.as_ref().ok().map(|stated| stated.at);
            let signer = chains.signer_of(event, Times { claimed, proven });
            let before = || place.checked_sub(1).and_then(|place| digests.get(place)).unwrap_or_else(digest_of_statement);
            match &stated {
                Ok(stated) if stated.previous != *before() => (proven, recorded) = (beside, None),
                Ok(stated) if is_well(signer.as_ref(), issuer) => proven = earlier(proven, Some(stated.at)),
                // Whoever signed it: the digests lead on.
                Ok(_) => {}
                Err(_) => (proven, recorded) = (beside, None),
            }
            events.push(EventFacts { statement: stated, digest: digests.get(place).cloned().unwrap_or_default(), signer });
        }
        events.reverse();
        if let Some(record) = record
            && record.statement_digest.as_ref().is_none_or(|digest| digest == digest_of_statement())
        {
            recorded = earlier(recorded, record.recorded_at);
        }
        let times = Times {
            claimed: statement.as_ref().ok().and_then(|statement| day_begins(statement.issued_on)),
            proven: earlier(proven, recorded),
        };
        Self {
            envelope,
            whole: OnceCell::new(),
            identifier: statement.as_ref().ok().map(|statement| Identifier::parse(&statement.identifier)),
            signer: envelope.signature.as_ref().map(|block| chains.signer(block, &envelope.statement, times)),
            copy: envelope.copy.as_ref().map(|signed| copy(signed, beside, chains)),
            statement,
            statement_digest,
            events,
            as_of,
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

fn is_well(signer: Option<&SignerFacts>, issuer: &str) -> bool {
    signer.is_some_and(|signer| signer.is_well(issuer))
}

fn copy<'a>(signed: &'a SignedText, proven: Option<DateTime<Utc>>, chains: &mut Chains<'a>) -> CopyFacts {
    let statement = CopyStatement::from_text(&signed.statement);
    let claimed = statement.as_ref().ok().and_then(|stated| day_begins(stated.made_on));
    let signer = chains.signer_of(signed, Times { claimed, proven });
    CopyFacts { statement, signer }
}
