//! `zhengzhao read-upload`: what the hub starts to read a stranger's file. Not for people.

use std::io::Read;

use super::CliError;
use crate::verification::read_within_limits;

/// No upload is larger.
const MOST: u64 = 32 << 20;

/// 0 the file was read to its end; anything else, a signal among it: it was not.
pub(super) fn run() -> Result<u8, CliError> {
    let input = || {
        let mut bytes = Vec::new();
        std::io::stdin().take(MOST).read_to_end(&mut bytes).map(|_| bytes)
    };
    read_within_limits(input).map(|()| 0).map_err(|error| CliError::failed(error.to_string(), error.to_string()))
}
