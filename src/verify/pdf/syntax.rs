//! Tokens and values (ISO 32000-1, 7.2 and 7.3), read as they are spelled and never repaired.

use std::{borrow::Cow, ops::Range};

use super::{
    fault::{Defect, Place},
    limits::{PdfFault, Spending},
    object::{Dict, Node, Pair, Value},
};

/// Why a value cannot be read.
#[derive(Debug)]
pub(super) enum Stop {
    Limit(PdfFault),
    /// What should have stood at [`Syntax::at`].
    Expected(&'static str),
    /// `endstream` does not stand where `/Length` says.
    LengthLies,
}

impl From<PdfFault> for Stop {
    fn from(fault: PdfFault) -> Self {
        Self::Limit(fault)
    }
}

pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

pub(super) const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

const fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

/// A place in bytes from which values are read.
#[derive(Debug)]
pub(super) struct Syntax<'a, 's, 'l> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// The object stream whose decoded bytes these are.
    pub(super) object_stream: Option<u32>,
    pub(super) spending: &'s mut Spending<'l>,
}

impl<'a, 's, 'l> Syntax<'a, 's, 'l> {
    pub(super) fn new(bytes: &'a [u8], at: usize, spending: &'s mut Spending<'l>) -> Self {
        Self { bytes, at, object_stream: None, spending }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn place(&self, offset: usize) -> Place {
        Place { offset, object_stream: self.object_stream }
    }

    /// Passes over white space and comments; a comment that could be taken for syntax is a fault.
    pub(super) fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            if is_space(byte) {
                self.at += 1;
            } else if byte == b'%' {
                let start = self.at;
                let rest = self.rest();
                self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                if !is_harmless(&self.bytes[start..self.at]) {
                    self.spending.fault(self.place(start), Defect::Comment);
                }
            } else {
                return;
            }
        }
    }

    /// Takes `word` if it stands here whole.
    pub(super) fn keyword(&mut self, word: &[u8]) -> bool {
        let found = self.rest().strip_prefix(word).is_some_and(|after| !after.first().is_some_and(|byte| is_regular(*byte)));
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes digits, nothing else: no sign, no point.
    pub(super) fn digits(&mut self) -> Option<i64> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        if rest.get(length).is_some_and(|byte| is_regular(*byte)) {
            return None;
        }
        let number = number(&rest[..length])?;
        self.at += length;
        Some(number)
    }

    /// Takes `N G obj`.
    pub(super) fn object_header(&mut self) -> Option<(u32, u16)> {
        let number = self.digits()?.try_into().ok()?;
        self.skip();
        let generation = self.digits()?.try_into().ok()?;
        self.skip();
        self.keyword(b"obj").then_some((number, generation))
    }

    /// After a dictionary: `stream`, `length` bytes of data, `endstream` and `endobj`. The place of the data.
    pub(super) fn stream_data(&mut self, length: usize) -> Result<Range<usize>, Stop> {
        self.skip();
        if !self.keyword(b"stream") {
            return Err(Stop::Expected("stream"));
        }
        self.at += match self.rest() {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return Err(Stop::Expected("one end of line after stream")),
        };
        let start = self.at;
        let end = start.checked_add(length).filter(|end| *end <= self.bytes.len()).ok_or(Stop::LengthLies)?;
        let after = &self.bytes[end..];
        let newline = [b"\r\n".as_slice(), b"\n", b"\r"].into_iter().find(|newline| after.starts_with(newline)).map_or(0, <[u8]>::len);
        self.at = end + newline;
        if !self.keyword(b"endstream") {
            self.at = start;
            return Err(Stop::LengthLies);
        }
        self.skip();
        if self.keyword(b"endobj") { Ok(start..end) } else { Err(Stop::Expected("endobj")) }
    }

    pub(super) fn value(&mut self, depth: usize) -> Result<Node<'a>, Stop> {
        self.spending.value()?;
        self.skip();
        let start = self.at;
        let value = match self.peek().ok_or(Stop::Expected("a value"))? {
            b'/' => Value::Name(self.name()?),
            b'(' => self.literal()?,
            b'<' if self.rest().starts_with(b"<<") => {
                self.spending.depth(depth + 1)?;
                Value::Dict(self.dict(depth + 1)?)
            }
            b'<' => self.hexadecimal()?,
            b'[' => {
                self.spending.depth(depth + 1)?;
                self.array(depth + 1)?
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number_or_reference()?,
            _ if self.keyword(b"null") => Value::Null,
            _ if self.keyword(b"true") => Value::Bool(true),
            _ if self.keyword(b"false") => Value::Bool(false),
            _ => return Err(Stop::Expected("a value")),
        };
        let place = |at: usize| u32::try_from(at).map_err(|_| Stop::Expected("a place below 4 GiB"));
        Ok(Node { value, start: place(start)?, end: place(self.at)? })
    }

    fn dict(&mut self, depth: usize) -> Result<Dict<'a>, Stop> {
        let start = self.at;
        self.at += 2;
        let mut pairs: Vec<Pair<'a>> = Vec::new();
        loop {
            self.skip();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                break;
            }
            if self.peek() != Some(b'/') {
                return Err(Stop::Expected("a key or >>"));
            }
            let key_start = u32::try_from(self.at).map_err(|_| Stop::Expected("a place below 4 GiB"))?;
            let key = self.name()?;
            pairs.push(Pair { key, key_start, node: self.value(depth)? });
        }
        if let Some(key) = twice(&pairs) {
            let key = String::from_utf8_lossy(key).into_owned();
            self.spending.fault(self.place(start), Defect::KeyTwice(key));
        }
        Ok(Dict(pairs))
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, Stop> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Value::Array(items));
            }
            items.push(self.value(depth)?);
        }
    }

    fn name(&mut self) -> Result<Cow<'a, [u8]>, Stop> {
        self.at += 1;
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        let spelling = &rest[..length];
        self.at += length;
        if !spelling.contains(&b'#') {
            return Ok(Cow::Borrowed(spelling));
        }
        let mut name = Vec::with_capacity(length);
        let mut left = spelling;
        while let Some((&byte, after)) = left.split_first() {
            left = after;
            if byte == b'#' {
                let pair = left.first_chunk::<2>().and_then(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?));
                name.push(pair.ok_or(Stop::Expected("two hexadecimal digits after # in a name"))?);
                left = &left[2..];
            } else {
                name.push(byte);
            }
        }
        Ok(Cow::Owned(name))
    }

    fn literal(&mut self) -> Result<Value<'a>, Stop> {
        let start = self.at;
        let (mut open, mut escaped) = (0_usize, false);
        for (place, byte) in self.rest().iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'(' => open += 1,
                b')' if open == 1 => {
                    self.at = start + place + 1;
                    return Ok(Value::Text(&self.bytes[start..self.at]));
                }
                b')' => open -= 1,
                _ => {}
            }
        }
        self.at = self.bytes.len();
        Err(Stop::Expected("the end of a string"))
    }

    fn hexadecimal(&mut self) -> Result<Value<'a>, Stop> {
        let start = self.at;
        let inside = &self.rest()[1..];
        let length = inside.iter().position(|byte| !byte.is_ascii_hexdigit() && !is_space(*byte)).unwrap_or(inside.len());
        self.at += 1 + length;
        if self.peek() != Some(b'>') {
            return Err(Stop::Expected("the end of a hexadecimal string"));
        }
        self.at += 1;
        Ok(Value::Text(&self.bytes[start..self.at]))
    }

    fn number_or_reference(&mut self) -> Result<Value<'a>, Stop> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        let token = &rest[..length];
        let unsigned = token.strip_prefix(b"+").or_else(|| token.strip_prefix(b"-")).unwrap_or(token);
        self.at += length;
        if unsigned.iter().all(u8::is_ascii_digit) {
            let value = number(unsigned).ok_or(Stop::Expected("a number of at most 18 digits"))?;
            if unsigned.len() == length
                && let Some((reference, end)) = self.reference(value)
            {
                self.at = end;
                return Ok(reference);
            }
            return Ok(Value::Integer(if token.starts_with(b"-") { -value } else { value }));
        }
        let mut points = 0;
        let real = unsigned.iter().all(|byte| {
            byte.is_ascii_digit()
                || (*byte == b'.' && {
                    points += 1;
                    points == 1
                })
        });
        if real && unsigned.len() > 1 { Ok(Value::Real(token)) } else { Err(Stop::Expected("a number")) }
    }

    /// `G R` after a number, with white space alone between.
    fn reference(&self, number: i64) -> Option<(Value<'a>, usize)> {
        let mut at = self.at;
        let space = |at: &mut usize| {
            let start = *at;
            while self.bytes.get(*at).is_some_and(|byte| is_space(*byte)) {
                *at += 1;
            }
            *at > start
        };
        let mut generation = 0_u32;
        let digits = space(&mut at).then_some(at)?;
        while let Some(byte) = self.bytes.get(at).filter(|byte| byte.is_ascii_digit() && at < digits + 5) {
            generation = generation * 10 + u32::from(byte - b'0');
            at += 1;
        }
        let whole = at > digits && space(&mut at) && self.bytes.get(at) == Some(&b'R');
        let ends = !self.bytes.get(at + 1).is_some_and(|byte| is_regular(*byte));
        (whole && ends).then_some((Value::Reference(number.try_into().ok()?, generation.try_into().ok()?), at + 1))
    }
}

/// At most 18 digits as a number.
fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0_i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// The value of a hexadecimal digit.
pub(super) const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Short plain words that no reader looking for objects could take for one.
fn is_harmless(comment: &[u8]) -> bool {
    const SYNTAX: [&[u8]; 9] = [b"obj", b"stream", b"xref", b"trailer", b"EOF", b"%PDF", b"<<", b">>", b"/"];
    comment.len() <= 200
        && comment.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
        && !SYNTAX.iter().any(|word| memchr::memmem::find(&comment[1..], word).is_some())
}

/// A key that stands twice.
fn twice<'p>(pairs: &'p [Pair<'_>]) -> Option<&'p [u8]> {
    if pairs.len() <= 16 {
        let repeated =
            |(place, pair): (usize, &'p Pair<'_>)| pairs[..place].iter().any(|other| other.key == pair.key).then_some(&*pair.key);
        return pairs.iter().enumerate().find_map(repeated);
    }
    let mut keys: Vec<&[u8]> = pairs.iter().map(|pair| &*pair.key).collect();
    keys.sort_unstable();
    keys.windows(2).find(|two| two[0] == two[1]).map(|two| two[0])
}
