//! XML as a package may carry it: UTF-8, no document type, no entities of its own, no processing instructions, bounded.
//!
//! A first pass over the bytes refuses what would cost the parser time or let two parsers differ; then `roxmltree` builds the tree.

use roxmltree::{Document, Node, ParsingOptions};

use super::{
    Limits, PackageFault,
    fault::{DocumentFault, XmlFault},
};

/// The namespace of GB/T 33190-2016.
pub const NAMESPACE: &str = "http://www.ofdspec.org/2016";

/// Of one element: the parser compares each with each.
const MAX_ATTRIBUTES: usize = 128;
const MAX_ATTRIBUTES_IN_ALL: usize = 500_000;
const MAX_NAMESPACES: usize = 4_096;
/// Names times namespaces: the parser looks each up among all.
const MAX_LOOKUPS: usize = 50_000_000;
const MAX_NODES: u32 = 500_000;
const ENTITIES: [&[u8]; 5] = [b"lt", b"gt", b"amp", b"quot", b"apos"];

/// Reads any XML.
pub(super) fn read<'a>(entry: &str, bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, PackageFault> {
    let fault = |offset, fault| PackageFault::xml(entry, offset, fault);
    if bytes.len() > limits.xml {
        return Err(fault(0, XmlFault::TooLarge { size: bytes.len(), limit: limits.xml }));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| fault(error.valid_up_to(), XmlFault::Encoding))?;
    Scan { bytes, place: 0, depth: 0, namespaces: 0, elements: 0, attributes: 0, limit: limits.depth }
        .run()
        .map_err(|(offset, found)| fault(offset, found))?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        let offset = offset_of(text, error.pos());
        match error {
            roxmltree::Error::NodesLimitReached => fault(offset, XmlFault::TooMany("elements")),
            other => fault(offset, XmlFault::Malformed(other.to_string())),
        }
    })
}

/// Reads XML of which every element is of the OFD namespace, with this root.
pub(super) fn read_ofd<'a>(entry: &str, bytes: &'a [u8], root: &'static str, limits: &Limits) -> Result<Document<'a>, PackageFault> {
    let document = read(entry, bytes, limits)?;
    for node in document.root().descendants().filter(Node::is_element) {
        if node.tag_name().namespace() != Some(NAMESPACE) {
            let fault = XmlFault::Namespace(node.tag_name().name().to_owned());
            return Err(PackageFault::xml(entry, node.range().start, fault));
        }
    }
    let found = document.root_element().tag_name().name();
    if found != root {
        return Err(PackageFault::document(entry, DocumentFault::Root { found: found.to_owned(), expected: root }));
    }
    Ok(document)
}

/// The elements of this name directly below.
pub(super) fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The one element of this name directly below.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Result<Option<Node<'a, 'i>>, DocumentFault> {
    let mut found = children(node, name);
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(DocumentFault::Repeated(name.to_owned())),
        (first, None) => Ok(first),
    }
}

/// The text of an element that has nothing but text.
pub(super) fn text(node: Node<'_, '_>, name: &'static str) -> Result<String, DocumentFault> {
    let mut inside = node.children();
    match (inside.next(), inside.next()) {
        (None, _) => Ok(String::new()),
        (Some(only), None) if only.is_text() => Ok(only.text().unwrap_or_default().trim().to_owned()),
        _ => Err(DocumentFault::Value { what: name, value: "not text alone".to_owned() }),
    }
}

/// The text of the one element of this name directly below.
pub(super) fn child_text(node: Node<'_, '_>, name: &'static str) -> Result<Option<String>, DocumentFault> {
    child(node, name)?.map(|child| text(child, name)).transpose()
}

struct Scan<'a> {
    bytes: &'a [u8],
    place: usize,
    depth: usize,
    namespaces: usize,
    elements: usize,
    attributes: usize,
    limit: usize,
}

