//! Certificates as if they had been issued some time ago: the same drafts, numbers, statements and signatures, with keys, instants
//! and counters that the caller gives. Nothing is read or written; for data that are made, not for data that are received.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use model::actor::Caller;
use model::registry::{CertificateType, Operation};
use uuid::Uuid;
use verify::{Policy, Trust};

use super::numbering::{self, Counters};
use super::prepare::{self, Draft, Given};
use super::statement::Notary;
use super::status::{self, Said};
use super::version::{Context, Ids, compose};
use super::{IssueError, IssueInput, day};
use crate::sign::Signer;
use crate::store::commands::Standing;
use crate::store::rows::{AuthorityRow, Evidence};

/// One certificate to be made.
#[derive(Debug, Clone)]
pub struct PastIssue {
    pub ty: Arc<CertificateType>,
    pub authority: Arc<AuthorityRow>,
    pub signer: Arc<dyn Signer>,
    pub input: IssueInput,
    /// Of the version, its record and its first event.
    pub ids: [Uuid; 3],
    /// When this hub would have written it.
    pub at: DateTime<Utc>,
    /// What became of it since.
    pub since: Option<Since>,
}

/// A change of status.
#[derive(Debug, Clone)]
pub struct Since {
    pub operation: Operation,
    pub event: Uuid,
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// One whose data are sound; only its number is missing.
#[derive(Debug)]
pub struct PastDraft {
    draft: Draft,
    issue: PastIssue,
}

/// One with its number.
#[derive(Debug)]
pub struct PastNumbered {
    draft: PastDraft,
    counters: Counters,
}

impl PastIssue {
    /// Validates and completes the input.
    ///
    /// # Errors
    /// Every fault of the data.
    pub fn draft(self, now: DateTime<Utc>) -> Result<PastDraft, IssueError> {
        let given = Given {
            data: &self.input.data,
            number: self.input.number.as_deref(),
            issued_on: self.input.issued_on,
            valid_from: self.input.valid_from,
            valid_to: self.input.valid_to,
        };
        let draft = prepare::prepare(&self.ty, &self.authority, given, None, day(now)).map_err(IssueError::InvalidInput)?;
        Ok(PastDraft { draft, issue: self })
    }
}

/// Counters by scope, as the hub's own count.
#[derive(Debug)]
pub struct Counting {
    first: i64,
    next: BTreeMap<String, i64>,
}

impl Default for Counting {
    fn default() -> Self {
        Self::from(1)
    }
}

impl Counting {
    /// Every counter begins here.
    pub fn from(first: i64) -> Self {
        Self { first, next: BTreeMap::new() }
    }

    /// Draws what the number and the serial of this one need. The order of the calls decides the numbers.
    pub fn draw(&mut self, draft: PastDraft) -> PastNumbered {
        let (number, serial) = numbering::scopes(&draft.draft);
        let mut next = |scope: Option<String>| {
            let count = self.next.entry(scope?).or_insert(self.first);
            *count += 1;
            Some(*count - 1)
        };
        let counters = Counters { number: next(number), serial: next(serial) };
        PastNumbered { draft, counters }
    }

    /// Each scope with the number that comes next.
    pub fn into_next(self) -> Vec<(String, i64)> {
        self.next.into_iter().collect()
    }
}

/// Who issues, and what the result must verify under.
#[derive(Debug, Clone)]
pub struct PastIssuing {
    pub caller: Caller,
    pub trust: Arc<Trust>,
    pub now: DateTime<Utc>,
}

impl PastIssuing {
    /// Composes, signs and verifies, as every issue does.
    ///
    /// # Errors
    /// A number that cannot be made, a transition that the type does not have, a signature that does not verify.
    pub fn make(&self, numbered: PastNumbered) -> Result<Standing, IssueError> {
        let PastNumbered { draft: PastDraft { draft, issue }, counters } = numbered;
        let policy = Policy::default();
        let notary = Notary { signer: issue.signer.as_ref(), trust: &self.trust, policy: &policy, now: self.now };
        let context = Context {
            caller: &self.caller,
            ids: Ids { version: issue.ids[0], record: issue.ids[1], event: issue.ids[2] },
            counters,
            reservations: Vec::new(),
            idempotency: None,
            succeeds: None,
            today: day(self.now),
            now: issue.at.trunc_subsecs(6),
        };
        let mut version = compose(&draft, context, &notary)?.into_command();
        let Some(since) = issue.since else { return Ok(Standing { version, since: None }) };
        let evidence = Evidence {
            row: version.row.clone(),
            events: Vec::new(),
            signers: Vec::new(),
            superseded_by: None,
            attachments: Vec::new(),
            unreadable: Vec::new(),
        };
        let transition = status::allowed(&draft.ty, &version.row, since.operation)?;
        let code = status::target(transition, None)?;
        let said = Said { operation: since.operation, code, reason: since.reason, at: since.at.trunc_subsecs(6) };
        let (change, statement) = status::change(&evidence, transition, said, &self.caller)?;
        let mut event = notary.status(change, &statement, &version.row.issuer)?.into_command().event;
        event.id = since.event;
        let row = &mut version.row;
        (row.event_status, row.status_code, row.event_seq, row.updated_at) = (event.status, event.code.clone(), event.seq, event.at);
        Ok(Standing { version, since: Some(event) })
    }
}
