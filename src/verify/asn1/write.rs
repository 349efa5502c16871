//! Writing: every function gives whole elements.

use chrono::{DateTime, Datelike, Utc};
use const_oid::ObjectIdentifier;

use super::tag;

/// A time outside the years 1950 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is outside the years 1950 to 9999")]
pub struct TimeOutOfRange(pub DateTime<Utc>);

/// An element with these bytes, one after the other, as its value.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(length + 10);
    bytes.push(tag);
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => bytes.push(short),
        _ => {
            let digits = length.to_be_bytes();
            let zeros = digits.iter().take_while(|digit| **digit == 0).count();
            let digits = digits.get(zeros..).unwrap_or_default();
            bytes.extend([0x80 | u8::try_from(digits.len()).unwrap_or(0x7f)]);
            bytes.extend(digits);
        }
    }
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(tag::SEQUENCE, parts)
}

/// SET OF, or what is tagged IMPLICIT in its place: DER wants the elements in the order of their bytes.
pub(crate) fn set_of(tag: u8, mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort_unstable();
    let parts: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
    element(tag, &parts)
}

pub(crate) fn object_identifier(oid: ObjectIdentifier) -> Vec<u8> {
    element(tag::OID, &[oid.as_bytes()])
}

/// A number from 0 on.
pub(crate) fn integer(number: u64) -> Vec<u8> {
    let digits = number.to_be_bytes();
    let zeros = digits.iter().take_while(|digit| **digit == 0).count().min(7);
    let digits = digits.get(zeros..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    element(tag::INTEGER, &[sign, digits])
}

/// UTCTime up to 2049, then GeneralizedTime (RFC 5280, 4.1.2.5), in whole seconds.
pub(crate) fn time(at: DateTime<Utc>) -> Result<Vec<u8>, TimeOutOfRange> {
    match at.year() {
        1950..=2049 => Ok(element(tag::UTC_TIME, &[at.format("%y%m%d%H%M%SZ").to_string().as_bytes()])),
        _ => generalized_time(at),
    }
}

/// GeneralizedTime in whole seconds.
pub(crate) fn generalized_time(at: DateTime<Utc>) -> Result<Vec<u8>, TimeOutOfRange> {
    match at.year() {
        1950..=9999 => Ok(element(tag::GENERALIZED_TIME, &[at.format("%Y%m%d%H%M%SZ").to_string().as_bytes()])),
        _ => Err(TimeOutOfRange(at)),
    }
}
