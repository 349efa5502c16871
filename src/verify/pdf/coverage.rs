//! What a signature covers, decided on the bytes: a range from the first byte to the end of its own revision, left out only what
//! the very hexadecimal string of its own `/Contents` takes.

use std::ops::Range;

use sm3::{Digest, Sm3};

use super::{
    body::{Body, Indirect},
    object::{Dict, Node, Value},
    syntax::digit,
};

/// What a signature covers. That says which bytes count, and only an empty [`Pdf::structure`](super::Pdf::structure) says that every
/// reader makes the same of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// Everything but its own `/Contents`.
    WholeFile,
    /// The same of an earlier revision: later ones were added after it.
    Revision {
        /// The revision, counted from the oldest, which is 0.
        number: usize,
        /// Where the covered bytes end.
        end: usize,
    },
    /// Nothing that can be relied on.
    Broken {
        /// Why.
        why: CoverageFault,
    },
}

/// Why a signature covers nothing that can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoverageFault {
    /// A signature field without a value.
    #[error("the signature field has no value")]
    NoValue,
    /// A signature field whose value is no dictionary.
    #[error("the value of the signature field is no dictionary")]
    ValueNotDictionary,
    /// No signature field of the form leads to the dictionary.
    #[error("no signature field of the form leads to this signature dictionary")]
    NotReached,
    /// Several fields claim it.
    #[error("{0} signature fields share this signature dictionary")]
    SharedByFields(usize),
    /// A later revision replaced or freed the dictionary.
    #[error("a later revision replaced or removed this signature dictionary")]
    Superseded,
    /// It stands in an object stream, where it has no bytes to leave out.
    #[error("the signature dictionary stands in object stream {0}")]
    InObjectStream(u32),
    /// A key stands twice.
    #[error("/{0} stands twice in the signature dictionary")]
    KeyTwice(&'static str),
    /// No `/ByteRange`.
    #[error("the signature dictionary has no /ByteRange")]
    NoByteRange,
    /// `/ByteRange` is not four direct numbers without sign.
    #[error("/ByteRange is not an array of four direct numbers without sign")]
    ByteRangeShape,
    /// It does not begin with the file.
    #[error("/ByteRange begins at {0}, not at 0")]
    ByteRangeStart(u64),
    /// The second part begins before the first ends.
    #[error("the parts of /ByteRange overlap or touch: the first ends at {0}, the second begins at {1}")]
    ByteRangeOverlap(u64, u64),
    /// It ends after the file.
    #[error("/ByteRange ends at {0}, after the end of the file")]
    ByteRangePastEnd(u64),
    /// It ends where no revision ends.
    #[error("/ByteRange ends at {0}, where the revision of the signature does not end")]
    EndsElsewhere(u64),
    /// No `/Contents`.
    #[error("the signature dictionary has no /Contents")]
    NoContents,
    /// `/Contents` is no direct hexadecimal string of whole bytes.
    #[error("/Contents is not a direct hexadecimal string of whole bytes")]
    ContentsShape,
    /// `/Contents` is empty or zero throughout.
    #[error("/Contents is empty")]
    ContentsEmpty,
    /// What is left out is not the dictionary's own `/Contents`.
    #[error("bytes {} to {} are left out, but /Contents stands at {} to {}", gap.start, gap.end, contents.start, contents.end)]
    GapElsewhere {
        /// What is left out.
        gap: Range<usize>,
        /// Where `/Contents` stands.
        contents: Range<usize>,
    },
    /// `/Contents` is not one DER sequence.
    #[error("/Contents does not begin with one whole DER sequence")]
    NotDer,
    /// Something follows the DER.
    #[error("after the DER in /Contents byte {0} is not zero padding")]
    Padding(usize),
    /// The trailers that would tell revisions apart cannot be read.
    #[error("the file has no readable cross-reference")]
    NoRevisions,
}

/// What the bytes say of a signature dictionary.
#[derive(Debug, Default)]
pub(super) struct Covered {
    pub(super) byte_range: Option<[u64; 4]>,
    pub(super) contents: Option<Vec<u8>>,
}

