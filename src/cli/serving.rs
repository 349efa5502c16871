//! Serving until asked to stop, and stopping without breaking off what runs.

use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::CliError;
use crate::config::Config;
use crate::http::{Patience, Tls, TlsFiles};
use crate::journal::Journal;

/// Certificate and key of the listener, where it speaks TLS itself.
pub(super) fn tls_files(config: &Config) -> Option<TlsFiles> {
    config.listen.tls.as_ref().map(|files| TlsFiles { certificate: files.certificate.clone(), key: files.key.clone() })
}

/// Serves until SIGTERM or SIGINT; requests that run then may take `grace` more.
pub(super) async fn serve(listener: TcpListener, router: Router, tls: Option<Tls>, patience: Patience, grace: Duration) {
    let (stopping, stop) = oneshot::channel();
    let asked = async move {
        asked_to_stop().await;
        // The receiver is gone only when serving has ended already.
        let _ = stopping.send(());
    };
    let served = crate::http::serve(listener, router, tls, patience, asked);
    let deadline = async move {
        if stop.await.is_ok() {
            tokio::time::sleep(grace).await;
        } else {
            std::future::pending().await
        }
    };
    tokio::select! {
        () = served => {}
        () = deadline => {
            tracing::warn!(seconds = grace.as_secs(), "requests still ran at the end of the grace period and were broken off");
        }
    }
}

/// How long a hub that stops waits for the journal.
const SETTLED: Duration = Duration::from_secs(10);

/// Waits until what was answered is recorded.
///
/// # Errors
/// It is not, within ten seconds: what is late is lost with this process, and its caller says so by his exit code.
pub(super) async fn settle(journal: &Journal) -> Result<(), CliError> {
    let why = match tokio::time::timeout(SETTLED, journal.settle()).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("the database did not take them within {} s", SETTLED.as_secs()),
    };
    let late = journal.late();
    Err(CliError::unavailable(
        format!("已答复的读取中有未入日志者（至少{late}条），随进程丢失：{why}"),
        format!("reads that were answered are not in the journal, at least {late}, and are lost with this process: {why}"),
    ))
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
