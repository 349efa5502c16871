//! Making, changing and disabling accounts: the operator's, at the hub's own machine; each with its event.

use chrono::{DateTime, Utc};
use model::actor::{Caller, Granted, Purpose, Role};
use model::standards::credit_code::CreditCode;
use zeroize::Zeroizing;

use super::{AdministratorError, totp};
use crate::audit::{Entry, Kind};
use crate::passwords;
use crate::sign::{Useless, registrable};
use crate::store::commands::AccessEvent;
use crate::store::{AdministratorFault, AdministratorRow, EndedWhy, Store};

/// Letters of a password that is made up, none that is taken for another: 80 bits in 16.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// What an account is made of.
#[derive(Debug, Clone)]
pub struct AccountInput {
    /// 2 to 64 letters a–z, digits, `.`, `-`, `_`, beginning with a letter.
    pub name: String,
    pub display_name: String,
    pub role: Role,
    pub types: Granted,
    pub authorities: Granted,
    /// Credit code of a registered department.
    pub department: Option<String>,
}

/// An account, with what is shown of it this once.
pub struct NewAccount {
    pub account: AdministratorRow,
    /// The password that was given or made up.
    pub password: Zeroizing<String>,
    pub totp: NewTotp,
}

/// A secret of codes, for the one time that it is shown.
pub struct NewTotp {
    /// As it is typed into an app.
    pub secret: Zeroizing<String>,
    /// As apps scan it.
    pub address: Zeroizing<String>,
}

/// The register of accounts.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
}

