//! A value that nothing prints.

use std::path::Path;

use serde::Deserialize;

use super::ConfigError;

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value, for the one place that uses it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The first line of a file.
    ///
    /// # Errors
    /// The file cannot be read or its first line is empty.
    pub fn of_file(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|error| ConfigError::Unreadable { file: file.into(), error })?;
        match text.lines().next().map(str::trim_end) {
            Some(line) if !line.is_empty() => Ok(Self(line.to_owned())),
            _ => Err(ConfigError::File {
                file: file.into(),
                zh: "第一行应为口令或地址，现为空".into(),
                en: "its first line should hold the secret and is empty".into(),
            }),
        }
    }

    /// The value of an environment variable that is set and not empty.
    pub(super) fn of_variable(name: &str) -> Option<Self> {
        std::env::var(name).ok().filter(|value| !value.is_empty()).map(Self)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
