//! Attributes, signed and unsigned.

use const_oid::ObjectIdentifier;

use super::{CertificateBinding, CmsFault, EmbeddedRevocation, MAX_ATTRIBUTES, SignedAttributes, oid};
use crate::{
    asn1::{Element, Malformed, element, tag},
    chain::identity::Identity,
    digest::sm3,
};

/// One attribute and its values.
struct Attribute<'a> {
    oid: ObjectIdentifier,
    values: Element<'a>,
}

impl<'a> Attribute<'a> {
    fn read(element: Element<'a>) -> Result<Self, Malformed> {
        let mut parts = element.tagged(tag::SEQUENCE, "an attribute")?.elements();
        let oid = parts.next()?.oid()?;
        let values = parts.expect(tag::SET, "the values of an attribute")?;
        parts.end()?;
        Ok(Self { oid, values })
    }

    fn value(&self) -> Result<Element<'a>, CmsFault> {
        let values = self.values.elements().all(MAX_ATTRIBUTES)?;
        match values.as_slice() {
            [value] => Ok(*value),
            _ => Err(CmsFault::AttributeValues { oid: self.oid, found: values.len() }),
        }
    }
}

/// `set` is the SET OF Attribute, tagged IMPLICIT.
pub(super) fn read_signed(
    set: Element<'_>,
    content_type: ObjectIdentifier,
    signer: &Identity<'_>,
    revocation: &mut EmbeddedRevocation,
) -> Result<SignedAttributes, CmsFault> {
    let attributes = read_set(set)?;
    for pair in attributes.windows(2) {
        if let [(before, _), (after, _)] = pair
            && before.whole > after.whole
        {
            return Err(CmsFault::AttributeOrder { at: after.at });
        }
    }
    let value = |oid| find(&attributes, oid).map(Attribute::value).transpose();
    let signed_type = value(oid::CONTENT_TYPE)?.ok_or(CmsFault::MissingContentType)?.oid()?;
    if signed_type != content_type {
        return Err(CmsFault::ContentTypeDiffers { signed: signed_type, content: content_type });
    }
    let digest = value(oid::MESSAGE_DIGEST)?.ok_or(CmsFault::MissingMessageDigest)?;
    let octets = digest.tagged(tag::OCTET_STRING, "a message digest")?.value;
    let message_digest = octets.try_into().map_err(|_| digest.is_not("a digest of 32 bytes"))?;
    let signing_time = value(oid::SIGNING_TIME)?.map(|value| value.time()).transpose()?;
    let signing_certificate = match (value(oid::SIGNING_CERTIFICATE_V2)?, value(oid::SIGNING_CERTIFICATE)?) {
        (Some(v2), _) => binding(v2, signer)?,
        (None, Some(_)) => CertificateBinding::OtherDigest(oid::SHA1),
        (None, None) => CertificateBinding::Absent,
    };
    if let Some(archive) = value(oid::ADOBE_REVOCATION)? {
        read_adobe(archive, revocation)?;
    }
    let types = attributes.iter().map(|(_, attribute)| attribute.oid).collect();
    let to_be_signed = element(tag::SET, &[set.value]);
    Ok(SignedAttributes { to_be_signed, message_digest, signing_time, signing_certificate, types })
}

/// The timestamp token among the unsigned attributes. What else stands there is nobody's word.
pub(super) fn read_unsigned(set: Element<'_>) -> Result<Option<Vec<u8>>, CmsFault> {
    let attributes = read_set(set)?;
    let Some(attribute) = find(&attributes, oid::TIMESTAMP_TOKEN) else {
        return Ok(None);
    };
    Ok(Some(attribute.value()?.tagged(tag::SEQUENCE, "a timestamp token")?.whole.to_vec()))
}

/// Whether bytes are a SET of attributes that has a content type: signed once as attributes, they must not pass as content.
pub(super) fn are_attributes(bytes: &[u8]) -> bool {
    let read = || {
        crate::asn1::scan(bytes).ok()?;
        let set = Element::only(bytes, 0).ok()?.tagged(tag::SET, "a SET").ok()?;
        let mut elements = set.elements();
        while !elements.is_at_end() {
            if Attribute::read(elements.next().ok()?).ok()?.oid == oid::CONTENT_TYPE {
                return Some(());
            }
        }
        None
    };
    read().is_some()
}

