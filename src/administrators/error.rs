//! Why somebody was not signed in, or an account not changed: sentences in both languages.

use std::time::Duration;

use thiserror::Error;
use verify::messages::Lang;

use crate::passwords::{HashFault, Weakness};
use crate::store::StoreError;

#[derive(Debug, Error)]
pub enum AdministratorError {
    /// Which of it is told to nobody.
    #[error("name, password or code is not right, or the account is disabled; a code counts once")]
    Wrong,
    #[error("too many wrong attempts: try again in {} s", wait.as_secs() + 1)]
    Slow { wait: Duration },
    #[error("{}", .0.message(Lang::En))]
    Weak(Weakness),
    #[error("{path}: {en}")]
    Input { path: &'static str, zh: String, en: String },
    #[error("{en}")]
    Forbidden { zh: String, en: String },
    #[error("{en}")]
    Conflict { zh: String, en: String },
    #[error("{en}")]
    NotFound { zh: String, en: String },
    /// Too many sign in at this moment.
    #[error("too many sign in now: try again in a moment")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Bug(String),
}

impl From<HashFault> for AdministratorError {
    fn from(fault: HashFault) -> Self {
        Self::Bug(fault.to_string())
    }
}

impl AdministratorError {
    pub(super) fn input(path: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Input { path, zh: zh.into(), en: en.into() }
    }

    pub(super) fn forbidden(zh: &str, en: &str) -> Self {
        Self::Forbidden { zh: zh.into(), en: en.into() }
    }

    pub(super) fn not_found(zh: &str, en: &str) -> Self {
        Self::NotFound { zh: format!("没有这样的{zh}"), en: format!("no such {en}") }
    }

    /// The code of the refusal; None: the store's.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Wrong => Some("UNAUTHENTICATED"),
            Self::Slow { .. } => Some("RATE_LIMITED"),
            Self::Weak(_) | Self::Input { .. } => Some("INVALID_INPUT"),
            Self::Forbidden { .. } => Some("FORBIDDEN"),
            Self::Conflict { .. } => Some("CONFLICT"),
            Self::NotFound { .. } => Some("NOT_FOUND"),
            Self::Busy => Some("UNAVAILABLE"),
            Self::Bug(_) => Some("INTERNAL"),
            Self::Store(_) => None,
        }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Wrong, Lang::Zh) => "账号、密码或动态口令不对，或账号已停用；同一动态口令只能用一次".into(),
            (Self::Slow { wait }, Lang::Zh) => format!("不符的次数过多，请在 {} 秒后重试", wait.as_secs() + 1),
            (Self::Weak(weakness), lang) => weakness.message(lang),
            (Self::Input { zh, .. } | Self::Forbidden { zh, .. } | Self::Conflict { zh, .. } | Self::NotFound { zh, .. }, Lang::Zh) => {
                zh.clone()
            }
            (Self::Input { en, .. }, Lang::En) => en.clone(),
            (Self::Busy, Lang::Zh) => "登录的人过多，请稍后重试".into(),
            (other, _) => other.to_string(),
        }
    }

    /// The argument that is at fault, where one is.
    pub const fn path(&self) -> Option<&'static str> {
        match self {
            Self::Input { path, .. } => Some(*path),
            Self::Weak(_) => Some("newPassword"),
            _ => None,
        }
    }
}
