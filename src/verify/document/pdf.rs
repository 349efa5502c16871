//! From what was read of a PDF.

use super::{CERTIFICATE_FILE, Covered, Document, DocumentSignature, Form, Proof, carried, cms, data, told};
use crate::pdf::{After, Coverage, Pdf, PdfSignature, SignatureKind, Suspicion, Suspicious};

pub(super) fn document(pdf: Pdf) -> Document {
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
    let signatures: Vec<DocumentSignature> = ours.map(signature).collect();
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

fn signature(one: &PdfSignature) -> DocumentSignature {
    let covered = match (&one.coverage, &one.after) {
        (Coverage::Broken { why }, _) => Covered::Broken(why.to_string()),
        (Coverage::WholeFile, _) => Covered::Whole,
        (Coverage::Revision { .. }, Some(After::LongTerm(_))) => Covered::EarlierHarmless,
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