/// Reads `/ByteRange` and `/Contents` and holds them against the bytes.
pub(super) fn judge(body: &Body<'_>, object: &Indirect<'_>, dict: &Dict<'_>, found: &mut Covered) -> Result<Coverage, CoverageFault> {
    for key in ["ByteRange", "Contents"] {
        if dict.0.iter().filter(|pair| pair.key == key.as_bytes()).count() > 1 {
            return Err(CoverageFault::KeyTwice(key));
        }
    }
    let contents = dict.get(b"Contents").ok_or(CoverageFault::NoContents);
    let decoded = contents.and_then(hexadecimal).and_then(|bytes| der(&bytes).map(<[u8]>::to_vec));
    found.contents = decoded.as_ref().ok().cloned();
    let range = byte_range(body.bytes, object, dict.get(b"ByteRange").ok_or(CoverageFault::NoByteRange)?)?;
    found.byte_range = Some(range);
    if let Some(number) = object.object_stream {
        return Err(CoverageFault::InObjectStream(number));
    }
    let [start, length, second, rest] = range;
    if start != 0 {
        return Err(CoverageFault::ByteRangeStart(start));
    }
    if second <= length {
        return Err(CoverageFault::ByteRangeOverlap(length, second));
    }
    let end = second.saturating_add(rest);
    let whole = usize::try_from(end).ok().filter(|end| *end <= body.bytes.len()).ok_or(CoverageFault::ByteRangePastEnd(end))?;
    let [Ok(length), Ok(second)] = [length, second].map(usize::try_from) else { return Err(CoverageFault::ByteRangePastEnd(end)) };
    let at = dict.get(b"Contents").ok_or(CoverageFault::NoContents)?;
    decoded?;
    if at.span() != (length..second) {
        return Err(CoverageFault::GapElsewhere { gap: length..second, contents: at.span() });
    }
    let own = body.sections.get(object.revision).ok_or(CoverageFault::NoRevisions)?;
    let eol = body.bytes.get(own.end..whole).ok_or(CoverageFault::EndsElsewhere(end))?;
    if !matches!(eol, b"" | b"\n" | b"\r" | b"\r\n") {
        return Err(CoverageFault::EndsElsewhere(end));
    }
    if whole == body.bytes.len() && object.revision == body.last() {
        return Ok(Coverage::WholeFile);
    }
    Ok(Coverage::Revision { number: object.revision, end: whole })
}

/// The SM3 digest of what is covered.
pub(super) fn digest(bytes: &[u8], [start, length, second, rest]: [u64; 4]) -> Option<[u8; 32]> {
    let part = |from: u64, length: u64| bytes.get(usize::try_from(from).ok()?..usize::try_from(from.checked_add(length)?).ok()?);
    let mut hash = Sm3::new();
    hash.update(part(start, length)?);
    hash.update(part(second, rest)?);
    Some(hash.finalize().into())
}

/// Four numbers spelled with digits alone.
fn byte_range(bytes: &[u8], object: &Indirect<'_>, node: &Node<'_>) -> Result<[u64; 4], CoverageFault> {
    let numbers = node.array().filter(|items| items.len() == 4).ok_or(CoverageFault::ByteRangeShape)?;
    let mut range = [0; 4];
    for (place, item) in range.iter_mut().zip(numbers) {
        // Within an object stream the spelling is elsewhere; such a dictionary is refused for that.
        let signed = object.object_stream.is_none() && !bytes.get(item.span()).is_some_and(|token| token.iter().all(u8::is_ascii_digit));
        let number = item.integer().filter(|_| !signed).ok_or(CoverageFault::ByteRangeShape)?;
        *place = u64::try_from(number).map_err(|_| CoverageFault::ByteRangeShape)?;
    }
    Ok(range)
}

/// The bytes of `<…>` without white space.
fn hexadecimal(node: &Node<'_>) -> Result<Vec<u8>, CoverageFault> {
    let Value::Text(spelling) = node.value else { return Err(CoverageFault::ContentsShape) };
    let digits = spelling.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">")).ok_or(CoverageFault::ContentsShape)?;
    let (pairs, odd) = digits.as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes.filter(|_| odd.is_empty()).ok_or(CoverageFault::ContentsShape)
}

/// The one DER sequence at the start; zeros alone may follow.
fn der(bytes: &[u8]) -> Result<&[u8], CoverageFault> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(CoverageFault::ContentsEmpty);
    }
    let [0x30, first, rest @ ..] = bytes else { return Err(CoverageFault::NotDer) };
    let (header, length) = match first {
        0..=0x7f => (2, usize::from(*first)),
        0x81..=0x84 => {
            let width = usize::from(first & 0x7f);
            let length = rest.get(..width).ok_or(CoverageFault::NotDer)?.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
            let shortest = length > 0x7f && rest.first() != Some(&0);
            (2 + width, Some(length).filter(|_| shortest).ok_or(CoverageFault::NotDer)?)
        }
        _ => return Err(CoverageFault::NotDer),
    };
    let end = length.checked_add(header).ok_or(CoverageFault::NotDer)?;
    let sequence = bytes.get(..end).ok_or(CoverageFault::NotDer)?;
    match bytes[end..].iter().position(|byte| *byte != 0) {
        Some(place) => Err(CoverageFault::Padding(end + place)),
        None => Ok(sequence),
    }
}
