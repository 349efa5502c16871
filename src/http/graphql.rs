//! GraphQL over HTTP, after the working draft of that name: media types, status codes, which method may do what.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::{Map, Value as Json, json};

use super::address::{self, Peer};
use super::auth::Admitted;
use super::error::Refusal;
use super::{auth, caller, rate_limits};
use crate::graphql::{self, Answered, Body, Parameters, Path};
use crate::hub::Hub;

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// A request's parameters, with its extensions.
struct Asked {
    parameters: Parameters,
    extensions: Option<Json>,
}

pub(super) async fn get(State(hub): State<Arc<Hub>>, peer: Peer, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let media = match media_type(&headers) {
        Ok(media) => media,
        Err(refusal) => return refusal.into_response(),
    };
    match from_query(query.as_deref().unwrap_or_default()) {
        Ok(asked) => run(&hub, (peer, &headers), asked, media, true).await,
        Err(message) => refuse(media, "INVALID_INPUT", &message),
    }
}

pub(super) async fn post(State(hub): State<Arc<Hub>>, peer: Peer, headers: HeaderMap, body: Bytes) -> Response {
    let media = match media_type(&headers) {
        Ok(media) => media,
        Err(refusal) => return refusal.into_response(),
    };
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kind, parameters) = content.split_once(';').unwrap_or((content, ""));
    let charset = parameters.split(';').filter_map(|part| part.trim().strip_prefix("charset=")).next().unwrap_or("utf-8");
    if !kind.trim().eq_ignore_ascii_case(JSON) || !charset.trim_matches('"').eq_ignore_ascii_case("utf-8") {
        let refusal =
            Refusal::new("INVALID_INPUT", "Content-Type must be application/json; charset=utf-8 / 请求体须为 application/json（UTF-8）");
        return refusal.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE).into_response();
    }
    match from_body(&body) {
        Ok(asked) => run(&hub, (peer, &headers), asked, media, false).await,
        Err(message) => refuse(media, "INVALID_INPUT", &message),
    }
}

/// Neither GET nor POST.
pub(super) async fn other_method(method: Method) -> Response {
    let refusal = Refusal::new("INVALID_INPUT", format!("{method}: use GET for queries, POST for everything"))
        .with_status(StatusCode::METHOD_NOT_ALLOWED);
    let mut response = refusal.into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

/// The SDL as this caller may see it.
pub(super) async fn sdl(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Response {
    let actor = match auth::actor(&hub, &headers).await {
        Ok(actor) => actor,
        Err(refusal) => return refusal.into_response(),
    };
    match hub.graph.sdl(&hub.registry.load(), &actor) {
        Ok(sdl) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::VARY, "Authorization")], sdl).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "schema");
            Refusal::new("INTERNAL", "the schema cannot be built; it has been logged").into_response()
        }
    }
}

async fn run(hub: &Arc<Hub>, (peer, headers): (Peer, &HeaderMap), asked: Asked, media: &'static str, queries_only: bool) -> Response {
    let Admitted { actor, standings } = match auth::admitted(hub, headers).await {
        Ok(admitted) => admitted,
        Err(refusal) => return refusal.into_response(),
    };
    let purpose = match caller::purpose(headers, asked.extensions.as_ref()) {
        Ok(purpose) => purpose,
        Err(refusal) => return refuse(media, refusal.code, &refusal.message),
    };
    let caller = match caller::of(hub, actor, purpose, caller::lang(headers)).await {
        Ok(caller) => caller,
        Err(refusal) => return refuse(media, refusal.code, &refusal.message),
    };
    let asked = graphql::Asked {
        parameters: asked.parameters,
        caller,
        from: address::from(hub, peer, headers),
        lang: caller::lang(headers),
        now: Utc::now(),
        queries_only,
    };
    let mut response = respond(media, hub.graph.execute(hub, asked, Path::Usual).await);
    rate_limits::tell(&standings, response.headers_mut());
    response
}

