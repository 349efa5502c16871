//! What may be asked, and how it will be answered: request + registry + actor → [`Plan`].
//!
//! A plan is the only thing the store executes, and only [`plan`] makes one: so nothing reaches the database that was not
//! checked for access, purpose and limits first. A plan is plain data: it can be printed, compared and kept.
//!
//! ```text
//! request (names, values as the caller wrote them)
//!   └ access     who may read which type; is a purpose needed and given
//!   └ predicate  where → columns of the index, values in their stored form
//!   └ guarantee  is there an index for it; else refuse, or bound the candidates
//!   └ page       order, cursor, size
//! ```

mod access;
mod column;
mod cursor;
mod error;
mod evidence;
mod guarantee;
mod page;
mod predicate;
mod request;

pub use access::purpose as check_purpose;
pub use column::{ABSENT_NUMBER, Column, Form, Indexed, METADATA, Value, absent, indexed, stored};
pub use cursor::Cursor;
pub use error::PlanError;
pub use evidence::{EvidencePlan, Lookup, MAX_VERIFIED, evidence_by_information, evidence_by_keys};
pub use guarantee::CANDIDATES;
pub use page::{MAX_PAGE, TOTAL_LIMIT};
pub use predicate::{Comparison, Predicate, check_rows, today};
pub use request::{
    Across, ById, ByNumber, Compare, Direction, Filter, GroupKey, HolderHeads, HolderPage, Many, OrderBy, PageArgs, Related, Request,
    Statistics, Unit,
};

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::actor::Caller;
use crate::registry::{CertificateType, Registry};

/// A checked question. Fields are readable by all and writable by nobody outside this room.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub(crate) step: Step,
    pub(crate) types: TypeScope,
    pub(crate) now: DateTime<Utc>,
    pub(crate) rules: Vec<Arc<str>>,
}

impl Plan {
    pub fn step(&self) -> &Step {
        &self.step
    }

    pub(crate) const fn of(step: Step, types: TypeScope, now: DateTime<Utc>) -> Self {
        Self { step, types, now, rules: Vec::new() }
    }

    /// Which types the answer may contain: rows of other types are not read.
    pub fn types(&self) -> &TypeScope {
        &self.types
    }

    /// The names of the grants that allow it, sorted; empty where the caller's token names the types itself.
    pub fn rules(&self) -> &[Arc<str>] {
        &self.rules
    }

    /// The request's single now: every status in the answer is derived at this moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }
}

/// The types an answer may contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeScope {
    All,
    Only(Vec<Arc<str>>),
}

impl TypeScope {
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|known| &**known == name),
        }
    }
}

/// What is to be done, in the store's terms.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Exactly these versions, by opaque id or by identifier; answered in no order.
    /// Of them only those whose record's current version fits `rows`; `current`: of records their current versions alone.
    Versions { keys: Vec<String>, rows: Option<Predicate>, current: bool },
    /// The current version of each record with this number (normalised), of one issuer or of any.
    Number { type_name: Arc<str>, number: String, issuer: Option<String>, rows: Option<Predicate> },
    /// A keyset page over the index.
    Page(PageStep),
    /// For each key the first certificates reached by it, newest first: one statement whatever the number of keys.
    Reach { by: ReachBy, keys: Vec<String>, first: u32, rows: Option<Predicate> },
    /// Counted groups over the slots.
    Statistics { predicate: Predicate, group_by: Vec<GroupKey>, columns: Vec<Column> },
}

/// What a key of [`Step::Reach`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReachBy {
    /// A holder's code, in clear: the store turns it into the opaque key.
    Holder,
    Number,
    /// For each target type, the column of the property; and whether it holds opaque keys.
    Columns(Vec<(Arc<str>, Column, bool)>),
}

/// One page over the index.
#[derive(Debug, Clone, PartialEq)]
pub struct PageStep {
    pub predicate: Predicate,
    /// Ends with [`Column::Id`], so that the order is total.
    pub order: Vec<(Column, Direction)>,
    /// The moment at which statuses are filtered: the first page's, which cursors carry.
    pub at: DateTime<Utc>,
    /// Start behind this row.
    pub after: Option<Vec<Value>>,
    /// Rows wanted; the store reads one more to know whether there are others.
    pub size: u32,
    /// The page was asked from its end (`last`/`before`): the order is already turned, the store turns the rows back.
    pub backwards: bool,
    /// Count up to this many (+1 = more).
    pub total: bool,
    /// The order needs the whole candidate set of this predicate; more than [`CANDIDATES`] is refused.
    pub bounded_by: Option<Predicate>,
}

