//! Which certificate in the bag is the signer's, and which ones lead up from it.

use crate::{
    asn1::{Cursor, DerFault, Element, Malformed, tag},
    chain::{MAX_LENGTH, X509, identity::Identity},
};

/// How a signer names its certificate.
#[derive(Debug, Clone, Copy)]
pub(super) enum SignerIdentifier<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    SubjectKey(&'a [u8]),
}

impl<'a> SignerIdentifier<'a> {
    pub(super) fn read(element: Element<'a>) -> Result<Self, Malformed> {
        match element.tag {
            tag::SEQUENCE => {
                let (issuer, serial) = issuer_and_serial(element.elements())?;
                Ok(Self::IssuerAndSerial { issuer, serial })
            }
            _ => Ok(Self::SubjectKey(element.tagged(tag::primitive(0), "a signer identifier")?.value)),
        }
    }

    /// Of SignerInfo (RFC 5652, 5.3).
    pub(super) fn version(&self) -> u64 {
        match self {
            Self::IssuerAndSerial { .. } => 1,
            Self::SubjectKey(_) => 3,
        }
    }

    pub(super) fn names(&self, certificate: &Identity<'_>) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => certificate.issuer == *issuer && certificate.serial == *serial,
            Self::SubjectKey(key) => certificate.subject_key == Some(*key),
        }
    }
}

fn issuer_and_serial(mut parts: Cursor<'_>) -> Result<(&[u8], &[u8]), Malformed> {
    let issuer = parts.expect(tag::SEQUENCE, "the issuer's name")?.whole;
    let serial = parts.expect(tag::INTEGER, "a serial number")?.value;
    parts.end()?;
    Ok((issuer, serial))
}

/// Places in `bag` from the signer at `signer` upwards, each used once. One more than a chain may have is enough to see that it
/// is too long.
pub(super) fn path(bag: &[Identity<'_>], signer: usize) -> Vec<usize> {
    let mut path = vec![signer];
    while let Some(last) = path.last().and_then(|place| bag.get(*place)) {
        if path.len() > MAX_LENGTH || last.is_self_issued() {
            break;
        }
        let issuers = bag.iter().enumerate().filter(|(place, candidate)| !path.contains(place) && last.may_be_issued_by(candidate));
        match really_issued(last, &issuers.collect::<Vec<_>>()) {
            Some(place) => path.push(place),
            None => break,
        }
    }
    path
}

/// The place of the issuer. An authority that was given a new key may be there twice, and anybody can add a certificate of its
/// name: of several the one that signed is taken.
fn really_issued(certificate: &Identity<'_>, issuers: &[(usize, &Identity<'_>)]) -> Option<usize> {
    let first = issuers.first().map(|(place, _)| *place);
    if issuers.len() < 2 {
        return first;
    }
    let Ok(certificate) = X509::from_der(certificate.der) else { return first };
    let signed = |issuer: &Identity<'_>| X509::from_der(issuer.der).is_ok_and(|issuer| certificate.is_issued_by(&issuer));
    issuers.iter().find(|(_, issuer)| signed(issuer)).map(|(place, _)| *place).or(first)
}

/// Reads every certificate of a bag.
pub(super) fn read_bag<'a>(elements: &[Element<'a>]) -> Result<Vec<Identity<'a>>, Malformed> {
    elements.iter().map(|element| Identity::read(*element).map_err(|_| DerFault::Expected("a certificate").at(element.at))).collect()
}
