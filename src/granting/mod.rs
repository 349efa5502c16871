//! Grants on a running hub: putting and withdrawing them, and the requests that departments make for them.
//!
//! What they allow is worked out by `model::grant`; every change is an access event, and what held before stays in the store.

mod error;
mod requests;

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use model::actor::{Caller, Department, Granted as Named};
use model::grant::{Grant, Grants, Matters, Variables, check, conflict};
use model::plan::today;
use model::registry::Registry;
use uuid::Uuid;

pub use error::GrantingError;
pub use requests::{Asked, Decided, Granted};

use crate::audit::{Entry, Kind};
use crate::store::{GrantRow, Store, StoreError};

/// The use cases of whoever grants, and of whoever asks for a grant.
pub struct Granting {
    store: Store,
    registry: Arc<ArcSwap<Registry>>,
}

impl Granting {
    pub const fn new(store: Store, registry: Arc<ArcSwap<Registry>>) -> Self {
        Self { store, registry }
    }

    /// What the grants of a department allow on this day of the types `within`, beside those that a token names by itself.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn matters(&self, department: &Department, named: &Named, within: &Named, now: DateTime<Utc>) -> Result<Matters, StoreError> {
        let rows = self.store.grants(Some(&department.code), false).await?;
        let counts = |name: &str| within.contains(name) && !named.contains(name);
        let grants: Grants = rows.into_iter().filter(|row| counts(&row.grant.type_name)).map(|row| Arc::new(row.grant)).collect();
        Ok(Matters::of(grants, &Variables::of(Some(department)), &today(now)))
    }

    /// Puts a grant, in the place of the one of its name.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once; another grant of the department that allows other rows for the same matter.
    pub async fn put(&self, source: &str, caller: &Caller, now: DateTime<Utc>) -> Result<GrantRow, GrantingError> {
        let grant = self.checked(source, now).await?;
        let row = GrantRow { id: Uuid::now_v7(), grant, put_by: caller.actor.name.to_string(), put_at: now, ended: None };
        let event = Entry::new(caller, Kind::PutGrant, now).of_many(Some(&row.grant.type_name), 0).by(&[Arc::from(&*row.grant.name)]);
        self.store.put_grant(&row, &event.into()).await?;
        Ok(row)
    }

    /// Reads a grant's file, and looks whether it could be put.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub async fn checked(&self, source: &str, now: DateTime<Utc>) -> Result<Grant, GrantingError> {
        let grant = read(source)?;
        self.sound(&grant, now).await?;
        Ok(grant)
    }

    /// Withdraws a grant, at once and everywhere.
    ///
    /// # Errors
    /// There is none of that name; no reason is given.
    pub async fn withdraw(&self, name: &str, reason: &str, caller: &Caller, now: DateTime<Utc>) -> Result<GrantRow, GrantingError> {
        let reason = said(reason)?;
        let known = self.store.grant(name).await?.ok_or_else(|| GrantingError::unknown(name))?;
        let event = Entry::new(caller, Kind::WithdrawGrant, now).of_many(Some(&known.grant.type_name), 0).by(&[Arc::from(name)]);
        if !self.store.withdraw_grant(name, &caller.actor.name, reason, &event.into()).await? {
            return Err(GrantingError::unknown(name));
        }
        Ok(known)
    }

    /// The grants of a department, or all; `ended`: those as well that hold no more.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn grants(&self, department: Option<&str>, ended: bool) -> Result<Vec<GrantRow>, StoreError> {
        self.store.grants(department, ended).await
    }

    /// Nothing is wrong with it, and it agrees with the others.
    async fn sound(&self, grant: &Grant, now: DateTime<Utc>) -> Result<(), GrantingError> {
        let faults = check(grant, &self.registry.load(), now);
        if !faults.is_empty() {
            return Err(GrantingError::Faults(faults));
        }
        let day = today(now);
        let others = self.store.grants(Some(&grant.department), false).await?.into_iter().filter(|row| row.grant.holds(&day));
        let others: Grants = others.map(|row| Arc::new(row.grant)).collect();
        match conflict(grant, &others) {
            Some(other) => Err(GrantingError::conflict(&other.name)),
            None => Ok(()),
        }
    }
}

/// Reads a grant's file.
///
/// # Errors
/// What does not read, and where.
pub fn read(source: &str) -> Result<Grant, GrantingError> {
    serde_json::from_str(source).map_err(|error| GrantingError::input("source", error.to_string(), format!("不是授权文件：{error}")))
}

fn said(reason: &str) -> Result<&str, GrantingError> {
    match reason.trim() {
        "" => Err(GrantingError::input("reason", "say why", "须写明理由")),
        long if long.chars().count() > 500 => Err(GrantingError::input("reason", "more than 500 characters", "超过500字")),
        reason => Ok(reason),
    }
}
