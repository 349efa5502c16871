//! Marks of a signature in bytes that were not read as one: within streams, strings, comments and bytes that belong to nothing.

use std::collections::HashSet;

use super::{
    body::{Body, header_end},
    fault::Defect,
    limits::Spending,
    syntax::{is_delimiter, is_space},
};

/// A mark of a signature outside of every signature that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The byte of the file.
    pub offset: usize,
    /// The object whose stream or strings hold it; `None`: it belongs to nothing listed.
    pub object: Option<u32>,
    /// What stands there.
    pub mark: Mark,
}

/// What tells of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `/ByteRange`.
    ByteRange,
    /// `/Type /Sig`.
    TypeSig,
    /// `/FT /Sig`.
    FieldTypeSig,
}

/// Marks kept of one file: one is enough to know that it is not unsigned.
const KEPT: usize = 50;

/// The marks in the bytes that are no key or value of an object that was read. Names written with `#` escapes are seen where objects
/// are read, and bytes that are not read are faults.
pub(super) fn hints(body: &Body<'_>, spending: &mut Spending<'_>) -> Vec<Hint> {
    second_headers(body, spending);
    let found = marks(body.bytes);
    if found.is_empty() {
        return Vec::new();
    }
    let read = read(body);
    let outside = found.into_iter().filter(|(offset, _)| !read.contains(offset));
    outside.take(KEPT).map(|(offset, mark)| Hint { offset, object: holding(body, offset).map(|object| object.number), mark }).collect()
}

/// Tells headers outside of streams.
fn second_headers(body: &Body<'_>, spending: &mut Spending<'_>) {
    let start = header_end(body.bytes).min(5);
    for found in memchr::memmem::find_iter(body.bytes.get(start..).unwrap_or_default(), b"%PDF-") {
        let offset = start + found;
        let within = holding(body, offset).is_some_and(|object| object.data.as_ref().is_some_and(|data| data.contains(&offset)));
        if !within {
            spending.fault(offset, Defect::SecondHeader);
        }
    }
}

fn marks(bytes: &[u8]) -> Vec<(usize, Mark)> {
    let ends = |at: usize| bytes.get(at).is_none_or(|byte| is_space(*byte) || is_delimiter(*byte));
    let mut found: Vec<(usize, Mark)> =
        memchr::memmem::find_iter(bytes, b"/ByteRange").filter(|at| ends(at + 10)).map(|at| (at, Mark::ByteRange)).collect();
    for at in memchr::memmem::find_iter(bytes, b"/Sig").filter(|at| ends(at + 4)) {
        // White space between key and value is looked through for a while only: a megabyte of it must not be read for each mark.
        let window = &bytes[at.saturating_sub(256)..at];
        let before = window.trim_ascii_end();
        if before.ends_with(b"/FT") {
            found.push((at, Mark::FieldTypeSig));
        } else if before.ends_with(b"/Type") {
            found.push((at, Mark::TypeSig));
        }
    }
    found
}

/// Where the objects of the file have such keys and values.
fn read(body: &Body<'_>) -> HashSet<usize> {
    let mut read = HashSet::new();
    for object in body.objects.iter().filter(|object| object.object_stream.is_none()) {
        object.value.every(&mut |node| {
            for pair in node.dict().iter().flat_map(|dict| &dict.0) {
                match &*pair.key {
                    b"ByteRange" => _ = read.insert(pair.key_start as usize),
                    b"FT" | b"Type" => _ = read.insert(pair.node.start as usize),
                    _ => {}
                }
            }
        });
    }
    read
}

fn holding<'b, 'a>(body: &'b Body<'a>, offset: usize) -> Option<&'b super::body::Indirect<'a>> {
    // The objects of the file stand in its order, before those of object streams.
    let count = body.objects.partition_point(|object| object.object_stream.is_none() && object.span.start <= offset);
    body.objects.get(count.checked_sub(1)?).filter(|object| object.span.contains(&offset))
}
