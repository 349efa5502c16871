//! Where the hub listens, and how the world reaches it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// IP address and port.
    pub address: String,
    /// The address that QR codes and links carry, without a slash at the end. Default: `http://` or `https://`, and `address`.
    pub public_url: Option<String>,
    /// TLS on this address; without it, it is a reverse proxy's.
    pub tls: Option<ListenTls>,
}

/// Where certificate and key of the listener are, as PEM. Both may be renewed while the hub runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenTls {
    /// The server's certificate, then those it was issued by.
    pub certificate: PathBuf,
    /// Its private key, which nobody but the hub can read.
    pub key: PathBuf,
}

impl Default for Listen {
    fn default() -> Self {
        Self { address: "127.0.0.1:8080".into(), public_url: None, tls: None }
    }
}

impl Listen {
    pub(super) fn check(&self) -> Result<(), Complaint> {
        if self.address.parse::<SocketAddr>().is_err() {
            let text = &self.address;
            return Err((
                "listen.address",
                format!("“{text}”不是地址，应如 0.0.0.0:8080"),
                format!("“{text}” is no address; write one as 0.0.0.0:8080"),
            ));
        }
        match self.public_url.as_deref() {
            Some(url) if !(url.starts_with("https://") || url.starts_with("http://")) || url.ends_with('/') => Err((
                "listen.public_url",
                format!("“{url}”应以 https:// 或 http:// 开头，末尾没有斜杠"),
                format!("“{url}” should begin with https:// or http:// and end without a slash"),
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn settle(&mut self, folder: &Path) {
        if let Some(tls) = &mut self.tls {
            super::from(folder, &mut tls.certificate);
            super::from(folder, &mut tls.key);
        }
    }

    /// The address that links carry, when the hub listens at `bound`.
    pub fn url(&self, bound: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{bound}"))
    }
}
