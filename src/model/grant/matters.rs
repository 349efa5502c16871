//! The rights of a department by matter: worked out once, looked up for each call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Grants, Rights, Variables};

/// Rights by 事项.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matters {
    /// For matters that a grant names.
    named: BTreeMap<String, Option<Arc<Rights>>>,
    /// For any other.
    other: Option<Arc<Rights>>,
    /// For whom no purpose is said yet: what the schema shows, which is what any matter allows.
    any: Option<Arc<Rights>>,
    /// The last day on which this holds; a grant ends then.
    until: Option<NaiveDate>,
    grants: Grants,
}

impl Matters {
    /// The rights that these grants give on a day (ISO, Asia/Shanghai).
    pub fn of(grants: Grants, variables: &Variables, today: &str) -> Self {
        let grants: Grants = grants.into_iter().filter(|grant| grant.holds(today)).collect();
        let matters: BTreeSet<String> = grants.iter().flat_map(|grant| grant.items.iter().flatten().cloned()).collect();
        let of = |item: Option<&str>| {
            let applying = grants.iter().filter(|grant| grant.is_for(item));
            Rights::of_grants(applying.map(|grant| &**grant), variables, true).map(Arc::new)
        };
        let named = matters.into_iter().map(|item| (item.clone(), of(Some(&item)))).collect();
        let other = of(None);
        let any = Rights::of_grants(grants.iter().map(|grant| &**grant), variables, false).map(Arc::new);
        let until = grants.iter().filter_map(|grant| grant.until).min();
        Self { named, other, any, until, grants }
    }

    /// What may be read for this matter; `said`: is there a purpose at all?
    pub fn rights(&self, said: bool, item: Option<&str>) -> Option<&Arc<Rights>> {
        match item {
            _ if !said => self.any.as_ref(),
            Some(item) => self.named.get(item).unwrap_or(&self.other).as_ref(),
            None => self.other.as_ref(),
        }
    }

    /// What any matter allows.
    pub const fn any(&self) -> Option<&Arc<Rights>> {
        self.any.as_ref()
    }

    pub const fn until(&self) -> Option<NaiveDate> {
        self.until
    }

    /// The grants that hold.
    pub const fn grants(&self) -> &Grants {
        &self.grants
    }
}
