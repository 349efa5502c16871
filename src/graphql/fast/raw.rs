//! Values of a stored statement where they lie: found by one pass, copied into the answer without being read.
//!
//! Statements are RFC 8785, whose spelling of texts and whole numbers is the answer's own. Whatever is spelled otherwise (an
//! escape, a fraction, bytes that somebody put there) is read and written anew, and what is no JSON is [`Broken`].

use serde_json::Value as Json;

/// The bytes are not the JSON they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored statement is not the JSON it should be")]
pub(super) struct Broken;

/// A value as it lies in the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Raw<'a>(&'a [u8]);

impl<'a> Raw<'a> {
    /// An object whose end is not known yet: `name`'s value in the object that begins `text`, together with all that follows.
    /// Only what lies before it is passed over.
    pub(super) fn open(text: &'a [u8], name: &str) -> Result<Option<Self>, Broken> {
        let mut scan = Scan { bytes: text, at: 0 };
        if !scan.begins(b'{', b'}')? {
            return Ok(None);
        }
        loop {
            if scan.name()? == name.as_bytes() {
                scan.space();
                return Ok(Some(Self(&text[scan.at..])));
            }
            scan.value(1)?;
            if !scan.goes_on(b'}')? {
                return Ok(None);
            }
        }
    }

    /// The values of these members, in the order of `wanted`, by one pass that ends with the last of them; nothing of what is no
    /// object.
    pub(super) fn pick(self, wanted: &[Box<str>]) -> Result<Vec<Option<Self>>, Broken> {
        let mut found = vec![None; wanted.len()];
        let mut missing = wanted.len();
        let mut scan = Scan { bytes: self.0, at: 0 };
        if self.kind() != Kind::Object {
            // What is no object must yet be JSON.
            return self.alone().map(|_| found);
        }
        if missing == 0 || !scan.begins(b'{', b'}')? {
            return Ok(found);
        }
        loop {
            let name = scan.name()?;
            let value = scan.value(1)?;
            if let Some(place) = wanted.iter().position(|known| known.as_bytes() == name) {
                missing -= usize::from(found[place].replace(value).is_none());
                if missing == 0 {
                    return Ok(found);
                }
            }
            if !scan.goes_on(b'}')? {
                return Ok(found);
            }
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self.0.first() {
            Some(b'"') => Kind::Text,
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The value alone, where it was opened with all that follows.
    pub(super) fn alone(self) -> Result<Self, Broken> {
        Scan { bytes: self.0, at: 0 }.value(1)
    }

    /// One member of an object; of anything else none.
    fn member(self, name: &str) -> Result<Option<Self>, Broken> {
        if self.kind() != Kind::Object {
            return Ok(None);
        }
        Self::open(self.0, name)?.map(Self::alone).transpose()
    }

    /// The items of a list; of anything else none.
    pub(super) fn items(self) -> Result<Vec<Self>, Broken> {
        let mut items = Vec::new();
        let mut scan = Scan { bytes: self.0, at: 0 };
        if self.kind() != Kind::List {
            return self.alone().map(|_| items);
        }
        if !scan.begins(b'[', b']')? {
            return Ok(items);
        }
        loop {
            items.push(scan.value(1)?);
            if !scan.goes_on(b']')? {
                return Ok(items);
            }
        }
    }

    /// A text with its escapes resolved; None where it is none.
    pub(super) fn text(self) -> Result<Option<String>, Broken> {
        match self.kind() {
            Kind::Text => serde_json::from_slice(self.0).map(Some).map_err(|_| Broken),
            _ => Ok(None),
        }
    }

    /// Copies a text, quotes and all.
    pub(super) fn copy_text(self, out: &mut Vec<u8>) -> Result<(), Broken> {
        if memchr::memchr(b'\\', self.0).is_some() {
            let text = self.text()?.ok_or(Broken)?;
            return serde_json::to_writer(out, &text).map_err(|_| Broken);
        }
        // Bytes that are no UTF-8, or no text of JSON, must not get into an answer.
        if self.0.iter().any(|byte| *byte < 0x20) || std::str::from_utf8(self.0).is_err() {
            return Err(Broken);
        }
        out.extend_from_slice(self.0);
        Ok(())
    }

    /// Copies a number; written anew where its spelling is not certainly the answer's.
    pub(super) fn copy_number(self, out: &mut Vec<u8>) -> Result<(), Broken> {
        let digits = self.0.strip_prefix(b"-").unwrap_or(self.0);
        let plain = digits.len() < 16 && digits.iter().all(u8::is_ascii_digit) && digits.first().is_some_and(|first| *first != b'0');
        if plain || self.0 == b"0" {
            out.extend_from_slice(self.0);
            return Ok(());
        }
        match serde_json::from_slice(self.0) {
            Ok(Json::Number(number)) => serde_json::to_writer(out, &number).map_err(|_| Broken),
            _ => Err(Broken),
        }
    }

    /// The value read.
    pub(super) fn read(self) -> Result<Json, Broken> {
        serde_json::from_slice(self.0).map_err(|_| Broken)
    }

    pub(super) fn is_true(self) -> bool {
        self.0 == b"true"
    }

    /// Every value that the path reaches, as [`model::registry::path::values`] finds them in data that were read.
    pub(super) fn reach(self, path: &[String], found: &mut Vec<Self>) -> Result<(), Broken> {
        match (self.kind(), path.split_first()) {
            (Kind::Null, _) => {}
            (Kind::List, _) => {
                for item in self.items()? {
                    item.reach(path, found)?;
                }
            }
            (_, None) => found.push(self),
            (Kind::Object, Some((first, rest))) => {
                if let Some(value) = self.member(first)? {
                    value.reach(rest, found)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bool,
    Null,
    Object,
    List,
}

/// Deeper values are broken: no statement nests so deep, and recursion ends.
const MAX_DEPTH: usize = 128;

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, Broken> {
        let byte = self.peek().ok_or(Broken)?;
        self.at += 1;
        Ok(byte)
    }

    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.next()? == byte { Ok(()) } else { Err(Broken) }
    }

    /// Steps into an object or list; false where it is empty.
    fn begins(&mut self, begin: u8, end: u8) -> Result<bool, Broken> {
        self.expect(begin)?;
        self.space();
        if self.peek() == Some(end) {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// Behind a value: is there another?
    fn goes_on(&mut self, end: u8) -> Result<bool, Broken> {
        self.space();
        match self.next()? {
            b',' => Ok(true),
            byte if byte == end => Ok(false),
            _ => Err(Broken),
        }
    }

    /// A member's name, and past its colon. Names of properties need no escapes.
    fn name(&mut self) -> Result<&'a [u8], Broken> {
        self.space();
        let Raw(name) = self.text()?;
        self.space();
        self.expect(b':')?;
        Ok(&name[1..name.len() - 1])
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Raw<'a>, Broken> {
        if depth > MAX_DEPTH {
            return Err(Broken);
        }
        self.space();
        let begin = self.at;
        match self.peek().ok_or(Broken)? {
            b'"' => return self.text(),
            b'{' => self.nested(b'{', b'}', depth)?,
            b'[' => self.nested(b'[', b']', depth)?,
            b't' => self.word(b"true")?,
            b'f' => self.word(b"false")?,
            b'n' => self.word(b"null")?,
            b'-' | b'0'..=b'9' => {
                while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
                    self.at += 1;
                }
            }
            _ => return Err(Broken),
        }
        Ok(Raw(&self.bytes[begin..self.at]))
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Broken> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(Broken);
        }
        self.at += word.len();
        Ok(())
    }

    /// A text with its quotes.
    fn text(&mut self) -> Result<Raw<'a>, Broken> {
        let begin = self.at;
        self.expect(b'"')?;
        loop {
            let rest = self.bytes.get(self.at..).ok_or(Broken)?;
            self.at += memchr::memchr2(b'"', b'\\', rest).ok_or(Broken)?;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return Ok(Raw(&self.bytes[begin..self.at]));
            }
            self.at += 2;
        }
    }

    fn nested(&mut self, begin: u8, end: u8, depth: usize) -> Result<(), Broken> {
        if !self.begins(begin, end)? {
            return Ok(());
        }
        loop {
            if begin == b'{' {
                self.name()?;
            }
            self.value(depth + 1)?;
            if !self.goes_on(end)? {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whole(text: &str) -> Result<Raw<'_>, Broken> {
        Scan { bytes: text.as_bytes(), at: 0 }.value(0)
    }

    fn copied(text: &str) -> String {
        let mut out = Vec::new();
        let raw = whole(text).unwrap();
        match raw.kind() {
            Kind::Number => raw.copy_number(&mut out).unwrap(),
            _ => raw.copy_text(&mut out).unwrap(),
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn members_items_and_paths_are_found_where_they_lie() {
        let text = r#"{"a":[{"b":1},{"b":[2,null]},{}],"c":"d\"e","a2":{}}"#;
        let found = Raw::open(text.as_bytes(), "a").unwrap().unwrap();
        assert_eq!(found.items().unwrap().len(), 3);
        let picked = whole(text).unwrap().pick(&["c".into(), "nothing".into(), "a".into()]).unwrap();
        assert_eq!(picked[0].unwrap().text().unwrap().unwrap(), "d\"e");
        assert_eq!((picked[1], picked[2].unwrap().items().unwrap().len()), (None, 3));
        let mut found = Vec::new();
        whole(text).unwrap().reach(&["a".into(), "b".into()], &mut found).unwrap();
        assert_eq!(found, [Raw(b"1"), Raw(b"2")]);
    }

    #[test]
    fn copies_are_what_a_reader_and_writer_would_make() {
        for value in
            [json!("证照"), json!("a\"b\\\n\u{1}/"), json!(0), json!(-7), json!(1.5), json!(9_007_199_254_740_991_i64), json!(1e21)]
        {
            let canonical = verify::canonical::canonical_text(&value).unwrap();
            let read: Json = serde_json::from_str(&canonical).unwrap();
            assert_eq!(copied(&canonical), read.to_string());
        }
        assert_eq!(copied(r#""\u0041\/""#), r#""A/""#);
    }

    #[test]
    fn what_is_no_json_is_broken() {
        for text in ["", "{", "{\"a\"}", "[1,]", "[1 2]", "\"a", "tru", "{\"a\":}", &"[".repeat(300)] {
            assert_eq!(whole(text), Err(Broken), "{text}");
        }
        for opened in [Raw(b""), Raw(b"nonsense"), Raw(b"}")] {
            assert_eq!((opened.items(), opened.pick(&["a".into()])), (Err(Broken), Err(Broken)));
        }
        assert_eq!(Raw(b"\"a\x01\"").copy_text(&mut Vec::new()), Err(Broken));
        assert_eq!(Raw(b"\"a\xff\"").copy_text(&mut Vec::new()), Err(Broken));
    }
}
