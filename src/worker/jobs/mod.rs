//! The jobs: each looks at every message and takes those that are its own.

mod sealing;

use thiserror::Error;

use crate::hub::Hub;
use crate::store::StoreError;
use crate::store::commands::OutboxMessage;

/// Why a follow-up could not be done now.
#[derive(Debug, Error)]
pub(super) enum JobError {
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(super) async fn run(hub: &Hub, messages: &[OutboxMessage]) -> Result<(), JobError> {
    sealing::run(hub, messages).await
}
