//! Cross-reference sections (ISO 32000-1, 7.5.4 to 7.5.8): each revision of a file ends in one, and each leads to the one before.

use super::{
    fault::Defect,
    filter,
    limits::{Limit, PdfFault, Spending, over},
    object::{Dict, Node, Value},
    syntax::{Stop, Syntax, is_space},
};

/// Where a section says that an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Free,
    At { offset: usize, generation: u16 },
    In { container: u32, index: usize },
}

/// How a section is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XrefForm {
    /// `xref` and `trailer`.
    Table,
    /// A cross-reference stream.
    Stream,
}

/// One section from its first byte to its `%%EOF`.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) form: XrefForm,
    pub(super) offset: usize,
    /// After `%%EOF`, without the end of line.
    pub(super) end: usize,
    /// By number, each once.
    pub(super) entries: Vec<(u32, Entry)>,
    pub(super) trailer: Dict<'a>,
    /// The number of the cross-reference stream.
    pub(super) own: Option<u32>,
}

/// The sections of a file, oldest first; empty when its end leads to none.
pub(super) fn chain<'a>(bytes: &'a [u8], spending: &mut Spending<'_>) -> Result<Vec<Section<'a>>, PdfFault> {
    let Some(last) = last_startxref(bytes) else {
        spending.fault(bytes.len(), Defect::NoStartxref);
        return Ok(Vec::new());
    };
    let mut sections: Vec<Section<'a>> = Vec::new();
    let mut next = Some(last);
    while let Some(offset) = next.take() {
        if sections.iter().any(|section| section.offset == offset) {
            spending.fault(offset, Defect::PrevLoop(offset));
            break;
        }
        over(sections.len() + 1, Limit::Revisions, spending.limits.revisions)?;
        let Some(section) = section(bytes, offset, spending)? else { break };
        if let Some(previous) = section.trailer.get(b"Prev") {
            next = previous.integer().and_then(|place| usize::try_from(place).ok());
            if next.is_none_or(|previous| previous >= offset) {
                spending.fault(previous.start as usize, Defect::PrevNotEarlier);
            }
        }
        sections.push(section);
    }
    sections.reverse();
    Ok(sections)
}

/// What stands after the last `startxref`; whether anything follows its `%%EOF` is seen when all bytes are accounted for.
fn last_startxref(bytes: &[u8]) -> Option<usize> {
    let window = bytes.len().saturating_sub(1024);
    let found = window + memchr::memmem::rfind(&bytes[window..], b"startxref")?;
    usize::try_from(startxref(bytes, found)?.0).ok()
}

/// `startxref`, a number and `%%EOF`; the number and where it all ends.
fn startxref(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let spaces = |at: usize| at + bytes.get(at..).unwrap_or_default().iter().take(8).take_while(|byte| is_space(**byte)).count();
    let digits = spaces(at.checked_add(9).filter(|_| bytes.get(at..).is_some_and(|rest| rest.starts_with(b"startxref")))?);
    let length = bytes.get(digits..)?.iter().take(12).take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&bytes[digits..digits + length]).ok()?.parse().ok()?;
    let marker = spaces(digits + length);
    (marker > digits + length && bytes.get(marker..)?.starts_with(b"%%EOF")).then_some((number, marker + 5))
}

fn section<'a>(bytes: &'a [u8], offset: usize, spending: &mut Spending<'_>) -> Result<Option<Section<'a>>, PdfFault> {
    let refuse = |spending: &mut Spending<'_>, why| {
        spending.fault(offset, Defect::NoSection(why));
        Ok(None)
    };
    let mut syntax = Syntax::new(bytes, offset, spending);
    let read = if syntax.keyword(b"xref") { table(&mut syntax) } else { stream(&mut syntax) };
    let at = syntax.at;
    let (form, own, mut entries, trailer) = match read {
        Ok(read) => read,
        Err(Stop::Limit(fault)) => return Err(fault),
        Err(Stop::Expected(what)) => return refuse(spending, what),
        Err(Stop::LengthLies) => return refuse(spending, "endstream after /Length bytes"),
    };
    let mut end = Syntax::new(bytes, at, spending);
    end.skip();
    let start = end.at;
    let Some((named, end)) = startxref(bytes, start) else { return refuse(spending, "startxref and %%EOF after the trailer") };
    if usize::try_from(named) != Ok(offset) {
        spending.fault(start, Defect::StartxrefElsewhere { section: offset, named });
    }
    if trailer.has(b"XRefStm") {
        spending.fault(offset, Defect::Hybrid);
    }
    if trailer.has(b"Encrypt") {
        spending.fault(offset, Defect::Encrypted);
    }
    entries.sort_by_key(|(number, _)| *number);
    let size = trailer.integer(b"Size").unwrap_or(0);
    if let Some((number, _)) = entries.last().filter(|(number, _)| i64::from(*number) >= size) {
        spending.fault(offset, Defect::NotBelowSize(*number));
    }
    entries.dedup_by(|later, earlier| {
        let twice = later.0 == earlier.0;
        if twice {
            spending.fault(offset, Defect::ListedTwice(later.0));
        }
        twice
    });
    Ok(Some(Section { form, offset, end, entries, trailer, own }))
}

type Read<'a> = (XrefForm, Option<u32>, Vec<(u32, Entry)>, Dict<'a>);

