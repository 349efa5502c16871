//! What somebody handed over is first worked through in a process of its own, under the operating system's limits of time and memory;
//! only what that process has come through is worked through here. Such work is pure, so it costs the same the second time: a hostile
//! file costs a child process at most, and never the hub.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// One kind of work, and what it may cost.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// The hidden command of the program that does it.
    pub command: &'static str,
    /// Processor time, in seconds.
    pub seconds: u64,
    /// Memory, in bytes.
    pub memory: u64,
    /// A child that waits for a processor is given up after this.
    pub patience: Duration,
}

/// Starts such processes.
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

    /// Does a process under the limits of this work come through these bytes?
    ///
    /// # Errors
    /// No process can be started.
    pub async fn comes_through(&self, work: &Work, bytes: &[u8]) -> Result<bool, std::io::Error> {
        let _one = self.processes.acquire().await.map_err(std::io::Error::other)?;
        let mut command = Command::new(&self.program);
        // The allocator would reserve a gigabyte at once, which counts as memory of the child's.
        command.arg(work.command).env_clear().env("MIMALLOC_ARENA_RESERVE", "65536");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let whole = async {
            if let Some(mut input) = child.stdin.take() {
                // A child that has died of the bytes no longer reads them: its exit says so.
                let _ = input.write_all(bytes).await;
            }
            child.wait().await
        };
        match tokio::time::timeout(work.patience, whole).await {
            Ok(ended) => Ok(ended?.success()),
            Err(_) => Ok(false),
        }
    }
}

impl Work {
    /// What the child does first: takes the limits upon itself. No file is written, few are open, no core is dumped.
    ///
    /// # Errors
    /// The system refuses the limits.
    pub fn take_limits(&self) -> std::io::Result<()> {
        let limits = [
            (Resource::Cpu, self.seconds),
            (Resource::Data, self.memory),
            (Resource::Core, 0),
            (Resource::Fsize, 0),
            (Resource::Nofile, 16),
        ];
        for (resource, most) in limits {
            setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
        }
        Ok(())
    }
}
