//! Signing, and the proof that what was signed verifies: the only way to a [`Verified`] command, and only those are committed.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use verify::chain::ChainOutcome;
use verify::digest::sm3_hex;
use verify::envelope::SignatureBlock;
use verify::policy::RevocationData;
use verify::statement::{Statement, StatusStatement};
use verify::{Envelope, Input, Policy, Trust};

use super::error::{Fault, IssueError};
use crate::sign::Signer;
use crate::store::commands::{NewVersion, StatusChange};
use crate::store::rows::{Attachment, CertificateRow, EventRow};
use crate::verification::record_of;

/// A command that `verify` has passed. Made here alone.
#[derive(Debug, Clone)]
pub(super) struct Verified<T>(T);

impl<T> Verified<T> {
    pub(super) fn into_command(self) -> T {
        self.0
    }
}

/// Signs and verifies in the name of one authority at one instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notary<'a> {
    pub(super) signer: &'a dyn Signer,
    pub(super) trust: &'a Trust,
    pub(super) policy: &'a Policy,
    pub(super) now: DateTime<Utc>,
}

impl Notary<'_> {
    /// Signs a new version, and the event that supersedes the version before it, and verifies both as a stranger would.
    ///
    /// # Errors
    /// A number in the data without an exact form, a signer that fails, or a signature of ours that does not verify.
    pub(super) fn version(
        &self,
        mut version: NewVersion,
        statement: &Statement,
        superseding: Option<&StatusStatement>,
    ) -> Result<Verified<NewVersion>, IssueError> {
        let text = statement.to_text().map_err(|fault| inexact(&fault))?;
        version.audit.wrote = Some(sm3_hex(text.as_bytes()));
        version.row.signature = self.sign(&text)?.into();
        version.row.statement = text.into();
        version.row.signer = self.signer.id().into();
        self.prove_version(&version.row, &version.attachments)?;
        match (&mut version.succeeds, superseding) {
            (Some(succession), Some(superseding)) => self.event(&mut succession.event, superseding, &version.row.issuer)?,
            (None, None) => {}
            _ => return Err(IssueError::Bug("a successor without the event of its predecessor".into())),
        }
        Ok(Verified(version))
    }

    /// Signs a status event and verifies it.
    ///
    /// # Errors
    /// As [`Self::version`].
    pub(super) fn status(
        &self,
        mut change: StatusChange,
        statement: &StatusStatement,
        issuer: &str,
    ) -> Result<Verified<StatusChange>, IssueError> {
        self.event(&mut change.event, statement, issuer)?;
        change.audit.wrote = change.event.statement.as_ref().map(|text| sm3_hex(text.as_bytes()));
        Ok(Verified(change))
    }

    fn event(&self, event: &mut EventRow, statement: &StatusStatement, issuer: &str) -> Result<(), IssueError> {
        let text = statement.to_text().map_err(|fault| IssueError::Bug(fault.to_string()))?;
        let signature = self.sign(&text)?;
        self.prove_event(&text, &signature, statement, issuer)?;
        event.statement = Some(text.into());
        event.signature = Some(signature.into());
        event.signer = Some(self.signer.id().into());
        Ok(())
    }

    fn sign(&self, text: &str) -> Result<Vec<u8>, IssueError> {
        self.signer.sign(text.as_bytes()).map_err(|fault| {
            let authority = self.signer.authority();
            IssueError::unavailable(format!("颁发机构 {authority} 的签名密钥无法签名"), fault.to_string())
        })
    }

    /// The whole of `verify` against the row as it will be stored. Its term may lie ahead or behind: genuine is what counts.
    fn prove_version(&self, row: &CertificateRow, attachments: &[Attachment]) -> Result<(), IssueError> {
        let block = SignatureBlock { value: row.signature.to_vec(), certificates: self.signer.chain().to_vec() };
        let envelope = Envelope {
            statement: row.statement.to_string(),
            signature: Some(block),
            events: Vec::new(),
            attachments: attachments.iter().map(|apart| (apart.name.clone(), apart.bytes.clone())).collect(),
            as_of: None,
            copy: None,
        };
        let record = record_of(row);
        // A signature of this instant: whoever signs need not wait for the next list of revoked certificates.
        let policy = Policy { revocation_data: RevocationData::WhereGiven, ..self.policy.clone() };
        let report = verify::verify(&Input { record: Some(&record), ..Input::of(&envelope) }, self.trust, &policy, self.now);
        if report.genuine == Some(true) {
            return Ok(());
        }
        let codes: Vec<&str> = report.reasons.iter().map(|reason| reason.code).collect();
        Err(self.unproved(report.genuine.is_none(), &codes.join(", ")))
    }

    /// Only this event is judged: an older certificate of the record may be beyond its signer's term, and must still be
    /// revocable.
    fn prove_event(&self, text: &str, signature: &[u8], statement: &StatusStatement, issuer: &str) -> Result<(), IssueError> {
        let chain = self.trust.chain(self.signer.chain());
        let (Some(own), Some(verified)) = (chain.signer(), chain.verify(text.as_bytes(), signature)) else {
            return Err(self.unproved(false, "the signer has no certificate that reads"));
        };
        verified.map_err(|fault| self.unproved(false, &fault.to_string()))?;
        if own.organisation_code().as_deref() != Some(issuer) {
            return Err(self.unproved(false, "SIGNER_NOT_ISSUER"));
        }
        match chain.outcome(self.now) {
            ChainOutcome::Trusted { .. } => {}
            outcome => return Err(self.unproved(true, &format!("{outcome:?}"))),
        }
        match StatusStatement::from_text(text) {
            Ok(read) if read == *statement => Ok(()),
            _ => Err(self.unproved(false, "the event reads otherwise than it was written")),
        }
    }

    /// A chain without a trusted root, or out of its term, is the operator's; all else is a bug of ours.
    fn unproved(&self, operator: bool, why: &str) -> IssueError {
        let authority = self.signer.authority();
        if operator {
            let zh = format!("颁发机构 {authority} 的签名者证书不在信任链内或不在有效期内：{why}");
            return IssueError::unavailable(
                zh,
                format!("the signer's certificate of {authority} leads to no trusted root or is out of its term: {why}"),
            );
        }
        IssueError::Bug(format!("what {authority} signed does not verify: {why}"))
    }
}

/// The digest that the next event names: of the last event's statement, of the certificate's own where there is none.
pub(super) fn digest_before(row: &CertificateRow, events: &[EventRow]) -> String {
    let last: Option<&Arc<str>> = events.iter().rev().find_map(|event| event.statement.as_ref());
    sm3_hex(last.unwrap_or(&row.statement).as_bytes())
}

fn inexact(fault: &dyn std::fmt::Display) -> IssueError {
    let zh = format!("数据无法写成规范形式：{fault}");
    IssueError::InvalidInput(vec![Fault::new("data", zh, format!("the data have no canonical form: {fault}"))])
}
