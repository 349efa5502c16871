//! Registering authorities (颁发机构).

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use model::actor::{Actor, Caller};
use model::standards::Standards;
use model::standards::credit_code::CreditCode;
use verify::messages::Lang;

use super::{Registration, RegistrationError};
use crate::audit::Kind;
use crate::sealing::{SealInput, Sealing};
use crate::sign::KeyRing;
use crate::sign::authority_ca::create_signer;
use crate::store::AuthorityRow;

/// An authority as it is given.
#[derive(Debug, Clone, Default)]
pub struct AuthorityInput {
    /// Credit code (GB 32100).
    pub code: String,
    pub name: String,
    pub level: Option<String>,
    /// Six digits (GB/T 2260).
    pub division: Option<String>,
    pub parent: Option<String>,
}

/// How an authority comes to its signer and its seal.
pub struct Signers {
    keys: Arc<KeyRing>,
    sealing: Arc<Sealing>,
    /// A demonstration makes one at once, under the CA in this folder.
    demo: Option<(PathBuf, String)>,
}

impl Signers {
    /// `demo`: folder and passphrase of the CA that makes a signer and a seal for every authority registered.
    pub fn new(keys: Arc<KeyRing>, demo: Option<(PathBuf, String)>, sealing: Arc<Sealing>) -> Self {
        Self { keys, sealing, demo }
    }

    fn provide(&self, code: &str, name: &str) -> Result<(), RegistrationError> {
        let Some((folder, passphrase)) = self.demo.as_ref().filter(|_| self.keys.signer(code).is_none()) else { return Ok(()) };
        let made = create_signer(folder, code, name, passphrase, Utc::now()).and_then(|()| self.keys.reload());
        made.map_err(|error| RegistrationError::Unavailable {
            zh: format!("无法为该机构生成演示签名密钥：{error}"),
            en: format!("no demo signer could be made: {error}"),
        })
    }

    /// A demonstration's authority has a seal from the beginning, where there is a maker of seals.
    async fn provide_seal(&self, authority: &AuthorityRow, actor: &Actor) -> Result<(), RegistrationError> {
        if self.demo.is_none() || self.keys.seal_maker().is_none() || !self.sealing.seals(Some(&authority.code)).await?.is_empty() {
            return Ok(());
        }
        let caller = Caller { actor: Arc::new(actor.clone()), purpose: None };
        let input = SealInput::round(&authority.code, &format!("{}办公室", authority.name));
        self.sealing.register(&input, &caller, Utc::now()).await?;
        Ok(())
    }
}

impl Registration {
    /// Makes a seal for an authority that has none, in a demonstration; elsewhere nothing.
    ///
    /// # Errors
    /// The seal could not be made.
    pub async fn provide_seal(&self, authority: &AuthorityRow, actor: &Actor) -> Result<(), RegistrationError> {
        self.signers.provide_seal(authority, actor).await
    }

    /// Registers an authority, or changes what is known of it.
    ///
    /// # Errors
    /// Every code that is not one, by name.
    pub async fn register_authority(&self, input: AuthorityInput, actor: &Actor) -> Result<AuthorityRow, RegistrationError> {
        CreditCode::parse(&input.code)
            .map_err(|fault| RegistrationError::input("code", fault.message(Lang::Zh), fault.message(Lang::En)))?;
        let name = input.name.trim();
        if name.is_empty() || name.chars().count() > 200 {
            return Err(RegistrationError::input("name", "机构名称为空或超过200字", "the name is empty or longer than 200 characters"));
        }
        if let Some(level) = &input.level {
            known_code("level", "AuthorityLevel", level)?;
        }
        if let Some(division) = &input.division {
            model::standards::division::DivisionCode::parse(division)
                .map_err(|fault| RegistrationError::input("division", fault.message(Lang::Zh), fault.message(Lang::En)))?;
        }
        if let Some(parent) = input.parent.as_ref().filter(|parent| **parent != input.code)
            && self.store.authorities_by(std::slice::from_ref(parent)).await?.is_empty()
        {
            return Err(RegistrationError::input(
                "parent",
                format!("上级机构 {parent} 未登记"),
                format!("the parent {parent} is not registered"),
            ));
        }
        // What is not given stays as it was.
        let known = self.store.authorities_by(std::slice::from_ref(&input.code)).await?.into_iter().next();
        let (level, division, parent) = known.map_or((None, None, None), |known| (known.level, known.division, known.parent));
        let row = AuthorityRow {
            code: input.code,
            name: name.to_owned(),
            level: input.level.or(level),
            division: input.division.or(division),
            parent: input.parent.or(parent),
            updated_at: Utc::now(),
        };
        self.signers.provide(&row.code, &row.name)?;
        self.store.put_authority(&row).await?;
        self.signers.provide_seal(&row, actor).await?;
        self.record(actor, Kind::RegisterAuthority, None).await?;
        Ok(row)
    }
}

fn known_code(path: &str, table: &str, code: &str) -> Result<(), RegistrationError> {
    let found = Standards::embedded().table(table).and_then(|table| table.label(code, Lang::Zh));
    match found {
        Some(_) => Ok(()),
        None => Err(RegistrationError::input(
            path,
            format!("{code:?} 不在代码表 {table} 中"),
            format!("{code:?} is not in the code table {table}"),
        )),
    }
}
