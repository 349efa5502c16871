//! What holders do themselves: sessions that a portal opens for them, use codes (用证码) by which they consent to a reading, agents whom
//! they appoint (代理人), and freezing on loss (挂失).
//!
//! A portal signs the citizen in by whatever means it has and vouches for his code; the hub keeps of it the opaque key alone.

mod error;
mod mandates;

use std::collections::BTreeSet;
use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use model::actor::{Actor, Caller, Granted, Purpose, Role};
use model::grant::{FILES, Fields, Grant, HOLDERS, NUMBER, Rights};
use model::registry::Registry;
use model::standards::credit_code::CreditCode;
use rand::RngExt as _;
use uuid::Uuid;
use verify::digest::sm3_hex;

pub use error::HolderError;
pub use mandates::Appointment;
use mandates::{himself, of_agent, says_what_for};

use crate::audit::{Entry, Kind};
use crate::store::commands::AccessEvent;
use crate::store::{HolderSession, Store, StoreError, UseCodeRow};

/// Longest session of a holder.
const SESSION: TimeDelta = TimeDelta::minutes(30);
/// Longest time that a use code holds, in minutes: a day.
const LONGEST: i64 = 24 * 60;
/// What tokens of holders begin with.
pub const PREFIX: &str = "zzh_";
/// Letters of a use code: none that is taken for another when read aloud or copied.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Of 32 letters each: 60 bits, tried by nobody within a day.
const LENGTH: usize = 12;

/// The use cases of holders, and of portals for them.
pub struct Holders {
    store: Store,
    registry: Arc<ArcSwap<Registry>>,
}

/// Somebody in a session.
#[derive(Debug)]
pub struct SignedIn {
    pub actor: Actor,
    pub until: DateTime<Utc>,
    /// The portal's token, by name.
    pub vouched_by: String,
}

/// What a holder consents to.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Credit code.
    pub department: String,
    pub type_name: String,
    pub fields: Vec<String>,
    pub minutes: i64,
    pub once: bool,
}

impl Holders {
    pub const fn new(store: Store, registry: Arc<ArcSwap<Registry>>) -> Self {
        Self { store, registry }
    }

    /// Opens a session for a person or firm that the portal has signed in, for itself or, with a mandate, for the holder of the code
    /// `behalf`: the token, shown once, and until when.
    ///
    /// # Errors
    /// The caller is no portal; nobody of that code holds a certificate, or gave a mandate; one of them is frozen.
    pub async fn open_session(
        &self,
        code: &str,
        behalf: Option<&str>,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<(String, DateTime<Utc>), HolderError> {
        if caller.actor.role != Role::Portal {
            return Err(HolderError::forbidden("sessions of holders are opened by portals", "持证主体会话由门户开启"));
        }
        let signed_in = self.store.holder_key(code);
        let (key, mandate) = match behalf {
            None if self.store.is_holder(&signed_in).await? => (signed_in, None),
            None => {
                return Err(HolderError::NotFound {
                    en: "nobody of this code holds a certificate".into(), zh: "该主体没有证照".into()
                });
            }
            Some(holder) => {
                let key = self.store.holder_key(holder);
                let none = || HolderError::forbidden("the holder gave this person or firm no mandate that holds", "没有有效的委托");
                let mandate = self.store.mandate_for(&signed_in, &key, now).await?.ok_or_else(none)?;
                (key, Some(mandate))
            }
        };
        let token: String = {
            let bytes: [u8; 32] = rand::random();
            bytes.iter().fold(PREFIX.to_owned(), |text, byte| format!("{text}{byte:02x}"))
        };
        let until = mandate.as_ref().map_or(now + SESSION, |mandate| mandate.until.min(now + SESSION));
        let mut rules = vec![subject(&key)];
        rules.extend(mandate.as_ref().map(|mandate| mandates::rule(mandate.id)));
        let under = mandate.map(|mandate| (mandate.id, mandate.types));
        let opened_by = caller.actor.name.to_string();
        let row = HolderSession { holder_key: key, under, opened_by, opened_at: now, until, ended_at: None };
        let event = Entry::new(caller, Kind::OpenHolderSession, now).by(&rules).into();
        if !self.store.put_holder_session(&sm3_hex(token.as_bytes()), &row, &event).await? {
            return Err(frozen());
        }
        Ok((token, until))
    }

    /// Who is in the session of that token's digest: the holder, or his agent. It ends with the token of the portal that vouched.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn session(&self, hash: &str, now: DateTime<Utc>) -> Result<Option<SignedIn>, StoreError> {
        let found = self.store.holder_session(hash, now).await?.filter(|session| session.ended_at.is_none() && now < session.until);
        Ok(found.map(|session| {
            // Who vouched for him stands in everything he does.
            let via = session.opened_by;
            let holder = Some(session.holder_key.into());
            let actor = match session.under {
                None => {
                    let name = format!("holder via {via}");
                    Actor { holder, ..Actor::new(Role::Holder, name, None, Granted::none(), Granted::none()) }
                }
                Some((mandate, types)) => {
                    let types = Granted::Only(types.into_iter().collect());
                    let named = Actor::new(Role::Agent, format!("agent via {via}"), None, types, Granted::none());
                    Actor { holder, mandate: Some(mandates::rule(mandate)), ..named }
                }
            };
            SignedIn { actor, until: session.until, vouched_by: via }
        }))
    }

