//! Networks of proxies, and whom they speak for.

use std::net::IpAddr;
use std::str::FromStr;

/// An address, or all that begin with so many of its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl FromStr for Network {
    type Err = ();

    /// `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(all), |bits| bits.parse::<u32>().map_err(|_| ()))?;
        if bits > all { Err(()) } else { Ok(Self { address, bits }) }
    }
}

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        let same = |one: u128, other: u128, all: u32| self.bits == 0 || (one ^ other) >> (all - self.bits) == 0;
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(one), IpAddr::V4(other)) => same(u32::from(one).into(), u32::from(other).into(), 32),
            (IpAddr::V6(one), IpAddr::V6(other)) => same(one.into(), other.into(), 128),
            _ => false,
        }
    }
}

/// Where a call began: the peer, or, where that is a trusted proxy, the last address in `X-Forwarded-For` that is none. What stands
/// before that anybody may have written.
pub fn origin<'a>(peer: IpAddr, forwarded: impl DoubleEndedIterator<Item = &'a str>, trusted: &[Network]) -> IpAddr {
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut origin = peer.to_canonical();
    for hop in forwarded.rev().flat_map(|line| line.rsplit(',')).map(str::trim) {
        if !is_proxy(origin) {
            break;
        }
        // Some proxies write the port as well.
        let address = hop.parse::<IpAddr>().or_else(|_| hop.parse::<std::net::SocketAddr>().map(|address| address.ip()));
        let Ok(address) = address else { break };
        origin = address.to_canonical();
    }
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn networks_hold_addresses() {
        let network: Network = "10.0.0.0/8".parse().unwrap();
        assert!(network.contains(address("10.9.8.7")) && network.contains(address("::ffff:10.1.1.1")));
        assert!(!network.contains(address("11.0.0.1")) && !network.contains(address("::1")));
        let one: Network = "::1".parse().unwrap();
        assert!(one.contains(address("::1")) && !one.contains(address("::2")));
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains(address("8.8.8.8")));
        for wrong in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "x/8", "::/129", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_caller_cannot_make_up_where_he_comes_from() {
        let trusted = ["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        let from = |peer: &str, forwarded: &[&str]| origin(address(peer), forwarded.iter().copied(), &trusted);
        assert_eq!(from("192.0.2.1", &["198.51.100.1"]), address("192.0.2.1"), "no proxy: what it says does not count");
        assert_eq!(from("127.0.0.1", &["198.51.100.1"]), address("198.51.100.1"));
        assert_eq!(
            from("127.0.0.1", &["203.0.113.9, 198.51.100.1, 10.0.0.2"]),
            address("198.51.100.1"),
            "the first is the caller's own words"
        );
        assert_eq!(from("127.0.0.1", &["203.0.113.9", "198.51.100.1"]), address("198.51.100.1"), "two lines are one list");
        assert_eq!(from("127.0.0.1", &["198.51.100.1:4711"]), address("198.51.100.1"));
        assert_eq!(from("127.0.0.1", &["unknown"]), address("127.0.0.1"));
        assert_eq!(from("127.0.0.1", &[]), address("127.0.0.1"));
    }
}
