//! How long and how much.

use serde::Deserialize;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How long running requests may take to finish when the hub is asked to stop.
    pub shutdown_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { shutdown_seconds: 30 }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), Complaint> {
        if (1..=3600).contains(&self.shutdown_seconds) {
            Ok(())
        } else {
            Err(("limits.shutdown_seconds", "应为 1 至 3600".into(), "should be 1 to 3600".into()))
        }
    }
}
