//! Files of strangers: read and judged first in a process of their own ([`crate::guard`]), then here.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;
use verify::messages::Lang;
use verify::{NotReadable, Policy, Report, Trust, verify_bytes};

use super::Verification;
use crate::guard::{Guard, Outcome, Work};

/// Processor time of a file, in seconds.
const SECONDS: u64 = 2;
/// Reading a file.
pub const READING: Work = Work { command: "read-upload", seconds: Some(SECONDS), memory: 256 << 20, patience: Duration::from_secs(10) };

/// Why an upload was not verified.
#[derive(Debug, Error)]
pub enum UploadFault {
    #[error(transparent)]
    NotReadable(#[from] NotReadable),
    #[error("the file would take more than {} s or {} MB to read: no certificate does", SECONDS, READING.memory >> 20)]
    TooMuch,
    #[error("too many files are being read: try again in a few seconds")]
    Busy,
    #[error("uploads cannot be read now: {0}")]
    Unavailable(String),
}

impl UploadFault {
    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::NotReadable(fault), lang) => fault.message(lang),
            (Self::TooMuch, Lang::Zh) => format!("读取该文件将超过 {} 秒或 {} MB：不会是证照文件", SECONDS, READING.memory >> 20),
            (Self::Busy, Lang::Zh) => "正在读取的文件过多，请几秒后重试".to_owned(),
            (Self::Unavailable(_), Lang::Zh) => "暂时无法读取上传的文件，请稍后重试".to_owned(),
            (Self::Unavailable(_), Lang::En) => "uploads cannot be read now: try again".to_owned(),
            (other, Lang::En) => other.to_string(),
        }
    }
}

impl Verification {
    /// Uploads are read by `guard` first.
    #[must_use]
    pub fn guarded(self, guard: Option<Arc<Guard>>) -> Self {
        Self { guard, ..self }
    }

    /// Verifies a file of a stranger: as [`Self::file`], within limits of time and memory.
    ///
    /// # Errors
    /// Bytes that are no readable certificate file, or that take too much to read.
    pub async fn upload(self: &Arc<Self>, bytes: Arc<[u8]>, at: DateTime<Utc>) -> Result<Report, UploadFault> {
        if let Some(guard) = self.guard.as_ref().filter(|_| is_document(&bytes)) {
            match guard.comes_through(&READING, &bytes).await {
                Ok(Outcome::CameThrough) => {}
                Ok(Outcome::TooMuch) => return Err(UploadFault::TooMuch),
                Ok(Outcome::Busy) => return Err(UploadFault::Busy),
                Err(error) => {
                    tracing::error!(%error, "no process can be started to read an upload");
                    return Err(UploadFault::Unavailable(error.to_string()));
                }
            }
        }
        // Signed data and codes take microseconds.
        Ok(if is_document(&bytes) { self.file_apart(bytes, at).await? } else { self.file(&bytes, at).await? })
    }
}

/// Signed data and codes are read in one pass within their own limits; documents are containers of containers.
fn is_document(bytes: &[u8]) -> bool {
    bytes.len() > 4096 && bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|byte| *byte != b'{')
}

/// What the child does. It trusts nobody: what it finds does not count, only that it ends.
///
/// # Errors
/// The system refuses the limits.
pub fn read_within_limits(bytes: impl FnOnce() -> std::io::Result<Vec<u8>>) -> std::io::Result<()> {
    READING.take_limits()?;
    let bytes = bytes()?;
    // Any answer will do.
    let _ = verify_bytes(&bytes, &Trust::default(), &Policy::default(), Utc::now());
    Ok(())
}
