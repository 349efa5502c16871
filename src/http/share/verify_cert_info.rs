//! 证照信息验证: what is printed on a certificate (`certTypeCode`, `certData`), against the record.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::Utc;
use serde_json::{Map, Value};
use verify::Presented;

use super::{Call, Head, answer, judged, recorded, text};
use crate::hub::Hub;
use crate::verification::Information;

/// Members of `certData` that are common to all types; all others are properties of the type.
const COMMON: [&str; 3] = ["certNo", "holder", "holderCode"];

pub(super) async fn service(hub: State<Arc<Hub>>, headers: HeaderMap, body: Bytes) -> Json<Value> {
    answer(hub, headers, body, verify).await
}

async fn verify(call: Call) -> Result<Value, Head> {
    let type_code = call.text("certTypeCode").ok_or_else(|| Head::because(Head::EMPTY, "certTypeCode"))?;
    if call.hub.registry.load().named(&type_code).is_empty() {
        return Err(Head::because(Head::UNKNOWN_TYPE, type_code));
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
    let report = call.hub.verification.by_information(&Information { type_code, presented }, Utc::now()).await;
    recorded(&call).await;
    let report = report.map_err(|error| Head::because(Head::EMPTY, error.message(call.lang)))?;
    Ok(judged(report.gb_result, &report, call.lang))
}
