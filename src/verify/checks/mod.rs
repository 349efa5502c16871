//! The ordered list of checks. Every check is run and recorded, whatever became of the others.
//!
//! To add one: a file here with a function from the facts to a `Finding`, a line in `CHECKS`, its severity in
//! `policy.json`, and its codes in `messages.rs`.

mod attachments;
mod canonical_form;
mod container;
mod event_chain;
mod event_signatures;
mod identifier;
mod presented;
mod record;
mod signature;
mod signer_chain;
mod signer_is_issuer;
mod statement_shape;
mod status_as_of;
mod status_known;
mod usable_now;

use crate::{
    facts::Facts,
    policy::Severity,
    report::{Check, Outcome, Reason},
};

/// What a check speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The shape of the file.
    Form,
    /// Signatures and who made them.
    Seal,
    /// What is stated, and whether it agrees with what else is known.
    Content,
    /// Whether the certificate may be used.
    Status,
}

/// How a check came out, and why.
pub(crate) struct Finding {
    pub(crate) outcome: Outcome,
    pub(crate) detail: Option<Reason>,
}

impl Finding {
    fn ok() -> Self {
        Self { outcome: Outcome::Ok, detail: None }
    }

    fn failed(reason: Reason) -> Self {
        Self { outcome: Outcome::Failed, detail: Some(reason) }
    }

    fn unknown(reason: Reason) -> Self {
        Self { outcome: Outcome::Unknown, detail: Some(reason) }
    }

    fn not_applicable(code: &'static str) -> Self {
        Self { outcome: Outcome::NotApplicable, detail: Some(Reason::new(code, [])) }
    }

    /// For checks that need a statement which cannot be read.
    fn unread() -> Self {
        Self::unknown(Reason::new("STATEMENT_UNREAD", []))
    }
}

pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) part: Part,
    run: fn(&Facts<'_>) -> Finding,
}

const fn rule(name: &'static str, part: Part, run: fn(&Facts<'_>) -> Finding) -> Rule {
    Rule { name, part, run }
}

pub(crate) const STATUS_AS_OF: &str = "status-as-of";
pub(crate) const STATUS_KNOWN: &str = "status-known";
pub(crate) const USABLE_NOW: &str = "usable-now";

/// Every check, in the order of a report.
pub(crate) static CHECKS: [Rule; 16] = [
    rule("container", Part::Form, container::run),
    rule("canonical-form", Part::Form, canonical_form::run),
    rule("statement-shape", Part::Form, statement_shape::run),
    rule("identifier", Part::Content, identifier::parts),
    rule("identifier-check-character", Part::Content, identifier::check_character),
    rule("attachments", Part::Content, attachments::run),
    rule("signature", Part::Seal, signature::run),
    rule("signer-chain", Part::Seal, signer_chain::run),
    rule("signer-is-issuer", Part::Seal, signer_is_issuer::run),
    rule("event-signatures", Part::Seal, event_signatures::run),
    rule("event-chain", Part::Content, event_chain::run),
    rule("record", Part::Content, record::run),
    rule("presented", Part::Content, presented::run),
    rule(STATUS_AS_OF, Part::Status, status_as_of::run),
    rule(STATUS_KNOWN, Part::Status, status_known::run),
    rule(USABLE_NOW, Part::Status, usable_now::run),
];

/// The names of every check, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|rule| rule.name)
}

/// Runs every check that the policy does not ignore.
pub(crate) fn run_all(facts: &Facts<'_>) -> Vec<Check> {
    CHECKS
        .iter()
        .map(|rule| {
            let finding = match facts.policy.severity(rule.name) {
                Severity::Ignore => Finding::not_applicable("IGNORED_BY_POLICY"),
                Severity::Fail | Severity::Warn | Severity::Inform => (rule.run)(facts),
            };
            Check { name: rule.name, outcome: finding.outcome, detail: finding.detail }
        })
        .collect()
}
