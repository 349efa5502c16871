//! Admitting departments and clients, and everything that is done with them afterwards: by administrators, each with its event.

use chrono::{DateTime, NaiveDate, Utc};
use model::actor::{Caller, Purpose};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::input::text;
use super::{ClientError, ClientInput, DepartmentInput, secret};
use crate::audit::{Entry, Kind};
use crate::passwords;
use crate::sign::{Useless, registrable};
use crate::store::commands::AccessEvent;
use crate::store::{ClientRow, CredentialRow, DepartmentRow, Proof, Store};

/// Secrets of a client in use at once: the one before stays until all its systems have the new one.
const SECRETS: usize = 2;
const CERTIFICATES: usize = 4;

/// A client that was just registered.
pub struct NewClient {
    pub client: ClientRow,
    pub secret: Option<NewSecret>,
}

/// A secret, for the one time that it is shown.
pub struct NewSecret {
    pub credential: CredentialRow,
    pub secret: Zeroizing<String>,
}

/// The register of departments and clients.
#[derive(Debug, Clone)]
pub struct Register {
    store: Store,
}

impl Register {
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Registers a department, or changes what is known of it.
    ///
    /// # Errors
    /// What of the input is not possible, by name.
    pub async fn department(&self, input: DepartmentInput, caller: &Caller, now: DateTime<Utc>) -> Result<DepartmentRow, ClientError> {
        input.check()?;
        let known = self.store.department(&input.code).await?;
        let (level, division, contacts, rate, daily) =
            known.map_or((None, None, Vec::new(), None, None), |row| (row.level, row.division, row.contacts, row.rate, row.daily));
        let row = DepartmentRow {
            code: input.code,
            name: input.name.trim().to_owned(),
            level: input.level.or(level),
            division: input.division.or(division),
            contacts: input.contacts.unwrap_or(contacts),
            rate: input.rate.or(rate),
            daily: input.daily.or(daily),
            updated_at: now,
        };
        self.store.put_department(&row, &event(caller, Kind::RegisterDepartment, &row.code, now)).await?;
        Ok(row)
    }

