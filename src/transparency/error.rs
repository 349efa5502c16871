//! What can be wrong with the log.

use thiserror::Error;

use crate::sign::SignError;
use crate::store::StoreError;

/// Why the log was not written, or a proof not given. The operator's to mend.
#[derive(Debug, Error)]
pub enum LogError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no log is kept: its signer `log` has no key")]
    NoKey,
    #[error("the checkpoint of the log is not signed: {0}")]
    Sign(#[from] SignError),
    /// What is kept does not fit together: somebody altered it.
    #[error("the log does not fit together: {0}")]
    Broken(String),
    #[error("no random numbers: {0}")]
    Random(String),
}
