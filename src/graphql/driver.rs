//! Runs a request and its batches on one task: a batch begins only when every field of its level has asked.
//!
//! Spawned on another thread, a batch could begin while the level is still asking, and a page would cost now one statement,
//! now several. Here the number is fixed.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;

/// Batches waiting for their level to end.
#[derive(Clone, Default)]
pub(super) struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Batches {
    pub(super) fn add(&self, batch: BoxFuture<'static, ()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    fn take(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Polls `request`; when it waits, its batches; and so on until it is answered. None: it was to stop before.
    pub(super) async fn drive<F: Future>(self, request: F, stops: impl Fn() -> bool) -> Option<F::Output> {
        let mut request = pin!(request);
        let mut running = FuturesUnordered::new();
        poll_fn(|context| {
            loop {
                if let Poll::Ready(answer) = request.as_mut().poll(context) {
                    return Poll::Ready(Some(answer));
                }
                if stops() {
                    return Poll::Ready(None);
                }
                let fresh = self.take();
                let added = !fresh.is_empty();
                running.extend(fresh);
                let ended = matches!(running.poll_next_unpin(context), Poll::Ready(Some(())));
                if !ended && !added {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}
