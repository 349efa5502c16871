//! Lists of revoked certificates, where the certificates made here say that they are: open to everybody, signed by themselves.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::error;
use crate::hub::Hub;

pub(super) async fn list(State(hub): State<Arc<Hub>>, Path(name): Path<String>) -> Response {
    // A plain file name and nothing else.
    let plain = name.strip_suffix(".crl").is_some_and(|stem| {
        (1..=40).contains(&stem.len()) && stem.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    });
    if !plain {
        return error::not_found().await.into_response();
    }
    match tokio::fs::read(hub.settings.trust.join("revocations").join(name)).await {
        Ok(list) => ([(header::CONTENT_TYPE, "application/pkix-crl"), (header::CACHE_CONTROL, "public, max-age=60")], list).into_response(),
        Err(_) => error::not_found().await.into_response(),
    }
}
