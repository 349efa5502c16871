//! Why something was not asked for, approved or refused.

use thiserror::Error;
use verify::messages::Lang;

use crate::store::{ApprovalRow, ApprovalState, StoreError};

#[derive(Debug, Error)]
pub enum ApprovalError {
    #[error("{en}")]
    Forbidden { zh: String, en: String },
    /// Whoever asked may not approve.
    #[error("{en}")]
    Own { zh: String, en: String },
    #[error("{en}")]
    Conflict { zh: String, en: String },
    #[error("{en}")]
    NotFound { zh: String, en: String },
    #[error("{path}: {en}")]
    Input { path: &'static str, zh: String, en: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApprovalError {
    pub(super) fn nobody() -> Self {
        Self::Forbidden {
            zh: "该操作须两人办理，而此令牌不属于任何人：请登录账号，或用 token create --person 建立的令牌".into(),
            en: "this takes two persons, and the token is nobody's: sign in to an account, or use a token made with --person".into(),
        }
    }

    pub(super) fn own() -> Self {
        Self::Own {
            zh: "不能批准自己的申请：须由另一人批准".into(), en: "one's own request is approved by somebody else".into()
        }
    }

    pub(super) fn unknown() -> Self {
        Self::NotFound { zh: "没有这件待批准的申请".into(), en: "there is no such request".into() }
    }

    pub(super) fn decided(row: &ApprovalRow) -> Self {
        let (zh, en) = match row.state {
            ApprovalState::Refused => ("申请已被拒绝", "the request was refused already"),
            _ => ("申请已办理", "the request was decided already"),
        };
        Self::Conflict { zh: zh.into(), en: en.into() }
    }

    pub(super) fn past(row: &ApprovalRow) -> Self {
        Self::Conflict { zh: "申请已过期：请重新提出".into(), en: format!("the request waited until {}: ask anew", row.until) }
    }

    pub(super) fn gone(person: &str) -> Self {
        Self::Conflict {
            zh: format!("申请人 {person} 的账号已停用或不再是管理员"),
            en: format!("the account of {person}, who asked, is disabled or no administrator's any more"),
        }
    }

    /// What it was asked upon has changed.
    pub fn changed() -> Self {
        Self::Conflict {
            zh: "提出申请之后，所涉对象已变更：申请作废，请重新提出".into(),
            en: "what it is about has changed since it was asked for: the request is void, ask anew".into(),
        }
    }

    pub(super) fn reason(longest: usize) -> Self {
        Self::Input {
            path: "reason", zh: format!("须用1至{longest}字写明理由"), en: format!("say why, in 1 to {longest} characters")
        }
    }

    /// The code of the refusal; None: the store's.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Forbidden { .. } | Self::Own { .. } => Some("FORBIDDEN"),
            Self::Conflict { .. } => Some("CONFLICT"),
            Self::NotFound { .. } => Some("NOT_FOUND"),
            Self::Input { .. } => Some("INVALID_INPUT"),
            Self::Store(_) => None,
        }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (
                Self::Forbidden { zh, .. }
                | Self::Own { zh, .. }
                | Self::Conflict { zh, .. }
                | Self::NotFound { zh, .. }
                | Self::Input { zh, .. },
                Lang::Zh,
            ) => zh.clone(),
            (Self::Input { en, .. }, Lang::En) => en.clone(),
            (other, _) => other.to_string(),
        }
    }
}
