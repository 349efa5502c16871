//! A second writer of envelopes, part by part, so that tests can put anything in: nothing of it is shared with the package.

use verify::{chain::X509, digest::sm3, signature::sign_message};

use crate::authority::*;

pub(crate) const SM3: &str = "1.2.156.10197.1.401";
pub(crate) const SM2_SM3: &str = "1.2.156.10197.1.501";
pub(crate) const DATA: &str = "1.2.840.113549.1.7.1";
pub(crate) const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
pub(crate) const GM_DATA: &str = "1.2.156.10197.6.1.4.2.1";
pub(crate) const GM_SIGNED_DATA: &str = "1.2.156.10197.6.1.4.2.2";

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let mut bytes = vec![tag];
    match value.len() {
        length @ 0..0x80 => bytes.push(u8::try_from(length).unwrap()),
        length @ 0x80..0x100 => bytes.extend([0x81, u8::try_from(length).unwrap()]),
        length => bytes.extend([0x83, u8::try_from(length >> 16).unwrap(), (length >> 8) as u8, length as u8]),
    }
    if bytes.get(1..3) == Some(&[0x83, 0]) {
        bytes.splice(1..3, [0x82]);
    }
    bytes.extend(value);
    bytes
}

pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub(crate) fn oid(text: &str) -> Vec<u8> {
    tlv(6, &[const_oid::ObjectIdentifier::new_unwrap(text).as_bytes()])
}

pub(crate) fn algorithm(text: &str) -> Vec<u8> {
    seq(&[&oid(text)])
}

pub(crate) fn attribute(kind: &str, values: &[&[u8]]) -> Vec<u8> {
    seq(&[&oid(kind), &tlv(0x31, values)])
}

/// The parts of one signer.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) version: u8,
    pub(crate) identifier: Vec<u8>,
    pub(crate) digest: Vec<u8>,
    /// Sorted when written, unless `unsorted`.
    pub(crate) attributes: Option<Vec<Vec<u8>>>,
    pub(crate) unsorted: bool,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) unsigned: Option<Vec<Vec<u8>>>,
    /// Instead of a right one.
    pub(crate) signature: Option<Vec<u8>>,
}

/// The parts of an envelope; right in everything until changed.
#[derive(Clone)]
pub(crate) struct Forge {
    pub(crate) outer: String,
    pub(crate) inner: String,
    pub(crate) content: Vec<u8>,
    pub(crate) attached: bool,
    pub(crate) version: u8,
    pub(crate) digests: Vec<Vec<u8>>,
    pub(crate) certificates: Option<Vec<Vec<u8>>>,
    pub(crate) crls: Option<Vec<Vec<u8>>>,
    pub(crate) signers: Vec<Signer>,
}

impl Forge {
    pub(crate) fn new(world: &World, content: &[u8]) -> Self {
        let identifier = {
            let der = &world.signer;
            assert!(X509::from_der(der).is_ok());
            let issuer = der::Encode::to_der(&world.middle_name).unwrap();
            seq(&[&issuer, &[2, 1, 7]])
        };
        let attributes =
            vec![attribute("1.2.840.113549.1.9.3", &[&oid(DATA)]), attribute("1.2.840.113549.1.9.4", &[&tlv(4, &[&sm3(content)])])];
        let signer = Signer {
            version: 1,
            identifier,
            digest: algorithm(SM3),
            attributes: Some(attributes),
            unsorted: false,
            algorithm: algorithm(SM2_SM3),
            unsigned: None,
            signature: None,
        };
        Self {
            outer: SIGNED_DATA.to_owned(),
            inner: DATA.to_owned(),
            content: content.to_vec(),
            attached: true,
            version: 1,
            digests: vec![algorithm(SM3)],
            certificates: Some(vec![world.signer.clone(), world.middle.clone()]),
            crls: None,
            signers: vec![signer],
        }
    }

    /// The same in the object identifiers of GB/T 35275.
    pub(crate) fn gm(mut self) -> Self {
        (self.outer, self.inner) = (GM_SIGNED_DATA.to_owned(), GM_DATA.to_owned());
        for signer in &mut self.signers {
            for attribute in signer.attributes.iter_mut().flatten() {
                if attribute.ends_with(&oid(DATA)) {
                    *attribute = crate::forge::attribute("1.2.840.113549.1.9.3", &[&oid(GM_DATA)]);
                }
            }
        }
        self
    }

    pub(crate) fn signer(&mut self) -> &mut Signer {
        &mut self.signers[0]
    }

    pub(crate) fn attributes(&mut self) -> &mut Vec<Vec<u8>> {
        self.signer().attributes.as_mut().unwrap()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let refs = |parts: &[Vec<u8>]| parts.concat();
        let signers: Vec<u8> = self.signers.iter().flat_map(|signer| signer.der(&self.content)).collect();
        let content = match self.attached {
            true => tlv(0xa0, &[&tlv(4, &[&self.content])]),
            false => vec![],
        };
        let signed_data = seq(&[
            &[2, 1, self.version],
            &tlv(0x31, &[&refs(&self.digests)]),
            &seq(&[&oid(&self.inner), &content]),
            &self.certificates.as_ref().map_or(vec![], |found| tlv(0xa0, &[&refs(found)])),
            &self.crls.as_ref().map_or(vec![], |found| tlv(0xa1, &[&refs(found)])),
            &tlv(0x31, &[&signers]),
        ]);
        seq(&[&oid(&self.outer), &tlv(0xa0, &[&signed_data])])
    }
}

impl Signer {
    fn der(&self, content: &[u8]) -> Vec<u8> {
        let mut attributes = self.attributes.clone();
        if let Some(attributes) = attributes.as_mut().filter(|_| !self.unsorted) {
            attributes.sort();
        }
        let message = attributes.as_ref().map_or(content.to_vec(), |attributes| tlv(0x31, &[&attributes.concat()]));
        let signature = self.signature.clone().unwrap_or_else(|| sign_message(&key(SIGNER_KEY).0, &message).unwrap());
        seq(&[
            &[2, 1, self.version],
            &self.identifier,
            &self.digest,
            &attributes.map_or(vec![], |attributes| tlv(0xa0, &[&attributes.concat()])),
            &self.algorithm,
            &tlv(4, &[&signature]),
            &self.unsigned.as_ref().map_or(vec![], |unsigned| tlv(0xa1, &[&unsigned.concat()])),
        ])
    }
}
