//! A client proves itself and gets an access token (RFC 6749 4.4).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use model::actor::{Actor, Caller, Role};
use model::registry::names::is_upper_camel;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::assertion;
use super::{Clients, secret};
use crate::audit::{Entry, Kind, Outcome};
use crate::limits::neighbourhood;
use crate::passwords;
use crate::store::{ClientFault, ClientRow, ClientState, CredentialRow, DepartmentRow, Proof, StoreError, UsedAssertion};

/// Longest scope.
const MAX_SCOPE: usize = 1000;
/// How long a secret waits for others to be checked.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a client sends.
pub struct TokenRequest {
    pub proof: GivenProof,
    /// Types to narrow the token to, with spaces between.
    pub scope: Option<String>,
    /// Where it comes from, as far as that is known.
    pub from: Option<IpAddr>,
}

pub enum GivenProof {
    Secret { client: String, secret: Zeroizing<String> },
    Assertion { client: Option<String>, assertion: String },
}

/// A token, and what goes with it.
pub struct GrantedToken {
    pub access_token: String,
    pub expires_in: Duration,
    pub scope: Option<String>,
}

/// Why there is none.
#[derive(Debug)]
pub enum GrantRefusal {
    /// It has not proved itself, or may not call: which is told to nobody.
    Client,
    /// The scope names what is no type, or a type that it has not.
    Scope,
    /// It was wrong too often.
    Slow { wait: Duration },
    /// The database, a key or room is missing.
    Unavailable,
}

impl From<StoreError> for GrantRefusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "no access token could be granted");
        Self::Unavailable
    }
}

/// A client that has proved itself.
struct Proved {
    client: ClientRow,
    department: DepartmentRow,
    credential: Uuid,
    assertion: Option<UsedAssertion>,
}

impl Clients {
    /// Grants an access token.
    ///
    /// # Errors
    /// [`GrantRefusal`].
    pub async fn grant(&self, request: TokenRequest, now: DateTime<Utc>) -> Result<GrantedToken, GrantRefusal> {
        let TokenRequest { proof, scope, from } = request;
        let claimed = match &proof {
            GivenProof::Secret { client, .. } => client.clone(),
            GivenProof::Assertion { client: Some(client), .. } => client.clone(),
            GivenProof::Assertion { client: None, assertion } => assertion::claimed(assertion),
        };
        let from = from.map(neighbourhood);
        let keys = [self.slowing.key((&claimed, from)), self.slowing.key(from)];
        if let Some(wait) = self.slowing.wait(keys, Instant::now()) {
            return Err(GrantRefusal::Slow { wait });
        }
        let proved = match proof {
            GivenProof::Secret { client, secret } => self.by_secret(&client, secret, now).await?,
            GivenProof::Assertion { client, assertion } => self.by_assertion(client.as_deref(), &assertion, now).await?,
        };
        let Some(proved) = proved else {
            self.slowing.wrong(keys, Instant::now());
            self.refused(&claimed, now).await?;
            return Err(GrantRefusal::Client);
        };
        let scope = match scope {
            Some(scope) => Some(self.checked(&scope, &proved.client).await?),
            None => None,
        };
        let ring = self.keys.tokens();
        let Some(key) = ring.signing(now) else {
            tracing::error!("there is no key for access tokens: make one with `zhengzhao keys tokens`");
            return Err(GrantRefusal::Unavailable);
        };
        let token = self.issue(key, &proved.client, proved.credential, scope.as_deref(), now);
        let access_token = match token.map(|written| written.map_err(|fault| fault.to_string())) {
            Ok(Ok(token)) => token,
            failed => {
                tracing::error!(?failed, "the key of access tokens gives no signature");
                return Err(GrantRefusal::Unavailable);
            }
        };
        let caller = Caller { actor: Arc::new(proved.client.actor(&proved.department)), purpose: None };
        let event = Entry::new(&caller, Kind::GrantToken, now).of_many(None, 1).into();
        match self.store.use_credential(&proved.client.id, proved.credential, proved.assertion.as_ref(), &event).await? {
            Ok(()) => {}
            Err(ClientFault::Replayed) => {
                tracing::warn!(client = proved.client.id, "a signed request was sent again");
                self.slowing.wrong(keys, Instant::now());
                self.refused(&claimed, now).await?;
                return Err(GrantRefusal::Client);
            }
            Err(_) => return Err(GrantRefusal::Client),
        }
        // This client is no guess; what else came from the address stays counted.
        self.slowing.right(0, keys[0]);
        Ok(GrantedToken { access_token, expires_in: self.lifetime, scope })
    }

