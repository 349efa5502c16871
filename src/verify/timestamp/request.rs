//! TimeStampReq (RFC 3161, 2.4.1).

use const_oid::ObjectIdentifier;

use super::{Refusal, imprint};
use crate::asn1::{Element, Malformed, element, integer, object_identifier, scan, sequence, tag};

/// Largest request that is read, in bytes.
const MAX_REQUEST: usize = 16 * 1024;
/// Longest nonce, in bytes.
const MAX_NONCE: usize = 64;

/// What somebody wants to have stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampRequest {
    /// SM3 of the bytes.
    pub imprint: [u8; 32],
    /// The policy it should be under, if it matters.
    pub policy: Option<ObjectIdentifier>,
    /// An INTEGER's bytes, to come back in the token.
    pub nonce: Option<Vec<u8>>,
    /// Whether the unit's certificate should come along.
    pub certificate_wanted: bool,
}

/// Why a request cannot be answered with a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// Too many bytes.
    #[error("a request of {0} bytes is larger than {MAX_REQUEST}")]
    TooLarge(usize),
    /// Not the DER of a request.
    #[error("not the DER of a TimeStampReq: {0}")]
    Malformed(#[from] Malformed),
    /// A version this program does not know.
    #[error("version {0} of TimeStampReq is not known")]
    Version(u64),
    /// Another digest than SM3.
    #[error("the request is over a digest by {0}, not by SM3")]
    Algorithm(ObjectIdentifier),
    /// Extensions, none of which is known.
    #[error("the request has extensions")]
    Extensions,
}

impl RequestFault {
    /// What the unit answers.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::TooLarge(_) | Self::Malformed(_) => Refusal::BadDataFormat,
            Self::Version(_) => Refusal::BadRequest,
            Self::Algorithm(_) => Refusal::BadAlgorithm,
            Self::Extensions => Refusal::UnacceptedExtension,
        }
    }
}

impl TimestampRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// See [`RequestFault`], which knows the answer to give.
    pub fn read(der: &[u8]) -> Result<Self, RequestFault> {
        if der.len() > MAX_REQUEST {
            return Err(RequestFault::TooLarge(der.len()));
        }
        scan(der)?;
        let mut parts = Element::only(der, 0)?.tagged(tag::SEQUENCE, "a TimeStampReq")?.elements();
        let version = parts.expect(tag::INTEGER, "a version")?.number()?;
        if version != 1 {
            return Err(RequestFault::Version(version));
        }
        let imprint = imprint::read(parts.next()?)?.map_err(RequestFault::Algorithm)?;
        let policy = parts.optional(tag::OID)?.map(|policy| policy.oid()).transpose()?;
        let nonce = parts.optional(tag::INTEGER)?;
        if let Some(nonce) = nonce.filter(|nonce| nonce.value.len() > MAX_NONCE) {
            return Err(nonce.is_not("a nonce within its bounds").into());
        }
        let certificate_wanted = parts.optional(tag::BOOLEAN)?.is_some_and(|flag| flag.value == [0xff]);
        if parts.optional(tag::constructed(0))?.is_some() {
            return Err(RequestFault::Extensions);
        }
        parts.end()?;
        Ok(Self { imprint, policy, nonce: nonce.map(|nonce| nonce.value.to_vec()), certificate_wanted })
    }

    /// As DER, to be sent to a unit.
    pub fn to_der(&self) -> Vec<u8> {
        let wanted = if self.certificate_wanted { element(tag::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
        sequence(&[
            &integer(1),
            &imprint::write(&self.imprint),
            &self.policy.map(object_identifier).unwrap_or_default(),
            &self.nonce.as_ref().map(|nonce| element(tag::INTEGER, &[nonce])).unwrap_or_default(),
            &wanted,
        ])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(imprint in any::<[u8; 32]>(), policy in any::<bool>(), nonce in prop::option::of(1_u8..0x80), certificate_wanted in any::<bool>()) {
            let policy = policy.then(|| "1.2.3".parse().unwrap());
            let request = TimestampRequest { imprint, policy, nonce: nonce.map(|nonce| vec![nonce]), certificate_wanted };
            prop_assert_eq!(TimestampRequest::read(&request.to_der()), Ok(request));
        }

        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..90)) {
            let _ = TimestampRequest::read(&bytes);
        }
    }
}
