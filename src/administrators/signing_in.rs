//! Somebody proves himself and gets a session: by password and code, or by a signature.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use model::actor::{Actor, Caller};
use uuid::Uuid;
use verify::chain::X509;
use verify::digest::sm3_hex;
use zeroize::Zeroizing;

use super::{AdministratorError, Administrators, PREFIX, accounts, totp};
use crate::audit::{Entry, Kind, Outcome};
use crate::limits::{Attempt, neighbourhood};
use crate::passwords;
use crate::sign::is_in_force;
use crate::store::{AdministratorRow, Proven, SessionRow, StoreError, Way};

/// Longest name that is looked up, longest signature and nonce that are read.
const MAX_NAME: usize = 100;
const MAX_SIGNED: usize = 400;
/// How long a password waits for others to be checked.
const PATIENCE: Duration = Duration::from_secs(5);

/// A session that was opened.
pub struct Opened {
    /// Shown this once.
    pub token: Zeroizing<String>,
    pub session: SessionRow,
    pub account: AdministratorRow,
}

impl Administrators {
    /// Opens a session for somebody by his password and a code of his app.
    ///
    /// # Errors
    /// It is not right, which of it is not told; he was wrong too often.
    pub async fn sign_in(
        &self,
        name: &str,
        password: Zeroizing<String>,
        code: &str,
        from: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Opened, AdministratorError> {
        let attempt = self.attempt(name, from)?;
        let known = self.known(name).await?;
        let right = self.checked(known.as_ref(), password, code, now).await?;
        let Some((account, step)) = known.as_ref().zip(right) else {
            return Err(self.refused(known.as_ref(), now).await);
        };
        let proven = Proven::Password { hash: account.password.as_deref().unwrap_or_default(), step };
        self.opened(account, Way::Password, proven, from, attempt, now).await
    }

    /// Opens a session for somebody by his signature (SM2 over SM3, DER in base64) over the text of a challenge.
    ///
    /// # Errors
    /// It is not right, which of it is not told; he was wrong too often.
    pub async fn sign_in_by_signature(
        &self,
        name: &str,
        nonce: &str,
        signature: &str,
        from: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Opened, AdministratorError> {
        let attempt = self.attempt(name, from)?;
        let known = self.known(name).await?;
        let answered = Some(nonce).filter(|nonce| nonce.len() <= MAX_SIGNED).and_then(|nonce| self.answered(name, nonce, now));
        let signed = known.as_ref().zip(answered).and_then(|(account, answered)| {
            let der = account.certificate.as_deref()?;
            is_signed(der, &answered.text, signature, now).then_some((account, der, answered))
        });
        let Some((account, certificate, answered)) = signed else {
            return Err(self.refused(known.as_ref(), now).await);
        };
        let proven = Proven::Signature { certificate, digest: &answered.digest, until: answered.until };
        self.opened(account, Way::Certificate, proven, from, attempt, now).await
    }

    /// Gives the caller another password; all his sessions end.
    ///
    /// # Errors
    /// The old one or the code is not right; the new one is weak.
    pub async fn change_password(
        &self,
        old: Zeroizing<String>,
        new: Zeroizing<String>,
        code: &str,
        caller: &Caller,
        from: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<(), AdministratorError> {
        let Some(name) = caller.actor.person.as_ref().map(|person| person.name.clone()) else {
            return Err(AdministratorError::forbidden("须以账号登录后修改密码", "sign in to an account first"));
        };
        let attempt = self.attempt(&name, from)?;
        let known = self.known(&name).await?;
        let right = self.checked(known.as_ref(), old, code, now).await?;
        let Some((account, step)) = known.as_ref().zip(right) else {
            return Err(self.refused(known.as_ref(), now).await);
        };
        accounts::strong(&new, &account.name, &account.display_name)?;
        // A code counts here as it does there: once.
        if !self.store.use_totp(&name, account.password.as_deref().unwrap_or_default(), step).await? {
            return Err(self.refused(known.as_ref(), now).await);
        }
        self.slowing.forgive(&attempt);
        self.accounts.password(&name, Some(new), caller, now).await.map(drop)
    }

    /// Lets an attempt in, which counts as wrong until it is right.
    fn attempt(&self, name: &str, from: Option<IpAddr>) -> Result<Attempt<3>, AdministratorError> {
        let from = from.map(neighbourhood);
        let own = self.slowing.key((name, from));
        // Where he signed in from before, an owner does not wait for what others guess elsewhere.
        let known = self.signed_in_from.lock().unwrap_or_else(PoisonError::into_inner).contains(&own);
        let keys = [own, self.slowing.key(from), if known { own } else { self.slowing.key(name) }];
        self.slowing.attempt(keys, Instant::now()).map_err(|wait| AdministratorError::Slow { wait })
    }

    /// An account that may sign in.
    async fn known(&self, name: &str) -> Result<Option<AdministratorRow>, StoreError> {
        if name.len() > MAX_NAME {
            return Ok(None);
        }
        Ok(self.store.administrator(name).await?.filter(|account| account.disabled_at.is_none()))
    }

    /// The step of the code, where password and code are right; the same work whether or not there is such an account.
    async fn checked(
        &self,
        known: Option<&AdministratorRow>,
        password: Zeroizing<String>,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, AdministratorError> {
        let room = tokio::time::timeout(PATIENCE, self.hashing.acquire()).await;
        let Ok(Ok(_room)) = room else {
            tracing::warn!("too many passwords are being checked");
            return Err(AdministratorError::Busy);
        };
        let hash = known.and_then(|account| account.password.clone());
        let fits = tokio::task::spawn_blocking(move || password.len() <= passwords::MAX && passwords::matches(&password, hash.as_deref()));
        let fits = fits.await.unwrap_or_default();
        let secret = known.and_then(|account| self.store.open_totp(&account.name, account.totp.as_deref()?).map(Zeroizing::new));
        Ok(secret.and_then(|secret| totp::step_of(&secret, code, now)).filter(|_| fits))
    }

    async fn opened(
        &self,
        account: &AdministratorRow,
        way: Way,
        proven: Proven<'_>,
        from: Option<IpAddr>,
        attempt: Attempt<3>,
        now: DateTime<Utc>,
    ) -> Result<Opened, AdministratorError> {
        let session = SessionRow {
            id: Uuid::now_v7(),
            name: account.name.clone(),
            way,
            address: from.map(|from| from.to_canonical().to_string()),
            opened_at: now,
            used_at: now,
            until: now + self.terms.longest,
            ended: None,
        };
        let token = fresh();
        let caller = Caller { actor: Arc::new(account.actor(None, session.id)), purpose: None };
        let event = Entry::new(&caller, Kind::SignIn, now).of_many(None, 1).into();
        if !self.store.open_session(&sm3_hex(token.as_bytes()), &session, proven, &event).await? {
            // A code or signature that was used, or an account that was changed at this moment.
            return Err(self.refused(Some(account), now).await);
        }
        self.slowing.forgive(&attempt);
        let own = self.slowing.key((account.name.as_str(), from.map(neighbourhood)));
        self.signed_in_from.lock().unwrap_or_else(PoisonError::into_inner).put(own, ());
        Ok(Opened { token, session, account: account.clone() })
    }

    /// Records that somebody has not proved himself. What was typed as a name is recorded only where it is an account's.
    async fn refused(&self, known: Option<&AdministratorRow>, now: DateTime<Utc>) -> AdministratorError {
        let actor = known.map_or_else(Actor::anonymous, |account| account.actor(None, Uuid::nil()));
        let caller = Caller { actor: Arc::new(actor), purpose: None };
        self.journal.accompany(vec![Entry::new(&caller, Kind::RefuseSignIn, now).ended(Outcome::Refused)]).await;
        AdministratorError::Wrong
    }
}

/// A token that nobody has yet.
fn fresh() -> Zeroizing<String> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
    let mut token = Zeroizing::new(String::with_capacity(PREFIX.len() + 64));
    token.push_str(PREFIX);
    for byte in bytes.iter() {
        token.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
    }
    token
}

/// Has the key of this certificate, which is in force, signed the text?
fn is_signed(der: &[u8], text: &str, signature: &str, now: DateTime<Utc>) -> bool {
    let Ok(certificate) = X509::from_der(der) else { return false };
    let Some(signature) = Some(signature).filter(|text| text.len() <= MAX_SIGNED).and_then(|text| STANDARD.decode(text.trim()).ok()) else {
        return false;
    };
    is_in_force(der, now) && certificate.prepared_key().verify(text.as_bytes(), &signature).is_ok()
}