    /// Checks a secret; the same work whether or not there is such a client.
    async fn by_secret(&self, id: &str, given: Zeroizing<String>, now: DateTime<Utc>) -> Result<Option<Proved>, GrantRefusal> {
        let known = self.known(id, now).await?;
        let named = secret::id_of(&given);
        let hash = known.as_ref().and_then(|(_, _, credentials)| {
            let one = credentials.iter().find(|known| Some(known.id) == named && known.is_usable(now))?;
            match &one.proof {
                Proof::Secret(hash) => Some(hash.clone()),
                Proof::Certificate(_) => None,
            }
        });
        let room = tokio::time::timeout(PATIENCE, self.hashing.acquire()).await;
        let Ok(Ok(_room)) = room else {
            tracing::warn!("too many secrets are being checked");
            return Err(GrantRefusal::Unavailable);
        };
        let fits = tokio::task::spawn_blocking(move || given.len() <= passwords::MAX && passwords::matches(&given, hash.as_deref()));
        let fits = fits.await.unwrap_or_default();
        Ok(known.zip(named).filter(|_| fits).map(|((client, department, _), credential)| Proved {
            client,
            department,
            credential,
            assertion: None,
        }))
    }

    async fn by_assertion(&self, id: Option<&str>, text: &str, now: DateTime<Utc>) -> Result<Option<Proved>, GrantRefusal> {
        let endpoint = self.endpoint();
        let read = assertion::read(text, &[&endpoint, &self.issuer], now);
        let read = match read {
            Ok(read) if id.is_none_or(|id| id == read.client) => read,
            Ok(_) => return Ok(None),
            Err(fault) => {
                tracing::info!(%fault, "a signed request is refused");
                return Ok(None);
            }
        };
        let Some((client, department, credentials)) = self.known(&read.client, now).await? else { return Ok(None) };
        match read.signer(&credentials, now) {
            Ok(credential) => Ok(Some(Proved { client, department, credential, assertion: Some(read.used) })),
            Err(fault) => {
                tracing::info!(%fault, client = client.id, "a signed request is refused");
                Ok(None)
            }
        }
    }

    /// A client that may call, with everything it was given to prove itself with.
    async fn known(&self, id: &str, now: DateTime<Utc>) -> Result<Option<(ClientRow, DepartmentRow, Vec<CredentialRow>)>, StoreError> {
        let found = self.store.client(id).await?;
        let credentials = self.store.credentials(id).await?;
        Ok(found
            .filter(|(client, _)| client.state(now) == ClientState::Active)
            .map(|(client, department)| (client, department, credentials)))
    }

    /// Records that somebody has not proved himself. What was typed as a name is recorded only where it is a client's.
    async fn refused(&self, claimed: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let actor = match self.store.client(claimed).await? {
            Some((client, department)) => client.actor(&department),
            None => Actor::anonymous(),
        };
        let caller = Caller { actor: Arc::new(actor), purpose: None };
        self.journal.accompany(vec![Entry::new(&caller, Kind::RefuseToken, now).ended(Outcome::Refused)]).await;
        Ok(())
    }

    /// A scope in its one spelling: types that the client has, or that its department is granted.
    async fn checked(&self, scope: &str, client: &ClientRow) -> Result<String, GrantRefusal> {
        let mut names: Vec<&str> = scope.split(' ').filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        if scope.len() > MAX_SCOPE || names.is_empty() || !names.iter().all(|name| is_upper_camel(name)) {
            return Err(GrantRefusal::Scope);
        }
        if !names.iter().all(|name| client.types.contains(name)) {
            let grants = self.store.grants(Some(&client.department), false).await?;
            let granted = |name: &str| client.role == Role::Department && grants.iter().any(|row| *row.grant.type_name == *name);
            if !names.iter().all(|name| client.types.contains(name) || granted(name)) {
                return Err(GrantRefusal::Scope);
            }
        }
        Ok(names.join(" "))
    }
}
