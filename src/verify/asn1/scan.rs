//! One pass over foreign bytes: every length definite, shortest and within its parent, no deeper than [`MAX_DEPTH`].

use super::tag;

/// How deep elements may be nested.
pub const MAX_DEPTH: usize = 32;

/// Where bytes are not the DER that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{fault} at byte {at}")]
pub struct Malformed {
    /// Offset from the beginning of what was read.
    pub at: usize,
    /// What is wrong there.
    pub fault: DerFault,
}

/// What is wrong with DER (ITU-T X.690).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DerFault {
    /// The bytes end before the element does.
    #[error("an element that is cut off")]
    Truncated,
    /// Bytes follow the one element that was expected.
    #[error("bytes after the end")]
    Trailing,
    /// BER's indefinite length.
    #[error("an indefinite length")]
    IndefiniteLength,
    /// A length that could be written in fewer bytes, or one beyond 32 bits.
    #[error("a length that is not in its shortest form")]
    Length,
    /// A tag beyond 30, the reserved tag 0, or a string in pieces.
    #[error("a tag that DER or this reader does not allow")]
    Tag,
    /// A number, truth value or bit string in another than its one spelling.
    #[error("a value in another than its one spelling")]
    Value,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("elements nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// Sound DER, but not the element that belongs here.
    #[error("not {0}")]
    Expected(&'static str),
}

impl DerFault {
    pub(crate) const fn at(self, at: usize) -> Malformed {
        Malformed { at, fault: self }
    }
}

/// Length in bytes of the one element that `bytes` begin with, whatever follows: for containers that pad.
///
/// # Errors
/// When no element with a definite, shortest length stands there, or it is cut off.
pub fn element_length(bytes: &[u8]) -> Result<usize, Malformed> {
    let header = header(bytes, 0)?;
    let length = header.value_at.checked_add(header.length).ok_or(DerFault::Length.at(0))?;
    if length > bytes.len() { Err(DerFault::Truncated.at(0)) } else { Ok(length) }
}

/// Whether `bytes` are one element of DER. Takes time linear in their number and nearly no memory.
pub(crate) fn scan(bytes: &[u8]) -> Result<(), Malformed> {
    let whole = element_length(bytes)?;
    if whole < bytes.len() {
        return Err(DerFault::Trailing.at(whole));
    }
    let mut ends = [0; MAX_DEPTH];
    let mut depth = 0;
    let mut at = 0;
    while at < bytes.len() {
        while depth > 0 && ends.get(depth - 1) == Some(&at) {
            depth -= 1;
        }
        let parent_end = depth.checked_sub(1).and_then(|depth| ends.get(depth)).copied().unwrap_or(bytes.len());
        let header = header(bytes.get(..parent_end).unwrap_or_default(), at)?;
        let end = header.value_at.checked_add(header.length).filter(|end| *end <= parent_end).ok_or(DerFault::Truncated.at(at))?;
        if header.constructed {
            if header.length > 0 {
                *ends.get_mut(depth).ok_or(DerFault::TooDeep.at(at))? = end;
                depth += 1;
            }
            at = header.value_at;
        } else {
            check_primitive(header.tag, bytes.get(header.value_at..end).unwrap_or_default(), at)?;
            at = end;
        }
    }
    Ok(())
}

pub(super) struct Header {
    pub(super) tag: u8,
    pub(super) constructed: bool,
    pub(super) value_at: usize,
    pub(super) length: usize,
}

/// The identifier and length octets at `at`.
pub(super) fn header(bytes: &[u8], at: usize) -> Result<Header, Malformed> {
    const CONSTRUCTED: u8 = 0x20;
    let cut = DerFault::Truncated.at(at);
    let (identifier, first) = match bytes.get(at..) {
        Some([identifier, first, ..]) => (*identifier, *first),
        _ => return Err(cut),
    };
    let constructed = identifier & CONSTRUCTED != 0;
    let (class, number) = (identifier & 0xc0, identifier & 0x1f);
    let universal_of_elements = matches!(identifier & !CONSTRUCTED, 0x10 | 0x11);
    if number == 0x1f || identifier == 0 || (class == 0 && constructed != universal_of_elements) {
        return Err(DerFault::Tag.at(at));
    }
    let (length, value_at) = match first {
        0..=0x7f => (usize::from(first), at + 2),
        0x80 => return Err(DerFault::IndefiniteLength.at(at)),
        0x81..=0x84 => {
            let count = usize::from(first & 0x7f);
            let digits = bytes.get(at + 2..at + 2 + count).ok_or(cut)?;
            let length = digits.iter().fold(0_usize, |length, digit| length << 8 | usize::from(*digit));
            if digits.first() == Some(&0) || length < 0x80 {
                return Err(DerFault::Length.at(at));
            }
            (length, at + 2 + count)
        }
        _ => return Err(DerFault::Length.at(at)),
    };
    Ok(Header { tag: identifier, constructed, value_at, length })
}

fn check_primitive(tag: u8, value: &[u8], at: usize) -> Result<(), Malformed> {
    let sound = match tag {
        tag::BOOLEAN => matches!(value, [0 | 0xff]),
        tag::INTEGER | tag::ENUMERATED => !matches!(value, [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..]),
        tag::BIT_STRING => match value {
            [0] => true,
            [unused @ 0..=7, .., last] => last.trailing_zeros() >= u32::from(*unused),
            _ => false,
        },
        tag::NULL => value.is_empty(),
        tag::OID => !value.is_empty(),
        _ => true,
    };
    if sound { Ok(()) } else { Err(DerFault::Value.at(at)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(bytes: &[u8]) -> Option<(usize, DerFault)> {
        scan(bytes).err().map(|malformed| (malformed.at, malformed.fault))
    }

    #[test]
    fn every_departure_from_der_is_found_where_it_stands() {
        for (bytes, expected) in [
            (&[][..], (0, DerFault::Truncated)),
            (&[0x30], (0, DerFault::Truncated)),
            (&[0x30, 0x03, 0x02, 0x01], (0, DerFault::Truncated)),
            (&[0x30, 0x03, 0x02, 0x02, 0x01], (2, DerFault::Truncated)),
            (&[0x30, 0x00, 0x00], (2, DerFault::Trailing)),
            (&[0x30, 0x80, 0x00, 0x00], (0, DerFault::IndefiniteLength)),
            (&[0x30, 0x04, 0x24, 0x80, 0x00, 0x00], (2, DerFault::Tag)),
            (&[0x30, 0x04, 0xa0, 0x80, 0x00, 0x00], (2, DerFault::IndefiniteLength)),
            (&[0x30, 0x81, 0x02, 0x05, 0x00], (0, DerFault::Length)),
            (&[0x30, 0x85, 0, 0, 0, 0, 0], (0, DerFault::Length)),
            (&[0x30, 0x02, 0x00, 0x00], (2, DerFault::Tag)),
            (&[0x1f, 0x21, 0x00], (0, DerFault::Tag)),
            (&[0x10, 0x00], (0, DerFault::Tag)),
            (&[0x30, 0x03, 0x01, 0x01, 0x01], (2, DerFault::Value)),
            (&[0x02, 0x02, 0x00, 0x01], (0, DerFault::Value)),
            (&[0x02, 0x00], (0, DerFault::Value)),
            (&[0x03, 0x02, 0x01, 0x01], (0, DerFault::Value)),
            (&[0x05, 0x01, 0x00], (0, DerFault::Value)),
        ] {
            assert_eq!(fault(bytes), Some(expected), "{bytes:x?}");
        }
        for sound in [&[0x30, 0x00][..], &[0x30, 0x05, 0x30, 0x00, 0x02, 0x01, 0x80], &[0x03, 0x01, 0x00], &[0x31, 0x02, 0x80, 0x00]] {
            assert_eq!(fault(sound), None, "{sound:x?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| {
            let mut bytes = vec![0x05, 0x00];
            for _ in 0..depth {
                bytes = super::super::element(tag::SEQUENCE, &[&bytes]);
            }
            bytes
        };
        assert_eq!(fault(&nested(MAX_DEPTH)), None);
        assert!(matches!(fault(&nested(MAX_DEPTH + 1)), Some((_, DerFault::TooDeep))));
        assert!(matches!(fault(&nested(100_000)), Some((_, DerFault::TooDeep))));
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = scan(&bytes);
            let _ = element_length(&bytes);
        }

        /// What is called DER here is what the `der` crate reads, to its outermost length.
        #[test]
        fn sound_elements_are_read_by_others(value in prop::collection::vec(any::<u8>(), 0..400)) {
            let bytes = super::super::element(tag::OCTET_STRING, &[&value]);
            prop_assert_eq!(scan(&bytes), Ok(()));
            prop_assert_eq!(element_length(&[&bytes[..], &[0, 0]].concat()), Ok(bytes.len()));
            let other: der::asn1::OctetString = der::Decode::from_der(&bytes).unwrap();
            prop_assert_eq!(other.as_bytes(), &value[..]);
        }
    }
}
