//! TLS on the listener: TLS 1.2 and 1.3 by rustls. National cryptography in transport (TLCP, GB/T 38636) is a proxy's.
//!
//! The files are looked at again and again, so that a renewed certificate is served without a restart. What cannot be used is told in
//! the log, and the certificate before goes on.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Where certificate and key lie, as PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The server's certificate, then those it was issued by.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Certificate and key, as the listener uses them.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: rustls::pki_types::pem::Error },
    #[error("{}: no certificate in it (PEM, the server's first, then those it was issued by)", file.display())]
    Empty { file: PathBuf },
    #[error("{} and {} do not make a pair: {error}", certificate.display(), key.display())]
    Pair { certificate: PathBuf, key: PathBuf, error: rustls::Error },
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

impl Tls {
    /// Reads the files and follows their changes for as long as this lives.
    ///
    /// # Errors
    /// A file does not read, or key and certificate do not belong together.
    pub fn open(files: &TlsFiles) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let seen = written(files);
        let shown = Arc::new(Shown(ArcSwap::from_pointee(read(files, &provider)?)));
        follow(Arc::downgrade(&shown), files.clone(), seen, Arc::clone(&provider));
        let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(shown);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// The server's certificate (DER), if the files can be used.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn certificate(files: &TlsFiles) -> Result<Vec<u8>, TlsError> {
        let pair = read(files, &rustls::crypto::ring::default_provider())?;
        pair.end_entity_cert().map(|der| der.to_vec()).map_err(TlsError::Setup)
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}

/// What is shown to whoever connects.
#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let fault = |file: &Path| {
        let file = file.to_owned();
        move |error| TlsError::File { file, error }
    };
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(&files.certificate).and_then(Iterator::collect::<Result<_, _>>).map_err(fault(&files.certificate))?;
    if chain.is_empty() {
        return Err(TlsError::Empty { file: files.certificate.clone() });
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(fault(&files.key))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| TlsError::Pair {
        certificate: files.certificate.clone(),
        key: files.key.clone(),
        error,
    })
}

fn follow(shown: Weak<Shown>, files: TlsFiles, mut seen: [Option<SystemTime>; 2], provider: Arc<CryptoProvider>) {
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            let Some(shown) = shown.upgrade() else { return };
            renew(&shown, &files, &mut seen, &provider);
        }
    });
}

/// Takes what was written since; until both files fit together, what there is goes on.
fn renew(shown: &Shown, files: &TlsFiles, seen: &mut [Option<SystemTime>; 2], provider: &CryptoProvider) {
    let now = written(files);
    if now == *seen {
        return;
    }
    *seen = now;
    match read(files, provider) {
        Ok(key) => {
            shown.0.store(Arc::new(key));
            tracing::info!(certificate = %files.certificate.display(), "the renewed certificate of TLS is served");
        }
        Err(error) => tracing::error!(%error, "the certificate of TLS was changed and cannot be used; the one before goes on"),
    }
}

fn written(files: &TlsFiles) -> [Option<SystemTime>; 2] {
    [&files.certificate, &files.key].map(|file| std::fs::metadata(file).and_then(|about| about.modified()).ok())
}
