//! 证照文件验证: `content` (Base64) of a PDF, OFD, signed data or the text of a code, against today's record.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use serde_json::Value;

use super::{Call, Head, Stop, answer, judged, recorded};
use crate::http::address::Peer;
use crate::hub::Hub;

pub(super) async fn service(hub: State<Arc<Hub>>, peer: Peer, headers: HeaderMap, body: Bytes) -> Response {
    answer((hub, peer, headers, body), verify).await
}

async fn verify(call: Call) -> Result<Value, Stop> {
    if call.text("contentType").is_some_and(|kind| !kind.eq_ignore_ascii_case("base64")) {
        return Err(Head::of(Head::NOT_BASE64).into());
    }
    let content = call.text("content").ok_or_else(|| Head::because(Head::EMPTY, "content"))?;
    let bytes = STANDARD.decode(content.as_bytes()).map_err(|_| Head::of(Head::NOT_BASE64))?;
    let report = call.hub.verification.upload(bytes.into(), Utc::now()).await;
    recorded(&call).await;
    let report = report.map_err(|unreadable| Head::because(Head::EMPTY, unreadable.message(call.lang)))?;
    Ok(judged(report.gb_file_result, &report, call.lang))
}
