//! From bytes, strictly.

use const_oid::ObjectIdentifier;

use super::{
    CmsFault, EmbeddedRevocation, Family, ForeignAlgorithm, MAX_CERTIFICATES, MAX_SIZE, SignedData,
    attributes::{read_revocation, read_signed, read_unsigned},
    oid,
    signer::{SignerIdentifier, path, read_bag},
};
use crate::{
    asn1::{Algorithm, Element, Malformed, Parameters, scan, tag},
    chain::identity::Identity,
};

/// Signers that are looked at, only to count them and to name foreign ones.
const MAX_SIGNERS: usize = 32;

impl SignedData {
    /// Reads an envelope over plain data, attached or detached.
    ///
    /// The certificates' SET may be in any order, as many writers leave it; signed attributes may not.
    ///
    /// # Errors
    /// See [`CmsFault`]; [`CmsFault::Foreign`] is no judgement.
    pub fn read(der: &[u8]) -> Result<Self, CmsFault> {
        read(der, Family::data)
    }

    /// Reads an envelope over a TSTInfo: a timestamp token.
    pub(crate) fn read_token(der: &[u8]) -> Result<Self, CmsFault> {
        read(der, |_| oid::TST_INFO)
    }
}

/// SignerInfo, taken apart.
struct Signer<'a> {
    version: u64,
    identifier: SignerIdentifier<'a>,
    digest: Algorithm,
    attributes: Option<Element<'a>>,
    algorithm: Algorithm,
    signature: &'a [u8],
    unsigned: Option<Element<'a>>,
}

fn read(der: &[u8], expected: impl Fn(Family) -> ObjectIdentifier) -> Result<SignedData, CmsFault> {
    if der.len() > MAX_SIZE {
        return Err(CmsFault::TooLarge(der.len()));
    }
    scan(der)?;
    let mut info = Element::only(der, 0)?.tagged(tag::SEQUENCE, "a ContentInfo")?.elements();
    let outer = info.next()?.oid()?;
    let family = match outer {
        oid::SIGNED_DATA => Family::Rfc5652,
        oid::GM_SIGNED_DATA => Family::Gm,
        other => return Err(CmsFault::NotSignedData(other)),
    };
    let content = info.expect(tag::constructed(0), "the content of a ContentInfo")?;
    info.end()?;
    let mut parts = content.inner()?.tagged(tag::SEQUENCE, "a SignedData")?.elements();
    let version = parts.expect(tag::INTEGER, "a version")?.number()?;
    let digests = parts.expect(tag::SET, "digest algorithms")?;
    let encapsulated = parts.expect(tag::SEQUENCE, "an encapsulated content")?;
    let certificates = parts.optional(tag::constructed(0))?;
    let crls = parts.optional(tag::constructed(1))?;
    let signers = parts.expect(tag::SET, "signers")?;
    parts.end()?;

    let bag = certificates.map(read_certificates).transpose()?.unwrap_or_default();
    let signer = one_signer(signers, &bag)?;
    check_algorithms(digests, &signer)?;
    if !matches!(version, 1 | 3 | 4 | 5) {
        return Err(CmsFault::Version { structure: "SignedData", found: version });
    }
    if signer.version != signer.identifier.version() {
        return Err(CmsFault::Version { structure: "SignerInfo", found: signer.version });
    }
    let (content_type, content) = read_content(encapsulated)?;
    let expected = expected(family);
    if content_type != expected {
        return Err(CmsFault::ContentType { found: content_type, expected });
    }
    let place = signer_place(&bag, &signer.identifier)?;
    let path = path(&bag, place);
    let der_of = |place: &usize| bag.get(*place).map(|identity| identity.der.to_vec());
    let certificates = path.iter().filter_map(der_of).collect();
    let others = (0..bag.len()).filter(|place| !path.contains(place)).collect::<Vec<_>>().iter().filter_map(der_of).collect();
    let mut revocation = EmbeddedRevocation::default();
    if let Some(crls) = crls {
        read_revocation(crls, &mut revocation)?;
    }
    let attributes = match (signer.attributes, bag.get(place)) {
        (Some(set), Some(certificate)) => Some(read_signed(set, content_type, certificate, &mut revocation)?),
        _ => None,
    };
    Ok(SignedData {
        family,
        content_type,
        content: content.map(<[u8]>::to_vec),
        certificates,
        others,
        attributes,
        signature_algorithm: signer.algorithm.oid,
        signature: signer.signature.to_vec(),
        timestamp_token: signer.unsigned.map(read_unsigned).transpose()?.flatten(),
        revocation,
    })
}

