//! Why a command was not done. Each sentence in Chinese and in English.

use thiserror::Error;
use uuid::Uuid;
use verify::messages::Lang;

use crate::store::StoreError;

/// What is wrong with one value of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As in the input: `data.specialities[0].validTo`, `number`, `issuer`.
    pub path: String,
    pub zh: String,
    pub en: String,
}

impl Fault {
    pub fn new(path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { path: path.into(), zh: zh.into(), en: en.into() }
    }

    pub fn message(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Blame comes with the variant: the caller, the state of the certificate, the operator, a bug.
#[derive(Debug, Error)]
pub enum IssueError {
    #[error("{en}")]
    Forbidden { zh: String, en: String },
    #[error("the input has {} fault(s): {}", .0.len(), first(.0))]
    InvalidInput(Vec<Fault>),
    /// The certificate's present state does not allow it; `current` is the version to look at.
    #[error("{en}")]
    Conflict { zh: String, en: String, current: Option<Uuid> },
    #[error("there is no certificate {id:?}")]
    NotFound { id: String },
    /// Something this hub needs is not there.
    #[error("{en}")]
    Unavailable { zh: String, en: String },
    #[error("{en}")]
    Limit { zh: String, en: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The program contradicts itself; nothing was written.
    #[error("internal fault: {0}")]
    Bug(String),
}

impl IssueError {
    /// The sentence for people. What the operator alone can act on stays in the log.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Forbidden { zh, .. } | Self::Conflict { zh, .. } | Self::Unavailable { zh, .. } | Self::Limit { zh, .. }, Lang::Zh) => {
                zh.clone()
            }
            (Self::InvalidInput(faults), Lang::Zh) => {
                let first = faults.first().map(|fault| format!("{}：{}", fault.path, fault.zh)).unwrap_or_default();
                format!("输入有{}处错误：{first}", faults.len())
            }
            (Self::NotFound { id }, Lang::Zh) => format!("没有证照 {id:?}"),
            (Self::Store(_), Lang::Zh) => "数据库暂时不可用".to_owned(),
            (Self::Store(_), Lang::En) => "the database is not available at present".to_owned(),
            (Self::Bug(_), Lang::Zh) => "内部错误".to_owned(),
            (Self::Bug(_), Lang::En) => "internal error".to_owned(),
            (other, Lang::En) => other.to_string(),
        }
    }

    pub(super) fn fault(path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::InvalidInput(vec![Fault::new(path, zh, en)])
    }

    pub(super) fn forbidden(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Forbidden { zh: zh.into(), en: en.into() }
    }

    pub(super) fn conflict(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Conflict { zh: zh.into(), en: en.into(), current: None }
    }

    pub(super) fn superseded(current: Uuid) -> Self {
        Self::Conflict {
            zh: format!("该证照版本不是现行版本或已有新的状态变更；现行版本为 {current}"),
            en: format!("this version is not the current one, or its status has changed meanwhile; the current version is {current}"),
            current: Some(current),
        }
    }

    pub(super) fn unavailable(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Unavailable { zh: zh.into(), en: en.into() }
    }
}

fn first(faults: &[Fault]) -> String {
    faults.first().map(|fault| format!("{}: {}", fault.path, fault.en)).unwrap_or_default()
}
