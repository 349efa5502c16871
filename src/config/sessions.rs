//! How long those who sign in stay so.

use serde::Deserialize;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sessions {
    /// A session that was not used for so long is over.
    pub idle_minutes: u64,
    /// It is over after so long, however it is used.
    pub hours: u64,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_minutes: 30, hours: 12 }
    }
}

impl Sessions {
    pub(super) fn check(&self) -> Result<(), Complaint> {
        let within = |key, value: u64, to: u64| {
            let told = || (key, format!("应为 1 至 {to}"), format!("should be 1 to {to}"));
            if (1..=to).contains(&value) { Ok(()) } else { Err(told()) }
        };
        within("sessions.idle_minutes", self.idle_minutes, 24 * 60)?;
        within("sessions.hours", self.hours, 7 * 24)
    }
}