fn read_certificates(set: Element<'_>) -> Result<Vec<Identity<'_>>, CmsFault> {
    let mut elements = Vec::new();
    let mut rest = set.elements();
    while !rest.is_at_end() {
        if elements.len() == MAX_CERTIFICATES {
            return Err(CmsFault::TooMany { what: "certificates", limit: MAX_CERTIFICATES });
        }
        elements.push(rest.next()?);
    }
    read_bag(&elements).map_err(|malformed| CmsFault::NotACertificate { at: malformed.at })
}

/// Several signers are refused, unless all of them are foreign: then there is nothing to judge.
fn one_signer<'a>(set: Element<'a>, bag: &[Identity<'a>]) -> Result<Signer<'a>, CmsFault> {
    let mut signers = Vec::new();
    let mut rest = set.elements();
    while !rest.is_at_end() {
        if signers.len() == MAX_SIGNERS {
            return Err(CmsFault::TooMany { what: "signers", limit: MAX_SIGNERS });
        }
        signers.push(Signer::read(rest.next()?)?);
    }
    if let Some(first) = signers.first().filter(|_| signers.iter().all(Signer::is_foreign)) {
        let subject = bag.iter().find(|certificate| first.identifier.names(certificate)).and_then(Identity::subject_text);
        return Err(CmsFault::Foreign(ForeignAlgorithm { digest: first.digest.oid, signature: first.algorithm.oid, subject }));
    }
    match <[Signer<'a>; 1]>::try_from(signers) {
        Ok([signer]) => Ok(signer),
        Err(signers) => Err(CmsFault::Signers(signers.len())),
    }
}

impl<'a> Signer<'a> {
    fn read(element: Element<'a>) -> Result<Self, Malformed> {
        let mut parts = element.tagged(tag::SEQUENCE, "a SignerInfo")?.elements();
        let version = parts.expect(tag::INTEGER, "a version")?.number()?;
        let identifier = SignerIdentifier::read(parts.next()?)?;
        let digest = parts.next()?.algorithm()?;
        let attributes = parts.optional(tag::constructed(0))?;
        let algorithm = parts.next()?.algorithm()?;
        let signature = parts.expect(tag::OCTET_STRING, "a signature value")?.value;
        let unsigned = parts.optional(tag::constructed(1))?;
        parts.end()?;
        Ok(Self { version, identifier, digest, attributes, algorithm, signature, unsigned })
    }

    fn is_foreign(&self) -> bool {
        self.digest.oid != oid::SM3 || !matches!(self.algorithm.oid, oid::SM2_WITH_SM3 | oid::SM2_SIGNATURE)
    }
}

fn check_algorithms(digests: Element<'_>, signer: &Signer<'_>) -> Result<(), CmsFault> {
    let mut listed = Vec::new();
    for digest in digests.elements().all(MAX_SIGNERS)? {
        listed.push(digest.algorithm()?);
    }
    if listed.len() != 1 || listed.iter().any(|listed| listed.oid != signer.digest.oid) {
        return Err(CmsFault::DigestAlgorithms { listed: listed.iter().map(|listed| listed.oid).collect(), used: signer.digest.oid });
    }
    match listed.iter().chain([&signer.digest, &signer.algorithm]).find(|algorithm| algorithm.parameters == Parameters::Other) {
        Some(algorithm) => Err(CmsFault::Parameters(algorithm.oid)),
        None => Ok(()),
    }
}

fn read_content(encapsulated: Element<'_>) -> Result<(ObjectIdentifier, Option<&[u8]>), CmsFault> {
    let mut parts = encapsulated.elements();
    let content_type = parts.next()?.oid()?;
    let content = match parts.optional(tag::constructed(0))? {
        Some(content) => Some(content.inner()?.tagged(tag::OCTET_STRING, "a content in one OCTET STRING")?.value),
        None => None,
    };
    parts.end()?;
    Ok((content_type, content))
}

fn signer_place(bag: &[Identity<'_>], identifier: &SignerIdentifier<'_>) -> Result<usize, CmsFault> {
    let mut named = bag.iter().enumerate().filter(|(_, certificate)| identifier.names(certificate)).map(|(place, _)| place);
    match (named.next(), named.count()) {
        (None, _) => Err(CmsFault::SignerNotFound),
        (Some(place), 0) => Ok(place),
        (Some(_), more) => Err(CmsFault::SignerAmbiguous(more + 1)),
    }
}