    /// All departments, by code.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn departments(&self) -> Result<Vec<DepartmentRow>, ClientError> {
        Ok(self.store.departments().await?)
    }

    /// Admits a client.
    ///
    /// # Errors
    /// What of the input is not possible, by name; an id that is taken.
    pub async fn client(&self, input: ClientInput, caller: &Caller, now: DateTime<Utc>) -> Result<NewClient, ClientError> {
        input.check()?;
        if self.store.department(&input.department).await?.is_none() {
            let code = &input.department;
            return Err(ClientError::input("department", format!("部门 {code} 未登记"), format!("no department {code} is registered")));
        }
        let ends_at = ending("endsOn", input.ends_on, now)?;
        let client = ClientRow {
            id: input.id.unwrap_or_else(made_up),
            department: input.department,
            name: input.name.trim().to_owned(),
            role: input.role,
            types: input.types,
            authorities: input.authorities,
            admitted_for: input.admitted_for.trim().to_owned(),
            documents: input.documents,
            rate: input.rate,
            daily: input.daily,
            ends_at,
            reviewed_at: now,
            registered_at: now,
            registered_by: caller.actor.name.to_string(),
            last_used_at: None,
            revoked_at: None,
            revoked_why: None,
        };
        let secret = if input.with_secret { Some(new_secret(&client.id, None, caller, now).await?) } else { None };
        let credentials: Vec<_> = secret.iter().map(|secret| secret.credential.clone()).collect();
        let put = self.store.put_client(&client, &credentials, &event(caller, Kind::RegisterClient, &client.id, now)).await?;
        put.map_err(|fault| ClientError::of(&fault, &client.id))?;
        Ok(NewClient { client, secret })
    }

    /// The clients of a department, or all, by id.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn clients(&self, department: Option<&str>) -> Result<Vec<ClientRow>, ClientError> {
        Ok(self.store.clients(department).await?)
    }

    /// A client, by its id.
    ///
    /// # Errors
    /// There is none.
    pub async fn of_id(&self, id: &str) -> Result<ClientRow, ClientError> {
        let found = self.store.client(id).await?;
        found.map(|(client, _)| client).ok_or_else(|| ClientError::of(&crate::store::ClientFault::NotFound, id))
    }

    /// Everything that a client was ever given to prove itself with.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn credentials(&self, client: &str) -> Result<Vec<CredentialRow>, ClientError> {
        Ok(self.store.credentials(client).await?)
    }

    /// Gives a client a new secret beside the one it has; good until the end of `ends_on`, or until it is revoked.
    ///
    /// # Errors
    /// No such client; it has two in use; a day that is past.
    pub async fn secret(
        &self,
        client: &str,
        ends_on: Option<NaiveDate>,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<NewSecret, ClientError> {
        let made = new_secret(client, ending("endsOn", ends_on, now)?, caller, now).await?;
        self.put(&made.credential, SECRETS, caller, now).await?;
        Ok(made)
    }

    /// Registers a certificate (PEM, or DER) whose key signs the client's requests. An administrator vouches for it: its chain is not
    /// looked at, and its end is.
    ///
    /// # Errors
    /// No certificate with an SM2 key, one that has ended; no such client, or one with four in use.
    pub async fn certificate(&self, client: &str, given: &[u8], caller: &Caller, now: DateTime<Utc>) -> Result<CredentialRow, ClientError> {
        let (certificate, _, end) = registrable(given, now).map_err(useless)?;
        let credential = CredentialRow {
            id: Uuid::now_v7(),
            client: client.to_owned(),
            proof: Proof::Certificate(certificate.der().to_vec()),
            created_at: now,
            created_by: caller.actor.name.to_string(),
            expires_at: Some(end),
            last_used_at: None,
            revoked_at: None,
            revoked_why: None,
        };
        self.put(&credential, CERTIFICATES, caller, now).await?;
        Ok(credential)
    }

    async fn put(&self, credential: &CredentialRow, most: usize, caller: &Caller, now: DateTime<Utc>) -> Result<(), ClientError> {
        let event = event(caller, Kind::AddCredential, &credential.client, now);
        let put = self.store.put_credential(credential, most, &event).await?;
        put.map_err(|fault| ClientError::of(&fault, &credential.client))
    }

    /// Revokes a secret or a certificate; tokens that it gave end at once.
    ///
    /// # Errors
    /// None such; no reason.
    pub async fn revoke_credential(
        &self,
        client: &str,
        id: Uuid,
        why: &str,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<(), ClientError> {
        text("reason", why)?;
        let event = event(caller, Kind::RevokeCredential, client, now);
        let revoked = self.store.revoke_credential(client, id, why, &event).await?;
        revoked.map_err(|fault| ClientError::of(&fault, client))
    }

    /// Revokes a client for ever; its tokens end at once.
    ///
    /// # Errors
    /// None such; no reason.
    pub async fn revoke(&self, client: &str, why: &str, caller: &Caller, now: DateTime<Utc>) -> Result<ClientRow, ClientError> {
        text("reason", why)?;
        let revoked = self.store.revoke_client(client, why, &event(caller, Kind::RevokeClient, client, now)).await?;
        revoked.map_err(|fault| ClientError::of(&fault, client))?;
        self.of_id(client).await
    }

    /// Writes down that a client was looked at, and may go on for a year.
    ///
    /// # Errors
    /// None such.
    pub async fn review(&self, client: &str, caller: &Caller, now: DateTime<Utc>) -> Result<ClientRow, ClientError> {
        let reviewed = self.store.review_client(client, &event(caller, Kind::ReviewClient, client, now)).await?;
        reviewed.map_err(|fault| ClientError::of(&fault, client))?;
        self.of_id(client).await
    }
}

/// A secret that nobody has yet.
async fn new_secret(
    client: &str,
    expires_at: Option<DateTime<Utc>>,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<NewSecret, ClientError> {
    let id = Uuid::now_v7();
    let made = tokio::task::spawn_blocking(move || {
        let text = secret::generate(id);
        passwords::hash(&text).map(|hash| (text, hash))
    });
    let (secret, hash) = made.await.map_err(|error| ClientError::Bug(error.to_string()))??;
    let credential = CredentialRow {
        id,
        client: client.to_owned(),
        proof: Proof::Secret(hash),
        created_at: now,
        created_by: caller.actor.name.to_string(),
        expires_at,
        last_used_at: None,
        revoked_at: None,
        revoked_why: None,
    };
    Ok(NewSecret { credential, secret })
}

/// The end of a day that is still to come.
fn ending(path: &'static str, day: Option<NaiveDate>, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, ClientError> {
    let end = day.map(|day| verify::status::day_ends(day).filter(|end| *end > now));
    match end {
        Some(None) => Err(ClientError::input(path, "已经过去", "it is past")),
        end => Ok(end.flatten()),
    }
}

fn made_up() -> String {
    let bytes: [u8; 6] = rand::random();
    bytes.iter().fold("c-".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// The event says which department or client it is about: `businessCode` of its purpose.
fn event(caller: &Caller, kind: Kind, about: &str, now: DateTime<Utc>) -> AccessEvent {
    let mut entry = Entry::new(caller, kind, now).of_many(None, 1);
    let purpose = entry.purpose.take().unwrap_or_else(|| Purpose { use_for: kind.as_str().to_owned(), ..Purpose::default() });
    entry.purpose = Some(Purpose { business_code: Some(about.to_owned()), ..purpose });
    entry.into()
}

fn useless(why: Useless) -> ClientError {
    match why {
        Useless::Unreadable(detail) => {
            ClientError::input("certificate", format!("不是可用的 SM2 证书：{detail}"), format!("no usable SM2 certificate: {detail}"))
        }
        Useless::Ended(subject) => {
            ClientError::input("certificate", format!("{subject} 的证书已到期"), format!("the certificate of {subject} has ended"))
        }
    }
}