    /// Makes a use code: the code, shown once, and what was written of it.
    ///
    /// # Errors
    /// What of it is not there or out of bounds; the holder is frozen.
    pub async fn make_code(&self, consent: Consent, caller: &Caller, now: DateTime<Utc>) -> Result<(String, UseCodeRow), HolderError> {
        let key = of(caller)?;
        says_what_for(caller)?;
        if CreditCode::parse(&consent.department).is_err() {
            return Err(HolderError::input("department", "is no credit code", "不是统一社会信用代码"));
        }
        if !(1..=LONGEST).contains(&consent.minutes) {
            return Err(HolderError::input("minutes", format!("1 to {LONGEST}"), format!("须为1至{LONGEST}分钟")));
        }
        let registry = self.registry.load();
        let named = registry.named(&consent.type_name);
        let [known] = named[..] else {
            return Err(HolderError::input("type", "no such type", "没有该证照类型"));
        };
        if caller.actor.role == Role::Agent && !caller.actor.reads(&known.ty.name) {
            return Err(HolderError::forbidden("the mandate is not for this type", "委托不含该证照类型"));
        }
        let fields: BTreeSet<String> = consent.fields.into_iter().collect();
        let there = |name: &String| [NUMBER, HOLDERS, FILES].contains(&name.as_str()) || known.ty.field(name).is_some();
        if let Some(unknown) = fields.iter().find(|name| !there(name)) {
            return Err(HolderError::input("fields", format!("{unknown} is not there"), format!("没有字段 {unknown}")));
        }
        if fields.is_empty() {
            return Err(HolderError::input("fields", "name at least one", "至少选择一个字段"));
        }
        let code: String = {
            let mut random = rand::rng();
            (0..LENGTH).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect()
        };
        let mandate = match of_agent(caller) {
            Some(id) => self.store.mandate(id).await?,
            None => None,
        };
        let wanted = now + TimeDelta::minutes(consent.minutes);
        let row = UseCodeRow {
            id: Uuid::now_v7(),
            holder_key: key.to_owned(),
            mandate: mandate.as_ref().map(|mandate| mandate.id),
            department: consent.department,
            type_name: known.ty.name.to_string(),
            fields: fields.into_iter().collect(),
            once: consent.once,
            uses: 0,
            made_at: now,
            until: mandate.map_or(wanted, |mandate| mandate.until.min(wanted)),
            used_at: None,
            withdrawn_at: None,
        };
        let mut rules = vec![rule(row.id)];
        rules.extend(caller.actor.mandate.clone());
        let event = Entry::new(caller, Kind::MakeUseCode, now).of_many(Some(&row.type_name), 0).by(&rules).into();
        if !self.store.put_use_code(&digest(&code), &row, &event).await? {
            return Err(frozen());
        }
        Ok((code, row))
    }

    /// The caller's newest use codes; an agent's are those that it made.
    ///
    /// # Errors
    /// The caller is no holder; the store does not answer.
    pub async fn codes(&self, caller: &Caller, limit: u32) -> Result<Vec<UseCodeRow>, HolderError> {
        says_what_for(caller)?;
        Ok(self.store.use_codes(of(caller)?, of_agent(caller), limit).await?)
    }

    /// Withdraws a use code; an agent those that it made.
    ///
    /// # Errors
    /// It is not the caller's, or withdrawn already.
    pub async fn withdraw_code(&self, id: Uuid, caller: &Caller, now: DateTime<Utc>) -> Result<(), HolderError> {
        says_what_for(caller)?;
        let event = Entry::new(caller, Kind::WithdrawUseCode, now).by(&[rule(id)]).into();
        let none = || HolderError::NotFound { en: "no such use code holds".into(), zh: "没有该有效用证码".into() };
        if self.store.withdraw_use_code(of(caller)?, of_agent(caller), id, &event).await? { Ok(()) } else { Err(none()) }
    }

