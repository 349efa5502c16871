//! PDF values as they stand in the bytes: each knows its place, nothing is copied.

use std::borrow::Cow;

/// A value and the bytes that spell it.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pub(super) value: Value<'a>,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A value (ISO 32000-1, 7.3). Strings and reals keep their spelling; names are decoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Real(&'a [u8]),
    /// With its delimiters.
    Text(&'a [u8]),
    Name(Cow<'a, [u8]>),
    Array(Vec<Node<'a>>),
    Dict(Dict<'a>),
    Reference(u32, u16),
}

/// A dictionary in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Dict<'a>(pub(super) Vec<Pair<'a>>);

#[derive(Debug, Clone)]
pub(super) struct Pair<'a> {
    pub(super) key: Cow<'a, [u8]>,
    pub(super) key_start: u32,
    pub(super) node: Node<'a>,
}

/// What stands where does not matter to what it means.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// Keys and items up to which dictionaries of different order and grown lists are compared; more are taken as different, lest a
/// file make it slow.
pub(super) const COMPARED: usize = 1000;

/// Nor does the order of keys.
impl PartialEq for Dict<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && (self.0.iter().zip(&other.0).all(|(one, two)| one.key == two.key && one.node == two.node)
                || self.0.len() <= COMPARED && self.0.iter().all(|pair| other.get(&pair.key) == Some(&pair.node)))
    }
}

impl<'a> Dict<'a> {
    /// The first value of `key`; a key that stands twice is a fault of its own.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Node<'a>> {
        self.0.iter().find(|pair| pair.key == key).map(|pair| &pair.node)
    }

    pub(super) fn has(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn integer(&self, key: &[u8]) -> Option<i64> {
        self.get(key).and_then(Node::integer)
    }

    pub(super) fn name(&self, key: &[u8]) -> Option<&[u8]> {
        self.get(key).and_then(Node::name)
    }

    pub(super) fn names(&self, key: &[u8], name: &[u8]) -> bool {
        self.name(key) == Some(name)
    }
}

impl<'a> Node<'a> {
    pub(super) fn integer(&self) -> Option<i64> {
        if let Value::Integer(number) = self.value { Some(number) } else { None }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Value::Name(name) = &self.value { Some(name) } else { None }
    }

    pub(super) fn dict(&self) -> Option<&Dict<'a>> {
        if let Value::Dict(dict) = &self.value { Some(dict) } else { None }
    }

    pub(super) fn array(&self) -> Option<&[Self]> {
        if let Value::Array(items) = &self.value { Some(items) } else { None }
    }

    pub(super) fn text(&self) -> Option<&'a [u8]> {
        if let Value::Text(spelling) = self.value { Some(spelling) } else { None }
    }

    pub(super) fn reference(&self) -> Option<u32> {
        if let Value::Reference(number, _) = self.value { Some(number) } else { None }
    }

    pub(super) fn span(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Calls `each` for this value and every value within it. The depth is bounded by the parser's.
    pub(super) fn every<'n>(&'n self, each: &mut impl FnMut(&'n Self)) {
        each(self);
        match &self.value {
            Value::Array(items) => items.iter().for_each(|item| item.every(each)),
            Value::Dict(dict) => dict.0.iter().for_each(|pair| pair.node.every(each)),
            _ => {}
        }
    }
}
