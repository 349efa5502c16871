//! From what was read of a PDF.

use super::{CERTIFICATE_FILE, Covered, Document, DocumentSignature, Form, Proof, carried, cms, data, told};
use crate::{
    chain::{Purpose, Trust},
    pdf::{After, Coverage, Pdf, PdfSignature, SignatureKind, Suspicion, Suspicious},
    timestamp::TimestampToken,
};

pub(super) fn document(pdf: Pdf, bytes: &[u8]) -> Document {
    let named: Vec<_> = pdf.embedded_files.iter().filter(|file| file.name == CERTIFICATE_FILE).collect();
    let inside = match named.as_slice() {
        [] => None,
        [one] => Some(match &one.content {
            Ok(bytes) => data(bytes),
            Err(fault) => Err(fault.to_string()),
        }),
        several => Some(Err(format!("{} files are named {CERTIFICATE_FILE}", several.len()))),
    };
    let suspicious = pdf.suspicious.iter().filter(|one| may_deceive(one)).map(|one| format!("object {}: {:?}", one.object, one.what));
    // A timestamp of the document is evidence for later and signs nothing in anybody's name.
    let ours = pdf.signatures.iter().filter(|one| one.kind != SignatureKind::DocumentTimestamp);
    let added = no_evidence(&pdf);
    let signatures: Vec<DocumentSignature> = ours.map(|one| signature(one, added.as_deref(), bytes)).collect();
    let mut revocation = carried(&signatures);
    revocation.add(&pdf.validation_data);
    Document {
        form: Form::Pdf,
        suspicious: told(suspicious, pdf.suspicious_left_out),
        unsigned: pdf.is_unsigned(),
        signatures,
        revocation,
        data: inside,
        stated: Vec::new(),
        faults: told(pdf.structure.iter().map(ToString::to_string), pdf.structure_left_out),
    }
}

/// A link to a page on the web is what our own documents have, and whoever signed it wanted it there.
fn may_deceive(one: &Suspicion) -> bool {
    !matches!(&one.what, Suspicious::Annotation(kind) if kind == "Link") && !matches!(&one.what, Suspicious::Action(kind) if kind == "URI")
}

/// What was added for later, after a signature, must be what it says: evidence, which nobody can mistake for anything else.
fn no_evidence(pdf: &Pdf) -> Option<String> {
    let stamps = pdf.signatures.iter().filter(|one| one.kind == SignatureKind::DocumentTimestamp);
    let stamp = stamps.filter_map(|one| Some(format!("object {}: {}", one.object, no_timestamp(one)?))).next();
    stamp.or_else(|| pdf.strange_validation_data.clone())
}

/// Why what calls itself a timestamp of the document is none.
fn no_timestamp(one: &PdfSignature) -> Option<String> {
    if one.sub_filter.as_deref() != Some("ETSI.RFC3161") || one.name.is_some() || one.reason.is_some() {
        return Some("a timestamp of the document that is a signature".to_owned());
    }
    let (Some(contents), Some(digest)) = (&one.contents, one.digest) else {
        return Some("a timestamp of the document that covers nothing".to_owned());
    };
    let token = match TimestampToken::read(contents) {
        Ok(token) => token,
        Err(fault) => return Some(fault.to_string()),
    };
    // Whose unit it is does not matter: it signs in nobody's name.
    let chain = Trust::default().chain_for(token.certificates(), Purpose::Timestamps);
    (!token.verify_digest(digest, &chain).holds()).then(|| "a timestamp of other bytes".to_owned())
}

/// A ZIP package behind what was signed: readers of packages look for its directory at the end of a file.
fn has_package(bytes: &[u8], end: usize) -> bool {
    bytes.get(end..).is_some_and(|rest| memchr::memmem::find(rest, b"PK\x05\x06").is_some())
}

fn signature(one: &PdfSignature, added: Option<&str>, bytes: &[u8]) -> DocumentSignature {
    let covered = match (&one.coverage, &one.after) {
        (Coverage::Broken { why }, _) => Covered::Broken(why.to_string()),
        (Coverage::WholeFile, _) => Covered::Whole,
        (Coverage::Revision { end, .. }, Some(After::LongTerm(_))) => match added {
            Some(what) => Covered::EarlierThen(what.to_owned()),
            None if has_package(bytes, *end) => Covered::EarlierThen("a ZIP package".to_owned()),
            None => Covered::EarlierHarmless,
        },
        // No object, and yet something: our own files end with what was signed.
        (Coverage::Revision { end, .. }, Some(After::Nothing)) => Covered::EarlierThen(format!("something after byte {end}")),
        (Coverage::Revision { .. }, Some(After::Other(changes))) => {
            let first = changes.iter().find(|change| !is_long_term(change)).or(changes.first());
            Covered::EarlierThen(first.map_or_else(String::new, |change| format!("object {}: {:?}", change.object, change.what)))
        }
        (Coverage::Revision { .. }, None) => Covered::EarlierThen("–".to_owned()),
    };
    let proof = match (&one.contents, one.digest) {
        (Some(contents), Some(digest)) => cms(contents, digest),
        _ => Proof::Unreadable("nothing is covered, or /Contents is no DER".to_owned()),
    };
    DocumentSignature {
        place: one.field.clone().unwrap_or_else(|| format!("object {}", one.object)),
        covered,
        claimed_at: match &proof {
            Proof::Cms { envelope, .. } => envelope.signing_time(),
            _ => None,
        }
        .or_else(|| one.claimed_time.as_ref().and_then(|claimed| claimed.at)),
        proof,
    }
}

fn is_long_term(change: &crate::pdf::Change) -> bool {
    use crate::pdf::Changed;
    matches!(change.what, Changed::ValidationData | Changed::DocumentTimestamp | Changed::EntryForThese)
}
