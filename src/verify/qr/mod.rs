//! The code on a certificate's face: a link that any scanner opens, and behind it what the issuer signed, for those who scan without
//! a network.
//!
//! ```text
//! HTTPS://HUB.EXAMPLE/VERIFY/1.2.156.3005.2.….001.K/3AB$…
//!         whose answer       GB/T 36904 identifier   claims and signature, base 41
//! ```
//! The text stays within the alphanumeric characters of GB/T 18284 (ISO/IEC 18004), which take 5½ bits each. Type, issuer and version
//! stand in the identifier, which is signed with the claims: [`Claims::to_be_signed`]. The host is not signed: it may move; whoever
//! scans compares it with the hosts that are official.
//!
//! A code is printed and lives as long as paper. So it says of the status only what was so when it was signed, and for how long that
//! may be relied on; on a face that is not at all.

mod base41;
mod payload;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    digest::sm3,
    identifier::{Identifier, IdentifierError},
    mask::mask_holder,
    signature::SignatureFault,
    sm2::{to_der, to_raw},
    statement::StatedHolder,
};

/// Longest text that is read, in bytes: far more than any code holds.
pub const MAX_TEXT: usize = 4_296;
/// Longest name in a code, in characters; longer ones are cut, so that the code stays coarse enough to scan.
pub const MAX_HOLDER: usize = 16;

/// What is signed begins with this, so that no signature of something else is one of a code.
const CONTEXT: &str = "zhengzhao QR 1\n";
const PATH: &str = "/VERIFY/";
const SIGNATURE: usize = 64;

/// Which key signed: the first eight bytes of the SM3 of its certificate. Enough to find the certificate among those known; the
/// signature is what proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 8]);

impl KeyId {
    /// The key of a certificate in DER.
    pub fn of(certificate: &[u8]) -> Self {
        let mut id = [0; 8];
        id.copy_from_slice(&sm3(certificate)[..8]);
        Self(id)
    }
}

/// What the issuer says in a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// GB/T 36904 identifier, which names type, issuer and version.
    pub identifier: String,
    /// The key it is signed with.
    pub key: KeyId,
    /// When it was signed, to the minute. The certificate was in force then.
    pub signed_at: DateTime<Utc>,
    /// For how many minutes that may be relied on without asking; 0 on a printed face.
    pub fresh_minutes: u32,
    /// First day of the term.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the term; without it the term is open.
    pub valid_to: Option<NaiveDate>,
    /// First holder, masked: [`holder_of`].
    pub holder: String,
}

impl Claims {
    /// The bytes to sign.
    pub fn to_be_signed(&self) -> Vec<u8> {
        [CONTEXT.as_bytes(), self.identifier.as_bytes(), b"\n", &payload::write(self)].concat()
    }

    /// The text of the code: `origin` is scheme and host, as `https://hub.example`, `signature` the DER over
    /// [`Self::to_be_signed`].
    ///
    /// # Errors
    /// A signature that is not strict DER.
    pub fn text(&self, origin: &str, signature: &[u8]) -> Result<String, SignatureFault> {
        let signed = [&to_raw(signature)?, payload::write(self).as_slice()].concat();
        // Scheme and host mean the same in capitals, and are smaller so.
        let origin = origin.trim_end_matches('/').to_ascii_uppercase();
        Ok(format!("{origin}{PATH}{}/{}", self.identifier, base41::encode(&signed)))
    }
}

/// The name that a code may show of the holders: the first one's, masked, and cut to [`MAX_HOLDER`] characters.
pub fn holder_of(holders: &[StatedHolder]) -> String {
    let name = holders.first().map(|holder| mask_holder(&holder.name, holder.code_type.as_deref())).unwrap_or_default();
    if name.chars().count() <= MAX_HOLDER { name } else { name.chars().take(MAX_HOLDER - 1).chain(['…']).collect() }
}

/// A code as it was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The host it sends people to, in small letters, with its port; none where the text is an identifier alone.
    pub host: Option<String>,
    /// The certificate it is about, as written.
    pub identifier: String,
    /// What was signed; none in a plain link.
    pub signed: Option<SignedClaims>,
}

/// Claims and the signature over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedClaims {
    /// What is said.
    pub claims: Claims,
    /// The signature over [`Claims::to_be_signed`], as DER.
    pub signature: Vec<u8>,
}

/// Why a text is no code of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeFault {
    /// Longer than a QR code can be.
    #[error("a text of {0} bytes is longer than a QR code can hold, {MAX_TEXT}")]
    TooLong(usize),
    /// A link to somewhere else.
    #[error("the link to {host} leads to no certificate: it has no /verify/<identifier>")]
    NotACertificate {
        /// Where it leads.
        host: String,
    },
    /// Neither a link nor an identifier.
    #[error("neither a link nor the identifier of a certificate: {0}")]
    Identifier(#[from] IdentifierError),
    /// Something stands behind the identifier that this program did not write.
    #[error("what stands behind the identifier is no signed code of version 1")]
    Signed,
}

/// Reads the text of a code: a link of this or another hub, signed or plain, or an identifier alone.
///
/// # Errors
/// When it names no certificate.
pub fn read(text: &str) -> Result<Code, CodeFault> {
    let text = text.trim();
    if text.len() > MAX_TEXT {
        return Err(CodeFault::TooLong(text.len()));
    }
    let (host, rest) = match link(text) {
        None => (None, text),
        Some((host, path)) => {
            let place = path.to_ascii_uppercase().find(PATH);
            let rest = place.and_then(|place| path.get(place + PATH.len()..));
            (Some(host.clone()), rest.ok_or(CodeFault::NotACertificate { host })?)
        }
    };
    let (identifier, signed) = match rest.split_once('/') {
        None | Some((_, "")) => (rest.trim_end_matches('/'), None),
        Some((identifier, signed)) => (identifier, Some(signed)),
    };
    Identifier::parse(identifier)?;
    let signed = signed.map(|signed| signed_claims(identifier, signed).ok_or(CodeFault::Signed)).transpose()?;
    Ok(Code { host, identifier: identifier.to_owned(), signed })
}

/// Host and path of an http or https link.
fn link(text: &str) -> Option<(String, &str)> {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let start = text.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    })?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    Some((host.to_ascii_lowercase(), path))
}

fn signed_claims(identifier: &str, text: &str) -> Option<SignedClaims> {
    let bytes = base41::decode(text)?;
    let (signature, claims) = bytes.split_first_chunk::<SIGNATURE>()?;
    Some(SignedClaims { claims: payload::read(identifier, claims)?, signature: to_der(signature).ok()? })
}

#[cfg(test)]
mod tests;
