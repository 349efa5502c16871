//! What a command leaves beside the certificate: its access event and its message to the workers.

use chrono::{DateTime, Utc};
use model::actor::Caller;
use uuid::Uuid;

use crate::audit::{Entry, Kind};
use crate::store::commands::{AccessEvent, OutboxMessage};

/// Holds the id of the version and nothing of its content.
pub(super) fn message(kind: &str, version_id: Uuid, at: DateTime<Utc>) -> OutboxMessage {
    OutboxMessage { id: Uuid::now_v7(), kind: kind.to_owned(), version_id, at }
}

pub(super) fn access_event(caller: &Caller, kind: Kind, type_name: &str, version_id: Uuid, at: DateTime<Utc>) -> AccessEvent {
    Entry::new(caller, kind, at).of_version(type_name, version_id).into()
}

impl From<Entry> for AccessEvent {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            actor: entry.actor.clone(),
            role: entry.role_name().to_owned(),
            kind: entry.kind.as_str().to_owned(),
            type_name: entry.type_name.clone(),
            version_id: entry.version_id,
            purpose: entry.purpose_json(),
            outcome: entry.outcome.as_str().to_owned(),
            count: i32::try_from(entry.count).unwrap_or(i32::MAX),
            wrote: None,
            rules: (!entry.rules.is_empty()).then(|| entry.rules.join(",")),
            salt: Some(rand::random()),
        }
    }
}
