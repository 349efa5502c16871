//! Grants (授权): what a department may read of a type, one file each.
//!
//! ```text
//! file   ─▶ Grant      which department, type, fields, matters (事项), rows, until when, on which legal basis
//! grants ─▶ Rights     what they allow together, for one matter, on one day, to a department of this division
//! Rights ─▶ Registry   the types as they are shown: a field not granted is not there, wherever anybody looks
//! ```
//! Grants of one department and type that apply to the same matter allow the same rows, which is checked when one is put: so what
//! they allow together is the union of their fields on those rows, and nothing is allowed that no single grant allows.

mod check;
mod mask;
mod matters;
mod projection;
mod rights;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use check::{GrantFault, check, conflict};
pub use mask::{masked, masked_code};
pub use matters::Matters;
pub use rights::{Rights, TypeRights};
pub use rows::Variables;

/// Number and holders are granted like fields; so are files, which hold everything.
pub const NUMBER: &str = "number";
pub const HOLDERS: &str = "holders";
/// Certificate files, signed data, copies, and the digests of what was signed: whoever has them can check any guess.
pub const FILES: &str = "files";

/// One rule: what a department may read of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// Under which the rule is cited in answers and in the log: letters, digits and hyphens, at most 60.
    pub name: String,
    /// Credit code of the department.
    pub department: String,
    /// GraphQL name of the type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Properties of the type, and `number`, `holders`, `files`, that are answered in clear.
    pub fields: Fields,
    /// Those that are answered masked, and neither searched nor ordered by.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub masked: BTreeSet<String>,
    /// 事项编码 (the purpose's `itemCode`) that it is for; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<BTreeSet<String>>,
    /// A condition in the language of `where`; `{"variable": "division"}`, `"divisionPrefix"` and `"department"` stand for what the
    /// caller is. Absent: every certificate of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<Json>,
    /// The last day, in Asia/Shanghai; absent: until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// 法律依据: the law, regulation or agreement behind it.
    pub legal_basis: String,
}

/// The fields of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub enum Fields {
    /// Whatever the type has, now and later, files included.
    All,
    Only(BTreeSet<String>),
}

/// As fields are written: `"all"`, or a list of names.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    All(All),
    Only(BTreeSet<String>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum All {
    All,
}

impl From<Written> for Fields {
    fn from(written: Written) -> Self {
        match written {
            Written::All(All::All) => Self::All,
            Written::Only(names) => Self::Only(names),
        }
    }
}

impl From<Fields> for Written {
    fn from(fields: Fields) -> Self {
        match fields {
            Fields::All => Self::All(All::All),
            Fields::Only(names) => Self::Only(names),
        }
    }
}

impl Grant {
    /// Does it still hold on this day (ISO)?
    pub fn holds(&self, today: &str) -> bool {
        self.until.is_none_or(|until| until.to_string().as_str() >= today)
    }

    /// Is it for this matter?
    pub fn is_for(&self, item: Option<&str>) -> bool {
        match (&self.items, item) {
            (None, _) => true,
            (Some(items), Some(item)) => items.contains(item),
            (Some(_), None) => false,
        }
    }

    /// Is there a matter that both are for?
    pub(crate) fn meets(&self, other: &Self) -> bool {
        match (&self.items, &other.items) {
            (Some(one), Some(other)) => one.intersection(other).next().is_some(),
            _ => true,
        }
    }
}

/// Grants of one department, as they lie in the store.
pub type Grants = Vec<Arc<Grant>>;
