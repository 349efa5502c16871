//! What a type file rules: metadata, number, validity, status, relations, and what holds across a holder's certificates.

use std::sync::Arc;

use chrono::{Months, NaiveDate};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use verify::status::CertificateStatus;

use super::{Grade, Title};

/// Where a metadata element comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A property of the data (for holders with `each`: of the item), as a dotted path.
    From(Vec<String>),
    Constant(String),
    /// The type's title.
    Title,
    /// The day of issue given with the command, else today in Asia/Shanghai.
    IssueDay,
    /// The same as issuedOn.
    IssuedOn,
    /// Computed by [`ValidityRule`].
    Validity,
    OpenEnded,
}

/// How the GB/T 36903 elements come about.
#[derive(Debug, Clone)]
pub struct Metadata {
    pub name: Source,
    pub issued_on: Source,
    pub valid_from: Source,
    pub valid_to: Source,
    pub holders: Vec<HolderSource>,
}

/// One holder, or one for each item of a list.
#[derive(Debug, Clone)]
pub struct HolderSource {
    pub each: Option<Vec<String>>,
    pub name: Source,
    pub code: Source,
    pub code_type: Source,
    /// The reason when there is no code; None: a code is required.
    pub code_absent: Option<Source>,
}

/// 证照编号.
#[derive(Debug, Clone)]
pub struct NumberRule {
    pub from: Option<Vec<String>>,
    pub template: Option<Template>,
    pub pattern: Option<regex::Regex>,
    pub scope: Scope,
    pub grade: Option<Grade>,
}

/// 流水号 of the identifier.
#[derive(Debug, Clone)]
pub enum SerialRule {
    Template(Template),
    /// The last n letters and digits of the number.
    NumberDigits(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    Issuer,
    #[default]
    IssuerYear,
    IssuerDay,
}

/// A number template, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(pub Vec<TemplatePart>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    Text(String),
    Property(String),
    /// Four digits of the issue day.
    Year,
    /// yyyymmdd of the issue day.
    Date,
    /// 京, 鲁 …: short name of the issuer's province.
    Province,
    /// Six digits of the issuer's division.
    Division,
    /// A counter, padded to so many digits.
    Sequence(u8),
}

/// How the end of validity is computed.
#[derive(Debug, Clone, Default)]
pub struct ValidityRule {
    pub period: Option<Period>,
    pub less: Option<Period>,
    pub open_ended: bool,
    /// The latest date found at this path.
    pub latest: Option<Vec<String>>,
    pub age_cap: Option<AgeCap>,
    /// As the catalogue states it: `3年`.
    pub range: Option<String>,
    pub grade: Option<Grade>,
}

#[derive(Debug, Clone)]
pub struct AgeCap {
    pub years: u32,
    pub birth_date: Vec<String>,
    pub less: Option<Period>,
}

/// A calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub months: u32,
    pub days: u32,
}

impl Period {
    /// `date` plus the period; None beyond the calendar.
    pub fn after(self, date: NaiveDate) -> Option<NaiveDate> {
        date.checked_add_months(Months::new(self.months))?.checked_add_days(chrono::Days::new(self.days.into()))
    }

    /// `date` minus the period; None beyond the calendar.
    pub fn before(self, date: NaiveDate) -> Option<NaiveDate> {
        date.checked_sub_months(Months::new(self.months))?.checked_sub_days(chrono::Days::new(self.days.into()))
    }
}

/// Status scheme and what may follow what.
#[derive(Debug, Clone)]
pub struct StatusRule {
    pub scheme: String,
    pub initial: String,
    pub issue_operation: Option<String>,
    pub transitions: IndexMap<Operation, Transition>,
}

/// What is done to a certificate after its issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    Suspend,
    Resume,
    Revoke,
    Cancel,
    Amend,
    Renew,
}

impl Operation {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
            Self::Cancel => "cancel",
            Self::Amend => "amend",
            Self::Renew => "renew",
        }
    }
}

/// From which codes an operation may start and where it may lead.
#[derive(Debug, Clone)]
pub struct Transition {
    pub from: Vec<String>,
    /// Empty for amend and renew: the new version starts at the initial code.
    pub to: Vec<String>,
    /// The type's own operation code.
    pub operation: Option<String>,
}

/// A way from one certificate to others.
#[derive(Debug, Clone)]
pub struct Relation {
    /// GraphQL field name.
    pub name: String,
    pub title: Title,
    pub from: RelationFrom,
    /// Names of the types reached.
    pub to: Vec<Arc<str>>,
    pub by: RelationBy,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelationFrom {
    /// The holders' codes.
    Holder,
    Number,
    /// The values at this path of the data.
    Property(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelationBy {
    Holder,
    Number,
    /// A searchable property of every target.
    Property(String),
}

/// A rule across the certificates of one holder.
#[derive(Debug, Clone)]
pub struct HolderRule {
    pub code: String,
    pub kind: HolderRuleKind,
    pub property: String,
    /// Only certificates with one of these values count, this one included.
    pub among: IndexMap<String, Vec<String>>,
    pub status: Vec<CertificateStatus>,
    pub message: Title,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderRuleKind {
    Unique,
    Same,
}

/// GB/T 36902 items that do not follow from the rest.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub holder_category: Option<String>,
    pub issuing_level: Option<String>,
    pub category: Option<String>,
    /// Name and code of related service items.
    pub related_items: Vec<(String, Option<String>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SealingMode {
    #[default]
    Automatic,
    Manual,
    None,
}

#[derive(Debug, Clone, Default)]
pub struct Sealing {
    pub mode: SealingMode,
    pub seal: Option<String>,
    pub signer: Option<String>,
}
