//! Exit codes, and what is said when a command cannot do its work.
//!
//! 0, 1, 2 and 3 are the answers of the commands (the contract's table). Everything else is one of sysexits.h, so that a
//! script can tell an answer from a failure.

use std::path::PathBuf;

use thiserror::Error;
use verify::messages::Lang;

use crate::config::ConfigError;

/// The command line is wrong.
pub(super) const USAGE: u8 = 64;
/// A file whose content cannot be used.
pub(super) const DATA: u8 = 65;
/// A file that is not there or cannot be read.
pub(super) const NO_INPUT: u8 = 66;
/// A hub or database that does not answer or refuses.
pub(super) const UNAVAILABLE: u8 = 69;
/// A file that cannot be written.
pub(super) const CANNOT_WRITE: u8 = 73;
/// The configuration.
pub(super) const CONFIG: u8 = 78;
/// Anything else.
pub(super) const FAILED: u8 = 70;

/// Why a command did not do its work.
#[derive(Debug, Error)]
pub enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{} cannot be read: {error}", file.display())]
    Unreadable { file: PathBuf, error: std::io::Error },
    #[error("{} cannot be written: {error}", file.display())]
    Unwritable { file: PathBuf, error: std::io::Error },
    #[error("{en}")]
    Usage { zh: String, en: String },
    #[error("{en}")]
    Data { zh: String, en: String },
    #[error("{en}")]
    Unavailable { zh: String, en: String },
    #[error("{en}")]
    Failed { zh: String, en: String },
}

impl CliError {
    pub(super) fn usage(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Usage { zh: zh.into(), en: en.into() }
    }

    pub(super) fn unavailable(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Unavailable { zh: zh.into(), en: en.into() }
    }

    pub(super) fn failed(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Failed { zh: zh.into(), en: en.into() }
    }

    /// A failure of another room, with what was being done.
    pub(super) fn of(zh: &str, en: &str, error: impl std::fmt::Display) -> Self {
        Self::Failed { zh: format!("{zh}：{error}"), en: format!("{en}: {error}") }
    }

    pub const fn code(&self) -> u8 {
        match self {
            Self::Config(_) => CONFIG,
            Self::Unreadable { .. } => NO_INPUT,
            Self::Unwritable { .. } => CANNOT_WRITE,
            Self::Usage { .. } => USAGE,
            Self::Data { .. } => DATA,
            Self::Unavailable { .. } => UNAVAILABLE,
            Self::Failed { .. } => FAILED,
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Config(fault), _) => fault.text(lang),
            (Self::Unreadable { file, error }, Lang::Zh) => format!("无法读取 {}：{error}", file.display()),
            (Self::Unwritable { file, error }, Lang::Zh) => format!("无法写入 {}：{error}", file.display()),
            (Self::Usage { zh, .. } | Self::Data { zh, .. } | Self::Unavailable { zh, .. } | Self::Failed { zh, .. }, Lang::Zh) => {
                zh.clone()
            }
            (other, Lang::En) => other.to_string(),
        }
    }
}