fn respond(media: &'static str, answered: Answered) -> Response {
    let body = match answered.body {
        Body::Written(body) => return write(media, StatusCode::OK, body),
        Body::Json(body) => body,
    };
    let refused = body.pointer("/errors/0/extensions/code").and_then(Json::as_str);
    let status = match (answered.executed, answered.method_not_allowed, refused) {
        (_, true, _) => StatusCode::METHOD_NOT_ALLOWED,
        (true, ..) => StatusCode::OK,
        (false, _, Some("INTERNAL")) => StatusCode::INTERNAL_SERVER_ERROR,
        // The older media type says 200 for everything that is well-formed JSON; the new one says what happened.
        (false, ..) if media == JSON => StatusCode::OK,
        (false, _, Some("UNAUTHENTICATED")) => StatusCode::UNAUTHORIZED,
        (false, _, Some("FORBIDDEN")) => StatusCode::FORBIDDEN,
        (false, ..) => StatusCode::BAD_REQUEST,
    };
    write(media, status, body.to_string().into())
}

/// The parameters themselves are at fault: 400 whatever the media type.
fn refuse(media: &'static str, code: &str, message: &str) -> Response {
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    write(media, StatusCode::BAD_REQUEST, body.to_string().into())
}

fn write(media: &'static str, status: StatusCode, body: Bytes) -> Response {
    let content = if media == JSON { "application/json; charset=utf-8" } else { "application/graphql-response+json; charset=utf-8" };
    let mut response =
        (status, [(header::CONTENT_TYPE, content), (header::VARY, "Accept, Authorization, Accept-Language")], body).into_response();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// The media type of the answer: the first of the two that the caller prefers most; application/json when nothing is said.
fn media_type(headers: &HeaderMap) -> Result<&'static str, Refusal> {
    let accept: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if accept.is_empty() {
        return Ok(JSON);
    }
    let mut best: Option<(f32, &'static str)> = None;
    for entry in accept.iter().flat_map(|line| line.split(',')) {
        let mut parts = entry.split(';').map(str::trim);
        let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            GRAPHQL => GRAPHQL,
            JSON | "*/*" | "application/*" => JSON,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, media));
        }
    }
    best.map(|(_, media)| media).ok_or_else(|| {
        Refusal::new("INVALID_INPUT", format!("answers come as {GRAPHQL} or {JSON}")).with_status(StatusCode::NOT_ACCEPTABLE)
    })
}

fn from_body(body: &[u8]) -> Result<Asked, String> {
    let value: Json = serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))?;
    let Json::Object(members) = value else { return Err("the body must be one JSON object; batches of requests are not taken".into()) };
    from_members(members)
}

fn from_query(query: &str) -> Result<Asked, String> {
    let mut members = Map::new();
    for (name, value) in form(query) {
        let value = match name.as_str() {
            "query" | "operationName" => Json::String(value),
            "variables" | "extensions" if value.is_empty() => continue,
            "variables" | "extensions" => serde_json::from_str(&value).map_err(|error| format!("{name} is not JSON: {error}"))?,
            _ => continue,
        };
        members.insert(name, value);
    }
    from_members(members)
}

/// `application/x-www-form-urlencoded` pairs.
pub(super) fn form(query: &str) -> impl Iterator<Item = (String, String)> {
    let decode = |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query.split('&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

fn from_members(mut members: Map<String, Json>) -> Result<Asked, String> {
    let query = match members.remove("query") {
        Some(Json::String(query)) if !query.trim().is_empty() => query,
        Some(Json::String(_)) | None | Some(Json::Null) => return Err("query is missing: send {\"query\": \"{ … }\"}".into()),
        Some(_) => return Err("query must be a string".into()),
    };
    let operation_name = match members.remove("operationName") {
        None | Some(Json::Null) => None,
        Some(Json::String(name)) => Some(name).filter(|name| !name.is_empty()),
        Some(_) => return Err("operationName must be a string".into()),
    };
    let variables = match members.remove("variables") {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(variables)) => variables,
        Some(_) => return Err("variables must be an object".into()),
    };
    let extensions = match members.remove("extensions") {
        None | Some(Json::Null) => None,
        Some(given @ Json::Object(_)) => Some(given),
        Some(_) => return Err("extensions must be an object".into()),
    };
    Ok(Asked { parameters: Parameters { query, operation_name, variables }, extensions })
}
