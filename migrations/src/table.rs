//! A table as data: the migrations write DDL from it, backup and restore walk along it.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Compares by bytes on both databases.
    Text,
    /// 64 bits.
    Integer,
    /// 16 bytes; version 7 orders by time.
    Uuid,
    Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    pub unique: bool,
    pub columns: &'static [&'static str],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub columns: Vec<Column>,
    /// Columns of the primary key.
    pub key: &'static [&'static str],
    pub indexes: Vec<Index>,
}

impl Table {
    pub(crate) fn new(name: &'static str, key: &'static [&'static str]) -> Self {
        Self { name, columns: Vec::new(), key, indexes: Vec::new() }
    }

    pub(crate) fn text(self, names: &[&'static str]) -> Self {
        self.with(Kind::Text, false, names)
    }

    pub(crate) fn integer(self, names: &[&'static str]) -> Self {
        self.with(Kind::Integer, false, names)
    }

    pub(crate) fn uuid(self, names: &[&'static str]) -> Self {
        self.with(Kind::Uuid, false, names)
    }

    pub(crate) fn bytes(self, names: &[&'static str]) -> Self {
        self.with(Kind::Bytes, false, names)
    }

    pub(crate) fn optional(self, kind: Kind, names: &[&'static str]) -> Self {
        self.with(kind, true, names)
    }

    pub(crate) fn unique(mut self, columns: &'static [&'static str]) -> Self {
        self.indexes.push(Index { unique: true, columns });
        self
    }

    pub(crate) fn index(mut self, columns: &'static [&'static str]) -> Self {
        self.indexes.push(Index { unique: false, columns });
        self
    }

    fn with(mut self, kind: Kind, nullable: bool, names: &[&'static str]) -> Self {
        self.columns.extend(names.iter().map(|name| Column { name, kind, nullable }));
        self
    }
}
