//! Connections: how many, how long they may take to say what they want, TLS, and how they end.
//!
//! A connection costs nothing but itself until it has sent its request line and headers. Who sends them byte by byte is hung up on,
//! so is who does not take his answers, so that nobody holds places that others need; what follows, the body, is bounded in [`super::bodies`].

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

use super::progress::Progress;
use super::tls::Tls;

/// What a connection may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Connections at once; further ones wait to be taken.
    pub connections: usize,
    /// For the handshake of TLS, for the headers of each request, and for taking any of an answer; an idle connection is kept as long.
    pub headers: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connections: 4096, headers: Duration::from_secs(30) }
    }
}

/// Serves until `stop`, then waits for the requests that run. Whoever wants an end to that drops the future.
pub async fn serve(listener: TcpListener, router: Router, tls: Option<Tls>, patience: Patience, stop: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(patience.connections));
    let (stopping, stopped) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let taken = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, accepted(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            taken = taken => taken,
            () = &mut stop => break,
        };
        let (router, tls, stopped) = (router.clone(), tls.clone(), stopped.clone());
        tokio::spawn(async move {
            let _place = place;
            match tls {
                None => talk(stream, peer, router, patience, stopped).await,
                Some(tls) => match tokio::time::timeout(patience.headers, tls.accept(stream)).await {
                    Ok(Ok(stream)) => talk(stream, peer, router, patience, stopped).await,
                    Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS came about"),
                    Err(_) => tracing::debug!(%peer, "the handshake of TLS took too long"),
                },
            }
        });
    }
    drop((listener, stopped));
    let _ = stopping.send(());
    stopping.closed().await;
}

/// The next connection. Where the system has none to give (too many files are open), it is asked again a little later.
async fn accepted(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written whole.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY was not set");
                }
                return (stream, peer);
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

fn is_of_the_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn talk<S>(stream: S, peer: SocketAddr, router: Router, patience: Patience, mut stopped: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.headers);
    let mut connection =
        pin!(builder.serve_connection(TokioIo::new(Progress::new(stream, patience.headers)), TowerToHyperService::new(service)));
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::trace!(%peer, %error, "a connection ended in disorder");
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n";

    async fn hub(patience: Patience) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                peer.ip().to_string()
            }),
        );
        let (stop, asked) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, router, None, patience, async move { _ = asked.await }));
        (address, stop, serving)
    }

    async fn answer(address: SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(ASK).await.unwrap();
        let mut got = vec![0; 4096];
        let length = stream.read(&mut got).await.unwrap();
        String::from_utf8_lossy(&got[..length]).into_owned()
    }

    #[tokio::test]
    async fn whoever_never_ends_his_headers_is_hung_up_on_and_his_place_is_others() {
        let (address, _stop, _serving) = hub(Patience { connections: 2, headers: Duration::from_millis(300) }).await;
        let mut slow = Vec::new();
        for _ in 0..6 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: h").await.unwrap();
            slow.push(stream);
        }
        let told = answer(address).await;
        assert!(told.starts_with("HTTP/1.1 200") && told.ends_with("127.0.0.1"), "{told}");
        for stream in &mut slow {
            let mut rest = Vec::new();
            // Closed, in order or by a reset.
            let _ = stream.read_to_end(&mut rest).await;
            assert!(!rest.starts_with(b"HTTP/1.1 200"));
        }
    }

    #[tokio::test]
    async fn whoever_does_not_take_his_answers_is_hung_up_on() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "x".repeat(64 << 20) }));
        let patience = Patience { connections: 1, headers: Duration::from_millis(300) };
        let _serving = tokio::spawn(serve(listener, router, None, patience, std::future::pending()));
        let mut greedy = TcpStream::connect(address).await.unwrap();
        greedy.write_all(ASK).await.unwrap();
        // The one place is free again although the first keeps his end open.
        let mut next = TcpStream::connect(address).await.unwrap();
        next.write_all(ASK).await.unwrap();
        let mut begins = [0; 15];
        next.read_exact(&mut begins).await.unwrap();
        assert_eq!(&begins, b"HTTP/1.1 200 OK");
        drop(greedy);
    }

    #[tokio::test]
    async fn what_runs_when_it_is_asked_to_stop_is_answered_and_idle_connections_do_not_keep_it() {
        let (address, stop, serving) = hub(Patience::default()).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(ASK).await.unwrap();
        assert!(idle.read(&mut [0; 4096]).await.unwrap() > 0);
        let mut running = TcpStream::connect(address).await.unwrap();
        running.write_all(ASK).await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
        stop.send(()).unwrap();
        let mut got = Vec::new();
        running.read_to_end(&mut got).await.unwrap();
        assert!(got.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&got));
        serving.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }
}
