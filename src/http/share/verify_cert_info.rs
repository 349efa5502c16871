//! 证照信息验证: what is printed on a certificate (`certTypeCode`, `certData`), against the record.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::Utc;
use model::actor::Role;
use serde_json::{Map, Value};
use verify::Presented;

use super::{Call, Head, Stop, answer, judged, recorded, text};
use crate::http::address::Peer;
use crate::http::error::Refusal;
use crate::hub::Hub;
use crate::verification::Information;

/// Members of `certData` that are common to all types; all others are properties of the type.
const COMMON: [&str; 3] = ["certNo", "holder", "holderCode"];

pub(super) async fn service(hub: State<Arc<Hub>>, peer: Peer, headers: HeaderMap, body: Bytes) -> Response {
    answer((hub, peer, headers, body), verify).await
}

async fn verify(call: Call) -> Result<Value, Stop> {
    let type_code = call.text("certTypeCode").ok_or_else(|| Head::because(Head::EMPTY, "certTypeCode"))?;
    if call.hub.registry.load().named(&type_code).is_empty() {
        return Err(Head::because(Head::UNKNOWN_TYPE, type_code).into());
    }
    let given = call.data.get("certData").and_then(Value::as_object).ok_or_else(|| Head::because(Head::EMPTY, "certData"))?;
    let rest: Map<String, Value> =
        given.iter().filter(|(name, _)| !COMMON.contains(&name.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
    let presented = Presented {
        number: text(given, "certNo"),
        holder_name: text(given, "holder"),
        holder_code: text(given, "holderCode"),
        data: (!rest.is_empty()).then_some(rest),
    };
    let asked = Information { type_code, presented };
    // A stranger may guess; whoever has a token is counted by it.
    let stranger = call.caller.actor.role == Role::Anonymous;
    let attempt = match stranger.then(|| call.hub.guesses.attempt(&asked.about(), call.from)).transpose() {
        Ok(attempt) => attempt.flatten(),
        Err(wait) => return Err(Stop::Wait(Refusal::limited(wait, Vec::new()))),
    };
    let report = call.hub.verification.by_information(&asked, Utc::now()).await;
    recorded(&call).await;
    let report = report.map_err(|error| Head::because(Head::EMPTY, error.message(call.lang)))?;
    if !asked.is_wrong(&report) {
        call.hub.guesses.right(attempt.as_ref());
    }
    Ok(judged(report.gb_result, &report, call.lang))
}
