//! Live and ready.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::hub::Hub;

/// How long a dependency may take to answer a probe.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn live() -> &'static str {
    "ok"
}

/// 200 when everything this hub depends on answers; else 503 naming what does not.
pub(super) async fn ready(State(hub): State<Arc<Hub>>) -> (StatusCode, Json<Value>) {
    let ping = tokio::time::timeout(PATIENCE, hub.store.ping()).await;
    let database = match ping.map_err(|_| "no answer in time".to_owned()).and_then(|answer| answer.map_err(|error| error.to_string())) {
        Ok(()) => json!("ok"),
        Err(error) => {
            tracing::warn!(%error, "database does not answer");
            json!("does not answer")
        }
    };
    let keys = if hub.keys.authorities().is_empty() { json!("no signing key") } else { json!("ok") };
    let log = match hub.audit.is_held() {
        true => json!("access events wait too long for their place in it"),
        false if hub.transparency.is_kept() => json!("ok"),
        false => json!("not kept: no key"),
    };
    // Slower by no means, and as right for each caller of one replica: ready.
    let limits = match hub.meters.counts_alone() {
        true => json!("counted by this replica alone: Redis does not answer"),
        false => json!("ok"),
    };
    let ready = database == "ok" && !hub.audit.is_held();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": ready, "dependencies": { "database": database, "keys": keys, "log": log, "limits": limits } })))
}
