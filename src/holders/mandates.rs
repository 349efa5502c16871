//! Agents (代理人): a holder appoints one for some types and days; a portal that signs the agent in opens a session on the holder's behalf.
//!
//! An agent reads the holder's certificates of those types, says for what, and consents for him by use codes. It appoints nobody and
//! freezes nobody. Each of its accesses cites the mandate.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use model::actor::{Caller, Role};
use uuid::Uuid;

use super::{HolderError, Holders, frozen, of};
use crate::audit::{Entry, Kind};
use crate::store::MandateRow;

/// Mandates of a holder that hold at one time.
const MOST: usize = 20;
/// Longest mandate, in days.
const LONGEST: i64 = 365;
const PREFIX: &str = "mandate-";

/// Whom a holder appoints.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// Code of the person or firm.
    pub agent: String,
    /// What the holder calls it.
    pub name: String,
    /// GraphQL names or type codes.
    pub types: Vec<String>,
    pub days: i64,
}

impl Holders {
    /// Appoints an agent.
    ///
    /// # Errors
    /// The caller is no holder himself; what of it is not there or out of bounds; the holder is frozen.
    pub async fn appoint(&self, wish: Appointment, caller: &Caller, now: DateTime<Utc>) -> Result<MandateRow, HolderError> {
        let holder_key = himself(caller)?.to_owned();
        let named = |text: &str, most: usize| !text.trim().is_empty() && text.chars().count() <= most;
        if !named(&wish.agent, 64) {
            return Err(HolderError::input("agent", "the code of a person or firm", "须填代理人的代码"));
        }
        if !named(&wish.name, 100) {
            return Err(HolderError::input("name", "what you call the agent, in 1 to 100 characters", "须用1至100字写明代理人称呼"));
        }
        if !(1..=LONGEST).contains(&wish.days) {
            return Err(HolderError::input("days", format!("1 to {LONGEST}"), format!("须为1至{LONGEST}天")));
        }
        let agent_key = self.store.holder_key(&wish.agent);
        if agent_key == holder_key {
            return Err(HolderError::input("agent", "nobody needs a mandate for himself", "不能委托本人"));
        }
        let registry = self.registry.load();
        let mut types = BTreeSet::new();
        for name in &wish.types {
            let known = registry.named(name);
            if known.is_empty() {
                return Err(HolderError::input("types", format!("{name} is no type"), format!("没有证照类型 {name}")));
            }
            types.extend(known.iter().map(|known| known.ty.name.to_string()));
        }
        if types.is_empty() {
            return Err(HolderError::input("types", "name at least one", "至少选择一个证照类型"));
        }
        let given = self.store.mandates(&holder_key, now, MOST as u32).await?;
        if given.iter().filter(|row| row.withdrawn_at.is_none() && now < row.until).count() >= MOST {
            let (en, zh) = (format!("{MOST} mandates hold already: withdraw one"), format!("已有{MOST}项有效委托，请先撤回"));
            return Err(HolderError::Conflict { en, zh });
        }
        let row = MandateRow {
            id: Uuid::now_v7(),
            holder_key,
            agent_key,
            agent_name: wish.name.trim().to_owned(),
            types: types.into_iter().collect(),
            made_at: now,
            until: now + TimeDelta::days(wish.days),
            withdrawn_at: None,
        };
        let event = Entry::new(caller, Kind::AppointAgent, now).by(&[rule(row.id)]).into();
        if self.store.put_mandate(&row, &event).await? { Ok(row) } else { Err(frozen()) }
    }

    /// The mandates that the caller gave: those that hold before the others, newest first.
    ///
    /// # Errors
    /// The caller is no holder himself; the store does not answer.
    pub async fn mandates(&self, caller: &Caller, now: DateTime<Utc>, limit: u32) -> Result<Vec<MandateRow>, HolderError> {
        Ok(self.store.mandates(himself(caller)?, now, limit).await?)
    }

    /// Withdraws a mandate; its sessions and use codes end with it.
    ///
    /// # Errors
    /// It is not the caller's, or withdrawn already.
    pub async fn withdraw_mandate(&self, id: Uuid, caller: &Caller, now: DateTime<Utc>) -> Result<(), HolderError> {
        let event = Entry::new(caller, Kind::WithdrawMandate, now).by(&[rule(id)]).into();
        let none = || HolderError::NotFound { en: "no such mandate holds".into(), zh: "没有该有效委托".into() };
        if self.store.withdraw_mandate(himself(caller)?, id, &event).await? { Ok(()) } else { Err(none()) }
    }
}

/// The key of a holder who acts himself.
pub(super) fn himself(caller: &Caller) -> Result<&str, HolderError> {
    if caller.actor.role == Role::Agent {
        return Err(HolderError::forbidden("the holder does this himself, not his agent", "须由持证主体本人办理，代理人不能代办"));
    }
    of(caller)
}

/// An agent says what for, whatever it does.
pub(super) fn says_what_for(caller: &Caller) -> Result<(), HolderError> {
    if caller.actor.role == Role::Agent && caller.purpose.is_none() {
        return Err(HolderError::PurposeRequired);
    }
    Ok(())
}

/// The name under which a mandate is cited.
pub(super) fn rule(id: Uuid) -> Arc<str> {
    format!("{PREFIX}{}", id.simple()).into()
}

/// The mandate that an agent acts under.
pub(super) fn of_agent(caller: &Caller) -> Option<Uuid> {
    caller.actor.mandate.as_deref()?.strip_prefix(PREFIX)?.parse().ok()
}
