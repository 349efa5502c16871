//! From what was read of an OFD package.

use chrono::{DateTime, TimeDelta, Utc};

use super::{CERTIFICATE_FILE, Covered, Document, DocumentSignature, Form, Proof, carried, cms, data, told};
use crate::{
    ofd::{Coverage, Ofd, OfdSignature, SignedAt, SignedValue},
    ses::StatedTime,
};

pub(super) fn document(ofd: Ofd) -> Document {
    let named: Vec<_> = ofd.attachments.iter().filter(|attachment| attachment.name == CERTIFICATE_FILE).collect();
    let inside = match named.as_slice() {
        [] => None,
        [one] => Some(match one.file.as_ref().and_then(|file| ofd.file(file)) {
            Some(bytes) => data(bytes),
            None => Err("the attached file is not in the package".to_owned()),
        }),
        several => Some(Err(format!("{} attachments are named {CERTIFICATE_FILE}", several.len()))),
    };
    let signatures: Vec<DocumentSignature> = ofd.signatures.iter().map(signature).collect();
    Document {
        form: Form::Ofd,
        suspicious: Vec::new(),
        unsigned: ofd.signature_list.is_none() && ofd.faults.is_empty(),
        revocation: carried(&signatures),
        signatures,
        data: inside,
        faults: told(ofd.faults.iter().map(ToString::to_string), 0),
        stated: ofd.custom_data,
    }
}

fn signature(one: &OfdSignature) -> DocumentSignature {
    let covered = match (one.faults.first(), &one.coverage) {
        (Some(fault), _) => Covered::Broken(fault.to_string()),
        (None, Coverage::Whole | Coverage::ContinueSign) => Covered::Whole,
        (None, Coverage::Partial { unlisted }) => Covered::Broken(unlisted.join(", ")),
    };
    let (proof, sealed_at) = match &one.signed_value {
        SignedValue::Seal(seal) => {
            let at = match seal.time {
                StatedTime::At(at) => Some(at),
                StatedTime::Bytes(_) => None,
            };
            (Proof::Seal { signature: seal.clone(), digest: one.digest, file: one.seal.clone() }, at)
        }
        SignedValue::Cms(der) => (cms(der, one.digest), None),
        SignedValue::Bare(_) => (Proof::Unreadable("a bare signature value, which does not say who signed".to_owned()), None),
        SignedValue::Unreadable(fault) => (Proof::Unreadable(fault.to_string()), None),
    };
    DocumentSignature { place: one.file.clone(), covered, proof, claimed_at: sealed_at.or_else(|| instant(&one.signed_at)) }
}

/// SignatureDateTime; where it does not say UTC it is the signer's local time, in China UTC+8.
fn instant(at: &SignedAt) -> Option<DateTime<Utc>> {
    let time = at.time?.and_utc();
    if at.is_utc { Some(time) } else { time.checked_sub_signed(TimeDelta::hours(8)) }
}
