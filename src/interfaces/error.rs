//! Why there is no document.

use thiserror::Error;
use verify::messages::Lang;

use crate::clients::ClientError;
use crate::faces::SettingFault;
use crate::store::StoreError;

/// What its caller is told, or ours to mend.
#[derive(Debug, Error)]
pub enum InterfaceError {
    #[error("{en}")]
    Refused { code: &'static str, zh: String, en: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the document cannot be set: {0}")]
    Setting(#[from] SettingFault),
    #[error("the sample requests of an interface document cannot be run: {0}")]
    Rehearsal(String),
}

impl InterfaceError {
    /// Code and sentence, where the caller can do something about it.
    pub fn told(&self, lang: Lang) -> Option<(&'static str, &str)> {
        match self {
            Self::Refused { code, zh, en } => Some((*code, if lang == Lang::Zh { zh } else { en })),
            _ => None,
        }
    }

    fn refused(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Refused { code, zh: zh.into(), en: en.into() }
    }

    pub(super) fn unauthenticated() -> Self {
        Self::refused(
            "UNAUTHENTICATED",
            "对接文档按部门编制：请带访问令牌",
            "interface documents are made for a department: send its token",
        )
    }

    pub(super) fn department_missing() -> Self {
        Self::refused(
            "INVALID_INPUT",
            "管理员须指明部门：?department=统一社会信用代码",
            "administrators name the department: ?department=<credit code>",
        )
    }

    pub(super) fn other_department() -> Self {
        Self::refused("FORBIDDEN", "只能取本部门的对接文档", "a department may have its own documents only")
    }

    pub(super) fn unknown_type(name: &str) -> Self {
        Self::refused("NOT_FOUND", format!("没有证照类型 {name}"), format!("there is no certificate type {name}"))
    }

    pub(super) fn not_granted(name: &str) -> Self {
        Self::refused("FORBIDDEN", format!("该部门没有 {name} 的授权"), format!("nothing of {name} is granted to this department"))
    }

    pub(super) fn no_such_matter(item: Option<&str>) -> Self {
        let item = item.unwrap_or("-");
        Self::refused("FORBIDDEN", format!("没有事项 {item} 的授权"), format!("nothing is granted for the matter {item}"))
    }
}
