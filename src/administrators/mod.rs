//! People who sign in: their accounts, how they prove themselves, their sessions.
//!
//! ```text
//! accounts.rs     the operator makes, changes and disables accounts      totp.rs        RFC 6238: a code a half minute, each once
//! signing_in.rs   password and code, or a signature ─▶ a session         challenge.rs   what is signed: of this hub, for minutes, once
//! ```
//! A session is an opaque token of which the digest is kept. It ends when it is not used for a while, after half a day, and at once when it
//! is ended, when its account is disabled, or when what it was opened with is changed.

mod accounts;
mod challenge;
mod error;
mod signing_in;
mod totp;

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use model::actor::{Actor, Caller};
use tokio::sync::Semaphore;
use uuid::Uuid;

pub use accounts::{AccountInput, Accounts, NewAccount, NewTotp};
pub use challenge::Challenge;
pub use error::AdministratorError;
pub use signing_in::Opened;
pub use totp::code_at;

use crate::audit::{Entry, Kind};
use crate::journal::Journal;
use crate::limits::{Limit, Rule, Slowing};
use crate::store::{EndedWhy, SessionRow, Store, StoreError};

/// What tokens of sessions begin with.
pub const PREFIX: &str = "zza_";
/// How far behind it may be written down that a session was used.
const TOUCH: TimeDelta = TimeDelta::seconds(30);
/// Names and addresses of good sign-ins that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4096).unwrap();
/// Most sessions of one list.
const MOST: u32 = 500;

/// Wrong attempts that cost nothing: of one name from one address, of all from one address, of one name from anywhere.
const WRONG: [Rule; 3] = [
    Rule { free: 5, longest: Duration::from_secs(300) },
    Rule { free: 50, longest: Duration::from_secs(300) },
    // Whoever guesses from many addresses makes its owner wait, but not for long.
    Rule { free: 30, longest: Duration::from_secs(30) },
];

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTerms {
    /// Not used for so long, a session is over.
    pub idle: TimeDelta,
    /// It is over after so long, however it is used.
    pub longest: TimeDelta,
}

impl Default for SessionTerms {
    fn default() -> Self {
        Self { idle: TimeDelta::minutes(30), longest: TimeDelta::hours(12) }
    }
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Idle,
    /// It has lasted as long as sessions do.
    Term,
    Ended(EndedWhy),
}

impl Over {
    /// In both languages, since it is told before anything is known of the caller's.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Idle => "会话因长时间未使用已结束，请重新登录 / the session was not used for a while and is over: sign in again",
            Self::Term => "会话已满最长时间，请重新登录 / the session has lasted as long as it may: sign in again",
            Self::Ended(EndedWhy::SignedOut) => "已退出登录 / signed out",
            Self::Ended(EndedWhy::Ended) => "会话已被结束，请重新登录 / the session was ended: sign in again",
            Self::Ended(EndedWhy::Disabled) => "账号已停用 / the account is disabled",
            Self::Ended(EndedWhy::Changed) => {
                "密码、动态口令或证书已更改，请重新登录 / the password, codes or certificate were changed: sign in again"
            }
        }
    }
}

/// What a session's token stands for.
pub enum Looked {
    Unknown,
    Over(Over),
    Good(Box<InSession>),
}

/// Somebody in a session.
pub struct InSession {
    pub actor: Actor,
    /// What all of his department together may take.
    pub limit: Limit,
    /// From then on it must be looked at again.
    pub until: DateTime<Utc>,
}

/// People who sign in.
pub struct Administrators {
    /// Making and changing accounts.
    pub accounts: Accounts,
    store: Store,
    journal: Journal,
    /// Where outsiders reach this hub: what is signed to sign in names it.
    public_url: String,
    terms: SessionTerms,
    slowing: Slowing<3>,
    /// Names and addresses, by the keys of `slowing`, from where somebody signed in.
    signed_in_from: Mutex<LruCache<u64, ()>>,
    /// Passwords that are being checked: each takes 19 MB and a processor.
    hashing: Semaphore,
}