fn read_set<'a>(set: Element<'a>) -> Result<Vec<(Element<'a>, Attribute<'a>)>, CmsFault> {
    let mut found: Vec<(Element<'a>, Attribute<'a>)> = Vec::new();
    let mut elements = set.elements();
    while !elements.is_at_end() {
        if found.len() == MAX_ATTRIBUTES {
            return Err(CmsFault::TooMany { what: "attributes", limit: MAX_ATTRIBUTES });
        }
        let element = elements.next()?;
        let attribute = Attribute::read(element)?;
        if found.iter().any(|(_, other)| other.oid == attribute.oid) {
            return Err(CmsFault::DuplicateAttribute(attribute.oid));
        }
        found.push((element, attribute));
    }
    Ok(found)
}

fn find<'a, 'b>(attributes: &'b [(Element<'a>, Attribute<'a>)], oid: ObjectIdentifier) -> Option<&'b Attribute<'a>> {
    attributes.iter().map(|(_, attribute)| attribute).find(|attribute| attribute.oid == oid)
}

/// SigningCertificateV2 (RFC 5035): the first identifier is the signer's.
fn binding(value: Element<'_>, signer: &Identity<'_>) -> Result<CertificateBinding, CmsFault> {
    let mut parts = value.tagged(tag::SEQUENCE, "a signing certificate")?.elements();
    let identifiers = parts.expect(tag::SEQUENCE, "certificate identifiers")?;
    parts.optional(tag::SEQUENCE)?;
    parts.end()?;
    let mut identifier = identifiers.elements().expect(tag::SEQUENCE, "the signer's certificate identifier")?.elements();
    let digest = match identifier.optional(tag::SEQUENCE)? {
        Some(algorithm) => algorithm.algorithm()?.oid,
        None => oid::SHA256,
    };
    let hash = identifier.expect(tag::OCTET_STRING, "the certificate's digest")?.value;
    let issuer_serial = identifier.optional(tag::SEQUENCE)?;
    identifier.end()?;
    let named = match issuer_serial {
        Some(issuer_serial) => signer.is_named_by(issuer_serial)?,
        None => true,
    };
    Ok(match (digest, named) {
        (_, false) => CertificateBinding::Differs,
        (oid::SM3, _) if hash == sm3(signer.der) => CertificateBinding::Matches,
        (oid::SM3, _) => CertificateBinding::Differs,
        (other, _) => CertificateBinding::OtherDigest(other),
    })
}

/// RevocationInfoArchival (ISO 32000-2, 12.8.3.3.2).
fn read_adobe(archive: Element<'_>, revocation: &mut EmbeddedRevocation) -> Result<(), CmsFault> {
    let mut parts = archive.tagged(tag::SEQUENCE, "archived revocation data")?.elements();
    for (number, into) in [(0, &mut revocation.crls), (1, &mut revocation.ocsp_responses)] {
        let Some(list) = parts.optional(tag::constructed(number))? else { continue };
        let list = list.inner()?.tagged(tag::SEQUENCE, "a list of revocation data")?;
        keep(list.elements().all(MAX_ATTRIBUTES)?, into)?;
    }
    parts.optional(tag::constructed(2))?;
    Ok(parts.end()?)
}

/// RevocationInfoChoices of a SignedData.
pub(super) fn read_revocation(set: Element<'_>, revocation: &mut EmbeddedRevocation) -> Result<(), CmsFault> {
    for choice in set.elements().all(MAX_ATTRIBUTES)? {
        if choice.tag == tag::SEQUENCE {
            keep(vec![choice], &mut revocation.crls)?;
            continue;
        }
        let mut parts = choice.tagged(tag::constructed(1), "revocation data")?.elements();
        let format = parts.next()?.oid()?;
        let data = parts.next()?;
        parts.end()?;
        if format == oid::OCSP_RESPONSE {
            keep(vec![data], &mut revocation.ocsp_responses)?;
        }
    }
    Ok(())
}

fn keep(elements: Vec<Element<'_>>, into: &mut Vec<Vec<u8>>) -> Result<(), CmsFault> {
    if into.len() + elements.len() > MAX_ATTRIBUTES {
        return Err(CmsFault::TooMany { what: "revocation data", limit: MAX_ATTRIBUTES });
    }
    into.extend(elements.iter().map(|element| element.whole.to_vec()));
    Ok(())
}
