//! Why a request gets no plan.

use thiserror::Error;
use verify::messages::Lang;

/// Every variant is the caller's to mend; translated to the wire by the GraphQL room's one table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanError {
    #[error("this needs a token")]
    Unauthenticated,
    #[error("no right to read {what}")]
    Forbidden { what: String },
    #[error("a purpose is required: send extensions.purpose {{\"useFor\": …}} or the header X-Purpose")]
    PurposeRequired,
    #[error("{path}: {en}")]
    Input { path: String, en: String, zh: String },
    #[error("{en}")]
    Limit { en: String, zh: String },
}

impl PlanError {
    pub(crate) fn input(path: impl Into<String>, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Input { path: path.into(), en: en.into(), zh: zh.into() }
    }

    pub(crate) fn limit(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Limit { en: en.into(), zh: zh.into() }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Unauthenticated, Lang::Zh) => "需要令牌（Authorization: Bearer …）".into(),
            (Self::Forbidden { what }, Lang::Zh) => format!("无权读取：{what}"),
            (Self::PurposeRequired, Lang::Zh) => {
                "必须说明用途：请在请求中给出 extensions.purpose {\"useFor\": …}，或使用请求头 X-Purpose".into()
            }
            (Self::Input { path, zh, .. }, Lang::Zh) => format!("{path}：{zh}"),
            (Self::Limit { zh, .. }, Lang::Zh) => zh.clone(),
            (other, Lang::En) => other.to_string(),
        }
    }
}
