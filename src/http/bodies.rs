//! Large request bodies: what of them is held at once has a bound, since each is held in memory several times over.
//!
//! Room is taken as the bytes come, not as they are announced: who announces much and sends little keeps nobody out.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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

/// Lets a large request in while there is room for its body; the room is free again when it is answered.
pub(super) async fn bounded(request: Request<Body>, next: Next) -> Response {
    // What does not say how long it is may be as long as any.
    let length = request.body().size_hint().upper().map_or(MAX_BODY, |length| usize::try_from(length).unwrap_or(MAX_BODY));
    if length <= LARGE {
        return next.run(request).await;
    }
    let held = Arc::new(Held::default());
    let counted = Arc::clone(&held);
    let request = request.map(|body| Body::from_stream(counting(body.into_data_stream(), counted, Arc::clone(&ROOM), PATIENCE)));
    let response = next.run(request).await;
    if held.refused.load(Ordering::Relaxed) {
        let told = "正在处理的大请求过多，请稍后重试 / too many large requests are being answered: try again in a few seconds";
        return Refusal::new("UNAVAILABLE", told).into_response();
    }
    response
}

/// What one request holds of the room.
#[derive(Default)]
struct Held {
    permit: Mutex<Option<OwnedSemaphorePermit>>,
    refused: AtomicBool,
}

impl Held {
    async fn take(&self, room: Arc<Semaphore>, bytes: usize, patience: Duration) -> bool {
        let permits = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let Ok(Ok(more)) = tokio::time::timeout(patience, room.acquire_many_owned(permits)).await else {
            self.refused.store(true, Ordering::Relaxed);
            return false;
        };
        let mut permit = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
        match permit.as_mut() {
            Some(permit) => permit.merge(more),
            None => *permit = Some(more),
        }
        true
    }
}

/// The same bytes, each once there is room for it.
fn counting<S, E>(
    body: S,
    held: Arc<Held>,
    room: Arc<Semaphore>,
    patience: Duration,
) -> impl Stream<Item = Result<Bytes, axum::BoxError>> + Send
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<axum::BoxError> + Send,
{
    stream::unfold(Some((Box::pin(body), held, room)), move |state| async move {
        let (mut body, held, room): (Pin<Box<S>>, _, _) = state?;
        match body.next().await? {
            Ok(bytes) if held.take(Arc::clone(&room), bytes.len(), patience).await => Some((Ok(bytes), Some((body, held, room)))),
            Ok(_) => Some((Err("no room for this body".into()), None)),
            Err(error) => Some((Err(error.into()), None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(count: usize) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
        stream::iter((0..count).map(|_| Ok(Bytes::from(vec![7; 4 * UNIT]))))
    }

    #[tokio::test]
    async fn room_is_taken_by_what_came_and_given_back_with_the_answer() {
        let room = Arc::new(Semaphore::new(16));
        let announced = Arc::new(Held::default());
        // Whoever announced much and sent a single chunk, then nothing more.
        let mut slow = Box::pin(counting(chunks(1).chain(stream::pending()), Arc::clone(&announced), Arc::clone(&room), PATIENCE));
        assert_eq!(slow.next().await.unwrap().unwrap().len(), 4 * UNIT);
        assert_eq!(room.available_permits(), 12, "what came, not what was announced");
        let held = Arc::new(Held::default());
        let all: Vec<_> = counting(chunks(3), Arc::clone(&held), Arc::clone(&room), PATIENCE).collect().await;
        assert!(all.len() == 3 && all.iter().all(Result::is_ok));
        assert_eq!(room.available_permits(), 0);
        // Nothing is left: refused within the patience, and said so.
        let late = Arc::new(Held::default());
        let refused: Vec<_> = counting(chunks(3), Arc::clone(&late), Arc::clone(&room), Duration::from_millis(20)).collect().await;
        assert!(refused.len() == 1 && refused[0].is_err() && late.refused.load(Ordering::Relaxed));
        drop(held);
        assert_eq!(room.available_permits(), 12);
        drop((slow, announced));
        assert_eq!(room.available_permits(), 16);
    }
}
