//! DER `SEQUENCE { r INTEGER, s INTEGER }` in its one spelling.

use super::{SignatureFault, scalar::Scalar};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// r and s, both from 1 to n − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    pub(super) r: Scalar,
    pub(super) s: Scalar,
}

impl Signature {
    /// Reads DER.
    ///
    /// # Errors
    /// [`SignatureFault::Malformed`] for anything but the one spelling: leading zeros, trailing bytes, r or s out of range.
    pub fn from_der(der: &[u8]) -> Result<Self, SignatureFault> {
        // r and s have 33 bytes at the most, so every length is one byte.
        let body = match der {
            [SEQUENCE, length, body @ ..] if usize::from(*length) == body.len() && body.len() < 0x80 => body,
            _ => return Err(SignatureFault::Malformed),
        };
        let (r, rest) = integer(body)?;
        let (s, rest) = integer(rest)?;
        if rest.is_empty() { Self::from_parts(&r, &s) } else { Err(SignatureFault::Malformed) }
    }

    /// Takes r and s as 32 bytes, the highest first.
    ///
    /// # Errors
    /// [`SignatureFault::Malformed`] when one is 0, or n or more.
    pub fn from_parts(r: &[u8; 32], s: &[u8; 32]) -> Result<Self, SignatureFault> {
        let read = |bytes| Scalar::from_bytes(bytes).filter(|scalar| !scalar.is_zero()).ok_or(SignatureFault::Malformed);
        Ok(Self { r: read(r)?, s: read(s)? })
    }
}

/// r and s as 64 bytes, as codes with little room carry them.
///
/// # Errors
/// [`SignatureFault::Malformed`] for anything but strict DER.
pub fn to_raw(der: &[u8]) -> Result<[u8; 64], SignatureFault> {
    Signature::from_der(der)?;
    let ((r, rest), mut raw) = (integer(der.get(2..).unwrap_or_default())?, [0; 64]);
    raw[..32].copy_from_slice(&r);
    raw[32..].copy_from_slice(&integer(rest)?.0);
    Ok(raw)
}

/// The strict DER of r and s.
///
/// # Errors
/// [`SignatureFault::Malformed`] when one is 0, or n or more.
pub fn to_der(raw: &[u8; 64]) -> Result<Vec<u8>, SignatureFault> {
    let (mut r, mut s) = ([0; 32], [0; 32]);
    r.copy_from_slice(&raw[..32]);
    s.copy_from_slice(&raw[32..]);
    Signature::from_parts(&r, &s)?;
    let body = [r, s].iter().flat_map(written).collect::<Vec<u8>>();
    // Two integers of 35 bytes at the most: every length is one byte.
    Ok([&[SEQUENCE, u8::try_from(body.len()).map_err(|_| SignatureFault::Malformed)?], body.as_slice()].concat())
}

fn written(number: &[u8; 32]) -> Vec<u8> {
    let digits = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    let sign: &[u8] = if digits.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    let length = u8::try_from(sign.len() + digits.len()).unwrap_or_default();
    [&[INTEGER, length], sign, digits].concat()
}

/// A positive integer of 32 bytes at the most without needless zeros, and what follows it.
fn integer(bytes: &[u8]) -> Result<([u8; 32], &[u8]), SignatureFault> {
    let [INTEGER, length, rest @ ..] = bytes else { return Err(SignatureFault::Malformed) };
    let (content, rest) = rest.split_at_checked(usize::from(*length)).ok_or(SignatureFault::Malformed)?;
    let digits = match content {
        [0, digits @ ..] if digits.first().is_some_and(|first| *first >= 0x80) => digits,
        [0x01..=0x7f, ..] => content,
        _ => return Err(SignatureFault::Malformed),
    };
    let mut value = [0; 32];
    let place = value.len().checked_sub(digits.len()).ok_or(SignatureFault::Malformed)?;
    value[place..].copy_from_slice(digits);
    Ok((value, rest))
}
