//! The hub's own pages and their assets, compiled in: they work with no internet.
//!
//! `web/dist` is what `web/src` builds, `web/public` what is served as it stands (`web/README.md`).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use include_dir::{Dir, File, include_dir};
use verify::digest::sm3_hex;

use super::error::{Refusal, not_found};
use crate::hub::Hub;

static BUILT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/dist");
static PUBLIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/public");

/// Every file by its path, with its digest as an ETag.
static FILES: LazyLock<HashMap<&'static str, (&'static [u8], String)>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    for folder in [&BUILT, &PUBLIC] {
        collect(folder, &mut |file| {
            let digest: String = sm3_hex(file.contents()).chars().take(24).collect();
            if let Some(path) = file.path().to_str() {
                found.insert(path, (file.contents(), format!("\"{digest}\"")));
            }
        });
    }
    found
});

fn collect(folder: &'static Dir<'static>, found: &mut impl FnMut(&'static File<'static>)) {
    folder.files().for_each(&mut *found);
    folder.dirs().for_each(|inner| collect(inner, found));
}

pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/", page("pages/home"))
        .route("/graphiql", page("pages/graphiql"))
        // What the page knows stands in its address, and it asks the hub as anybody may.
        .route("/verify/{identifier}", page("pages/verify"))
        .route("/verify/{identifier}/{code}", page("pages/verify"))
        // As codes spell it, whose letters are capitals.
        .route("/VERIFY/{identifier}", page("pages/verify"))
        .route("/VERIFY/{identifier}/{code}", page("pages/verify"))
        .route("/console", page("console"))
        .route("/console/{*path}", page("console"))
        .route("/assets/{*path}", get(asset))
        .route("/demo.json", get(demo))
}

/// The page in this folder of `web/dist`.
fn page(folder: &'static str) -> MethodRouter<Arc<Hub>> {
    get(move |headers: HeaderMap| async move { answer(&format!("{folder}/index.html"), &headers).await })
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    answer(&format!("assets/{path}"), &headers).await
}

/// Browsers ask each time and are sent what they have not got: a name says nothing of what a file holds.
async fn answer(path: &str, headers: &HeaderMap) -> Response {
    let Some((contents, tag)) = FILES.get(path) else { return not_found().await.into_response() };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let cached = [(header::CACHE_CONTROL, "no-cache"), (header::ETAG, tag.as_str())];
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return (StatusCode::NOT_MODIFIED, cached).into_response();
    }
    (cached, [(header::CONTENT_TYPE, media_type(path))], *contents).into_response()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
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
