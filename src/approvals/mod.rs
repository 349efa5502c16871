//! Second approval: what one person asks for that another must agree to before it is done.
//!
//! What is kept is the mutation and its arguments, exactly as they were asked, and what they were asked upon. Whoever approves adds
//! nothing to it; and it is carried out once, or not at all.

mod error;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use model::actor::{Actor, Caller, Granted, Person, Purpose, Role};
use uuid::Uuid;

pub use error::ApprovalError;

use crate::audit::{Entry, Kind};
use crate::store::commands::AccessEvent;
use crate::store::{ApprovalRow, ApprovalState, Store, StoreError};

/// How long a request waits.
const WAITS: TimeDelta = TimeDelta::hours(24);
/// Most requests of one list.
const MOST: u32 = 200;
/// Longest reason, in characters.
const LONGEST: usize = 500;

/// What may ask for a second person, by what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// What departments may read: grants, and clients that are admitted to whole types.
    Grant,
    /// Certificate types and their faces.
    Type,
    /// What signs or proves: seals, certificates of clients.
    Key,
}

impl Action {
    pub const ALL: [Self; 3] = [Self::Grant, Self::Type, Self::Key];

    /// As it is configured and stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Type => "type",
            Self::Key => "key",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub action: Action,
    pub mutation: String,
    /// JSON.
    pub arguments: String,
    /// What it is asked upon.
    pub basis: String,
}

/// The use cases of whoever asks, and of whoever approves.
pub struct Approvals {
    store: Store,
    second: BTreeSet<Action>,
}

impl Approvals {
    /// `second`: what a second person must agree to.
    pub const fn new(store: Store, second: BTreeSet<Action>) -> Self {
        Self { store, second }
    }

    /// Must a second person agree to this?
    pub fn needed(&self, action: Action) -> bool {
        self.second.contains(&action)
    }

    /// Puts a request before the others.
    ///
    /// # Errors
    /// The caller is nobody in particular.
    pub async fn ask(&self, wanted: Wanted, caller: &Caller, now: DateTime<Utc>) -> Result<ApprovalRow, ApprovalError> {
        let person = person(caller)?;
        let row = ApprovalRow {
            id: Uuid::now_v7(),
            action: wanted.action.as_str().to_owned(),
            mutation: wanted.mutation,
            arguments: wanted.arguments,
            basis: wanted.basis,
            state: ApprovalState::Waiting,
            asked_by: caller.actor.name.to_string(),
            person: person.name.to_string(),
            reason: caller.purpose.as_ref().map(|purpose| purpose.use_for.clone()),
            asked_at: now,
            until: now + WAITS,
            decided_by: None,
            decided_at: None,
            outcome: None,
        };
        self.store.put_approval(&row, &event(caller, Kind::AskApproval, &row, now)).await?;
        Ok(row)
    }

