//! Why a department or client was not registered or changed: sentences in both languages.

use thiserror::Error;
use verify::messages::Lang;

use crate::passwords::HashFault;
use crate::store::{ClientFault, StoreError};

#[derive(Debug, Error)]
pub enum ClientError {
    #[error("{path}: {en}")]
    Input { path: &'static str, zh: String, en: String },
    #[error("{en}")]
    Conflict { zh: String, en: String },
    #[error("{en}")]
    NotFound { zh: String, en: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Bug(String),
}

impl From<HashFault> for ClientError {
    fn from(fault: HashFault) -> Self {
        Self::Bug(fault.to_string())
    }
}

impl ClientError {
    pub(super) fn input(path: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Input { path, zh: zh.into(), en: en.into() }
    }

    /// What the store said of the client `id`.
    pub(super) fn of(fault: &ClientFault, id: &str) -> Self {
        match fault {
            ClientFault::IdTaken => Self::Conflict { zh: format!("已有客户端 {id}"), en: format!("there is a client {id} already") },
            ClientFault::NotFound => Self::NotFound {
                zh: format!("没有这样的客户端或凭据，或已撤销：{id}"),
                en: format!("no such client or credential, or it was revoked: {id}"),
            },
            ClientFault::TooMany => Self::Conflict {
                zh: format!("客户端 {id} 在用的凭据已达上限：请先撤销一个"),
                en: format!("the client {id} has as many in use as it may have: revoke one first"),
            },
            ClientFault::Replayed => Self::Bug(format!("{id}: an assertion where there is none")),
        }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Input { zh, .. } | Self::Conflict { zh, .. } | Self::NotFound { zh, .. }, Lang::Zh) => zh.clone(),
            (Self::Input { en, .. }, Lang::En) => en.clone(),
            (other, _) => other.to_string(),
        }
    }
}
