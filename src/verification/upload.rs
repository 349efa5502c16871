//! Files of strangers. A process of their own reads and judges them first, under the operating system's limits of memory and time; only what
//! that process has come through is read here. Reading is pure, so it costs the same the second time: a hostile file costs a child
//! process at most, and never the hub.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustix::process::{Resource, Rlimit, setrlimit};
use thiserror::Error;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::Semaphore;
use verify::messages::Lang;
use verify::{NotReadable, Policy, Report, Trust, verify_bytes};

use super::Verification;

/// Processor time of a file, in seconds.
const SECONDS: u64 = 2;
/// Memory of a file, in bytes.
const MEMORY: u64 = 256 << 20;
/// A child that waits for a processor is given up after this.
const PATIENCE: Duration = Duration::from_secs(10);
/// The hidden command of the program that reads a file under limits.
pub const COMMAND: &str = "read-upload";

/// Why an upload was not verified.
#[derive(Debug, Error)]
pub enum UploadFault {
    #[error(transparent)]
    NotReadable(#[from] NotReadable),
    #[error("the file would take more than {SECONDS} s or {} MB to read: no certificate does", MEMORY >> 20)]
    TooMuch,
    #[error("uploads cannot be read now: {0}")]
    Unavailable(String),
}

impl UploadFault {
    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::NotReadable(fault), lang) => fault.message(lang),
            (Self::TooMuch, Lang::Zh) => format!("读取该文件将超过 {SECONDS} 秒或 {} MB：不会是证照文件", MEMORY >> 20),
            (Self::Unavailable(_), Lang::Zh) => "暂时无法读取上传的文件，请稍后重试".to_owned(),
            (Self::Unavailable(_), Lang::En) => "uploads cannot be read now: try again".to_owned(),
            (other, Lang::En) => other.to_string(),
        }
    }
}

/// Reads uploads in processes of their own.
#[derive(Debug)]
pub struct Guard {
    program: PathBuf,
    /// As many at a time as there are processors: each may take all of one.
    processes: Semaphore,
}

impl Guard {
    /// `program` is this program's own file.
    pub fn new(program: PathBuf) -> Self {
        Self { program, processes: Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)) }
    }

    /// Does a process under limits come through these bytes?
    async fn comes_through(&self, bytes: &[u8]) -> Result<bool, std::io::Error> {
        let _one = self.processes.acquire().await.map_err(std::io::Error::other)?;
        let mut command = Command::new(&self.program);
        command.arg(COMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn()?;
        if let Some(mut input) = child.stdin.take() {
            // A child that has died of the file no longer reads it: its exit says so.
            let _ = input.write_all(bytes).await;
        }
        match tokio::time::timeout(PATIENCE, child.wait()).await {
            Ok(ended) => Ok(ended?.success()),
            Err(_) => Ok(false),
        }
    }
}

impl Verification {
    /// Uploads are read by `guard` first.
    #[must_use]
    pub fn guarded(self, guard: Option<Guard>) -> Self {
        Self { guard, ..self }
    }

    /// Verifies a file of a stranger: as [`Self::file`], within limits of time and memory.
    ///
    /// # Errors
    /// Bytes that are no readable certificate file, or that take too much to read.
    pub async fn upload(&self, bytes: &[u8], at: DateTime<Utc>) -> Result<Report, UploadFault> {
        if let Some(guard) = self.guard.as_ref().filter(|_| is_document(bytes)) {
            match guard.comes_through(bytes).await {
                Ok(true) => {}
                Ok(false) => return Err(UploadFault::TooMuch),
                Err(error) => {
                    tracing::error!(%error, "no process can be started to read an upload");
                    return Err(UploadFault::Unavailable(error.to_string()));
                }
            }
        }
        Ok(self.file(bytes, at).await?)
    }
}

/// Signed data and codes are read in one pass within their own limits; documents are containers of containers.
fn is_document(bytes: &[u8]) -> bool {
    bytes.len() > 4096 && bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|byte| *byte != b'{')
}

/// What the child does: takes limits upon itself, then reads and judges. It trusts nobody: what it finds does not count, only that it ends.
///
/// # Errors
/// The system refuses the limits.
pub fn read_within_limits(bytes: impl FnOnce() -> std::io::Result<Vec<u8>>) -> std::io::Result<()> {
    let limits = [(Resource::Cpu, SECONDS), (Resource::Data, MEMORY), (Resource::Core, 0), (Resource::Fsize, 0), (Resource::Nofile, 16)];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    let bytes = bytes()?;
    // Any answer will do.
    let _ = verify_bytes(&bytes, &Trust::default(), &Policy::default(), Utc::now());
    Ok(())
}
