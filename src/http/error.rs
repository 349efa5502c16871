//! Refusals outside GraphQL, as JSON: `{"errors": [{"message", "extensions": {"code"}}]}`, the shape GraphQL clients know.

use std::any::Any;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::refusal;
use serde_json::json;

use super::rate_limits;
use crate::limits::Standing;

/// A refusal with its status and code.
#[derive(Debug)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    /// How the caller stands, where he asked too often.
    pub standings: Vec<Standing>,
    /// Seconds after which it is worth trying again.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// The status is the one that [`model::refusal`] declares for the code.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        let known = refusal::named(code);
        debug_assert!(known.is_some(), "{code} is not declared in model::refusal");
        let status = known.and_then(|known| StatusCode::from_u16(known.status).ok()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code, message: message.into(), standings: Vec::new(), retry_after: None }
    }

    /// Asked too often: to be tried again after `wait`.
    pub(super) fn limited(wait: Duration, standings: Vec<Standing>) -> Self {
        let seconds = rate_limits::seconds(wait);
        let told = format!("请求过于频繁，请在 {seconds} 秒后重试 / too many requests: try again in {seconds} s");
        Self { standings, retry_after: Some(seconds), ..Self::new("RATE_LIMITED", told) }
    }

    #[must_use]
    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "errors": [{ "message": self.message, "extensions": { "code": self.code } }] });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        rate_limits::tell(&self.standings, response.headers_mut());
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

pub(super) async fn not_found() -> Refusal {
    Refusal::new("NOT_FOUND", "没有这个地址 / there is nothing at this address")
}

/// A panic is a bug: it costs its own request a 500 and nobody else anything.
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let detail = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(detail, "a request panicked");
    Refusal::new("INTERNAL", "系统内部错误，已记录 / an internal error; it has been logged").into_response()
}
