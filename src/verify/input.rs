//! What is put to the question.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};

use crate::{document::Document, envelope::Envelope, qr::Code, status::CertificateStatus};

/// A certificate, and what else is known or claimed of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The signed certificate and its events; none where there is only a code.
    pub envelope: Option<&'a Envelope>,
    /// The PDF or OFD that it came as; the envelope is then the one inside.
    pub document: Option<&'a Document>,
    /// The code on its face.
    pub code: Option<CodeGiven<'a>>,
    /// What the hub that answers stores about it, read just now: its status is that of the time of verifying.
    pub record: Option<&'a Record>,
    /// What the caller claims to have read.
    pub presented: Option<&'a Presented>,
}

impl<'a> Input<'a> {
    /// An envelope alone.
    pub fn of(envelope: &'a Envelope) -> Self {
        Self { envelope: Some(envelope), ..Self::default() }
    }

    /// A document with the data inside it.
    pub fn of_document(document: &'a Document) -> Self {
        Self { envelope: document.envelope(), document: Some(document), ..Self::default() }
    }

    /// A code alone.
    pub fn of_code(code: &'a Code, signer: Option<&'a [Vec<u8>]>) -> Self {
        Self { code: Some(CodeGiven { code, signer }), ..Self::default() }
    }
}

/// A code as it was scanned, with what the caller knows of its signer.
#[derive(Debug, Clone, Copy)]
pub struct CodeGiven<'a> {
    /// The code.
    pub code: &'a Code,
    /// The certificate of the key that the code names, and what leads from it to a root (DER, signer first): codes have no room
    /// for it. None where it is not known.
    pub signer: Option<&'a [Vec<u8>]>,
}

/// The hub's own columns of one version of a certificate, to be held against what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// GB/T 36904 identifier.
    pub identifier: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照编号 as issued, not normalised.
    pub number: String,
    /// Credit code of the issuer.
    pub issuer_code: String,
    /// 颁发日期.
    pub issued_on: NaiveDate,
    /// First day of the term.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the term.
    pub valid_to: Option<NaiveDate>,
    /// Normalised status of the last event, or the type's first status; not derived.
    pub status: CertificateStatus,
    /// Identifier of the version that replaced it.
    pub superseded_by: Option<String>,
    /// SM3 of the statement's exact bytes, where the hub keeps it.
    pub statement_digest: Option<String>,
    /// When the hub put it on record: the statement is not younger, whatever became of its signer since. Only where the hub's
    /// clock and store are what the caller relies on anyway.
    pub recorded_at: Option<DateTime<Utc>>,
    /// Members whose stored value is no date, status or whatever else they should be: they agree with nothing.
    pub unreadable: Vec<&'static str>,
}

/// What somebody read off a certificate; members left out are not compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Presented {
    /// 证照编号, in any spelling of brackets and width.
    pub number: Option<String>,
    /// Name of one holder.
    pub holder_name: Option<String>,
    /// Code of the same holder.
    pub holder_code: Option<String>,
    /// Properties of the type file.
    pub data: Option<Map<String, Value>>,
}

impl Presented {
    /// Whether there is nothing in it to compare.
    pub fn is_empty(&self) -> bool {
        let Self { number, holder_name, holder_code, data } = self;
        let blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
        blank(number) && blank(holder_name) && blank(holder_code) && data.as_ref().is_none_or(Map::is_empty)
    }
}
