//! Where the hub listens, and how the world reaches it.

use std::net::SocketAddr;

use serde::Deserialize;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// IP address and port; TLS is the reverse proxy's.
    pub address: String,
    /// The address that QR codes and links carry, without a slash at the end. Default: `http://` and `address`.
    pub public_url: Option<String>,
}

impl Default for Listen {
    fn default() -> Self {
        Self { address: "127.0.0.1:8080".into(), public_url: None }
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

    /// The address that links carry, when the hub listens at `bound`.
    pub fn url(&self, bound: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{bound}"))
    }
}
