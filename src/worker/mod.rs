//! What commands leave to be done after them: their messages of the outbox, handed to jobs, one file each.
//!
//! ```text
//! command ─▶ one transaction: … + message ─▶ outbox ─▶ relay ─▶ jobs ─▶ struck out
//! ```
//! Beside it the transparency log grows (`log.rs`). Of all replicas one relays at a time. A message is done when every job has done with it; jobs may see one twice, after a process
//! was killed, and must not mind. A message that fails is put off, longer each time, and holds up no other.

mod jobs;
mod log;

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use uuid::Uuid;

use crate::hub::Hub;
use crate::store::StoreError;

/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long a replica that was killed keeps others from relaying.
const LEASE: Duration = Duration::from_secs(20);
/// Messages of one round.
const ROUND: u32 = 500;
/// A message that failed waits so long.
const PUT_OFF: Duration = Duration::from_secs(30);
const NAME: &str = "relay";

/// Relays, and keeps the log, until the hub is dropped.
pub fn start(hub: &Arc<Hub>) -> tokio::task::JoinHandle<()> {
    log::start(hub);
    let hub = Arc::downgrade(hub);
    tokio::spawn(async move {
        let owner = Uuid::now_v7().to_string();
        loop {
            tokio::time::sleep(LOOK).await;
            let Some(hub) = hub.upgrade() else { return };
            match round(&hub, &owner).await {
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, "the outbox could not be relayed"),
            }
        }
    })
}

/// Relays what is there now.
///
/// # Errors
/// The database; what was not struck out comes again.
pub async fn round(hub: &Hub, owner: &str) -> Result<(), StoreError> {
    loop {
        let messages = hub.store.outbox_pending(ROUND).await?;
        if messages.is_empty() || !hub.store.take_lease(NAME, owner, LEASE).await? {
            return Ok(());
        }
        let mut done = Vec::with_capacity(messages.len());
        match jobs::run(hub, &messages).await {
            Ok(()) => done.extend(messages.iter().map(|message| message.id)),
            // One of them is at fault: alone each shows which.
            Err(_) => {
                for message in &messages {
                    match jobs::run(hub, std::slice::from_ref(message)).await {
                        Ok(()) => done.push(message.id),
                        Err(error) => {
                            tracing::error!(%error, kind = message.kind, version = %message.version_id, "a follow-up is put off");
                            let until = Utc::now() + PUT_OFF;
                            hub.store.outbox_later(message.id, until).await?;
                        }
                    }
                }
            }
        }
        hub.store.outbox_done(&done).await?;
    }
}
