//! Every object of a file in every version, read at the place that its cross-reference section names; and the bytes between them,
//! which must be nothing.

use std::ops::Range;

use super::{
    fault::{Defect, Place},
    limits::{PdfFault, Spending},
    object::{Dict, Node, Value},
    syntax::{Stop, Syntax},
    xref::{Entry, Section},
};

/// One version of an indirect object.
#[derive(Debug)]
pub(super) struct Indirect<'a> {
    pub(super) number: u32,
    pub(super) generation: u16,
    /// The section that lists it first, counted from the oldest.
    pub(super) revision: usize,
    /// From its number to `endobj`, when it stands in the file itself.
    pub(super) span: Range<usize>,
    pub(super) object_stream: Option<u32>,
    pub(super) value: Node<'a>,
    pub(super) data: Option<Range<usize>>,
}

impl<'a> Indirect<'a> {
    pub(super) fn dict(&self) -> Option<&Dict<'a>> {
        self.value.dict()
    }

    pub(super) fn place(&self) -> Place {
        let offset = if self.object_stream.is_some() { self.value.start as usize } else { self.span.start };
        Place { offset, object_stream: self.object_stream }
    }

    pub(super) fn is_type(&self, name: &[u8]) -> bool {
        self.dict().is_some_and(|dict| dict.names(b"Type", name))
    }
}

/// The objects and how each revision sees them.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) sections: Vec<Section<'a>>,
    /// In the order of the file; those of object streams follow. Some may be listed nowhere.
    pub(super) objects: Vec<Indirect<'a>>,
    /// For each section what it says of a number, in their order: the place in `objects`, or that there is nothing readable.
    changes: Vec<Vec<(u32, Option<usize>)>>,
}

impl<'a> Body<'a> {
    pub(super) fn read(bytes: &'a [u8], sections: Vec<Section<'a>>, spending: &mut Spending<'_>) -> Result<Self, PdfFault> {
        let changes = vec![Vec::new(); sections.len()];
        let mut body = Self { bytes, sections, objects: Vec::new(), changes };
        let mut tiles = body.read_listed(spending)?;
        if !body.sections.is_empty() {
            tiles.extend(body.sections.iter().map(|section| section.offset..section.end));
            between(bytes, tiles, spending);
        }
        Ok(body)
    }

    /// The newest revision's number.
    pub(super) fn last(&self) -> usize {
        self.sections.len().saturating_sub(1)
    }

