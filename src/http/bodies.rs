//! Large request bodies: all that are being read and answered at once have a bound, since each is held in memory several times over.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

use super::MAX_BODY;
use super::error::Refusal;

/// Smaller ones do not count.
const LARGE: usize = 64 << 10;
/// All large ones together, in bytes.
const TOGETHER: usize = 4 * MAX_BODY;
/// How long one waits for others to be answered.
const PATIENCE: Duration = Duration::from_secs(5);
/// A permit is so many bytes.
const UNIT: usize = 1 << 10;

static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(TOGETHER / UNIT)));

/// Lets a large request in when there is room for its body.
pub(super) async fn bounded(request: Request<Body>, next: Next) -> Response {
    // What does not say how long it is may be as long as any.
    let length = request.body().size_hint().upper().map_or(MAX_BODY, |length| usize::try_from(length).unwrap_or(MAX_BODY));
    if length <= LARGE {
        return next.run(request).await;
    }
    let permits = u32::try_from(length.min(MAX_BODY).div_ceil(UNIT)).unwrap_or(u32::MAX);
    match tokio::time::timeout(PATIENCE, Arc::clone(&ROOM).acquire_many_owned(permits)).await {
        Ok(Ok(_room)) => next.run(request).await,
        Ok(Err(_)) | Err(_) => {
            let told = "正在处理的大请求过多，请稍后重试 / too many large requests are being answered: try again in a few seconds";
            Refusal::new("UNAVAILABLE", told).into_response()
        }
    }
}
