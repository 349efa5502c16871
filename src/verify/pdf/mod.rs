//! A PDF read strictly, as data for checks: what its signatures cover, what was added after them, and everything that two readers
//! could see differently.
//!
//! The bytes are judged, not an object model: every byte belongs to the header, to one listed object or to one cross-reference
//! section, or it is a fault. Nothing is repaired. Files as typst (krilla), lopdf, qpdf, pdfTeX and FOP write them hold; a linearised
//! file does not, since its newest section stands first, and is told so.
//!
//! ```text
//! bytes ─▶ xref (sections, oldest first) ─▶ body (each listed object at its place, nothing between)
//!                                             └▶ object_stream (each member listed, each listed one there)
//! body ─▶ signature ─ coverage (bytes) ─ later (what came after) ; hint (marks elsewhere)
//!      ─▶ embedded, suspicion, graph (pages)
//! ```
//!
//! | attack class | where it shows |
//! | --- | --- |
//! | USF: `/ByteRange`, `/Contents` missing or wrong | [`Coverage::Broken`], [`Pdf::hints`] |
//! | ISA: something appended | [`Coverage::Revision`] and [`PdfSignature::after`] |
//! | SWA: the second range moved | [`CoverageFault::GapElsewhere`], [`CoverageFault::EndsElsewhere`] |
//! | shadow: hide, replace, both | [`Pdf::suspicious`], [`PdfSignature::after`] |
//! | EAA, SSA: annotations, signatures after a certification | [`PdfSignature::after`] |
//! | parser differentials | [`Pdf::structure`] |
//! | bombs | [`PdfFault::Limit`] |
//!
//! Every generated case stands in `attacks.md` beside this file, with what stopped it.

mod body;
mod coverage;
mod embedded;
mod fault;
mod filter;
mod form;
mod graph;
mod hint;
mod later;
mod limits;
mod object;
mod object_stream;
mod signature;
mod suspicion;
mod syntax;
mod text;
mod validation;
mod xref;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use coverage::{Coverage, CoverageFault};
pub use embedded::{EmbeddedFault, EmbeddedFile};
pub use fault::{Defect, Place, StructureFault};
pub use filter::FilterFault;
pub use hint::{Hint, Mark};
pub use later::{After, Change, Changed};
pub use limits::{Limit, Limits, PdfFault};
pub use signature::{ClaimedTime, DocMdp, PdfSignature, SignatureKind};
pub use suspicion::{Appearance, Suspicion, Suspicious};
pub use xref::XrefForm;

use crate::cms::EmbeddedRevocation;
use body::Body;
use limits::{Spending, over};
use object::Node;

/// What a file is and holds. It says nothing about keys: that is for the contents of its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// `1.7`, from the header; `None` when that is wrong.
    pub version: Option<String>,
    /// Departures from the strict form; empty: every reader sees the same objects.
    pub structure: Vec<StructureFault>,
    /// Faults that were met and are not in the list.
    pub structure_left_out: usize,
    /// Oldest first.
    pub revisions: Vec<Revision>,
    /// Every signature, whole, broken, replaced or promised, in the order of the file.
    pub signatures: Vec<PdfSignature>,
    /// Marks of signatures elsewhere: in streams, strings, comments and unlisted bytes.
    pub hints: Vec<Hint>,
    /// What the catalog says, when there is one.
    pub catalog: Option<Catalog>,
    /// Lists and answers of `/DSS` (ISO 32000-2, 12.8.4.3) that decode, not read. Nobody need have signed them.
    pub validation_data: EmbeddedRevocation,
    /// What lies under `/DSS` and is none of that; added after a signature, it is nobody's evidence.
    pub strange_validation_data: Option<String>,
    /// Embedded files with their bytes.
    pub embedded_files: Vec<EmbeddedFile>,
    /// What is allowed and may deceive.
    pub suspicious: Vec<Suspicion>,
    /// Such findings that are not in the list.
    pub suspicious_left_out: usize,
}

/// One revision: what was written at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// From the end of the revision before to its `%%EOF`.
    pub span: Range<usize>,
    /// Where its cross-reference section begins.
    pub xref: usize,
    /// How the section is written.
    pub form: XrefForm,
    /// Objects that it adds, replaces or frees.
    pub changes: usize,
}

/// What the catalog of the newest revision says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// The number of its object.
    pub object: u32,
    /// `/Version`, which outweighs the header's.
    pub version: Option<String>,
    /// `/Lang`.
    pub language: Option<String>,
    /// Pages that the page tree holds.
    pub pages: usize,
    /// Whether there is XMP metadata.
    pub metadata: bool,
    /// Whether there is a form.
    pub form: bool,
    /// `/SigFlags` of the form.
    pub signature_flags: Option<i64>,
    /// Whether there is `/DSS`, validation data.
    pub validation_data: bool,
}

