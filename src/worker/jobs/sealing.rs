//! New versions of types that are sealed by hand go into their officers' queue.

use model::plan::evidence_by_keys;

use super::JobError;
use crate::hub::Hub;
use crate::store::commands::OutboxMessage;
use crate::store::{QueueRow, QueueState};

use model::plan::MAX_VERIFIED;
use model::registry::SealingMode;

/// Messages that tell of a new version.
const NEW: [&str; 3] = ["certificate.issued", "certificate.amended", "certificate.renewed"];

pub(super) async fn run(hub: &Hub, messages: &[OutboxMessage]) -> Result<(), JobError> {
    let registry = hub.registry.load();
    let by_hand = |name: &str| registry.get(name).is_some_and(|known| known.ty.has_face() && known.ty.sealing.mode == SealingMode::Manual);
    if !registry.types().any(|known| by_hand(&known.ty.name)) {
        return Ok(());
    }
    let new: Vec<_> = messages.iter().filter(|message| NEW.contains(&message.kind.as_str())).collect();
    for part in new.chunks(MAX_VERIFIED) {
        let Ok(plan) = evidence_by_keys(part.iter().map(|message| message.version_id.to_string()).collect()) else { continue };
        let rows: Vec<QueueRow> = hub
            .store
            .evidence(&plan)
            .await?
            .into_iter()
            .filter(|evidence| by_hand(&evidence.row.type_name))
            .map(|evidence| QueueRow {
                version_id: evidence.row.id,
                type_name: evidence.row.type_name.to_string(),
                issuer: evidence.row.issuer,
                state: QueueState::Waiting,
                entered_at: evidence.row.updated_at,
                decided_at: None,
                officer: None,
                reason: None,
            })
            .collect();
        hub.store.enqueue(&rows).await?;
    }
    Ok(())
}