impl Administrators {
    pub fn new(store: Store, journal: Journal, public_url: &str, terms: SessionTerms) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            accounts: Accounts::new(store.clone()),
            store,
            journal,
            public_url: public_url.to_owned(),
            terms,
            slowing: Slowing::new(WRONG),
            signed_in_from: Mutex::new(LruCache::new(REMEMBERED)),
            hashing: Semaphore::new(processors),
        }
    }

    pub const fn terms(&self) -> SessionTerms {
        self.terms
    }

    /// Whose session the token of that digest is. That it is used is written down, at most twice a minute.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn session(&self, hash: &str, now: DateTime<Utc>) -> Result<Looked, StoreError> {
        let Some((session, account, department)) = self.store.session_by(hash).await? else { return Ok(Looked::Unknown) };
        if let Some(over) = self.over(&session, now) {
            return Ok(Looked::Over(over));
        }
        if account.disabled_at.is_some() {
            return Ok(Looked::Over(Over::Ended(EndedWhy::Disabled)));
        }
        if now - session.used_at >= TOUCH {
            self.store.touch_session(session.id, now).await?;
        }
        let (department, limit) = department.map_or((None, Limit::default()), |(department, limit)| (Some(department), limit));
        let until = session.until.min(now + TOUCH);
        Ok(Looked::Good(Box::new(InSession { actor: account.actor(department, session.id), limit, until })))
    }

    fn over(&self, session: &SessionRow, now: DateTime<Utc>) -> Option<Over> {
        match session.ended {
            Some((_, why)) => Some(Over::Ended(why)),
            None if session.until <= now => Some(Over::Term),
            // What was written last may be a little older than what was done last.
            None if now - session.used_at >= self.terms.idle + TOUCH => Some(Over::Idle),
            None => None,
        }
    }

    /// The sessions of an account that are not over; an administrator sees those of all.
    ///
    /// # Errors
    /// They are somebody else's; the store does not answer.
    pub async fn sessions(&self, name: Option<&str>, caller: &Caller, now: DateTime<Utc>) -> Result<Vec<SessionRow>, AdministratorError> {
        let name = if caller.actor.administers() { name } else { Some(self.own(name, caller)?) };
        Ok(self.store.sessions(name, now, self.terms.idle + TOUCH, MOST).await?)
    }

    /// Ends the caller's own session.
    ///
    /// # Errors
    /// He is in none.
    pub async fn sign_out(&self, caller: &Caller, now: DateTime<Utc>) -> Result<(), AdministratorError> {
        let person = caller.actor.person.as_ref();
        let session = person.and_then(|person| Some((person, person.session.as_ref()?.parse::<Uuid>().ok()?)));
        let (person, id) = session.ok_or_else(|| AdministratorError::not_found("会话", "session"))?;
        let event = Entry::new(caller, Kind::SignOut, now).of_many(None, 1).into();
        self.store.end_sessions(&person.name, Some(id), EndedWhy::SignedOut, &event).await?;
        Ok(())
    }

    /// Ends a session, at once and on every replica.
    ///
    /// # Errors
    /// There is none such; it is somebody else's, and the caller no administrator.
    pub async fn end_session(&self, id: Uuid, caller: &Caller, now: DateTime<Utc>) -> Result<(), AdministratorError> {
        let none = || AdministratorError::not_found("会话", "session");
        let row = self.store.session_of(id).await?.filter(|row| self.over(row, now).is_none()).ok_or_else(none)?;
        if !caller.actor.administers() && self.own(Some(&row.name), caller).is_err() {
            return Err(none());
        }
        let event = accounts::event(caller, Kind::EndSessions, &row.name, now);
        match self.store.end_sessions(&row.name, Some(id), EndedWhy::Ended, &event).await? {
            0 => Err(none()),
            _ => Ok(()),
        }
    }

    /// Ends all sessions of an account, the caller's own where none is named; how many.
    ///
    /// # Errors
    /// They are somebody else's, and the caller no administrator.
    pub async fn end_all(&self, name: Option<&str>, caller: &Caller, now: DateTime<Utc>) -> Result<u64, AdministratorError> {
        let name = match name {
            Some(name) if caller.actor.administers() => name,
            name => self.own(name, caller)?,
        };
        self.accounts.end_all(name, caller, now).await
    }

    /// The caller's own name, where no other is asked for.
    fn own<'a>(&self, name: Option<&str>, caller: &'a Caller) -> Result<&'a str, AdministratorError> {
        let person = caller.actor.person.as_ref().map(|person| &*person.name);
        person
            .filter(|own| name.is_none_or(|name| name == *own))
            .ok_or_else(|| AdministratorError::forbidden("只能查看和结束自己的会话", "sessions of others are for administrators"))
    }
}
