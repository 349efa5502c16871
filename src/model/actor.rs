//! Who asks, and for what: the actor and the purpose that every plan is built for.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a caller is to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// No token: may verify and read the catalogue.
    Anonymous,
    /// 用证方: reads certificates of the types granted, each call with its purpose.
    Department,
    /// 颁发机构: issues and reads the types granted, in the name of its authorities.
    Issuer,
    /// Registers types and authorities, reads everything.
    Administrator,
}

/// A set that may be everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Granted {
    All,
    Only(BTreeSet<String>),
}

impl Granted {
    pub const fn none() -> Self {
        Self::Only(BTreeSet::new())
    }

    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
        }
    }
}

/// A caller with its rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub role: Role,
    /// Name of the token or account, as it stands in the log.
    pub name: Arc<str>,
    /// Credit code and name of the department behind it, where known.
    pub department: Option<Department>,
    /// Types by GraphQL name.
    pub types: Granted,
    /// Authorities (credit codes) in whose name it may issue.
    pub authorities: Granted,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    pub code: String,
    pub name: String,
}

impl Actor {
    pub fn anonymous() -> Self {
        Self { role: Role::Anonymous, name: "anonymous".into(), department: None, types: Granted::none(), authorities: Granted::none() }
    }

    /// May it read certificates of this type at all?
    pub fn reads(&self, type_name: &str) -> bool {
        match self.role {
            Role::Anonymous => false,
            Role::Administrator => true,
            Role::Department | Role::Issuer => self.types.contains(type_name),
        }
    }

    /// May it issue and change certificates of this type?
    pub fn issues(&self, type_name: &str) -> bool {
        self.role == Role::Issuer && self.types.contains(type_name)
    }

    /// May it act in the name of this authority?
    pub fn acts_for(&self, authority: &str) -> bool {
        self.role == Role::Issuer && self.authorities.contains(authority)
    }

    pub fn administers(&self) -> bool {
        self.role == Role::Administrator
    }

    /// Must a read say what it is for? Administrators: only where personal fields are read (the caller decides that).
    pub const fn needs_purpose(&self) -> bool {
        matches!(self.role, Role::Department | Role::Issuer)
    }
}

/// Why a certificate is read: the purpose and the elements that the national service asks of each call
/// (item, case and operator; GB/T 36906 practice, grade verified for one proxy of it).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Purpose {
    /// 用途: what the answer is used for; at most 200 characters.
    pub use_for: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
}

impl Purpose {
    /// A purpose says something, within 200 characters an element.
    pub fn check(&self) -> Result<(), String> {
        if self.use_for.trim().is_empty() {
            return Err("purpose.useFor is empty: say what the answer is used for / 用途（useFor）不能为空".into());
        }
        let rest = [&self.item_code, &self.item_name, &self.business_code, &self.operator];
        let long = std::iter::once(&self.use_for).chain(rest.into_iter().flatten()).any(|text| text.chars().count() > 200);
        if long { Err("a purpose element has more than 200 characters / 用途要素超过200个字符".into()) } else { Ok(()) }
    }
}

/// One call: who, and for what.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Arc<Actor>,
    pub purpose: Option<Purpose>,
}
