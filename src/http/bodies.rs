//! Large request bodies: what of them is held at once has a bound, since each is held in memory several times over.
//!
//! Room is taken as the bytes come, not as they are announced, and whoever stops sending is refused: who announces much and sends little
//! keeps nobody out.

use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::{Request, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::MAX_BODY;
use super::error::Refusal;

/// Smaller ones do not count.
const LARGE: usize = 64 << 10;
/// All large ones together, in bytes.
const TOGETHER: usize = 4 * MAX_BODY;
/// How long a request waits, all its bytes together, for others to be answered.
const PATIENCE: Duration = Duration::from_secs(5);
/// So much of a large body has to come in each such span.
const PACE: (usize, Duration) = (64 << 10, Duration::from_secs(5));
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
    let request = request.map(|body| Body::from_stream(counting(body.into_data_stream(), counted, Arc::clone(&ROOM), PACE, PATIENCE)));
    let response = next.run(request).await;
    match held.refused.get() {
        None => response,
        Some(Refused::NoRoom) => {
            let told = "正在处理的大请求过多，请稍后重试 / too many large requests are being answered: try again in a few seconds";
            Refusal::new("UNAVAILABLE", told).into_response()
        }
        Some(Refused::Slow) => {
            let told = "请求正文传输过慢，已中止 / the request's body came too slowly and was given up";
            Refusal::new("INVALID_INPUT", told).with_status(StatusCode::REQUEST_TIMEOUT).into_response()
        }
    }
}

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    NoRoom,
    Slow,
}

/// What one request holds of the room.
#[derive(Default)]
struct Held {
    taken: Mutex<Taken>,
    refused: OnceLock<Refused>,
}

#[derive(Default)]
struct Taken {
    bytes: usize,
    permit: Option<OwnedSemaphorePermit>,
}

impl Held {
    /// Takes room for so many bytes more: of many small parts no more than of one whole.
    async fn take(&self, room: Arc<Semaphore>, bytes: usize, until: Instant) -> Result<(), Refused> {
        let missing = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.bytes += bytes;
            taken.bytes.div_ceil(UNIT).saturating_sub(taken.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits))
        };
        if missing == 0 {
            return Ok(());
        }
        let permits = u32::try_from(missing).unwrap_or(u32::MAX);
        let Ok(Ok(more)) = tokio::time::timeout_at(until, room.acquire_many_owned(permits)).await else {
            return Err(Refused::NoRoom);
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.permit.as_mut() {
            Some(permit) => permit.merge(more),
            None => taken.permit = Some(more),
        }
        Ok(())
    }
}

/// A body on its way.
struct Coming<S> {
    body: Pin<Box<S>>,
    held: Arc<Held>,
    room: Arc<Semaphore>,
    /// How long it may still wait for room.
    patience: Duration,
    /// Bytes since the span began.
    lately: usize,
    span_ends: Instant,
}

impl<S, E> Coming<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<axum::BoxError>,
{
    /// The next part, once there is room for it; None: that was all.
    async fn part(&mut self, (least, span): (usize, Duration)) -> Option<Result<Bytes, axum::BoxError>> {
        loop {
            let Ok(next) = tokio::time::timeout_at(self.span_ends, self.body.next()).await else {
                if self.lately < least {
                    return Some(Err(self.refuse(Refused::Slow)));
                }
                (self.lately, self.span_ends) = (0, Instant::now() + span);
                continue;
            };
            let bytes = match next? {
                Ok(bytes) => bytes,
                Err(error) => return Some(Err(error.into())),
            };
            self.lately += bytes.len();
            let began = Instant::now();
            if let Err(refused) = self.held.take(Arc::clone(&self.room), bytes.len(), began + self.patience).await {
                return Some(Err(self.refuse(refused)));
            }
            // To wait for others is not the sender's fault.
            let waited = began.elapsed();
            self.patience = self.patience.saturating_sub(waited);
            self.span_ends += waited;
            return Some(Ok(bytes));
        }
    }

    fn refuse(&self, refused: Refused) -> axum::BoxError {
        let _ = self.held.refused.set(refused);
        "the body is not read to its end".into()
    }
}

/// The same bytes, each once there is room for it.
fn counting<S, E>(
    body: S,
    held: Arc<Held>,
    room: Arc<Semaphore>,
    pace: (usize, Duration),
    patience: Duration,
) -> impl Stream<Item = Result<Bytes, axum::BoxError>> + Send
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<axum::BoxError> + Send,
{
    let coming = Coming { body: Box::pin(body), held, room, patience, lately: 0, span_ends: Instant::now() + pace.1 };
    stream::unfold(Some(coming), move |coming| async move {
        let mut coming = coming?;
        match coming.part(pace).await? {
            Ok(bytes) => Some((Ok(bytes), Some(coming))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(count: usize) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
        stream::iter((0..count).map(|_| Ok(Bytes::from(vec![7; 4 * UNIT]))))
    }

    const EASY: (usize, Duration) = (0, Duration::from_secs(60));

    #[tokio::test]
    async fn room_is_taken_by_what_came_and_given_back_with_the_answer() {
        let room = Arc::new(Semaphore::new(16));
        let announced = Arc::new(Held::default());
        // Whoever announced much and sent a single chunk, then nothing more.
        let mut slow = Box::pin(counting(chunks(1).chain(stream::pending()), Arc::clone(&announced), Arc::clone(&room), EASY, PATIENCE));
        assert_eq!(slow.next().await.unwrap().unwrap().len(), 4 * UNIT);
        assert_eq!(room.available_permits(), 12, "what came, not what was announced");
        let held = Arc::new(Held::default());
        let all: Vec<_> = counting(chunks(3), Arc::clone(&held), Arc::clone(&room), EASY, PATIENCE).collect().await;
        assert!(all.len() == 3 && all.iter().all(Result::is_ok));
        assert_eq!(room.available_permits(), 0);
        // Nothing is left: refused within the patience, and said so.
        let late = Arc::new(Held::default());
        let refused: Vec<_> = counting(chunks(3), Arc::clone(&late), Arc::clone(&room), EASY, Duration::from_millis(20)).collect().await;
        assert!(refused.len() == 1 && refused[0].is_err() && late.refused.get() == Some(&Refused::NoRoom));
        drop(held);
        assert_eq!(room.available_permits(), 12);
        drop((slow, announced));
        assert_eq!(room.available_permits(), 16);
    }

    #[tokio::test]
    async fn many_small_parts_take_no_more_room_than_one_whole() {
        let room = Arc::new(Semaphore::new(16));
        let held = Arc::new(Held::default());
        let parts = stream::iter((0..2 * UNIT).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(b"a"))));
        let all: Vec<_> = counting(parts, Arc::clone(&held), Arc::clone(&room), EASY, PATIENCE).collect().await;
        assert!(all.len() == 2 * UNIT && all.iter().all(Result::is_ok));
        assert_eq!(room.available_permits(), 14);
    }

    #[tokio::test]
    async fn whoever_stops_sending_is_refused_and_his_room_is_free() {
        let room = Arc::new(Semaphore::new(16));
        let held = Arc::new(Held::default());
        let pace = (UNIT, Duration::from_millis(30));
        let parts = chunks(2).chain(stream::pending());
        let all: Vec<_> = counting(parts, Arc::clone(&held), Arc::clone(&room), pace, PATIENCE).collect().await;
        assert!(all.len() == 3 && all[2].is_err() && held.refused.get() == Some(&Refused::Slow));
        drop(held);
        assert_eq!(room.available_permits(), 16);
    }
}