    /// The call of a department that shows a use code: it reads what the holder consented to, of his certificates, and nothing else.
    ///
    /// # Errors
    /// The code is not good, is not for this department, is spent, withdrawn or over: nothing tells which.
    pub async fn with_code(&self, actor: &Actor, mut purpose: Purpose, now: DateTime<Utc>) -> Result<Caller, HolderError> {
        let refused = || HolderError::forbidden("the use code is not good for this department now", "用证码对本部门无效或已失效");
        let written = purpose.consent.take().unwrap_or_default();
        let Some(department) = actor.department.as_ref().filter(|_| actor.role == Role::Department) else { return Err(refused()) };
        let code = self.store.spend_use_code(&digest(&written), &department.code, now).await?.ok_or_else(refused)?;
        let grant = Grant {
            name: rule(code.id).to_string(),
            department: department.code.clone(),
            type_name: code.type_name,
            fields: Fields::Only(code.fields.into_iter().collect()),
            masked: BTreeSet::new(),
            items: None,
            rows: None,
            until: None,
            legal_basis: "consent".into(),
        };
        // What is written down of it is which code it was, and not the code.
        purpose.consent = Some(grant.name.clone());
        let rights = Arc::new(Rights::of_consent(&grant, &code.holder_key));
        let actor = Actor { types: Granted::none(), matters: None, rights: Some(rights), ..actor.clone() };
        Ok(Caller { actor: Arc::new(actor), purpose: Some(purpose) })
    }

    /// Freezes a holder on loss: by himself, or by a clerk who names his code.
    ///
    /// # Errors
    /// The caller is neither; no reason is given; he is frozen already.
    pub async fn freeze(&self, code: Option<&str>, reason: &str, caller: &Caller, now: DateTime<Utc>) -> Result<(), HolderError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 200 {
            return Err(HolderError::input("reason", "say why, in 1 to 200 characters", "须用1至200字写明原因"));
        }
        let key = match code {
            None => himself(caller)?.to_owned(),
            Some(code) => self.of_clerk(code, caller, now).await?,
        };
        let event: AccessEvent = Entry::new(caller, Kind::FreezeHolder, now).by(&[subject(&key)]).into();
        let already = || HolderError::Conflict { en: "frozen already".into(), zh: "已挂失".into() };
        if self.store.freeze(&key, reason, &caller.actor.name, &event).await? { Ok(()) } else { Err(already()) }
    }

    /// Lifts a freeze: clerks only, before whom the holder has proven himself.
    ///
    /// # Errors
    /// The caller is no clerk; nobody of that code is frozen.
    pub async fn unfreeze(&self, code: &str, caller: &Caller, now: DateTime<Utc>) -> Result<(), HolderError> {
        let key = self.of_clerk(code, caller, now).await?;
        let event: AccessEvent = Entry::new(caller, Kind::UnfreezeHolder, now).by(&[subject(&key)]).into();
        let none = || HolderError::NotFound { en: "not frozen".into(), zh: "未挂失".into() };
        if self.store.unfreeze(&key, &event).await? { Ok(()) } else { Err(none()) }
    }

    /// The newest accesses to the caller's certificates, each with the identifier of the certificate.
    ///
    /// # Errors
    /// The caller is no holder; the store does not answer.
    pub async fn accesses(&self, caller: &Caller, before: Option<Uuid>, limit: u32) -> Result<Vec<(AccessEvent, String)>, HolderError> {
        Ok(self.store.events_about(himself(caller)?, before, limit).await?)
    }

    async fn of_clerk(&self, code: &str, caller: &Caller, now: DateTime<Utc>) -> Result<String, HolderError> {
        if !matches!(caller.actor.role, Role::Issuer | Role::Administrator) {
            return Err(HolderError::forbidden("only clerks act for another", "只有经办人员可代办"));
        }
        let key = self.store.holder_key(code);
        if self.store.is_holder(&key).await? || self.store.is_agent(&key, now).await? || self.store.frozen(&key).await?.is_some() {
            return Ok(key);
        }
        Err(HolderError::NotFound {
            en: "nobody of this code holds a certificate, or is an agent".into(),
            zh: "该主体没有证照，也不是代理人".into(),
        })
    }
}

/// The caller's own key.
fn of(caller: &Caller) -> Result<&str, HolderError> {
    caller
        .actor
        .holder
        .as_deref()
        .ok_or_else(|| HolderError::forbidden("this is for holders, signed in by a portal", "须由持证主体登录后办理"))
}

fn frozen() -> HolderError {
    HolderError::forbidden("the holder is frozen (挂失): a clerk lifts it", "该主体已挂失，须由经办人员解除")
}

/// Whom an event is about, as it stands in the log: by the opaque key, which this hub alone can make of a code.
fn subject(key: &str) -> Arc<str> {
    format!("holder-{key}").into()
}

/// The name under which a use code is cited.
fn rule(id: Uuid) -> Arc<str> {
    format!("use-code-{}", id.simple()).into()
}

/// However it is spelt: blanks, hyphens and case make no difference.
fn digest(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    sm3_hex(format!("zhengzhao/use-code/v1\n{plain}").as_bytes())
}
