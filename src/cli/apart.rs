//! `zhengzhao read-upload` and `zhengzhao try-face`: what the hub starts for work on what others handed over. Not for people.
//!
//! 0: it came to its end; anything else, a signal among it: it did not.

use std::io::{Read, Result};

use super::CliError;

/// Nothing that is handed over is larger.
const MOST: u64 = 64 << 20;

/// Does the work, given a way to read what was handed over.
pub(super) fn run(work: impl FnOnce(fn() -> Result<Vec<u8>>) -> Result<()>) -> std::result::Result<u8, CliError> {
    work(input).map(|()| 0).map_err(|error| CliError::failed(error.to_string(), error.to_string()))
}

fn input() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
