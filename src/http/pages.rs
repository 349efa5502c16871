//! The hub's own pages and their assets, compiled in: they work with no internet.
//!
//! `web/dist` is what `web/src` builds, `web/public` what is served as it stands (`web/README.md`).

use std::collections::HashMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, OnceLock};

use axum::Router;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use flate2::Compression;
use flate2::write::GzEncoder;
use include_dir::{Dir, File, include_dir};
use verify::digest::sm3_hex;

use super::error::{Refusal, not_found};
use super::headers::framed_by;
use crate::hub::Hub;

static BUILT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/dist");
static PUBLIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/web/public");

/// An embedded file.
struct Embedded {
    contents: &'static [u8],
    /// Its digest, as an ETag.
    tag: String,
    /// Made when somebody first asks for it; none where it would not be shorter.
    gzip: OnceLock<Option<Vec<u8>>>,
}

impl Embedded {
    fn of(contents: &'static [u8]) -> Self {
        let digest: String = sm3_hex(contents).chars().take(24).collect();
        Self { contents, tag: format!("\"{digest}\""), gzip: OnceLock::new() }
    }

    fn gzip(&self) -> Option<&[u8]> {
        let made = self.gzip.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(self.contents).ok()?;
            encoder.finish().ok().filter(|made| made.len() < self.contents.len())
        });
        made.as_deref()
    }
}

/// Every file by its path.
static FILES: LazyLock<HashMap<&'static str, Embedded>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    for folder in [&BUILT, &PUBLIC] {
        collect(folder, &mut |file| {
            if let Some(path) = file.path().to_str() {
                found.insert(path, Embedded::of(file.contents()));
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
        // The session stands behind the #, which no browser sends.
        .route("/holder", page("pages/holder"))
        .route("/console", page("console"))
        .route("/console/{*path}", page("console"))
        .route("/assets/{*path}", get(asset))
        .route("/widget", page("pages/widget"))
        .route("/widget/", page("pages/widget"))
        .route("/widget/frame", get(frame))
        .route("/widget/{file}", get(widget))
        .route("/widget/v1/{file}", get(widget_v1))
        .route("/demo.json", get(demo))
}

/// The page in this folder of `web/dist`.
fn page(folder: &'static str) -> MethodRouter<Arc<Hub>> {
    get(move |headers: HeaderMap| async move { answer(&format!("{folder}/index.html"), &headers).await })
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    answer(&format!("assets/{path}"), &headers).await
}

/// Where nothing lies: a page that helps, for whoever reads pages; else the refusal that programs read.
pub(super) async fn missing(headers: HeaderMap) -> Response {
    let reads_pages = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    if !reads_pages {
        return not_found().await.into_response();
    }
    let mut response = answer("pages/missing/index.html", &HeaderMap::new()).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// The element alone, to be framed by those who may call the API from their pages.
async fn frame(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Response {
    let mut response = answer("pages/frame/index.html", &headers).await;
    if let Ok(policy) = HeaderValue::from_str(&framed_by(&hub.settings.cors_origins)) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The element and what it loads, for pages of any origin.
async fn widget(Path(file): Path<String>, headers: HeaderMap) -> Response {
    shared(answer(&format!("widget/{file}"), &headers).await)
}

/// The same under the name that stays: a page that names its digest (`integrity`) goes on working.
async fn widget_v1(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let kept = format!("widget/v1/{file}");
    let path = if FILES.contains_key(kept.as_str()) { kept } else { format!("widget/{file}") };
    let mut response = shared(answer(&path, &headers).await);
    if response.status().is_success() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    }
    response
}

fn shared(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

/// Browsers ask each time and are sent what they have not got: a name says nothing of what a file holds.
async fn answer(path: &str, headers: &HeaderMap) -> Response {
    let Some(file) = FILES.get(path) else { return not_found().await.into_response() };
    let says = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let has = |list: &str, wanted: &str| list.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == wanted));
    let kept = [(header::CACHE_CONTROL, "no-cache"), (header::ETAG, file.tag.as_str()), (header::VARY, "accept-encoding")];
    if has(says(header::IF_NONE_MATCH), &file.tag) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let media = [(header::CONTENT_TYPE, media_type(path))];
    match file.gzip().filter(|_| has(says(header::ACCEPT_ENCODING), "gzip")) {
        Some(gzip) => (kept, media, [(header::CONTENT_ENCODING, "gzip")], gzip.to_vec()).into_response(),
        None => (kept, media, file.contents).into_response(),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
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
