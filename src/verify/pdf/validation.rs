//! Validation data of a document (`/DSS`, ISO 32000-2, 12.8.4.3): lists of revoked certificates and answers of responders.

use super::{
    body::Body,
    filter,
    form::catalog,
    limits::{PdfFault, Spending},
    object::Node,
};
use crate::{cms::EmbeddedRevocation, revocation::MAX_PIECES};

/// What `/CRLs` and `/OCSPs` of the newest revision lead to. A stream that does not decode is left out: the data are evidence, and
/// missing evidence is found out elsewhere.
pub(super) fn validation_data(body: &Body<'_>, spending: &mut Spending<'_>) -> Result<EmbeddedRevocation, PdfFault> {
    let last = body.last();
    let store = catalog(body, last).and_then(|root| body.get(last, root, b"DSS")?.dict());
    let mut found = EmbeddedRevocation::default();
    let Some(store) = store else { return Ok(found) };
    for (key, into) in [(&b"CRLs"[..], &mut found.crls), (b"OCSPs", &mut found.ocsp_responses)] {
        let listed = body.get(last, store, key).and_then(Node::array).unwrap_or_default();
        for number in listed.iter().take(MAX_PIECES).filter_map(Node::reference) {
            let Some(object) = body.find(last, number) else { continue };
            let (Some(dict), Some(data)) = (object.dict(), &object.data) else { continue };
            let Some(data) = body.bytes.get(data.clone()) else { continue };
            if let Ok(bytes) = filter::decode(dict, data, spending)? {
                into.push(bytes);
            }
        }
    }
    Ok(found)
}
