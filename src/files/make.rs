//! What was laid out → PDF and OFD, each sealed. Computing only: some milliseconds of a core.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use render::Attachment;
use verify::Trust;
use verify::document::CERTIFICATE_FILE;
use verify::ofd::Stamp;

use super::FileError;
use crate::faces::SetFace;
use crate::sealing::SealInUse;
use crate::sign::ofd::sign_ofd;
use crate::sign::pdf::{SealPlace, SealText, sign_pdf};
use crate::sign::{Signatory, Signer};

/// Where a seal goes on a page without a place for it: above the lower right corner, in millimetres from the page's edges.
const MARGIN: f64 = 25.0;

/// The two files.
pub(super) struct Made {
    pub pdf: Vec<u8>,
    pub ofd: Vec<u8>,
}

/// What proves later when it was signed, and that the signer's certificate was good.
pub(super) struct Evidence {
    pub unit: Option<Arc<dyn Signer>>,
    pub trust: Arc<Trust>,
}

/// The signed data of the certificate, as both files carry them.
pub(super) fn data_file(json: String) -> Attachment {
    Attachment {
        name: CERTIFICATE_FILE.to_owned(),
        mime: "application/json".to_owned(),
        description: "证照签名数据 / the certificate's signed data".to_owned(),
        bytes: json.into_bytes().into(),
    }
}

/// What a reader of the PDF shows of the seal.
pub(super) struct Said {
    pub name: String,
    pub reason: String,
}

/// Seals what was laid out, in both formats.
pub(super) fn make(set: SetFace, said: &Said, seal: &SealInUse, evidence: &Evidence, at: DateTime<Utc>) -> Result<Made, FileError> {
    let by = Signatory { signer: &*seal.signer, timestamps: evidence.unit.as_deref(), revocations: Some(evidence.trust.revocations()) };
    let place = place(&set, seal);
    let text = SealText { name: said.name.clone(), reason: said.reason.clone() };
    let pdf = sign_pdf(&set.pdf, &seal.picture, place, &text, by, at)?;
    let boundary = [place.left, place.top, place.width, place.height].map(f64::from);
    let page = set.package.pages.get(place.page).cloned().unwrap_or_default();
    let stamps = vec![Stamp { id: "1".to_owned(), page, boundary, clip: None }];
    let files = set.package.parts.into_iter().map(|part| (part.path, part.bytes)).collect();
    Ok(Made { pdf, ofd: sign_ofd(files, &seal.ses, stamps, by, at)? })
}

/// The seal in the middle of the first place that the face has for one, smaller where the place is; else above the lower right corner of
/// the last page.
fn place(set: &SetFace, seal: &SealInUse) -> SealPlace {
    let (mut width, mut height) = (f64::from(seal.width), f64::from(seal.height));
    let (page, left, top) = match set.seals.first() {
        Some(room) => {
            let scale = (room.width / width).min(room.height / height).min(1.0);
            (width, height) = (width * scale, height * scale);
            (room.page - 1, room.x + (room.width - width) / 2.0, room.y + (room.height - height) / 2.0)
        }
        None => {
            let last = set.pages.last().copied().unwrap_or_default();
            (set.pages.len().saturating_sub(1), last.width - MARGIN - width, last.height - MARGIN - height)
        }
    };
    SealPlace { page, left: left as f32, top: top as f32, width: width as f32, height: height as f32 }
}
