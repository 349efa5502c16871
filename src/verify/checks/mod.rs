//! The ordered list of checks. Every check is run and recorded, whatever became of the others.
//!
//! To add one: a file here with a function from the facts to a `Finding`, a line in `CHECKS`, its severity in
//! `policy.json`, and its codes in `messages.rs`.

mod attachments;
mod canonical_form;
mod code_agrees;
mod code_signature;
mod code_signer;
mod container;
mod copy;
mod document_coverage;
mod document_data;
mod document_form;
mod document_seal;
mod document_signature;
mod document_timestamp;
mod event_chain;
mod event_signatures;
mod identifier;
mod presented;
mod record;
mod revocation;
mod signature;
mod signer_chain;
mod signer_is_issuer;
mod statement_shape;
mod status_as_of;
mod status_known;
mod usable_now;

use crate::{
    facts::{CertificateFacts, CodeFacts, DocumentFacts, Facts},
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

    /// The first that failed, else the first that is not known.
    fn worst(findings: impl IntoIterator<Item = Self>) -> Self {
        let mut unknown = None;
        for finding in findings {
            match finding.outcome {
                Outcome::Failed => return finding,
                Outcome::Unknown => unknown = unknown.or(Some(finding)),
                Outcome::Ok | Outcome::NotApplicable => {}
            }
        }
        unknown.unwrap_or_else(Self::ok)
    }

    /// Beside the certificate itself a code need not prove anything: what is not known of it is no fault.
    fn unless_beside(self, facts: &Facts<'_>) -> Self {
        match self.outcome {
            Outcome::Unknown if facts.certificate.is_some() => Self { outcome: Outcome::NotApplicable, ..self },
            _ => self,
        }
    }

    /// For checks that need a statement which cannot be read.
    fn unread() -> Self {
        Self::unknown(Reason::new("STATEMENT_UNREAD", []))
    }
}

pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) part: Part,
    look: Look,
}

/// What a check looks at. Where that was not given, the check does not apply.
enum Look {
    /// The signed certificate alone.
    Certificate(fn(&CertificateFacts<'_>) -> Finding),
    /// The signed certificate, and what is known or claimed beside it.
    Beside(fn(&Facts<'_>, &CertificateFacts<'_>) -> Finding),
    /// The code on a face.
    Code(fn(&Facts<'_>, &CodeFacts<'_>) -> Finding),
    /// The PDF or OFD.
    Document(fn(&DocumentFacts<'_>) -> Finding),
    /// The PDF or OFD, and the data inside it.
    Carrying(fn(&Facts<'_>, &DocumentFacts<'_>) -> Finding),
    /// What is stated of the status, wherever it comes from.
    Status(fn(&Facts<'_>) -> Finding),
}

impl Look {
    fn run(&self, facts: &Facts<'_>) -> Finding {
        let found = match self {
            Self::Certificate(run) => facts.certificate.as_ref().map(run),
            Self::Beside(run) => facts.certificate.as_ref().map(|certificate| run(facts, certificate)),
            Self::Code(run) => facts.code.as_ref().map(|code| run(facts, code)),
            Self::Document(run) => facts.document.as_ref().map(run),
            Self::Carrying(run) => facts.document.as_ref().map(|document| run(facts, document)),
            Self::Status(run) => Some(run(facts)),
        };
        found.unwrap_or_else(|| Finding::not_applicable("NOT_GIVEN"))
    }
}

const fn rule(name: &'static str, part: Part, look: Look) -> Rule {
    Rule { name, part, look }
}

pub(crate) const COPY_LAPSED: &str = "copy-lapsed";
pub(crate) const STATUS_AS_OF: &str = "status-as-of";
pub(crate) const STATUS_KNOWN: &str = "status-known";
pub(crate) const USABLE_NOW: &str = "usable-now";

/// The checks of which one must hold, or nobody has signed anything.
pub(crate) const SIGNATURES: [&str; 3] = ["document-signature", "signature", "code-signature"];

/// Every check, in the order of a report.
pub(crate) static CHECKS: [Rule; 37] = [
    rule("document-form", Part::Form, Look::Document(document_form::strict)),
    rule("document-coverage", Part::Form, Look::Document(document_coverage::run)),
    rule("document-signature", Part::Seal, Look::Document(document_signature::run)),
    rule("document-signer-chain", Part::Seal, Look::Document(document_signature::chain)),
    rule("document-signer-revocation", Part::Seal, Look::Document(revocation::document)),
    rule("document-signer-is-issuer", Part::Seal, Look::Carrying(document_signature::is_issuer)),
    rule("document-seal", Part::Seal, Look::Document(document_seal::run)),
    rule("document-seal-maker-revocation", Part::Seal, Look::Document(revocation::seal_maker)),
    rule("document-timestamp", Part::Seal, Look::Document(document_timestamp::run)),
    rule("document-timestamp-revocation", Part::Seal, Look::Document(revocation::timestamp)),
    rule("document-data", Part::Content, Look::Carrying(document_data::run)),
    rule("document-plain", Part::Form, Look::Document(document_form::plain)),
    rule("container", Part::Form, Look::Certificate(container::run)),
    rule("canonical-form", Part::Form, Look::Certificate(canonical_form::run)),
    rule("statement-shape", Part::Form, Look::Certificate(statement_shape::run)),
    rule("identifier", Part::Content, Look::Certificate(identifier::parts)),
    rule("identifier-check-character", Part::Content, Look::Certificate(identifier::check_character)),
    rule("attachments", Part::Content, Look::Certificate(attachments::run)),
    rule("signature", Part::Seal, Look::Certificate(signature::run)),
    rule("signer-chain", Part::Seal, Look::Certificate(signer_chain::run)),
    rule("signer-revocation", Part::Seal, Look::Certificate(revocation::signer)),
    rule("signer-is-issuer", Part::Seal, Look::Certificate(signer_is_issuer::run)),
    rule("event-signatures", Part::Seal, Look::Certificate(event_signatures::run)),
    rule("event-revocation", Part::Seal, Look::Certificate(revocation::events)),
    rule("event-chain", Part::Content, Look::Certificate(event_chain::run)),
    rule("code-signature", Part::Seal, Look::Code(code_signature::run)),
    rule("code-signer-chain", Part::Seal, Look::Code(code_signer::chain)),
    rule("code-signer-revocation", Part::Seal, Look::Code(revocation::code)),
    rule("code-signer-is-issuer", Part::Seal, Look::Code(code_signer::is_issuer)),
    rule("code-agrees", Part::Content, Look::Code(code_agrees::run)),
    rule("record", Part::Content, Look::Beside(record::run)),
    rule("presented", Part::Content, Look::Beside(presented::run)),
    rule("copy", Part::Content, Look::Certificate(copy::run)),
    rule(COPY_LAPSED, Part::Status, Look::Beside(copy::lapsed)),
    rule(STATUS_AS_OF, Part::Status, Look::Beside(status_as_of::run)),
    rule(STATUS_KNOWN, Part::Status, Look::Status(status_known::run)),
    rule(USABLE_NOW, Part::Status, Look::Status(usable_now::run)),
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
                Severity::Fail | Severity::Warn | Severity::Inform => rule.look.run(facts),
            };
            Check { name: rule.name, outcome: finding.outcome, detail: finding.detail }
        })
        .collect()
}
