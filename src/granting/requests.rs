//! Requests: a department asks to read, the owner grants it, grants less, or refuses, and the department sees which.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::actor::Caller;
use model::grant::{Fields, Grant};
use uuid::Uuid;

use super::{Granting, GrantingError, said};
use crate::audit::{Entry, Kind};
use crate::store::{AccessRequestRow, Decision, StoreError};

/// Most requests of a department that wait.
const MOST_WAITING: u32 = 50;

/// What a department asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub type_name: String,
    pub fields: BTreeSet<String>,
    pub items: Option<BTreeSet<String>>,
    pub legal_basis: String,
}

/// What is granted of it.
#[derive(Debug, Clone, Default)]
pub struct Granted {
    /// None: those that were asked for, less the masked ones.
    pub fields: Option<BTreeSet<String>>,
    pub masked: BTreeSet<String>,
    pub items: Option<BTreeSet<String>>,
    /// JSON of the condition.
    pub rows: Option<serde_json::Value>,
    pub until: Option<chrono::NaiveDate>,
}

/// How a request is decided.
#[derive(Debug, Clone)]
pub enum Decided {
    Granted(Granted),
    Refused,
}

impl Granting {
    /// Puts a request before the owner.
    ///
    /// # Errors
    /// The caller stands for no department; the type or a field is not there; too many requests wait.
    pub async fn ask(&self, asked: Asked, caller: &Caller, now: DateTime<Utc>) -> Result<AccessRequestRow, GrantingError> {
        let Some(department) = &caller.actor.department else {
            return Err(GrantingError::input("department", "the token stands for no department", "令牌不属于任何部门"));
        };
        let id = Uuid::now_v7();
        let registry = self.registry.load();
        // A type is named by its type code as well.
        let type_name = match &registry.named(&asked.type_name)[..] {
            [one] => one.ty.name.to_string(),
            _ => asked.type_name,
        };
        let grant = Grant {
            name: format!("request-{}", id.simple()),
            department: department.code.clone(),
            type_name,
            fields: Fields::Only(asked.fields),
            masked: BTreeSet::new(),
            items: asked.items,
            rows: None,
            until: None,
            legal_basis: asked.legal_basis,
        };
        let faults = model::grant::check(&grant, &registry, now);
        if !faults.is_empty() {
            return Err(GrantingError::Faults(faults));
        }
        let waiting = self.store.access_requests(Some(&department.code), true, MOST_WAITING).await?;
        if waiting.len() >= MOST_WAITING as usize {
            return Err(GrantingError::Conflict {
                en: format!("{MOST_WAITING} requests of this department wait already"),
                zh: format!("本部门已有{MOST_WAITING}件申请待办"),
            });
        }
        let row = AccessRequestRow { id, asked: grant, asked_by: caller.actor.name.to_string(), asked_at: now, decision: None };
        let event = Entry::new(caller, Kind::RequestAccess, now).of_many(Some(&row.asked.type_name), 0);
        self.store.put_access_request(&row, &event.into()).await?;
        Ok(row)
    }

    /// Decides a request: what is granted holds at once.
    ///
    /// # Errors
    /// There is none, or it is decided; what is to be granted is not sound.
    pub async fn decide(
        &self,
        id: Uuid,
        decided: Decided,
        reason: &str,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<AccessRequestRow, GrantingError> {
        let reason = said(reason)?.to_owned();
        let none = || GrantingError::NotFound { en: "no such request waits".into(), zh: "没有这件待办申请".into() };
        let row = self.store.access_request(id).await?.filter(|row| row.decision.is_none()).ok_or_else(none)?;
        let granted = match decided {
            Decided::Refused => None,
            Decided::Granted(granted) => Some(narrowed(&row.asked, granted)?),
        };
        if let Some(grant) = &granted {
            self.sound(grant, now).await?;
        }
        let decision = Decision { by: caller.actor.name.to_string(), at: now, reason, granted };
        let event = Entry::new(caller, Kind::DecideAccess, now).of_many(Some(&row.asked.type_name), 0);
        if !self.store.decide_access(id, &decision, &event.into()).await? {
            return Err(none());
        }
        Ok(AccessRequestRow { decision: Some(decision), ..row })
    }

    /// Requests of a department, or of all, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn requests(&self, department: Option<&str>, waiting: bool, limit: u32) -> Result<Vec<AccessRequestRow>, StoreError> {
        self.store.access_requests(department, waiting, limit).await
    }
}

/// What was asked for, cut down to what is granted: never more fields or matters than were asked for.
fn narrowed(asked: &Grant, granted: Granted) -> Result<Grant, GrantingError> {
    let Fields::Only(wanted) = &asked.fields else {
        return Err(GrantingError::input("fields", "asked for without names", "申请未列字段"));
    };
    let fields = granted.fields.unwrap_or_else(|| wanted.difference(&granted.masked).cloned().collect());
    if let Some(more) = fields.union(&granted.masked).find(|name| !wanted.contains(*name)) {
        return Err(GrantingError::input("fields", format!("{more} was not asked for"), format!("未申请 {more}")));
    }
    let items = match (&asked.items, granted.items) {
        (asked, None) => asked.clone(),
        (None, Some(items)) => Some(items),
        (Some(asked), Some(items)) => match items.iter().find(|item| !asked.contains(*item)) {
            Some(more) => return Err(GrantingError::input("items", format!("{more} was not asked for"), format!("未申请事项 {more}"))),
            None => Some(items),
        },
    };
    let (masked, rows, until) = (granted.masked, granted.rows, granted.until);
    Ok(Grant { fields: Fields::Only(fields), masked, items, rows, until, ..asked.clone() })
}