impl Pdf {
    /// Whether nothing at all tells of a signature. Only then is a file unsigned; else it is signed, well or badly.
    pub fn is_unsigned(&self) -> bool {
        self.signatures.is_empty() && self.hints.is_empty() && self.structure.is_empty()
    }
}

/// Whether a reader would take the bytes for a PDF: lenient ones look for the header in the first 1,024 bytes.
pub fn looks_like(bytes: &[u8]) -> bool {
    header(bytes).is_some()
}

/// Reads a file within `limits`.
///
/// # Errors
/// When it is no PDF, or passes one of the limits. All else is data.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Pdf, PdfFault> {
    over(bytes.len(), Limit::FileBytes, limits.file_bytes.min(u32::MAX as usize))?;
    let junk = header(bytes).ok_or(PdfFault::NotPdf)?;
    let mut spending = Spending::new(limits);
    if junk > 0 {
        spending.fault(0, Defect::JunkBeforeHeader(junk));
    }
    let version = version(bytes);
    if version.is_none() {
        spending.fault(junk, Defect::Version);
    }
    let sections = xref::chain(bytes, &mut spending)?;
    let mut body = Body::read(bytes, sections, &mut spending)?;
    let decoded = object_stream::decode(&body, &mut spending)?;
    object_stream::unpack(&mut body, &decoded, &mut spending)?;
    roots(&body, &mut spending);
    let pages = graph::pages(&body, &mut spending)?;
    let hints = hint::hints(&body, &mut spending);
    let embedded_files = embedded::embedded(&body, &mut spending)?;
    let validation_data = validation::validation_data(&body, &mut spending)?;
    let (suspicious, suspicious_left_out) = suspicion::suspicions(&body, &mut spending)?;
    let signatures = signature::signatures(&body, &spending)?;
    let (structure, structure_left_out) = (spending.faults, spending.faults_left_out);
    Ok(Pdf {
        version,
        structure,
        structure_left_out,
        revisions: revisions(&body),
        signatures,
        hints,
        catalog: catalog(&body, pages),
        validation_data: validation_data.revocation,
        strange_validation_data: validation_data.strange,
        embedded_files,
        suspicious,
        suspicious_left_out,
    })
}

fn header(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes.get(..1024).unwrap_or(bytes), b"%PDF-")
}

/// `1.0` to `1.7` or `2.0`, with the end of line after it.
fn version(bytes: &[u8]) -> Option<String> {
    let rest = bytes.strip_prefix(b"%PDF-")?;
    match rest {
        [b'1', b'.', b'0'..=b'7', b'\r' | b'\n', ..] | [b'2', b'.', b'0', b'\r' | b'\n', ..] => {
            Some(String::from_utf8_lossy(&rest[..3]).into_owned())
        }
        _ => None,
    }
}

/// Every trailer names the same catalog, and it is one.
fn roots(body: &Body<'_>, spending: &mut Spending<'_>) {
    let mut first = None;
    for (revision, section) in body.sections.iter().enumerate() {
        let root = section.trailer.get(b"Root").and_then(Node::reference);
        match root {
            Some(_) if form::catalog(body, revision).is_some() => {}
            _ => spending.fault(section.offset, Defect::NoCatalog),
        }
        if let Some(root) = root
            && *first.get_or_insert(root) != root
        {
            spending.fault(section.offset, Defect::AnotherRoot(root));
        }
    }
}

fn revisions(body: &Body<'_>) -> Vec<Revision> {
    let mut start = 0;
    let mut found = Vec::with_capacity(body.sections.len());
    for (number, section) in body.sections.iter().enumerate() {
        let span = start..section.end;
        start = section.end;
        found.push(Revision { span, xref: section.offset, form: section.form, changes: body.changed(number).count() });
    }
    found
}

fn catalog(body: &Body<'_>, pages: usize) -> Option<Catalog> {
    let last = body.last();
    let object = body.sections.last()?.trailer.get(b"Root")?.reference()?;
    let root = form::catalog(body, last)?;
    let form = form::form(body, last);
    Some(Catalog {
        object,
        version: root.name(b"Version").map(text::of_name),
        language: body.get(last, root, b"Lang").and_then(text::decode),
        pages,
        metadata: root.has(b"Metadata"),
        form: form.is_some(),
        signature_flags: form.and_then(|form| form.integer(b"SigFlags")),
        validation_data: root.has(b"DSS"),
    })
}
