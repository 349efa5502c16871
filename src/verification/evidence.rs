//! Rows of the store → what `verify` takes.

use chrono::{DateTime, Utc};
use verify::digest::sm3_hex;
use verify::envelope::{SignatureBlock, SignedText};
use verify::identifier::Identifier;
use verify::statement::{AsOfStatement, Statement, VERSION};
use verify::{Envelope, Record};

use crate::sign::Signer;
use crate::store::rows::{CertificateRow, Evidence};

/// The version with its events, as it is exported but for the statement of its status.
pub(super) fn envelope(evidence: &Evidence) -> Envelope {
    let row = &evidence.row;
    Envelope {
        statement: row.statement.to_string(),
        signature: block(evidence, Some(&row.signature), Some(&row.signer)),
        events: events(evidence),
        attachments: evidence.attachments.iter().map(|apart| (apart.name.clone(), apart.bytes.clone())).collect(),
        as_of: None,
        copy: None,
    }
}

/// The issuer's statement that these are the events as of `at`, and that the certificate has been on record since `recorded_at`.
///
/// # Errors
/// A certificate that does not read, or a signer that fails.
pub(super) fn as_of(
    envelope: &Envelope,
    copy: Option<&SignedText>,
    recorded_at: DateTime<Utc>,
    signer: &dyn Signer,
    at: DateTime<Utc>,
) -> Result<SignedText, Box<dyn std::error::Error>> {
    let last = envelope.events.last().map_or(&envelope.statement, |event| &event.statement);
    let statement = AsOfStatement {
        v: VERSION,
        identifier: Statement::from_text(&envelope.statement)?.identifier,
        events: u32::try_from(envelope.events.len())?,
        last: sm3_hex(last.as_bytes()),
        as_of: at,
        recorded_at: Some(recorded_at.min(at)),
        copy: copy.map(|copy| sm3_hex(copy.statement.as_bytes())),
    }
    .to_text()?;
    let block = SignatureBlock { value: signer.sign(statement.as_bytes())?, certificates: signer.chain().to_vec() };
    Ok(SignedText { statement, signature: Some(block) })
}

/// Status events, oldest first. The store gives them with a statement; one without is kept as an empty text, which no check
/// takes, so that a deleted statement shows.
pub(super) fn events(evidence: &Evidence) -> Vec<SignedText> {
    let later = evidence.events.iter().filter(|event| event.seq > 0);
    later
        .map(|event| SignedText {
            statement: event.statement.as_deref().unwrap_or_default().to_owned(),
            signature: block(evidence, event.signature.as_deref(), event.signer.as_deref()),
        })
        .collect()
}

/// The hub's own columns, to be held against a file.
pub(super) fn record(evidence: &Evidence) -> Record {
    Record { statement_digest: Some(sm3_hex(evidence.row.statement.as_bytes())), ..record_without_digest(evidence) }
}

/// The same, to be held against the statement on record itself, whose digest would be its own.
pub(super) fn record_without_digest(evidence: &Evidence) -> Record {
    Record { superseded_by: evidence.superseded_by.clone(), unreadable: evidence.unreadable.clone(), ..record_of(&evidence.row) }
}

/// The columns of one version that nothing has replaced.
pub(crate) fn record_of(row: &CertificateRow) -> Record {
    let type_code = Identifier::parse(&row.identifier).map(|parsed| parsed.identifier.type_code().to_owned()).unwrap_or_default();
    Record {
        identifier: row.identifier.clone(),
        type_code,
        number: row.number.clone(),
        issuer_code: row.issuer.clone(),
        issued_on: row.issued_on,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        status: row.event_status,
        superseded_by: None,
        statement_digest: None,
        // At the latest: the row was there when its last event changed it.
        recorded_at: Some(row.updated_at),
        unreadable: Vec::new(),
    }
}

/// No signature at all is a certificate collected unsigned; a signature whose signer is not on record is a fault of the
/// record, and an empty chain says so.
fn block(evidence: &Evidence, value: Option<&[u8]>, signer: Option<&str>) -> Option<SignatureBlock> {
    let value = value.filter(|value| !value.is_empty())?;
    let row = evidence.signers.iter().find(|row| Some(&*row.id) == signer);
    Some(SignatureBlock { value: value.to_vec(), certificates: row.map(|row| row.chain.clone()).unwrap_or_default() })
}
