//! Where a call comes from.

use std::net::{IpAddr, SocketAddr};

use axum::Extension;
use axum::extract::ConnectInfo;
use axum::http::HeaderMap;

use crate::hub::Hub;
use crate::limits::origin;

/// The other end of the connection; None where there is none (a test).
pub(super) type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// The caller's own address, as far as trusted proxies tell it.
pub(super) fn of(hub: &Hub, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    peer.map(|peer| origin(peer.ip(), forwarded, &hub.settings.callers.proxies))
}

/// As [`of`] for a handler that was given the peer.
pub(super) fn from(hub: &Hub, peer: Peer, headers: &HeaderMap) -> Option<IpAddr> {
    of(hub, peer.map(|Extension(ConnectInfo(peer))| peer), headers)
}
