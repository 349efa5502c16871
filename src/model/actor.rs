//! Who asks, and for what: the actor and the purpose that every plan is built for.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::grant::{Matters, Rights, TypeRights};

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
    /// 持证主体：reads his own certificates, consents to others' reading, freezes on loss.
    Holder,
    /// 代理人：reads the certificates of the holder who appointed it, of the types it was appointed for, and consents for him.
    Agent,
    /// 门户：vouches for holders whom it has signed in, and verifies; reads nothing itself.
    Portal,
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
    /// A holder: the opaque key of his code. An agent: that of the holder it acts for.
    pub holder: Option<Arc<str>>,
    /// The person who signed in, or for whom the token was made; None: nobody in particular.
    pub person: Option<Person>,
    /// An agent: the name under which its mandate is cited.
    pub mandate: Option<Arc<str>>,
    /// What grants to its department add, by matter; None: nothing.
    pub matters: Option<Arc<Matters>>,
    /// What they add for this call's matter ([`Caller::new`]); None: nothing but what the token itself names.
    pub rights: Option<Arc<Rights>>,
}

/// Somebody with an account, however he calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Of the account.
    pub name: Arc<str>,
    /// Id of the session; None: he calls with a token.
    pub session: Option<Arc<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Credit code (GB 32100).
    pub code: String,
    pub name: String,
    /// 行政区划: six digits of GB/T 2260, where the department is registered with one; rows of grants may depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
}

impl Actor {
    /// With what a token names, and no grants.
    pub fn new(role: Role, name: impl Into<Arc<str>>, department: Option<Department>, types: Granted, authorities: Granted) -> Self {
        Self {
            role,
            name: name.into(),
            department,
            types,
            authorities,
            holder: None,
            person: None,
            mandate: None,
            matters: None,
            rights: None,
        }
    }

    pub fn anonymous() -> Self {
        Self::new(Role::Anonymous, "anonymous", None, Granted::none(), Granted::none())
    }

    /// May it read certificates of this type at all?
    pub fn reads(&self, type_name: &str) -> bool {
        match self.role {
            Role::Anonymous | Role::Portal => false,
            Role::Administrator => true,
            // Of every type his own: plans see to that.
            Role::Holder => self.holder.is_some(),
            Role::Agent => self.holder.is_some() && self.types.contains(type_name),
            Role::Department | Role::Issuer => self.types.contains(type_name) || self.granted(type_name).is_some(),
        }
    }

    /// What grants allow of this type; None: the token names the type itself, or nobody granted it.
    pub fn granted(&self, type_name: &str) -> Option<&TypeRights> {
        match self.role {
            Role::Department if !self.types.contains(type_name) => self.rights.as_ref()?.of(type_name),
            _ => None,
        }
    }

    /// May it have certificates of this type as they were signed: files, signed data, copies?
    pub fn reads_whole(&self, type_name: &str) -> bool {
        self.reads(type_name) && self.granted(type_name).is_none_or(|rights| rights.files)
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
        matches!(self.role, Role::Department | Role::Issuer | Role::Agent)
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
    /// 用证码 by which the holder consents; when it has been spent, the name under which it is cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
}

impl Purpose {
    /// A purpose says something, within 200 characters an element.
    pub fn check(&self) -> Result<(), String> {
        if self.use_for.trim().is_empty() {
            return Err("purpose.useFor is empty: say what the answer is used for / 用途（useFor）不能为空".into());
        }
        let rest = [&self.item_code, &self.item_name, &self.business_code, &self.operator, &self.consent];
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

impl Caller {
    /// Has the caller said what for, where that must be said? Holders who read their own need not.
    pub fn says_what_for(&self) -> bool {
        self.purpose.is_some() || self.actor.role == Role::Holder
    }

    /// A call of this actor: what grants allow for its matter is among its rights.
    pub fn new(actor: Arc<Actor>, purpose: Option<Purpose>) -> Self {
        let Some(matters) = &actor.matters else { return Self { actor, purpose } };
        let item = purpose.as_ref().and_then(|purpose| purpose.item_code.as_deref());
        let rights = matters.rights(purpose.is_some(), item).cloned();
        Self { actor: Arc::new(Actor { rights, ..(*actor).clone() }), purpose }
    }
}