    /// The object that `number` means in a revision.
    pub(super) fn find(&self, revision: usize, number: u32) -> Option<&Indirect<'a>> {
        self.objects.get(self.place(revision, number)?)
    }

    /// Its place in `objects`.
    pub(super) fn place(&self, revision: usize, number: u32) -> Option<usize> {
        let told = |changes: &Vec<(u32, Option<usize>)>| Some(changes[changes.binary_search_by_key(&number, |(told, _)| *told).ok()?].1);
        self.changes.get(..=revision)?.iter().rev().find_map(told)?
    }

    /// What a value means in a revision: a reference is followed, through at most eight more.
    pub(super) fn resolve<'n>(&'n self, revision: usize, node: &'n Node<'a>) -> Option<&'n Node<'a>> {
        let mut node = node;
        for _ in 0..8 {
            match node.value {
                Value::Reference(number, _) => node = &self.find(revision, number)?.value,
                _ => return Some(node),
            }
        }
        None
    }

    /// The value of a key in a revision, a reference followed.
    pub(super) fn get<'n>(&'n self, revision: usize, dict: &'n Dict<'a>, key: &[u8]) -> Option<&'n Node<'a>> {
        self.resolve(revision, dict.get(key)?)
    }

    /// The numbers that a section changes, adds or frees.
    pub(super) fn changed(&self, revision: usize) -> impl Iterator<Item = (u32, Option<&Indirect<'a>>)> {
        let changes = self.changes.get(revision).into_iter().flatten();
        changes.map(|(number, place)| (*number, place.and_then(|place| self.objects.get(place))))
    }

    /// The objects that the newest revision sees, each with its place.
    pub(super) fn live(&self) -> impl Iterator<Item = (usize, &Indirect<'a>)> {
        let last = self.last();
        self.objects.iter().enumerate().filter(move |(place, object)| self.place(last, object.number) == Some(*place))
    }

    /// Whether the newest revision still sees this version.
    pub(super) fn is_live(&self, object: &Indirect<'a>) -> bool {
        self.find(self.last(), object.number).is_some_and(|found| std::ptr::eq(found, object))
    }

    pub(super) fn add(&mut self, object: Indirect<'a>, listed: bool) {
        if listed && let Some(changes) = self.changes.get_mut(object.revision) {
            match changes.binary_search_by_key(&object.number, |(told, _)| *told) {
                Ok(known) => changes[known].1 = Some(self.objects.len()),
                Err(at) => changes.insert(at, (object.number, Some(self.objects.len()))),
            }
        }
        self.objects.push(object);
    }

    /// Reads what the sections say stands in the file itself, in the order of the file and no byte twice.
    fn read_listed(&mut self, spending: &mut Spending<'_>) -> Result<Vec<Range<usize>>, PdfFault> {
        let mut places: Vec<(usize, usize, u32, u16)> = Vec::new();
        let mut begin = 0;
        for (revision, section) in self.sections.iter().enumerate() {
            for (number, entry) in &section.entries {
                let repeated = (0..revision).rev().find_map(|earlier| lists(&self.sections[earlier], *number));
                let own = section.own == Some(*number) && matches!(entry, Entry::At { offset, .. } if *offset == section.offset);
                if repeated == Some(*entry) || own || (repeated.is_none() && *entry == Entry::Free) {
                    continue;
                }
                self.changes[revision].push((*number, None));
                let Entry::At { offset, generation } = *entry else { continue };
                if offset < begin || offset >= section.offset {
                    spending.fault(section.offset, Defect::EntryOutsideRevision(*number));
                }
                places.push((offset, revision, *number, generation));
            }
            begin = section.end;
        }
        places.sort_unstable();
        let mut high = 0;
        let mut tiles = Vec::with_capacity(places.len());
        for (offset, revision, number, generation) in places {
            if offset < high {
                spending.fault(offset, Defect::Overlap(number));
                continue;
            }
            let mut syntax = Syntax::new(self.bytes, offset, spending);
            if syntax.object_header() != Some((number, generation)) {
                spending.fault(offset, Defect::EntryMisses { number, generation });
                continue;
            }
            let at = syntax.at;
            let (read, end) = self.object(number, revision, at, spending);
            high = end;
            match read {
                Ok((value, data)) => {
                    tiles.push(offset..end);
                    self.add(Indirect { number, generation, revision, span: offset..end, object_stream: None, value, data }, true);
                }
                Err(Stop::Limit(fault)) => return Err(fault),
                Err(Stop::LengthLies) => {}
                Err(Stop::Expected(expected)) => spending.fault(end, Defect::Unreadable { number, expected }),
            }
        }
        Ok(tiles)
    }

    /// The object after `N G obj`, and how far was read.
    #[expect(clippy::type_complexity, reason = "a value, its data, and the place: all of one private step")]
    fn object(
        &self,
        number: u32,
        revision: usize,
        at: usize,
        spending: &mut Spending<'_>,
    ) -> (Result<(Node<'a>, Option<Range<usize>>), Stop>, usize) {
        let mut syntax = Syntax::new(self.bytes, at, spending);
        let value = match syntax.value(0) {
            Ok(value) => value,
            Err(stop) => return (Err(stop), syntax.at),
        };
        syntax.skip();
        if syntax.keyword(b"endobj") {
            return (Ok((value, None)), syntax.at);
        }
        let at = syntax.at;
        let Some(length) = value.dict().map(|dict| self.length(revision, dict)) else {
            return (Err(Stop::Expected("endobj")), at);
        };
        let Some(length) = length.filter(|_| self.bytes[at..].starts_with(b"stream")) else {
            spending.fault(at, Defect::NoLength(number));
            return (Err(Stop::LengthLies), at);
        };
        let mut syntax = Syntax::new(self.bytes, at, spending);
        let data = syntax.stream_data(usize::try_from(length).unwrap_or(usize::MAX));
        let end = syntax.at;
        if let Err(Stop::LengthLies) = data {
            spending.fault(at, Defect::LengthLies { number, length });
        }
        (data.map(|data| (value, Some(data))), end)
    }

    /// `/Length`, which may be an object of its own in the file: then the newest revision must still mean the same one.
    fn length(&self, revision: usize, dict: &Dict<'_>) -> Option<i64> {
        let (number, generation) = match dict.get(b"Length")?.value {
            Value::Integer(length) => return Some(length),
            Value::Reference(number, generation) => (number, generation),
            _ => return None,
        };
        let newest = |until: usize| self.sections.get(..=until)?.iter().rev().find_map(|section| lists(section, number));
        let entry = newest(revision)?;
        let Entry::At { offset, generation: listed } = entry else { return None };
        if newest(self.last()) != Some(entry) || listed != generation {
            return None;
        }
        // Short, so that many lengths cannot make a long comment be read many times.
        let bytes = self.bytes.get(offset..)?;
        let limits = super::Limits::default();
        let mut spending = Spending::new(&limits);
        let mut syntax = Syntax::new(bytes.get(..64).unwrap_or(bytes), 0, &mut spending);
        let found = syntax.object_header();
        syntax.skip();
        let length = syntax.digits()?;
        syntax.skip();
        (found == Some((number, generation)) && syntax.keyword(b"endobj")).then_some(length)
    }
}

fn lists(section: &Section<'_>, number: u32) -> Option<Entry> {
    let place = section.entries.binary_search_by_key(&number, |(listed, _)| *listed).ok()?;
    Some(section.entries[place].1)
}

/// What is neither header nor object nor section must be white space or a harmless comment.
fn between(bytes: &[u8], mut tiles: Vec<Range<usize>>, spending: &mut Spending<'_>) {
    tiles.sort_unstable_by_key(|tile| tile.start);
    let mut at = header_end(bytes);
    for tile in tiles {
        if tile.start < at {
            spending.fault(tile.start, Defect::Shared(tile.end.min(at) - tile.start));
        } else {
            let mut gap = Syntax::new(&bytes[..tile.start], at, spending);
            gap.skip();
            at = gap.at;
            if at < tile.start {
                spending.fault(at, Defect::Unlisted(tile.start - at));
            }
        }
        at = at.max(tile.end);
    }
    let after = bytes.get(at..).unwrap_or_default();
    if !matches!(after, b"" | b"\n" | b"\r" | b"\r\n") {
        spending.fault(at, Defect::AfterEnd(after.len()));
    }
}

/// After the header line and the comment of foreign bytes that may follow it.
pub(super) fn header_end(bytes: &[u8]) -> usize {
    let line = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len())
    };
    let first = line(0);
    let mut next = first;
    while matches!(bytes.get(next), Some(b'\n' | b'\r')) {
        next += 1;
    }
    match bytes.get(next) {
        Some(b'%') if line(next) - next <= 16 => line(next),
        _ => first,
    }
}
