//! How long and how much.

use serde::Deserialize;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How long running requests may take to finish when the hub is asked to stop.
    pub shutdown_seconds: u64,
    /// Connections at once; further ones wait.
    pub connections: usize,
    /// Certificates that one GraphQL request may ask for.
    pub nodes: u64,
    /// Length of one GraphQL answer.
    pub answer_megabytes: usize,
    /// How long an access event may wait for its place in the signed log before answers about persons stop.
    pub unlogged_seconds: u64,
    /// How long an access token of a client lives.
    pub token_seconds: u64,
    /// Requests a second and a day of a client or token for which nothing else is registered; 0: no limit.
    pub client_rate: u32,
    pub client_daily: u32,
    /// The same of all clients of a department together.
    pub department_rate: u32,
    pub department_daily: u32,
    /// How often strangers may be wrong within ten minutes before they wait: from one address, about one number.
    pub guesses_per_address: u32,
    pub guesses_per_number: u32,
    /// Addresses and networks of proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            shutdown_seconds: 30,
            connections: 4096,
            nodes: 20_000,
            answer_megabytes: 16,
            unlogged_seconds: 600,
            token_seconds: 600,
            client_rate: 0,
            client_daily: 0,
            department_rate: 0,
            department_daily: 0,
            guesses_per_address: 60,
            guesses_per_number: 20,
            trusted_proxies: vec!["127.0.0.1".into(), "::1".into()],
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), Complaint> {
        let within = |key, value: u64, from: u64, to: u64| {
            if (from..=to).contains(&value) {
                Ok(())
            } else {
                Err((key, format!("应为 {from} 至 {to}"), format!("should be {from} to {to}")))
            }
        };
        within("limits.shutdown_seconds", self.shutdown_seconds, 1, 3600)?;
        within("limits.connections", self.connections as u64, 16, 1_000_000)?;
        within("limits.nodes", self.nodes, 100, 1_000_000)?;
        within("limits.answer_megabytes", self.answer_megabytes as u64, 1, 1024)?;
        within("limits.unlogged_seconds", self.unlogged_seconds, 10, 86_400)?;
        within("limits.guesses_per_address", self.guesses_per_address.into(), 1, 1_000_000)?;
        within("limits.guesses_per_number", self.guesses_per_number.into(), 1, 1_000_000)?;
        within("limits.token_seconds", self.token_seconds, 30, 900)
    }
}
