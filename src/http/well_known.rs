//! `/.well-known/zhengzhao.json`: who this hub is, signed, so that others need not take a page's word for it.
//!
//! ```text
//! {"statement": "{\"hosts\":[…],\"endpoint\":…,\"anchors\":[…],\"signers\":[…],\"asOf\":…}",
//!  "signature": {"algorithm": "SM2-SM3", "value": …, "certificates": [ … ]}}
//! ```
//! The signature is that of the hub's first authority over the statement's bytes; whoever reads it follows the certificates to a root that
//! he has from elsewhere.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use serde_json::json;
use verify::digest::sm3_hex;

use super::error::Refusal;
use crate::hub::Hub;

/// How long anybody may keep it.
const CACHED: &str = "public, max-age=300";

/// Hexadecimal digits of a certificate's SM3 by which codes name its key.
const KEY: usize = 16;

pub(super) async fn identity(State(hub): State<Arc<Hub>>) -> Response {
    answer(&hub).unwrap_or_else(IntoResponse::into_response)
}

fn answer(hub: &Hub) -> Result<Response, Refusal> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "the hub's identity cannot be told");
        Refusal::new("UNAVAILABLE", "暂时无法给出 / it cannot be told now")
    };
    let trust = hub.trust().map_err(|error| failed(&error))?;
    let url = &hub.settings.public_url;
    let anchors: Vec<_> =
        trust.anchors.iter().map(|anchor| json!({ "sm3": sm3_hex(anchor.der()), "certificate": STANDARD.encode(anchor.der()) })).collect();
    let signers: Vec<_> = hub
        .keys
        .authorities()
        .iter()
        .filter_map(|authority| {
            let signer = hub.keys.signer(authority)?;
            let own = signer.chain().first()?;
            let chain: Vec<_> = signer.chain().iter().map(|der| STANDARD.encode(der)).collect();
            Some(json!({ "authority": authority, "key": sm3_hex(own).get(..KEY).unwrap_or_default().to_owned(), "certificates": chain }))
        })
        .collect();
    // Checkpoints are signed with the key of its first certificate, under the name of the origin.
    let log = hub.keys.log().map(|signer| {
        let chain: Vec<_> = signer.chain().iter().map(|der| STANDARD.encode(der)).collect();
        json!({ "origin": hub.transparency.origin(), "url": format!("{url}/log"), "certificates": chain })
    });
    let statement = json!({
        "v": 1,
        "hosts": [url],
        "endpoint": format!("{url}/graphql"),
        "verify": format!("{url}/verify/{{identifier}}"),
        "share": format!("{url}/share/v1"),
        "anchors": anchors,
        "signers": signers,
        "log": log,
        "asOf": Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    })
    .to_string();
    let signer = hub.keys.authorities().first().and_then(|authority| hub.keys.signer(authority));
    let signature = match signer {
        Some(signer) => {
            let value = signer.sign(statement.as_bytes()).map_err(|error| failed(&error))?;
            let chain: Vec<_> = signer.chain().iter().map(|der| STANDARD.encode(der)).collect();
            json!({ "algorithm": verify::signature::ALGORITHM, "value": STANDARD.encode(value), "certificates": chain })
        }
        None => serde_json::Value::Null,
    };
    Ok(([(header::CACHE_CONTROL, CACHED)], Json(json!({ "statement": statement, "signature": signature }))).into_response())
}
