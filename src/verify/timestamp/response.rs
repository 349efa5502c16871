//! TimeStampResp (RFC 3161, 2.4.2).

use crate::asn1::{DerFault, Element, Malformed, element, integer, scan, sequence, tag};

/// Longest text of a refusal that is kept, in bytes.
const MAX_TEXT: usize = 1_000;

/// Why a unit gives no token (PKIFailureInfo; the value is the bit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Another digest than SM3.
    BadAlgorithm = 0,
    /// A request that is not permitted.
    BadRequest = 2,
    /// Not a request at all.
    BadDataFormat = 5,
    /// The clock cannot be trusted now.
    TimeNotAvailable = 14,
    /// Not under the policy that was asked for.
    UnacceptedPolicy = 15,
    /// With extensions.
    UnacceptedExtension = 16,
    /// Something in the unit failed.
    SystemFailure = 25,
}

/// What a unit answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimestampResponse {
    /// A token, as DER, for [`super::TimestampToken::read`].
    Granted(Vec<u8>),
    /// None.
    Rejected {
        /// PKIStatus, from 2 on.
        status: u64,
        /// What it says in words.
        text: Option<String>,
    },
}

/// Why bytes are no answer of a unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the DER of a TimeStampResp: {0}")]
pub struct ResponseFault(#[from] pub Malformed);

impl TimestampResponse {
    /// An answer with a token.
    pub fn granted(token: &[u8]) -> Vec<u8> {
        sequence(&[&sequence(&[&integer(0)]), token])
    }

    /// An answer without one.
    pub fn rejected(refusal: Refusal, text: &str) -> Vec<u8> {
        const UTF8_STRING: u8 = 0x0c;
        const REJECTION: u64 = 2;
        let bit = refusal as u8;
        let mut bits = vec![7 - bit % 8];
        bits.resize(usize::from(bit / 8) + 1, 0);
        bits.push(0x80 >> (bit % 8));
        let text = sequence(&[&element(UTF8_STRING, &[text.as_bytes()])]);
        sequence(&[&sequence(&[&integer(REJECTION), &text, &element(tag::BIT_STRING, &[&bits])])])
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(der: &[u8]) -> Result<Self, ResponseFault> {
        Ok(Self::read_strictly(der)?)
    }

    fn read_strictly(der: &[u8]) -> Result<Self, Malformed> {
        if der.len() > crate::cms::MAX_SIZE {
            return Err(DerFault::Length.at(0));
        }
        scan(der)?;
        let mut parts = Element::only(der, 0)?.tagged(tag::SEQUENCE, "a TimeStampResp")?.elements();
        let mut status = parts.expect(tag::SEQUENCE, "a PKIStatusInfo")?.elements();
        let number = status.expect(tag::INTEGER, "a PKIStatus")?.number()?;
        let text = match status.optional(tag::SEQUENCE)? {
            Some(texts) if !texts.value.is_empty() => Some(texts.elements().next()?.value),
            _ => None,
        };
        status.optional(tag::BIT_STRING)?;
        status.end()?;
        let answer = match number {
            0 | 1 => Self::Granted(parts.expect(tag::SEQUENCE, "a token")?.whole.to_vec()),
            status => {
                let text = text.map(|text| String::from_utf8_lossy(text.get(..MAX_TEXT).unwrap_or(text)).into_owned());
                Self::Rejected { status, text }
            }
        };
        parts.end()?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_refusal_names_its_bit() {
        let der = TimestampResponse::rejected(Refusal::SystemFailure, "钟不可信");
        assert!(der.ends_with(&[0x03, 0x05, 0x06, 0, 0, 0, 0x40]), "{der:x?}");
        let read = TimestampResponse::read(&der).unwrap();
        assert_eq!(read, TimestampResponse::Rejected { status: 2, text: Some("钟不可信".to_owned()) });
        assert!(TimestampResponse::rejected(Refusal::BadAlgorithm, "").ends_with(&[0x03, 0x02, 0x07, 0x80]));
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..90)) {
            let _ = TimestampResponse::read(&bytes);
        }
    }
}
