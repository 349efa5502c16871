//! Which web pages of other origins may ask: the anonymous operations only (verification, catalogue).

use serde::Deserialize;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cors {
    /// `https://www.example.gov.cn`; `*` for every origin.
    pub origins: Vec<String>,
}

impl Cors {
    pub(super) fn check(&self) -> Result<(), Complaint> {
        let sound = |origin: &str| {
            origin == "*"
                || origin
                    .strip_prefix("https://")
                    .or(origin.strip_prefix("http://"))
                    .is_some_and(|host| !host.is_empty() && !host.contains('/'))
        };
        match self.origins.iter().find(|origin| !sound(origin)) {
            Some(origin) => Err((
                "cors.origins",
                format!("“{origin}”不是来源，应如 https://www.example.gov.cn，不带路径"),
                format!("“{origin}” is no origin; write scheme and host only, as https://www.example.gov.cn"),
            )),
            None => Ok(()),
        }
    }
}
