//! Why nothing was registered.

use thiserror::Error;

use crate::sealing::SealingError;
use crate::store::StoreError;

#[derive(Debug, Error)]
pub enum RegistrationError {
    /// The same version with other bytes, a lower version, somebody was quicker.
    #[error("{en}")]
    Conflict { zh: String, en: String },
    #[error("{path}: {en}")]
    Input { path: String, zh: String, en: String },
    /// Something this hub needs is not there.
    #[error("{en}")]
    Unavailable { zh: String, en: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Bug(String),
}

impl RegistrationError {
    pub(super) fn conflict(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Conflict { zh: zh.into(), en: en.into() }
    }

    pub(super) fn input(path: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Input { path: path.into(), zh: zh.into(), en: en.into() }
    }
}

/// A demonstration's seal was not made.
impl From<SealingError> for RegistrationError {
    fn from(error: SealingError) -> Self {
        match error {
            SealingError::Store(error) => Self::Store(error),
            SealingError::Conflict { zh, en } => Self::Conflict { zh, en },
            SealingError::Unavailable { zh, en } => Self::Unavailable { zh, en },
            SealingError::Input { path, zh, en } => Self::Input { path: path.to_owned(), zh, en },
            other => Self::Bug(other.to_string()),
        }
    }
}