/// Checks a request and turns it into a plan.
///
/// # Errors
/// Whatever stands in [`PlanError`]: who may not, what purpose is missing, which argument is wrong, which limit is met.
pub fn plan(request: &Request, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    access::purpose(caller)?;
    let mut plan = unruled(request, registry, caller, now)?;
    plan.rules = access::rules(&plan.types, caller);
    Ok(plan)
}

fn unruled(request: &Request, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    match request {
        Request::ById(by) => {
            let types = match &by.type_name {
                Some(name) => TypeScope::Only(vec![access::one(name, registry, caller)?.name.clone()]),
                None => access::readable(registry, caller)?,
            };
            let rows = access::rows(&types, registry, caller, now)?;
            let current = access::of_one_holder(caller);
            Ok(Plan::of(Step::Versions { keys: by.keys.clone(), rows, current }, types, now))
        }
        Request::ByNumber(by) => by_number(by, registry, caller, now),
        Request::Many(many) => page::many(many, registry, caller, now),
        Request::Across(across) => page::across(across, registry, caller, now),
        Request::HolderPage(holders) => page::holders(holders, registry, caller, now),
        Request::HolderHeads(holders) => page::holder_heads(holders, registry, caller, now),
        Request::Related(related) => related_plan(related, registry, caller, now),
        Request::Statistics(statistics) => predicate::statistics(statistics, registry, caller, now),
    }
}

fn by_number(by: &ByNumber, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    let ty = access::one(&by.type_name, registry, caller)?;
    let number = verify::number::normalise_number(&by.number);
    if number.is_empty() {
        return Err(PlanError::input("number", "the number is empty", "证照编号为空"));
    }
    let types = access::asked_by(TypeScope::Only(vec![ty.name.clone()]), registry, CertificateType::number_sight)?;
    let rows = access::rows(&types, registry, caller, now)?;
    let step = Step::Number { type_name: ty.name.clone(), number, issuer: by.issuer.clone(), rows };
    Ok(Plan::of(step, types, now))
}

fn related_plan(related: &Related, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    use crate::registry::RelationBy;
    let targets: Vec<Arc<str>> = related.to.iter().filter(|name| caller.actor.reads(name)).cloned().collect();
    if targets.is_empty() {
        return Err(PlanError::Forbidden { what: related.to.join(", ") });
    }
    let types = TypeScope::Only(targets);
    let types = match &related.by {
        RelationBy::Holder => access::asked_by(types, registry, CertificateType::holders_sight)?,
        RelationBy::Number => access::asked_by(types, registry, CertificateType::number_sight)?,
        RelationBy::Property(_) => types,
    };
    let TypeScope::Only(targets) = &types else { return Err(PlanError::Forbidden { what: related.to.join(", ") }) };
    let by = match &related.by {
        RelationBy::Holder => ReachBy::Holder,
        RelationBy::Number => ReachBy::Number,
        RelationBy::Property(property) => {
            let columns = targets.iter().filter_map(|name| {
                let search = registry.get(name)?.ty.field(property)?.search?;
                Some((name.clone(), Column::Slot(search.slot), search.opaque))
            });
            ReachBy::Columns(columns.collect())
        }
    };
    let keys = match by {
        ReachBy::Number => related.keys.iter().map(|key| verify::number::normalise_number(key)).collect(),
        _ => related.keys.clone(),
    };
    let first = page::size(Some(related.first), "first")?;
    let rows = access::rows(&types, registry, caller, now)?;
    Ok(Plan::of(Step::Reach { by, keys, first, rows }, types, now))
}

/// Reads back what the caller's own command has just written: needs no purpose, since a command says its own.
///
/// # Errors
/// [`PlanError::Forbidden`] for callers that cannot command.
pub fn plan_after_command(by: &ById, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    match caller.actor.role {
        crate::actor::Role::Issuer | crate::actor::Role::Administrator => {
            Ok(Plan::of(Step::Versions { keys: by.keys.clone(), rows: None, current: false }, access::readable(registry, caller)?, now))
        }
        _ => Err(PlanError::Forbidden { what: "commands".into() }),
    }
}
