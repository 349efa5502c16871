//! Element by element through bytes that [`super::scan`] found to be DER. A second look at the lengths costs nothing and keeps
//! this file safe on its own.

use super::scan::{DerFault, Malformed, header};

/// One element: identifier, length and value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    /// Where it begins.
    pub(crate) at: usize,
    /// All of it, byte for byte.
    pub(crate) whole: &'a [u8],
    pub(crate) value: &'a [u8],
}

impl<'a> Element<'a> {
    /// The one element that `bytes` are, `base` bytes into what is read.
    pub(crate) fn only(bytes: &'a [u8], base: usize) -> Result<Self, Malformed> {
        let mut cursor = Cursor { rest: bytes, at: base };
        let element = cursor.next()?;
        cursor.end()?;
        Ok(element)
    }

    /// The elements within.
    pub(crate) fn elements(&self) -> Cursor<'a> {
        Cursor { rest: self.value, at: self.value_at() }
    }

    /// The one element within: EXPLICIT tags.
    pub(crate) fn inner(&self) -> Result<Self, Malformed> {
        Self::only(self.value, self.value_at())
    }

    pub(crate) fn value_at(&self) -> usize {
        self.at + (self.whole.len() - self.value.len())
    }

    /// The same, if it is tagged so.
    pub(crate) fn tagged(self, tag: u8, what: &'static str) -> Result<Self, Malformed> {
        if self.tag == tag { Ok(self) } else { Err(self.is_not(what)) }
    }

    pub(crate) fn is_not(&self, what: &'static str) -> Malformed {
        DerFault::Expected(what).at(self.at)
    }
}

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn next(&mut self) -> Result<Element<'a>, Malformed> {
        let found = header(self.rest, 0).map_err(|malformed| malformed.fault.at(self.at + malformed.at))?;
        let end = found.value_at.saturating_add(found.length);
        let cut = DerFault::Truncated.at(self.at);
        let (whole, rest) = self.rest.split_at_checked(end).ok_or(cut)?;
        let value = whole.get(found.value_at..).ok_or(cut)?;
        let element = Element { tag: found.tag, at: self.at, whole, value };
        (self.rest, self.at) = (rest, self.at + end);
        Ok(element)
    }

    /// The next element, which must be tagged `tag`; `what` names it otherwise.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, Malformed> {
        if self.is_at_end() {
            return Err(DerFault::Expected(what).at(self.at));
        }
        self.next()?.tagged(tag, what)
    }

    /// The next element if it is tagged `tag`.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Malformed> {
        if self.rest.first() == Some(&tag) { self.next().map(Some) } else { Ok(None) }
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), Malformed> {
        if self.is_at_end() { Ok(()) } else { Err(DerFault::Expected("the end of its parent").at(self.at)) }
    }

    /// Every element that is left, at most `limit` of them.
    pub(crate) fn all(mut self, limit: usize) -> Result<Vec<Element<'a>>, Malformed> {
        let mut found = Vec::new();
        while !self.is_at_end() {
            if found.len() == limit {
                return Err(DerFault::Expected("within the bound on the number of elements").at(self.at));
            }
            found.push(self.next()?);
        }
        Ok(found)
    }
}
