//! Why a seal was not registered, changed or used: sentences in both languages.

use chrono::{DateTime, FixedOffset, Utc};
use thiserror::Error;
use verify::messages::Lang;

use crate::store::{SealStatus, StoreError};

#[derive(Debug, Error)]
pub enum SealingError {
    #[error("{path}: {en}")]
    Input { path: &'static str, zh: String, en: String },
    /// Another seal, or another status, is in the way.
    #[error("{en}")]
    Conflict { zh: String, en: String },
    #[error("no seal has the code {code:?}")]
    NotFound { code: String },
    /// A key that this hub needs is not there.
    #[error("{en}")]
    Unavailable { zh: String, en: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Bug(String),
}

impl SealingError {
    pub(super) fn input(path: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Input { path, zh: zh.into(), en: en.into() }
    }

    pub(super) fn unavailable(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Unavailable { zh: zh.into(), en: en.into() }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Input { zh, .. } | Self::Conflict { zh, .. } | Self::Unavailable { zh, .. }, Lang::Zh) => zh.clone(),
            (Self::Input { en, .. }, Lang::En) => en.clone(),
            (Self::NotFound { code }, Lang::Zh) => format!("没有编码为 {code:?} 的印章"),
            (other, _) => other.to_string(),
        }
    }
}

/// Why no seal of an authority may be put to a file.
#[derive(Debug, Error)]
pub enum SealRefusal {
    #[error("{authority} has no registered seal: register one (registerSeal)")]
    NoSeal { authority: String },
    #[error("the seal {code} is not in force before {from}")]
    NotYet { code: String, from: DateTime<Utc> },
    #[error("the seal {code} expired on {to}: register a new one")]
    Expired { code: String, to: DateTime<Utc> },
    #[error("the seal {code} is suspended{}", reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Suspended { code: String, reason: Option<String> },
    #[error("the seal {code} was destroyed{}", reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Destroyed { code: String, reason: Option<String> },
    #[error("the seal {code} may not be put to {type_name}")]
    Type { code: String, type_name: String },
    #[error("{authority} has no signer here: make one or import it (zhengzhao keys …)")]
    NoSigner { authority: String },
    /// The signer's certificate is another than when the seal was made.
    #[error("the seal {code} does not list the signer's certificate, which is newer than it: register a new seal")]
    SignerNotListed { code: String },
    /// What is stored is not what was registered.
    #[error("the seal {code} as it is stored cannot be used: {detail}")]
    Damaged { code: String, detail: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SealRefusal {
    pub(super) fn of_status(status: SealStatus, code: &str, reason: Option<&str>) -> Option<Self> {
        let (code, reason) = (code.to_owned(), reason.map(str::to_owned));
        match status {
            SealStatus::Active => None,
            SealStatus::Suspended => Some(Self::Suspended { code, reason }),
            SealStatus::Destroyed => Some(Self::Destroyed { code, reason }),
        }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        let because = |reason: &Option<String>| reason.as_deref().map(|reason| format!("：{reason}")).unwrap_or_default();
        match self {
            Self::NoSeal { authority } => format!("机构 {authority} 没有登记印章：请先登记（registerSeal）"),
            Self::NotYet { code, from } => format!("印章 {code} 自 {} 起有效", day(*from)),
            Self::Expired { code, to } => format!("印章 {code} 已于 {} 到期：请登记新印章", day(*to)),
            Self::Suspended { code, reason } => format!("印章 {code} 已停用{}", because(reason)),
            Self::Destroyed { code, reason } => format!("印章 {code} 已销毁{}", because(reason)),
            Self::Type { code, type_name } => format!("印章 {code} 不可用于 {type_name}"),
            Self::NoSigner { authority } => format!("机构 {authority} 在本枢纽没有签名密钥：请用 zhengzhao keys 建立或导入"),
            Self::SignerNotListed { code } => format!("印章 {code} 未列入现用的签名证书（证书已更换）：请登记新印章"),
            Self::Damaged { code, detail } => format!("库中的印章 {code} 无法使用：{detail}"),
            Self::Store(error) => error.to_string(),
        }
    }
}

/// A day in Beijing, as people there write it.
fn day(at: DateTime<Utc>) -> String {
    const EIGHT_HOURS: i32 = 8 * 3600;
    FixedOffset::east_opt(EIGHT_HOURS).map_or_else(|| at.to_string(), |offset| at.with_timezone(&offset).format("%Y-%m-%d").to_string())
}
