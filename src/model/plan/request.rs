//! What a caller asks, in the API's terms, before anything is checked.

use std::sync::Arc;

use serde_json::Value as Json;
use verify::status::CertificateStatus;

use crate::registry::RelationBy;

/// One question about certificates.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    ById(ById),
    ByNumber(ByNumber),
    Many(Many),
    Across(Across),
    HolderPage(HolderPage),
    HolderHeads(HolderHeads),
    Related(Related),
    Statistics(Statistics),
}

/// Versions by opaque id or identifier.
#[derive(Debug, Clone, PartialEq)]
pub struct ById {
    pub keys: Vec<String>,
    /// None: of any type the caller may read.
    pub type_name: Option<String>,
}

impl ById {
    /// Of any type the caller may read.
    pub const fn of(keys: Vec<String>) -> Self {
        Self { keys, type_name: None }
    }
}

/// The current version with this number.
#[derive(Debug, Clone, PartialEq)]
pub struct ByNumber {
    pub type_name: String,
    pub number: String,
    pub issuer: Option<String>,
}

/// Certificates of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct Many {
    pub type_name: String,
    pub filter: Option<Filter>,
    pub order_by: Vec<OrderBy>,
    pub page: PageArgs,
}

/// Certificates across types.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Across {
    pub number: Option<String>,
    pub holder_code: Option<String>,
    /// GraphQL names or type codes.
    pub types: Option<Vec<String>>,
    pub status: Option<Vec<CertificateStatus>>,
    /// RFC 3339.
    pub updated_since: Option<String>,
    pub page: PageArgs,
}

/// The certificates of one holder.
#[derive(Debug, Clone, PartialEq)]
pub struct HolderPage {
    pub code: String,
    pub types: Option<Vec<String>>,
    pub status: Option<Vec<CertificateStatus>>,
    pub page: PageArgs,
}

/// The first certificates of several holders at once.
#[derive(Debug, Clone, PartialEq)]
pub struct HolderHeads {
    pub codes: Vec<String>,
    pub types: Option<Vec<String>>,
    pub status: Option<Vec<CertificateStatus>>,
    pub first: Option<i64>,
}

/// For each key, the first certificates that a relation reaches.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    pub to: Vec<Arc<str>>,
    pub by: RelationBy,
    pub keys: Vec<String>,
    pub first: i64,
}

/// Groups of one type's certificates, counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    pub type_name: String,
    pub filter: Option<Filter>,
    pub group_by: Vec<GroupKey>,
}

/// A field to group by; dates by year or month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKey {
    pub field: String,
    pub unit: Option<Unit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Year,
    Month,
}

/// Relay's page arguments as given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageArgs {
    pub first: Option<i64>,
    pub after: Option<String>,
    pub last: Option<i64>,
    pub before: Option<String>,
    /// Is `totalCount` selected?
    pub total: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy {
    pub field: String,
    pub direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Asc,
    Desc,
}

impl Direction {
    pub const fn turned(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
        }
    }
}

/// A tree of conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Field { field: String, compare: Compare, value: Json },
}

/// The comparisons of a `where` field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    Eq,
    Ne,
    In,
    Gt,
    Gte,
    Lt,
    Lte,
    StartsWith,
    Contains,
    IsNull,
}

impl Compare {
    pub const ALL: [Self; 10] =
        [Self::Eq, Self::Ne, Self::In, Self::Gt, Self::Gte, Self::Lt, Self::Lte, Self::StartsWith, Self::Contains, Self::IsNull];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::In => "in",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::StartsWith => "startsWith",
            Self::Contains => "contains",
            Self::IsNull => "isNull",
        }
    }
}
