//! A plan of a whole document: what is asked of the store, and what of its rows stands where in the answer.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Variables;
use model::registry::{CertificateType, Field, Relation};

use super::arguments::{Args, Declared};
use crate::graphql::ask::Ask;
use crate::store::Wanted;

/// `"key":`, ready to be written.
pub(super) type Key = Box<[u8]>;

/// One operation, compiled for one rights class.
#[derive(Debug)]
pub(in crate::graphql) struct Program {
    /// Digest of the document, the operation and the rights it was compiled for, the same on every replica.
    pub(super) name: [u8; 32],
    pub(super) roots: Vec<Root>,
    pub(super) variables: Vec<Declared>,
    /// Does it read certificates, so that it is recorded and may need a purpose?
    pub(super) reads: bool,
    /// Does the document select, filter or order by anything of a person? Variables are looked at by themselves.
    pub(super) touches_personal: bool,
    /// May the answer tell anything of a person, by what it holds or by what was asked? Then it leaves after its record only.
    pub(super) answers_personal: bool,
    /// Paths that grants answer masked.
    pub(super) masked: Vec<String>,
}

impl Program {
    /// Are these variables certainly what validation lets pass? Else the library is to judge them.
    pub(in crate::graphql) fn holds(&self, variables: &Variables) -> bool {
        self.variables.iter().all(|declared| declared.holds(variables))
    }

    /// Must this caller say what for, whatever the variables are?
    pub(super) fn needs_purpose(&self, ask: &Ask) -> bool {
        self.reads && !ask.caller.says_what_for() && self.touches_personal
    }

    /// Is it careful enough whatever its variables name: has the caller said what for, and does the answer wait for its record?
    pub(in crate::graphql) fn is_careful_with(&self, ask: &Ask) -> bool {
        !self.reads || (ask.caller.says_what_for() && self.answers_personal)
    }
}

#[derive(Debug)]
pub(super) struct Root {
    pub key: Key,
    pub asks: Asks,
    pub args: Args,
}

#[derive(Debug)]
pub(super) enum Asks {
    TypeName,
    /// One certificate of a type, by id or number.
    One {
        type_name: Arc<str>,
        below: Certificates,
    },
    /// One certificate of any type, by id.
    Node {
        below: Certificates,
    },
    Many {
        type_name: Arc<str>,
        connection: Connection,
        below: Certificates,
    },
    Across {
        connection: Connection,
        below: Certificates,
    },
    /// One holder, or several; `loads` bring their certificates.
    Holders {
        several: bool,
        members: Vec<(Key, HolderTake)>,
        loads: Vec<Load>,
    },
    Statistics {
        ty: Arc<CertificateType>,
        below: Picks,
    },
    Verify {
        what: Verify,
        below: Picks,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Verify {
    One,
    Several,
    Information,
    File,
    Code,
}

/// A selection on certificates: by type, where a fragment on it adds something, else as on any other.
#[derive(Debug)]
pub(super) struct Certificates {
    pub own: HashMap<Arc<str>, Variant>,
    pub other: Option<Variant>,
    pub loads: Vec<Load>,
    /// Is the issuer selected? Then it is read with the row.
    pub issuer: bool,
    /// What of a row any of the variants writes or follows.
    pub columns: Wanted,
}

impl Certificates {
    pub(super) fn variant(&self, type_name: &str) -> Option<&Variant> {
        self.own.get(type_name).or(self.other.as_ref())
    }
}

#[derive(Debug, Default)]
pub(super) struct Variant {
    pub members: Vec<(Key, Take)>,
    /// Properties of the data that members name by their place here.
    pub wanted: Vec<Box<str>>,
    /// Which of the selection's loads its members name.
    pub loads: Vec<usize>,
}

/// What stands in a member of a certificate.
#[derive(Debug)]
pub(super) enum Take {
    Metadata(Metadata),
    Holders(Vec<(Key, HolderTake)>),
    Issuer(Picks),
    StatusCode(Picks),
    Signature(Picks),
    Files(Picks),
    /// A property, by its place in [`Variant::wanted`].
    Property(usize, Shape),
    Relation {
        load: usize,
    },
    /// `current` or `previous`.
    Version {
        load: usize,
        which: Which,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metadata {
    TypeName,
    Id,
    Identifier,
    TypeCode,
    Title,
    Name,
    Number,
    IssuedOn,
    ValidFrom,
    ValidTo,
    Status,
    Version,
    UpdatedAt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Current,
    Previous,
}

/// Certificates reached from those of a level: one statement for all of them.
#[derive(Debug)]
pub(super) struct Load {
    pub by: LoadBy,
    pub below: Box<Certificates>,
}

#[derive(Debug)]
pub(super) enum LoadBy {
    Relation {
        relation: Relation,
        args: Args,
    },
    Version(Which),
    /// The certificates of each holder.
    Holder(Args),
}

/// What stands in a member of a holder.
#[derive(Debug)]
pub(super) enum HolderTake {
    TypeName,
    Name,
    Code,
    CodeType(Picks),
    CodeAbsent,
    /// The first of the holder's certificates, which this load brings.
    Certificates {
        load: usize,
        args: Args,
        connection: Connection,
    },
}

/// A selection on a Relay connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub members: Vec<(Key, ConnectionTake)>,
    /// The name of the connection and of its edges.
    pub names: [String; 2],
    /// Is `totalCount` among it?
    pub total: bool,
}

#[derive(Debug)]
pub(super) enum ConnectionTake {
    TypeName,
    Edges(Vec<(Key, EdgeTake)>),
    Nodes,
    PageInfo(Picks),
    Total,
}

#[derive(Debug)]
pub(super) enum EdgeTake {
    TypeName,
    Node,
    Cursor,
}

/// How a property is written.
#[derive(Debug)]
pub(super) enum Shape {
    Text,
    Decimal,
    Number,
    Flag,
    Code {
        table: String,
        picks: Picks,
    },
    Object {
        name: String,
        wanted: Vec<Box<str>>,
        members: Vec<(Key, ObjectTake)>,
    },
    List(Box<Self>),
    /// Of a field that grants answer masked.
    Masked(Box<Field>),
}

#[derive(Debug)]
pub(super) enum ObjectTake {
    TypeName,
    Property(usize, Shape),
}

/// A selection on a plain object: one whose fields are all at hand.
#[derive(Debug, Default)]
pub(super) struct Picks(pub Vec<Pick>);

#[derive(Debug)]
pub(super) struct Pick {
    pub key: Key,
    /// The field's name.
    pub name: Box<str>,
    pub args: Args,
    pub below: Picks,
}
