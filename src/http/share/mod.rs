//! `/share/v1/…`: services of GB/T 36906 as JSON, for systems that do not speak GraphQL.
//!
//! ```text
//! {"accessId": …, "accessToken": …, "data": {…}}  ─▶  {"head": {"status": 0, "message": "成功"}, "data": {…}}
//! ```
//! Names and codes of the messages are those of a provincial implementation [verified as that one]; the body of the standard could not be
//! had. `accessToken` is a token of this hub, as is `Authorization: Bearer`; `accessId` is taken and not looked at. HTTP answers 200
//! where the message could be read at all: the head says what became of it.

mod verify_cert_info;
mod verify_file;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::routing::post;
use axum::{Json, Router};
use chrono::Utc;
use model::actor::{Caller, Purpose};
use model::standards::Standards;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use verify::Report;
use verify::messages::Lang;

use super::{auth, caller};
use crate::hub::Hub;

/// The set of head codes in `standards/results.json`.
const SET: &str = "sharedService";

pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/share/v1/verifyCertInfo", post(verify_cert_info::service))
        .route("/share/v1/verifyFile", post(verify_file::service))
}

/// What a head says: its code, and where it is not the code's own sentence, what exactly.
#[derive(Debug, Clone)]
struct Head {
    status: u16,
    detail: Option<String>,
}

impl Head {
    const SUCCESS: u16 = 0;
    const NOT_AUTHENTICATED: u16 = 11;
    const EMPTY: u16 = 12;
    const UNKNOWN_TYPE: u16 = 13;
    const NOT_BASE64: u16 = 102;

    const fn of(status: u16) -> Self {
        Self { status, detail: None }
    }

    fn because(status: u16, detail: impl Into<String>) -> Self {
        Self { status, detail: Some(detail.into()) }
    }

    fn message(&self, lang: Lang) -> String {
        let set = Standards::embedded().results().head.iter().find(|set| set.set == SET);
        let known = set.and_then(|set| set.codes.iter().find(|code| code.code == i32::from(self.status)));
        let sentence = known.map(|code| if lang == Lang::Zh { code.zh.clone() } else { code.en.clone() }).unwrap_or_default();
        match &self.detail {
            Some(detail) => format!("{sentence}：{detail}"),
            None => sentence,
        }
    }
}

/// A message as it came.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    #[serde(default)]
    access_token: Option<String>,
    #[serde(default)]
    data: Map<String, Value>,
}

/// One call: who asks, in which language, for what, and the message's data.
struct Call {
    hub: Arc<Hub>,
    caller: Caller,
    lang: Lang,
    data: Map<String, Value>,
}

impl Call {
    /// A text of the data; blank is not given.
    fn text(&self, name: &str) -> Option<String> {
        text(&self.data, name)
    }
}

fn text(data: &Map<String, Value>, name: &str) -> Option<String> {
    data.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Reads the message and finds out who asks.
async fn call(hub: Arc<Hub>, mut headers: HeaderMap, body: &Bytes) -> Result<Call, (Lang, Head)> {
    let lang = caller::lang(&headers);
    let message: Message = serde_json::from_slice(body).map_err(|error| (lang, Head::because(Head::EMPTY, error.to_string())))?;
    if let Some(token) = message.access_token.as_deref().filter(|token| !token.is_empty()) {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| (lang, Head::of(Head::NOT_AUTHENTICATED)))?;
        headers.insert(header::AUTHORIZATION, value);
    }
    let actor = auth::actor(&hub, &headers).await.map_err(|refusal| (lang, Head::because(Head::NOT_AUTHENTICATED, refusal.message)))?;
    let purpose = text(&message.data, "useCause").map(|use_for| Purpose { use_for, ..Purpose::default() });
    if let Some(purpose) = &purpose {
        purpose.check().map_err(|sentence| (lang, Head::because(Head::EMPTY, sentence)))?;
    }
    Ok(Call { hub, caller: Caller::new(actor, purpose), lang, data: message.data })
}

/// Answers a call by a service.
async fn answer<F: Future<Output = Result<Value, Head>>>(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    body: Bytes,
    service: impl FnOnce(Call) -> F,
) -> Json<Value> {
    let (lang, outcome) = match call(hub, headers, &body).await {
        Ok(call) => (call.lang, service(call).await),
        Err((lang, head)) => (lang, Err(head)),
    };
    let (head, data) = match outcome {
        Ok(data) => (Head::of(Head::SUCCESS), data),
        Err(head) => (head, Value::Null),
    };
    Json(json!({ "head": { "status": head.status, "message": head.message(lang) }, "data": data }))
}

/// The report beside the code of the standard that says the same in a digit.
fn judged(code: Option<u8>, report: &Report, lang: Lang) -> Value {
    json!({ "result": code, "report": report.in_words(lang) })
}

/// Records a public verification, as GraphQL does.
async fn recorded(call: &Call) {
    call.hub.audit.verification(&call.caller, 1, Utc::now()).await;
}
