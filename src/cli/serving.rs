//! Serving until asked to stop, and stopping without breaking off what runs.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::journal::Journal;

/// Serves until SIGTERM or SIGINT; requests that run then may take `grace` more.
///
/// # Errors
/// The listener fails.
pub(super) async fn serve(listener: TcpListener, router: Router, grace: Duration) -> std::io::Result<()> {
    let (stopping, stop) = oneshot::channel();
    let asked = async move {
        asked_to_stop().await;
        // The receiver is gone only when serving has ended already.
        let _ = stopping.send(());
    };
    let served = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(asked);
    let deadline = async move {
        if stop.await.is_ok() {
            tokio::time::sleep(grace).await;
        } else {
            std::future::pending().await
        }
    };
    tokio::select! {
        ended = served.into_future() => ended,
        () = deadline => {
            tracing::warn!(seconds = grace.as_secs(), "requests still ran at the end of the grace period and were broken off");
            Ok(())
        }
    }
}

/// How long a hub that stops waits for the journal.
const SETTLED: Duration = Duration::from_secs(10);

/// Waits until what was answered is recorded.
pub(super) async fn settle(journal: &Journal) {
    match tokio::time::timeout(SETTLED, journal.settle()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "not every read is recorded"),
        Err(_) => tracing::error!("not every read is recorded: the database did not answer in time"),
    }
}

#[cfg(unix)]
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        tokio::signal::ctrl_c().await.ok();
        return;
    };
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() {
    tokio::signal::ctrl_c().await.ok();
}