    /// The newest requests, newest first.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list(&self, waiting: bool, now: DateTime<Utc>) -> Result<Vec<ApprovalRow>, StoreError> {
        self.store.approvals(waiting.then_some(now), MOST).await
    }

    /// A request that the caller may decide now.
    ///
    /// # Errors
    /// There is none, it is decided, or past; he asked for it himself, or is nobody in particular.
    pub async fn to_decide(&self, id: Uuid, caller: &Caller, now: DateTime<Utc>) -> Result<ApprovalRow, ApprovalError> {
        let person = person(caller)?;
        let row = self.store.approval(id).await?.ok_or_else(ApprovalError::unknown)?;
        if row.person == *person.name {
            return Err(ApprovalError::own());
        }
        match row.state {
            ApprovalState::Waiting if row.until <= now => Err(ApprovalError::past(&row)),
            ApprovalState::Waiting => Ok(row),
            _ => Err(ApprovalError::decided(&row)),
        }
    }

    /// Whoever asked, as what he asked for is carried out: his account must still be in force, with its role.
    ///
    /// # Errors
    /// It is not.
    pub async fn asker(&self, row: &ApprovalRow) -> Result<Caller, ApprovalError> {
        let account = self.store.administrator(&row.person).await?;
        if !account.is_some_and(|account| account.disabled_at.is_none() && account.role == Role::Administrator) {
            return Err(ApprovalError::gone(&row.person));
        }
        let actor = Actor::new(Role::Administrator, row.asked_by.as_str(), None, Granted::All, Granted::All);
        let actor = Actor { person: Some(Person { name: row.person.as_str().into(), session: None }), ..actor };
        let use_for = row.reason.clone().unwrap_or_else(|| Kind::Approve.as_str().to_owned());
        let purpose = Purpose { use_for, business_code: Some(row.id.to_string()), ..Purpose::default() };
        Ok(Caller { actor: Arc::new(actor), purpose: Some(purpose) })
    }

    /// Takes a request for the caller to carry out: once, by one.
    ///
    /// # Errors
    /// It was decided meanwhile, or is past.
    pub async fn approve(&self, row: &ApprovalRow, caller: &Caller, now: DateTime<Utc>) -> Result<(), ApprovalError> {
        let by = &person(caller)?.name;
        let event = event(caller, Kind::Approve, row, now);
        if self.store.decide_approval(row.id, ApprovalState::Approved, by, None, &event).await? {
            Ok(())
        } else {
            Err(ApprovalError::decided(row))
        }
    }

    /// Writes down how it ended: None well, else why not.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn ended(&self, id: Uuid, why: Option<&str>) -> Result<(), StoreError> {
        let state = if why.is_none() { ApprovalState::Done } else { ApprovalState::Failed };
        self.store.finish_approval(id, state, why).await
    }

    /// Refuses a request. Whoever asked may take it back so.
    ///
    /// # Errors
    /// As [`Self::to_decide`], but for the caller's own; no reason.
    pub async fn refuse(&self, id: Uuid, reason: &str, caller: &Caller, now: DateTime<Utc>) -> Result<(), ApprovalError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST {
            return Err(ApprovalError::reason(LONGEST));
        }
        let by = person(caller)?;
        let row = match self.to_decide(id, caller, now).await {
            Err(ApprovalError::Own { .. }) => self.store.approval(id).await?.ok_or_else(ApprovalError::unknown)?,
            other => other?,
        };
        self.lapse(&row, reason, &by.name, caller, now).await
    }

    /// Ends a request that cannot be carried out any more.
    ///
    /// # Errors
    /// It was decided meanwhile, or is past.
    pub async fn lapse(&self, row: &ApprovalRow, why: &str, by: &str, caller: &Caller, now: DateTime<Utc>) -> Result<(), ApprovalError> {
        let event = event(caller, Kind::RefuseApproval, row, now);
        if self.store.decide_approval(row.id, ApprovalState::Refused, by, Some(why), &event).await? {
            Ok(())
        } else {
            Err(ApprovalError::decided(row))
        }
    }

    /// A request as it stands.
    ///
    /// # Errors
    /// There is none.
    pub async fn of(&self, id: Uuid) -> Result<ApprovalRow, ApprovalError> {
        self.store.approval(id).await?.ok_or_else(ApprovalError::unknown)
    }
}

/// The person who calls. Whoever is nobody in particular could agree with himself.
fn person(caller: &Caller) -> Result<&Person, ApprovalError> {
    caller.actor.person.as_ref().ok_or_else(ApprovalError::nobody)
}

/// The event says which request it is about: `businessCode` of its purpose.
fn event(caller: &Caller, kind: Kind, row: &ApprovalRow, now: DateTime<Utc>) -> AccessEvent {
    let mut entry = Entry::new(caller, kind, now).of_many(None, 1);
    let purpose = entry.purpose.take().unwrap_or_else(|| Purpose { use_for: row.mutation.clone(), ..Purpose::default() });
    entry.purpose = Some(Purpose { business_code: Some(row.id.to_string()), ..purpose });
    entry.into()
}