fn table<'a>(syntax: &mut Syntax<'a, '_, '_>) -> Result<Read<'a>, Stop> {
    let mut entries = Vec::new();
    syntax.skip();
    while !syntax.keyword(b"trailer") {
        let first = syntax.digits().ok_or(Stop::Expected("the first number of a subsection, or trailer"))?;
        syntax.skip();
        let count = syntax.digits().ok_or(Stop::Expected("the length of a subsection"))?;
        let (first, count) = range(first, count)?;
        syntax.spending.objects(count)?;
        syntax.skip();
        for place in 0..count {
            let line = syntax.bytes.get(syntax.at..).and_then(<[u8]>::first_chunk).ok_or(Stop::Expected("an entry of 20 bytes"))?;
            let entry = table_entry(line).ok_or(Stop::Expected("an entry of 20 bytes"))?;
            entries.push((number(first, place)?, entry));
            syntax.at += line.len();
        }
        syntax.skip();
    }
    match syntax.value(0)?.value {
        Value::Dict(trailer) => Ok((XrefForm::Table, None, entries, trailer)),
        _ => Err(Stop::Expected("the trailer dictionary")),
    }
}

/// `nnnnnnnnnn ggggg n` and two bytes of end of line.
fn table_entry(line: &[u8; 20]) -> Option<Entry> {
    let decimal = |digits: &[u8]| std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_digit))?.parse::<u64>().ok();
    let (offset, generation) = (decimal(&line[..10])?, decimal(&line[11..16])?);
    let ends = matches!(&line[18..], b" \n" | b" \r" | b"\r\n") && line[10] == b' ' && line[16] == b' ';
    match line[17] {
        b'n' if ends => Some(Entry::At { offset: offset.try_into().ok()?, generation: generation.try_into().ok()? }),
        b'f' if ends => Some(Entry::Free),
        _ => None,
    }
}

fn stream<'a>(syntax: &mut Syntax<'a, '_, '_>) -> Result<Read<'a>, Stop> {
    let (own, _) = syntax.object_header().ok_or(Stop::Expected("xref or a cross-reference stream"))?;
    let Node { value: Value::Dict(dict), .. } = syntax.value(0)? else {
        return Err(Stop::Expected("the dictionary of a cross-reference stream"));
    };
    if !dict.names(b"Type", b"XRef") {
        return Err(Stop::Expected("/Type /XRef"));
    }
    let length = dict.integer(b"Length").and_then(|length| usize::try_from(length).ok()).ok_or(Stop::Expected("a direct /Length"))?;
    let data = syntax.stream_data(length)?;
    let entries = stream_entries(&dict, &syntax.bytes[data], syntax.spending)?;
    Ok((XrefForm::Stream, Some(own), entries, dict))
}

fn stream_entries(dict: &Dict<'_>, data: &[u8], spending: &mut Spending<'_>) -> Result<Vec<(u32, Entry)>, Stop> {
    let widths: Vec<usize> = dict
        .get(b"W")
        .and_then(Node::array)
        .unwrap_or_default()
        .iter()
        .filter_map(|width| usize::try_from(width.integer()?).ok())
        .collect();
    let [kind, second, third] = widths[..] else { return Err(Stop::Expected("/W of three numbers")) };
    if widths.iter().any(|width| *width > 8) || second == 0 {
        return Err(Stop::Expected("/W of three numbers from 0 to 8, the second not 0"));
    }
    let whole = [0, dict.integer(b"Size").unwrap_or(-1)];
    let pairs: Vec<i64> = match dict.get(b"Index") {
        None => whole.to_vec(),
        Some(index) => index.array().unwrap_or_default().iter().map(|item| item.integer().unwrap_or(-1)).collect(),
    };
    let mut ranges = Vec::new();
    for pair in pairs.chunks(2) {
        let [first, count] = *pair else { return Err(Stop::Expected("/Index of pairs")) };
        let (first, count) = range(first, count)?;
        spending.objects(count)?;
        ranges.push((first, count));
    }
    let decoded = filter::decode(dict, data, spending)?.map_err(|_| Stop::Expected("a cross-reference stream that decodes"))?;
    let total: usize = ranges.iter().map(|(_, count)| count).sum();
    if total.checked_mul(kind + second + third) != Some(decoded.len()) {
        return Err(Stop::Expected("as many entries as /Index says"));
    }
    let mut rows = decoded.chunks_exact(kind + second + third);
    let mut entries = Vec::with_capacity(total);
    for (first, count) in ranges {
        for (place, row) in (0..count).zip(&mut rows) {
            let field = |from: usize, width: usize| row[from..from + width].iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            let (two, three) = (field(kind, second), field(kind + second, third));
            let entry = match if kind == 0 { 1 } else { field(0, kind) } {
                0 => Some(Entry::Free),
                1 => usize::try_from(two).ok().zip(u16::try_from(three).ok()).map(|(offset, generation)| Entry::At { offset, generation }),
                2 => u32::try_from(two).ok().zip(usize::try_from(three).ok()).map(|(container, index)| Entry::In { container, index }),
                _ => None,
            };
            entries.push((number(first, place)?, entry.ok_or(Stop::Expected("an entry of type 0, 1 or 2 with numbers in range"))?));
        }
    }
    Ok(entries)
}

fn range(first: i64, count: i64) -> Result<(u32, usize), Stop> {
    let ends_in_range = first.checked_add(count).is_some_and(|end| end <= i64::from(u32::MAX));
    match (u32::try_from(first), usize::try_from(count)) {
        (Ok(first), Ok(count)) if ends_in_range => Ok((first, count)),
        _ => Err(Stop::Expected("a subsection of numbers in range")),
    }
}

fn number(first: u32, place: usize) -> Result<u32, Stop> {
    u32::try_from(place).ok().and_then(|place| first.checked_add(place)).ok_or(Stop::Expected("a number in range"))
}