impl Accounts {
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes an account; without a password one is made up.
    ///
    /// # Errors
    /// What of the input is not possible, by name; a weak password; a name that is taken.
    pub async fn add(
        &self,
        input: AccountInput,
        password: Option<Zeroizing<String>>,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<NewAccount, AdministratorError> {
        self.sound(&input).await?;
        let password = password.unwrap_or_else(made_up);
        let hash = hashed(&password, &input.name, &input.display_name).await?;
        let (totp, sealed) = self.new_totp(&input.name);
        let account = AdministratorRow {
            name: input.name,
            display_name: input.display_name.trim().to_owned(),
            role: input.role,
            types: input.types,
            authorities: input.authorities,
            department: input.department,
            password: Some(hash),
            totp: Some(sealed),
            certificate: None,
            created_at: now,
            created_by: caller.actor.name.to_string(),
            disabled_at: None,
            last_sign_in_at: None,
        };
        let put = self.store.put_administrator(&account, &event(caller, Kind::AddAdministrator, &account.name, now)).await?;
        put.map_err(|fault| told(fault, &account.name))?;
        Ok(NewAccount { account, password, totp })
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn list(&self) -> Result<Vec<AdministratorRow>, AdministratorError> {
        Ok(self.store.administrators().await?)
    }

    /// An account.
    ///
    /// # Errors
    /// There is none of that name.
    pub async fn of(&self, name: &str) -> Result<AdministratorRow, AdministratorError> {
        self.store.administrator(name).await?.ok_or_else(|| told(AdministratorFault::NotFound, name))
    }

    /// Gives somebody another password, made up where none is given; his sessions end.
    ///
    /// # Errors
    /// There is no such account; the password is weak.
    pub async fn password(
        &self,
        name: &str,
        password: Option<Zeroizing<String>>,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<Zeroizing<String>, AdministratorError> {
        let account = self.of(name).await?;
        let password = password.unwrap_or_else(made_up);
        let hash = hashed(&password, name, &account.display_name).await?;
        let set = self.store.set_password(name, &hash, &event(caller, Kind::ChangeAdministrator, name, now)).await?;
        set.map_err(|fault| told(fault, name))?;
        Ok(password)
    }

    /// Gives somebody another secret of codes; his sessions end.
    ///
    /// # Errors
    /// There is no such account.
    pub async fn totp(&self, name: &str, caller: &Caller, now: DateTime<Utc>) -> Result<NewTotp, AdministratorError> {
        let (totp, sealed) = self.new_totp(name);
        let set = self.store.set_totp(name, &sealed, &event(caller, Kind::ChangeAdministrator, name, now)).await?;
        set.map_err(|fault| told(fault, name))?;
        Ok(totp)
    }

    /// Registers the certificate (PEM, or DER) whose key signs somebody in; None takes it away. His sessions end. The operator vouches for
    /// it: its chain is not looked at, its term is, whenever it is used. Its subject.
    ///
    /// # Errors
    /// No certificate with an SM2 key, one that has ended; no such account.
    pub async fn certificate(
        &self,
        name: &str,
        given: Option<&[u8]>,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, AdministratorError> {
        let read = given.map(|given| registrable(given, now).map_err(useless)).transpose()?;
        let der = read.as_ref().map(|(certificate, ..)| certificate.der());
        let set = self.store.set_certificate(name, der, &event(caller, Kind::ChangeAdministrator, name, now)).await?;
        set.map_err(|fault| told(fault, name))?;
        Ok(read.map(|(_, subject, _)| subject))
    }

    /// Disables an account, with its sessions and tokens, or lets it in again.
    ///
    /// # Errors
    /// There is none of that name, or it is so already.
    pub async fn disable(&self, name: &str, disabled: bool, caller: &Caller, now: DateTime<Utc>) -> Result<(), AdministratorError> {
        let kind = if disabled { Kind::DisableAdministrator } else { Kind::ChangeAdministrator };
        let set = self.store.set_disabled(name, disabled, &event(caller, kind, name, now)).await?;
        set.map_err(|fault| told(fault, name))
    }

    /// Ends all sessions of an account; how many.
    ///
    /// # Errors
    /// There is no such account.
    pub async fn end_all(&self, name: &str, caller: &Caller, now: DateTime<Utc>) -> Result<u64, AdministratorError> {
        self.of(name).await?;
        Ok(self.store.end_sessions(name, None, EndedWhy::Ended, &event(caller, Kind::EndSessions, name, now)).await?)
    }

    fn new_totp(&self, name: &str) -> (NewTotp, Vec<u8>) {
        let secret = totp::secret();
        let sealed = self.store.seal_totp(name, &*secret);
        (NewTotp { secret: totp::written(&*secret), address: totp::address(&*secret, name) }, sealed)
    }

    async fn sound(&self, input: &AccountInput) -> Result<(), AdministratorError> {
        let name = &input.name;
        let letters = name.bytes().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || b".-_".contains(&one));
        if !(2..=64).contains(&name.len()) || !letters || !name.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err(AdministratorError::input(
                "name",
                "应为2至64个小写字母、数字、“.”“-”“_”，以字母开头",
                "2 to 64 of a–z, digits, “.”, “-”, “_”, beginning with a letter",
            ));
        }
        if !(1..=100).contains(&input.display_name.trim().chars().count()) {
            return Err(AdministratorError::input("displayName", "须为1至100字", "1 to 100 characters"));
        }
        if !matches!(input.role, Role::Administrator | Role::Issuer | Role::Department) {
            return Err(AdministratorError::input(
                "role",
                "只有管理员、颁发机构人员、用证部门人员有账号",
                "accounts are of administrators, of issuers' clerks and of departments' clerks",
            ));
        }
        if input.role == Role::Issuer && input.authorities == Granted::none() {
            return Err(AdministratorError::input("authorities", "须指明可代表的颁发机构", "name the authorities he issues for"));
        }
        match &input.department {
            None if input.role == Role::Department => Err(AdministratorError::input("department", "须指明所属部门", "name his department")),
            None => Ok(()),
            Some(code) if CreditCode::parse(code).is_err() => {
                Err(AdministratorError::input("department", "不是统一社会信用代码", "is no credit code"))
            }
            Some(code) if self.store.department(code).await?.is_none() => {
                Err(AdministratorError::input("department", format!("部门 {code} 未登记"), format!("no department {code} is registered")))
            }
            Some(_) => Ok(()),
        }
    }
}

/// Nothing is weak about it.
pub(super) fn strong(password: &str, name: &str, display_name: &str) -> Result<(), AdministratorError> {
    match passwords::weakness(password, &[name, display_name]) {
        Some(weakness) => Err(AdministratorError::Weak(weakness)),
        None => Ok(()),
    }
}

/// The event says which account it is about: `businessCode` of its purpose.
pub(super) fn event(caller: &Caller, kind: Kind, about: &str, now: DateTime<Utc>) -> AccessEvent {
    let mut entry = Entry::new(caller, kind, now).of_many(None, 1);
    let purpose = entry.purpose.take().unwrap_or_else(|| Purpose { use_for: kind.as_str().to_owned(), ..Purpose::default() });
    entry.purpose = Some(Purpose { business_code: Some(about.to_owned()), ..purpose });
    entry.into()
}

async fn hashed(password: &Zeroizing<String>, name: &str, display_name: &str) -> Result<String, AdministratorError> {
    strong(password, name, display_name)?;
    let password = password.clone();
    let made = tokio::task::spawn_blocking(move || passwords::hash(&password));
    Ok(made.await.map_err(|error| AdministratorError::Bug(error.to_string()))??)
}

/// Four groups of four letters.
fn made_up() -> Zeroizing<String> {
    let random: Zeroizing<[u8; 16]> = Zeroizing::new(rand::random());
    let mut text = Zeroizing::new(String::with_capacity(19));
    for (place, byte) in random.iter().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    text
}

fn useless(why: Useless) -> AdministratorError {
    match why {
        Useless::Unreadable(detail) => AdministratorError::input(
            "certificate",
            format!("不是可用的 SM2 证书：{detail}"),
            format!("no usable SM2 certificate: {detail}"),
        ),
        Useless::Ended(subject) => {
            AdministratorError::input("certificate", format!("{subject} 的证书已到期"), format!("the certificate of {subject} has ended"))
        }
    }
}

fn told(fault: AdministratorFault, name: &str) -> AdministratorError {
    match fault {
        AdministratorFault::NameTaken => {
            AdministratorError::Conflict { zh: format!("已有账号 {name}"), en: format!("there is an account {name} already") }
        }
        AdministratorFault::NotFound => AdministratorError::NotFound {
            zh: format!("没有账号 {name}，或它已是该状态"),
            en: format!("there is no account {name}, or it is so already"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_made_up_is_not_weak() {
        for _ in 0..200 {
            let made = made_up();
            assert_eq!((made.len(), passwords::weakness(&made, &["li.wei"])), (19, None), "{}", *made);
        }
    }
}
