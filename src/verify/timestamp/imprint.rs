//! MessageImprint: the digest of what is stamped.

use const_oid::ObjectIdentifier;

use crate::{
    asn1::{Element, Malformed, Parameters, element, object_identifier, sequence, tag},
    cms::oid,
};

/// A digest of 32 bytes by SM3, or the algorithm that was used instead.
pub(super) fn read(imprint: Element<'_>) -> Result<Result<[u8; 32], ObjectIdentifier>, Malformed> {
    let mut parts = imprint.tagged(tag::SEQUENCE, "a message imprint")?.elements();
    let first = parts.next()?;
    let algorithm = first.algorithm()?;
    let digest = parts.expect(tag::OCTET_STRING, "a digest")?;
    parts.end()?;
    if algorithm.oid != oid::SM3 {
        return Ok(Err(algorithm.oid));
    }
    if algorithm.parameters == Parameters::Other {
        return Err(first.is_not("SM3 without parameters"));
    }
    digest.value.try_into().map(Ok).map_err(|_| digest.is_not("a digest of 32 bytes"))
}

pub(super) fn write(digest: &[u8; 32]) -> Vec<u8> {
    sequence(&[&sequence(&[&object_identifier(oid::SM3)]), &element(tag::OCTET_STRING, &[digest])])
}
