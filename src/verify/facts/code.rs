//! The code on a face: who signed it, and whether that holds.

use super::{Chains, SignerFacts, Times};
use crate::{
    CodeGiven,
    identifier::{Identifier, Parsed},
    qr::{Claims, KeyId},
};

pub(crate) struct CodeFacts<'a> {
    /// Absent in a plain link.
    pub(crate) claims: Option<&'a Claims>,
    /// The identifier, which was read before.
    pub(crate) identifier: Option<Parsed>,
    /// Absent when nothing was signed, or no certificate of the key that is named is known.
    pub(crate) signer: Option<SignerFacts>,
    /// What is known of the certificate is that of the key named.
    pub(crate) key_is_named: bool,
}

impl<'a> CodeFacts<'a> {
    pub(super) fn gather(given: CodeGiven<'a>, chains: &mut Chains<'a>) -> Self {
        let signed = given.code.signed.as_ref();
        let signer = signed.zip(given.signer).map(|(signed, certificates)| {
            let times = Times { claimed: Some(signed.claims.signed_at), proven: None };
            chains.signer_of_bytes(certificates, &signed.claims.to_be_signed(), &signed.signature, times)
        });
        Self {
            claims: signed.map(|signed| &signed.claims),
            identifier: Identifier::parse(&given.code.identifier).ok(),
            signer,
            key_is_named: signed
                .zip(given.signer)
                .is_some_and(|(signed, certificates)| certificates.first().is_some_and(|der| KeyId::of(der) == signed.claims.key)),
        }
    }
}
