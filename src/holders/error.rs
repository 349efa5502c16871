//! Why something of a holder's was not done.

use thiserror::Error;
use verify::messages::Lang;

use crate::store::StoreError;

#[derive(Debug, Error)]
pub enum HolderError {
    #[error("{en}")]
    Forbidden { en: String, zh: String },
    #[error("{path}: {en}")]
    Input { path: &'static str, en: String, zh: String },
    #[error("an agent says what it acts for: extensions.purpose")]
    PurposeRequired,
    #[error("{en}")]
    Conflict { en: String, zh: String },
    #[error("{en}")]
    NotFound { en: String, zh: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HolderError {
    pub(super) fn forbidden(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Forbidden { en: en.into(), zh: zh.into() }
    }

    pub(super) fn input(path: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Input { path, en: en.into(), zh: zh.into() }
    }

    /// The code of the refusal; None: the store's.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Forbidden { .. } => Some("FORBIDDEN"),
            Self::PurposeRequired => Some("PURPOSE_REQUIRED"),
            Self::Input { .. } => Some("INVALID_INPUT"),
            Self::Conflict { .. } => Some("CONFLICT"),
            Self::NotFound { .. } => Some("NOT_FOUND"),
            Self::Store(_) => None,
        }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Forbidden { zh, .. } | Self::Conflict { zh, .. } | Self::NotFound { zh, .. }, Lang::Zh) => zh.clone(),
            (Self::PurposeRequired, Lang::Zh) => "代理人须写明用途（extensions.purpose）".to_owned(),
            (Self::Input { path, zh, .. }, Lang::Zh) => format!("{path}：{zh}"),
            (other, _) => other.to_string(),
        }
    }
}
