//! The transparency log grows in the background.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use uuid::Uuid;

use crate::hub::Hub;

/// How often events without a number are looked for.
const LOOK: Duration = Duration::from_millis(500);
/// Every so many looks it is looked whether any waits too long.
const OVERDUE_EVERY: u32 = 10;

/// Keeps the log until the hub is dropped.
pub(super) fn start(hub: &Arc<Hub>) -> tokio::task::JoinHandle<()> {
    let hub = Arc::downgrade(hub);
    tokio::spawn(async move {
        let owner = Uuid::now_v7().to_string();
        let mut turn = 0_u32;
        loop {
            tokio::time::sleep(LOOK).await;
            let Some(hub) = hub.upgrade() else { return };
            let written = hub.transparency.round(&owner, Utc::now()).await;
            if let Err(error) = &written {
                tracing::error!(%error, "the transparency log could not be written");
            }
            turn = turn.wrapping_add(1);
            if written.is_err() || turn.is_multiple_of(OVERDUE_EVERY) {
                watch(&hub).await;
            }
        }
    })
}

/// Answers about persons stop while events wait too long. Where the database does not answer nothing is read from it either.
pub(super) async fn watch(hub: &Hub) {
    match hub.transparency.overdue(Utc::now()).await {
        Ok(since) => hub.audit.hold(since.is_some()),
        Err(error) => tracing::warn!(%error, "it is not known how long access events wait for the log"),
    }
}
