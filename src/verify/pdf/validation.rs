//! Validation data of a document (`/DSS`, ISO 32000-2, 12.8.4.3): certificates, lists of revoked ones and answers of responders.

use std::collections::HashSet;

use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::{
    body::Body,
    filter,
    form::catalog,
    limits::{PdfFault, Spending},
    object::{Dict, Node},
};
use crate::{
    cms::EmbeddedRevocation,
    revocation::{Crl, MAX_PIECES, OcspResponse},
};

/// The lists of the store, and of each entry of `/VRI`.
const KINDS: [(&[u8], &[u8]); 3] = [(b"Certs", b"Cert"), (b"CRLs", b"CRL"), (b"OCSPs", b"OCSP")];

/// What `/DSS` of the newest revision leads to.
#[derive(Debug, Default)]
pub(super) struct ValidationData {
    pub(super) revocation: EmbeddedRevocation,
    /// What is no validation data though it lies there: the first such object, and why.
    pub(super) strange: Option<String>,
}

/// A stream that does not decode is no evidence, and missing evidence is found out elsewhere; but whoever adds it to a signed document adds
/// something that nobody signed, so it is told.
pub(super) fn validation_data(body: &Body<'_>, spending: &mut Spending<'_>) -> Result<ValidationData, PdfFault> {
    let last = body.last();
    let mut found = ValidationData::default();
    let Some(store) = catalog(body, last).and_then(|root| body.get(last, root, b"DSS")) else { return Ok(found) };
    let Some(store) = store.dict() else {
        found.note("/DSS is no dictionary");
        return Ok(found);
    };
    let mut known = HashSet::new();
    for (key, _) in KINDS {
        for number in found.listed(body, store, key) {
            known.insert(number);
            let decoded = match body.find(last, number).map(|object| (object.dict(), &object.data)) {
                Some((Some(dict), Some(data))) => match body.bytes.get(data.clone()) {
                    Some(data) => filter::decode(dict, data, spending)?.ok(),
                    None => None,
                },
                _ => None,
            };
            found.take(key, number, decoded);
        }
    }
    found.entries(body, store, &known);
    Ok(found)
}

impl ValidationData {
    fn note(&mut self, what: impl Into<String>) {
        self.strange.get_or_insert_with(|| what.into());
    }

    /// The objects that a list of a dictionary refers to.
    fn listed(&mut self, body: &Body<'_>, within: &Dict<'_>, key: &[u8]) -> Vec<u32> {
        let name = String::from_utf8_lossy(key).into_owned();
        let Some(list) = body.get(body.last(), within, key) else { return Vec::new() };
        let Some(list) = list.array().filter(|list| list.len() <= MAX_PIECES) else {
            self.note(format!("/{name} is no list of at most {MAX_PIECES}"));
            return Vec::new();
        };
        let numbers: Vec<u32> = list.iter().filter_map(Node::reference).collect();
        if numbers.len() != list.len() {
            self.note(format!("/{name} holds something else than references"));
        }
        numbers
    }

    fn take(&mut self, key: &[u8], number: u32, decoded: Option<Vec<u8>>) {
        let is_one = decoded.as_deref().is_some_and(|bytes| match key {
            b"Certs" => Certificate::from_der(bytes).is_ok(),
            b"CRLs" => {
                Crl::read(bytes).is_ok() || x509_cert::crl::CertificateList::<x509_cert::certificate::Rfc5280>::from_der(bytes).is_ok()
            }
            _ => OcspResponse::read(bytes).is_ok() || crate::asn1::scan(bytes).is_ok(),
        });
        if !is_one {
            self.note(format!("object {number} under /{} is none", String::from_utf8_lossy(key)));
        }
        match (key, decoded) {
            (b"CRLs", Some(bytes)) => self.revocation.crls.push(bytes),
            (b"OCSPs", Some(bytes)) => self.revocation.ocsp_responses.push(bytes),
            _ => {}
        }
    }

    /// `/VRI` refers to what the lists have, and the store has nothing else.
    fn entries(&mut self, body: &Body<'_>, store: &Dict<'_>, known: &HashSet<u32>) {
        let last = body.last();
        if store.0.iter().any(|pair| !matches!(&*pair.key, b"Type" | b"VRI" | b"Certs" | b"CRLs" | b"OCSPs")) {
            self.note("/DSS has other entries than its own");
        }
        let Some(entries) = body.get(last, store, b"VRI") else { return };
        let Some(entries) = entries.dict().filter(|entries| entries.0.len() <= MAX_PIECES) else {
            return self.note("/VRI is no dictionary");
        };
        for pair in &entries.0 {
            let node = match pair.node.reference() {
                Some(number) => body.find(last, number).and_then(|object| object.dict()),
                None => pair.node.dict(),
            };
            let Some(entry) = node else {
                self.note("an entry of /VRI is no dictionary");
                continue;
            };
            let own = |key: &[u8]| matches!(key, b"Type" | b"TU") || KINDS.iter().any(|(_, name)| *name == key);
            if entry.0.iter().any(|pair| !own(&pair.key)) {
                self.note("an entry of /VRI holds something else than references");
            }
            for (_, key) in KINDS {
                if self.listed(body, entry, key).iter().any(|number| !known.contains(number)) {
                    self.note("an entry of /VRI refers to what /DSS does not list");
                }
            }
        }
    }
}
