//! `/share/v1/…`: services of GB/T 36906 as JSON, for systems that do not speak GraphQL.
//!
//! ```text
//! {"accessId": …, "accessToken": …, "data": {…}}  ─▶  {"head": {"status": 0, "message": "成功"}, "data": {…}}
//! ```
//! Names and codes of the messages are those of a provincial implementation [verified as that one]; the body of the standard could not be
//! had. `accessToken` is a token of this hub, as is `Authorization: Bearer`; `accessId` is taken and not looked at. HTTP answers 200
//! where the message could be read at all: the head says what became of it. Whoever asks too often gets 429.

mod verify_cert_info;
mod verify_file;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::Utc;
use model::actor::{Caller, Purpose};
use model::standards::Standards;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use verify::Report;
use verify::messages::Lang;

use super::address::{self, Peer};
use super::auth::{self, Admitted};
use super::error::Refusal;
use super::{caller, rate_limits};
use crate::hub::Hub;
use crate::limits::Standing;

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

/// Why there is no answer: what the head says, or whoever asks has to wait.
enum Stop {
    Head(Head),
    Wait(Refusal),
}

impl From<Head> for Stop {
    fn from(head: Head) -> Self {
        Self::Head(head)
    }
}

/// One call: who asks, in which language, for what, and the message's data.
struct Call {
    hub: Arc<Hub>,
    caller: Caller,
    /// Where it comes from, as far as that is known.
    from: Option<IpAddr>,
    standings: Vec<Standing>,
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
async fn call(hub: Arc<Hub>, peer: Peer, mut headers: HeaderMap, body: &Bytes) -> Result<Call, (Lang, Stop)> {
    let lang = caller::lang(&headers);
    let head = |head: Head| (lang, Stop::Head(head));
    let message: Message = serde_json::from_slice(body).map_err(|error| head(Head::because(Head::EMPTY, error.to_string())))?;
    if let Some(token) = message.access_token.as_deref().filter(|token| !token.is_empty()) {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| head(Head::of(Head::NOT_AUTHENTICATED)))?;
        headers.insert(header::AUTHORIZATION, value);
    }
    let admitted = auth::admitted(&hub, &headers).await.map_err(|refusal| match refusal.retry_after {
        Some(_) => (lang, Stop::Wait(refusal)),
        None => head(Head::because(Head::NOT_AUTHENTICATED, refusal.message)),
    });
    let Admitted { actor, standings } = admitted?;
    let purpose = text(&message.data, "useCause").map(|use_for| Purpose { use_for, ..Purpose::default() });
    if let Some(purpose) = &purpose {
        purpose.check().map_err(|sentence| head(Head::because(Head::EMPTY, sentence)))?;
    }
    let from = address::from(&hub, peer, &headers);
    Ok(Call { hub, caller: Caller::new(actor, purpose), from, standings, lang, data: message.data })
}

/// A request as it comes in.
type Incoming = (State<Arc<Hub>>, Peer, HeaderMap, Bytes);

/// Answers a call by a service.
async fn answer<F: Future<Output = Result<Value, Stop>>>(
    (State(hub), peer, headers, body): Incoming,
    service: impl FnOnce(Call) -> F,
) -> Response {
    let (lang, standings, outcome) = match call(hub, peer, headers, &body).await {
        Ok(mut call) => (call.lang, std::mem::take(&mut call.standings), service(call).await),
        Err((lang, stop)) => (lang, Vec::new(), Err(stop)),
    };
    let (head, data) = match outcome {
        Ok(data) => (Head::of(Head::SUCCESS), data),
        Err(Stop::Head(head)) => (head, Value::Null),
        Err(Stop::Wait(refusal)) => return refusal.into_response(),
    };
    let mut response = Json(json!({ "head": { "status": head.status, "message": head.message(lang) }, "data": data })).into_response();
    rate_limits::tell(&standings, response.headers_mut());
    response
}

/// The report beside the code of the standard that says the same in a digit.
fn judged(code: Option<u8>, report: &Report, lang: Lang) -> Value {
    json!({ "result": code, "report": report.in_words(lang) })
}

/// Records a public verification, as GraphQL does.
async fn recorded(call: &Call) {
    call.hub.audit.verification(&call.caller, 1, Utc::now()).await;
}
