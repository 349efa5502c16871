//! Why a grant was not put, withdrawn, asked for or decided.

use model::grant::GrantFault;
use thiserror::Error;
use verify::messages::Lang;

use crate::store::StoreError;

#[derive(Debug, Error)]
pub enum GrantingError {
    /// Everything that is wrong with it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<GrantFault>),
    #[error("{en}")]
    Conflict { en: String, zh: String },
    #[error("{en}")]
    NotFound { en: String, zh: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl GrantingError {
    pub(super) fn input(path: &str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Faults(vec![GrantFault { path: path.into(), en: en.into(), zh: zh.into() }])
    }

    pub(super) fn unknown(name: &str) -> Self {
        Self::NotFound { en: format!("no grant named {name:?} holds"), zh: format!("没有名为 {name:?} 的有效授权") }
    }

    pub(super) fn conflict(other: &str) -> Self {
        Self::Conflict {
            en: format!(
                "the grant {other:?} allows other rows of this type for a matter of this one: give both the same rows, or no item in common"
            ),
            zh: format!("授权 {other:?} 对同一事项授予了该类型的其他数据范围：请使两者 rows 相同，或事项不重叠"),
        }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Faults(faults), lang) => faults.iter().map(|fault| fault.message(lang)).collect::<Vec<_>>().join("; "),
            (Self::Conflict { zh, .. } | Self::NotFound { zh, .. }, Lang::Zh) => zh.clone(),
            (other, _) => other.to_string(),
        }
    }
}