impl Scan<'_> {
    fn run(mut self) -> Result<(), (usize, XmlFault)> {
        if self.is_at(b"\xef\xbb\xbf") {
            self.place = 3;
        }
        if self.is_at(b"<?xml") {
            self.declaration()?;
        }
        while let Some(byte) = self.bytes.get(self.place) {
            match byte {
                b'<' => self.markup()?,
                b'&' => self.reference()?,
                _ => self.place += 1,
            }
        }
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.place..).unwrap_or_default()
    }

    fn is_at(&self, text: &[u8]) -> bool {
        self.rest().starts_with(text)
    }

    /// Behind the next `text`, or at the end: the parser will say that it is missing.
    fn skip_past(&mut self, text: &[u8]) {
        let found = self.rest().windows(text.len()).position(|window| window == text);
        self.place = found.map_or(self.bytes.len(), |found| self.place + found + text.len());
    }

    fn declaration(&mut self) -> Result<(), (usize, XmlFault)> {
        let start = self.place;
        self.skip_past(b"?>");
        let declaration = self.bytes.get(start..self.place).unwrap_or_default().to_ascii_lowercase();
        let names = |what: &[u8]| declaration.windows(what.len()).any(|window| window == what);
        if names(b"encoding") && !names(b"\"utf-8\"") && !names(b"'utf-8'") {
            return Err((start, XmlFault::Encoding));
        }
        if !declaration.get(5).is_some_and(u8::is_ascii_whitespace) {
            return Err((start, XmlFault::ProcessingInstruction));
        }
        Ok(())
    }

    fn markup(&mut self) -> Result<(), (usize, XmlFault)> {
        if self.is_at(b"<!--") {
            self.place += 4;
            self.skip_past(b"-->");
        } else if self.is_at(b"<![CDATA[") {
            self.skip_past(b"]]>");
        } else if self.is_at(b"<!") {
            return Err((self.place, XmlFault::DocumentType));
        } else if self.is_at(b"<?") {
            return Err((self.place, XmlFault::ProcessingInstruction));
        } else if self.is_at(b"</") {
            self.depth = self.depth.saturating_sub(1);
            self.skip_past(b">");
        } else {
            self.tag()?;
        }
        Ok(())
    }

    fn tag(&mut self) -> Result<(), (usize, XmlFault)> {
        let (start, mut quote, mut attributes) = (self.place, None, 0);
        loop {
            let Some(byte) = self.bytes.get(self.place).copied() else { return Ok(()) };
            match (quote, byte) {
                (Some(_), b'&') => {
                    self.reference()?;
                    continue;
                }
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'=') => attributes += 1,
                (None, b'x') if self.is_at(b"xmlns") => self.namespaces += 1,
                (None, b'>') => break,
                (None, _) => {}
            }
            self.place += 1;
        }
        self.attributes += attributes;
        if attributes > MAX_ATTRIBUTES || self.attributes > MAX_ATTRIBUTES_IN_ALL {
            return Err((start, XmlFault::TooMany("attributes")));
        }
        self.elements += 1;
        let lookups = (self.elements + self.attributes).saturating_mul(self.namespaces);
        if self.namespaces > MAX_NAMESPACES || lookups > MAX_LOOKUPS {
            return Err((start, XmlFault::TooMany("namespaces")));
        }
        let empty = self.place.checked_sub(1).and_then(|before| self.bytes.get(before)) == Some(&b'/');
        self.place += 1;
        if self.depth >= self.limit {
            return Err((start, XmlFault::TooDeep { limit: self.limit }));
        }
        self.depth += usize::from(!empty);
        Ok(())
    }

    fn reference(&mut self) -> Result<(), (usize, XmlFault)> {
        let start = self.place;
        let name: Vec<u8> = self.rest().iter().skip(1).take(12).copied().take_while(|byte| *byte != b';').collect();
        if name.first() != Some(&b'#') && !ENTITIES.contains(&name.as_slice()) {
            return Err((start, XmlFault::Entity));
        }
        self.place += 1;
        Ok(())
    }
}

/// Rows and columns, in characters and from 1, as a byte.
fn offset_of(text: &str, place: roxmltree::TextPos) -> usize {
    let row = usize::try_from(place.row).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(place.col).unwrap_or(1).saturating_sub(1);
    let before: usize = text.split_inclusive('\n').take(row).map(str::len).sum();
    let line = text.get(before..).unwrap_or_default();
    before + line.char_indices().nth(column).map_or(line.len(), |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> &'static str {
        read("a.xml", text.as_bytes(), &Limits::default()).map_or_else(|fault| fault.code(), |_| "")
    }

    #[test]
    fn only_plain_xml_is_read() {
        for (text, expected) in [
            ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b='&lt;&#20320;'>&amp;<!-- &x; --><![CDATA[&y;]]></a>", ""),
            ("\u{feff}<a/>", ""),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "XML_DOCUMENT_TYPE"),
            ("<a><!ELEMENT b></a>", "XML_DOCUMENT_TYPE"),
            ("<a>&b;</a>", "XML_ENTITY"),
            ("<a b=\"&c;\"/>", "XML_ENTITY"),
            ("<a><?php x?></a>", "XML_PROCESSING_INSTRUCTION"),
            ("<?xml-stylesheet href='a'?><a/>", "XML_PROCESSING_INSTRUCTION"),
            ("<?xml version='1.0' encoding='GBK'?><a/>", "XML_ENCODING"),
            ("<a></b>", "XML_MALFORMED"),
            ("<a/><b/>", "XML_MALFORMED"),
            ("<a/>text", "XML_MALFORMED"),
            ("<a b='1' b='2'/>", "XML_MALFORMED"),
            ("<a>\u{1}</a>", "XML_MALFORMED"),
            ("", "XML_MALFORMED"),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
        assert_eq!(code(&"<a>".repeat(65)), "XML_TOO_DEEP");
        assert_eq!(code(&format!("{}{}", "<a>".repeat(64), "</a>".repeat(64))), "");
        let many: String = (0..200).map(|number| format!(" a{number}=''")).collect();
        assert_eq!(code(&format!("<a{many}/>")), "XML_TOO_MANY");
        assert_eq!(code(&format!("<a>{}</a>", "<b xmlns='c'/>".repeat(5_000))), "XML_TOO_MANY");
        assert!(matches!(read("a", b"\xff", &Limits::default()), Err(PackageFault::Xml { fault: XmlFault::Encoding, offset: 0, .. })));
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in "\\PC{0,80}|[<>!?/&;a='\" -]{0,80}") {
            let _ = read_ofd("a.xml", text.as_bytes(), "OFD", &Limits::default());
        }
    }
}
