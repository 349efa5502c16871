//! The hub's own pages and their assets, compiled in: they work with no internet.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use include_dir::{Dir, include_dir};

use super::error::{Refusal, not_found};
use crate::hub::Hub;

static ASSETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/assets");
const HOME: &str = include_str!("../../web/index.html");
const VERIFY: &str = include_str!("../../web/verify.html");
const EXPLORER: &str = include_str!("../../web/graphiql.html");

pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/", get(|| async { Html(HOME) }))
        .route("/graphiql", get(|| async { Html(EXPLORER) }))
        .route("/verify/{identifier}", verify())
        .route("/verify/{identifier}/{code}", verify())
        // As codes spell it, whose letters are capitals.
        .route("/VERIFY/{identifier}", verify())
        .route("/VERIFY/{identifier}/{code}", verify())
        .route("/assets/{*path}", get(asset))
        .route("/demo.json", get(demo))
}

/// The page a code opens: what it knows stands in its address, and it asks the hub as anybody may.
fn verify() -> MethodRouter<Arc<Hub>> {
    get(|| async { Html(VERIFY) })
}

async fn asset(Path(path): Path<String>) -> Response {
    let Some(file) = ASSETS.get_file(&path) else { return not_found().await.into_response() };
    let media = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "no-cache")], file.contents()).into_response()
}

/// The demonstration's tokens and examples, for browsers on this machine only; nothing (204) to all others.
async fn demo(State(hub): State<Arc<Hub>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: HeaderMap) -> Response {
    let shown = peer.ip().is_loopback() && names_this_machine(&headers);
    let Some(path) = hub.settings.demo_file.as_ref().filter(|_| shown) else { return StatusCode::NO_CONTENT.into_response() };
    match tokio::fs::read(path).await {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(_) => Refusal::new("UNAVAILABLE", "demo.json is not written yet").into_response(),
    }
}

/// A page of another site, or a proxy, comes by another name.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost", "[::1]"].contains(&name) && !headers.contains_key("x-forwarded-for") && !headers.contains_key("forwarded")
}
