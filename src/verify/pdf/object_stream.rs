//! Object streams (ISO 32000-1, 7.5.7): their objects count only where a cross-reference stream lists them there, and every one
//! that they hold must be listed.

use std::collections::HashMap;

use super::{
    body::{Body, Indirect},
    fault::{Defect, Place},
    filter,
    limits::{PdfFault, Spending},
    object::Node,
    syntax::{Stop, Syntax},
    xref::Entry,
};

/// A decoded object stream: where its object stands among all, and its bytes.
pub(super) struct Decoded {
    object: usize,
    bytes: Vec<u8>,
}

/// Decodes every object stream of the file, listed or not.
pub(super) fn decode(body: &Body<'_>, spending: &mut Spending<'_>) -> Result<Vec<Decoded>, PdfFault> {
    let mut all = Vec::new();
    for (object, stream) in body.objects.iter().enumerate() {
        let (Some(dict), Some(data)) = (stream.dict(), &stream.data) else { continue };
        if stream.is_type(b"XRef") {
            spending.fault(stream.place(), Defect::StrayXref(stream.number));
        }
        if !stream.is_type(b"ObjStm") {
            continue;
        }
        let refuse = |why: String| Defect::ObjectStream { number: stream.number, why };
        if dict.has(b"Extends") {
            spending.fault(stream.place(), refuse("/Extends is not read here".to_owned()));
        }
        match filter::decode(dict, &body.bytes[data.clone()], spending)? {
            Ok(bytes) => all.push(Decoded { object, bytes }),
            Err(fault) => spending.fault(stream.place(), refuse(fault.to_string())),
        }
    }
    Ok(all)
}

/// Adds the objects of the decoded streams.
pub(super) fn unpack<'a>(body: &mut Body<'a>, decoded: &'a [Decoded], spending: &mut Spending<'_>) -> Result<(), PdfFault> {
    let mut listed: HashMap<(usize, u32), HashMap<(u32, usize), usize>> = HashMap::new();
    for (revision, section) in body.sections.iter().enumerate() {
        for (number, entry) in &section.entries {
            let Entry::In { container, index } = *entry else { continue };
            let Some(stream) = body.find(revision, container) else {
                spending.fault(section.offset, Defect::NotInObjectStream { container, number: *number });
                continue;
            };
            listed.entry((stream.revision, container)).or_default().entry((*number, index)).or_insert(revision);
        }
    }
    for stream in decoded {
        let Some(container) = body.objects.get(stream.object) else { continue };
        let (number, revision) = (container.number, container.revision);
        let place = container.place();
        if !body.is_live(container) {
            spending.fault(place, Defect::ObjectStream { number, why: "a later revision replaces it".to_owned() });
        }
        let header = container.dict().map(|dict| (dict.integer(b"N"), dict.integer(b"First")));
        let mut expected = listed.remove(&(revision, number)).unwrap_or_default();
        match objects(number, header, &stream.bytes, spending) {
            Ok(found) => {
                for (index, (member, value)) in found.into_iter().enumerate() {
                    let by = expected.remove(&(member, index));
                    if by.is_none() {
                        let at = Place { offset: value.start as usize, object_stream: Some(number) };
                        spending.fault(at, Defect::HiddenInObjectStream { container: number, number: member });
                    }
                    let revision = by.unwrap_or(revision);
                    let object =
                        Indirect { number: member, generation: 0, revision, span: 0..0, object_stream: Some(number), value, data: None };
                    body.add(object, by.is_some());
                }
            }
            Err(Stop::Limit(fault)) => return Err(fault),
            Err(Stop::Expected(why)) => spending.fault(place, Defect::ObjectStream { number, why: format!("{why} expected") }),
            Err(Stop::LengthLies) => {}
        }
        listed.insert((revision, number), expected);
    }
    for ((_, container), left) in listed {
        for ((number, _), revision) in left {
            spending.fault(body.sections[revision].offset, Defect::NotInObjectStream { container, number });
        }
    }
    Ok(())
}

/// The objects in their order, which must fill the bytes.
fn objects<'a>(
    number: u32,
    header: Option<(Option<i64>, Option<i64>)>,
    bytes: &'a [u8],
    spending: &mut Spending<'_>,
) -> Result<Vec<(u32, Node<'a>)>, Stop> {
    let Some((Some(count), Some(first))) = header else { return Err(Stop::Expected("/N and /First")) };
    let [Ok(count), Ok(first)] = [count, first].map(usize::try_from) else { return Err(Stop::Expected("/N and /First")) };
    spending.objects(count)?;
    let table = bytes.get(..first).ok_or(Stop::Expected("/First within the data"))?;
    let mut syntax = Syntax::new(table, 0, spending);
    let mut places = Vec::new();
    for _ in 0..count {
        syntax.skip();
        let member = syntax.digits().and_then(|member| u32::try_from(member).ok());
        syntax.skip();
        let offset = syntax.digits().and_then(|offset| usize::try_from(offset).ok()?.checked_add(first));
        places.push(member.zip(offset).ok_or(Stop::Expected("a number and a place for each of /N objects"))?);
    }
    syntax.skip();
    if syntax.at != first {
        return Err(Stop::Expected("/First right after the table"));
    }
    let mut found = Vec::with_capacity(places.len());
    let mut at = first;
    for (member, offset) in places {
        let mut syntax = Syntax::new(bytes, at, spending);
        syntax.object_stream = Some(number);
        syntax.skip();
        if syntax.at != offset {
            return Err(Stop::Expected("each object right after the one before"));
        }
        found.push((member, syntax.value(0)?));
        at = syntax.at;
    }
    let mut rest = Syntax::new(bytes, at, spending);
    rest.skip();
    if rest.at == bytes.len() { Ok(found) } else { Err(Stop::Expected("nothing after the last object")) }
}
