//! Why an import did not go on. Each sentence in Chinese and in English.

use std::path::PathBuf;

use thiserror::Error;
use verify::messages::Lang;

use crate::issue::IssueError;

#[derive(Debug, Error)]
pub enum ImportError {
    #[error("{} cannot be read: {error}", file.display())]
    Unreadable { file: PathBuf, error: std::io::Error },
    #[error("{} cannot be written: {error}", file.display())]
    Unwritable { file: PathBuf, error: std::io::Error },
    /// The file as a whole: encoding, header, form.
    #[error("{en}")]
    File { zh: String, en: String },
    /// The command asks for what cannot be.
    #[error("{en}")]
    Usage { zh: String, en: String },
    /// The rows that wait for their lines may be written or not: the same command goes on.
    #[error(transparent)]
    Issue(#[from] IssueError),
    #[error("internal fault: {0}")]
    Bug(String),
}

impl ImportError {
    pub(super) fn file(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::File { zh: zh.into(), en: en.into() }
    }

    pub(super) fn usage(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Usage { zh: zh.into(), en: en.into() }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Unreadable { file, error }, Lang::Zh) => format!("无法读取 {}：{error}", file.display()),
            (Self::Unwritable { file, error }, Lang::Zh) => format!("无法写入 {}：{error}", file.display()),
            (Self::File { zh, .. } | Self::Usage { zh, .. }, Lang::Zh) => zh.clone(),
            (Self::Issue(error), lang) => error.message(lang),
            (Self::Bug(_), Lang::Zh) => "内部错误".to_owned(),
            (other, Lang::En) => other.to_string(),
        }
    }
}
