//! How long and how much.

use serde::Deserialize;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How long running requests may take to finish when the hub is asked to stop.
    pub shutdown_seconds: u64,
    /// Certificates that one GraphQL request may ask for.
    pub nodes: u64,
    /// Length of one GraphQL answer.
    pub answer_megabytes: usize,
    /// How long an access event may wait for its place in the signed log before answers about persons stop.
    pub unlogged_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { shutdown_seconds: 30, nodes: 20_000, answer_megabytes: 16, unlogged_seconds: 600 }
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
        within("limits.nodes", self.nodes, 100, 1_000_000)?;
        within("limits.answer_megabytes", self.answer_megabytes as u64, 1, 1024)?;
        within("limits.unlogged_seconds", self.unlogged_seconds, 10, 86_400)
    }
}
