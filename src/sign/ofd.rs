//! An OFD package sealed in the name of an authority (GB/T 38540): the seal, its maker's work, is put to the document by the signer.

use chrono::{DateTime, FixedOffset, Utc};
use verify::ofd::Provider;
use verify::ofd::Stamp;
use verify::ofd::write::{SigningParameters, prepare};
use verify::ses::write::{SealDraft, SignatureDraft};

use super::pdf::refused;
use super::{SignError, Signatory, Signer};

/// Offset of the time that a package states, which is local time.
const BEIJING: i32 = 8 * 3600;

/// Makes a seal: the maker signs it.
///
/// # Errors
/// Values that a seal cannot have, or a maker that fails.
pub fn make_seal(draft: &SealDraft, maker: &dyn Signer) -> Result<Vec<u8>, SignError> {
    let own = maker.chain().first().ok_or_else(|| refused("no seal can be made", &"the maker has no certificate"))?;
    let unsigned = draft.for_maker(own).map_err(|fault| refused("no seal can be made", &fault))?;
    let signature = maker.sign(&unsigned.to_sign)?;
    Ok(unsigned.sealed(&signature).map_err(|fault| refused("no seal can be made", &fault))?.der)
}

/// Seals a package that nobody has signed: every file is covered, and none can be added.
///
/// # Errors
/// Files that are no OFD document, a seal that does not read, a signer that fails.
pub fn sign_ofd(
    files: Vec<(String, Vec<u8>)>,
    seal: &[u8],
    stamps: Vec<Stamp>,
    by: Signatory<'_>,
    at: DateTime<Utc>,
) -> Result<Vec<u8>, SignError> {
    let fault = |fault: &dyn std::fmt::Display| refused("the OFD package cannot be signed", &fault.to_string());
    let local = FixedOffset::east_opt(BEIJING).map_or(at.naive_utc(), |offset| at.with_timezone(&offset).naive_local());
    let provider = Provider { name: "zhengzhao".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()), company: None };
    let parameters = SigningParameters { provider, time: local, stamps, seal: Some(seal.to_vec()) };
    let prepared = prepare(files, &parameters).map_err(|error| fault(&error))?;
    let own = by.signer.chain().first().ok_or_else(|| fault(&"the signer has no certificate"))?;
    let draft = SignatureDraft { seal, time: at, data_hash: prepared.digest, property_info: &prepared.property_info, certificate: own };
    let unsigned = draft.for_signer().map_err(|error| fault(&error))?;
    let signature = by.signer.sign(&unsigned.to_sign)?;
    let token = by.token(&signature, at)?;
    let value = unsigned.stamped(&signature, token.as_deref()).map_err(|error| fault(&error))?.der;
    prepared.finish(&value).map_err(|error| fault(&error))
}
