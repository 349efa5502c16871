//! What is logged, and in which form.

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    /// `info`, `warn`, or by module as `zhengzhao=debug,sqlx=warn`. The variable `RUST_LOG` overrides it.
    pub filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Json, filter: "info,sqlx=warn".into() }
    }
}

impl Log {
    pub(super) fn check(&self) -> Result<(), Complaint> {
        EnvFilter::try_new(&self.filter)
            .map(drop)
            .map_err(|error| ("log.filter", format!("无法理解：{error}"), format!("is not understood: {error}")))
    }
}

/// Starts logging to standard error. A second start in one process changes nothing.
pub fn start_log(log: &Log) {
    let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new(&log.filter)).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.with_target(false).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}
