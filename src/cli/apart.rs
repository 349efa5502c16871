//! `zhengzhao read-upload` and `zhengzhao set-faces`: what the hub starts for work on what others handed over. Not for people.
//!
//! 0: it came to its end; anything else, a signal among it: it did not.

use std::io::Read;

use super::CliError;

/// Nothing that is handed over is larger.
const MOST: u64 = 64 << 20;

pub(super) fn ended(work: std::io::Result<()>) -> Result<u8, CliError> {
    work.map(|()| 0).map_err(|error| CliError::failed(error.to_string(), error.to_string()))
}

/// What was handed over, whole.
pub(super) fn input() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
