//! Serving until asked to stop, and stopping without breaking off what runs.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

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
