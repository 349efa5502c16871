//! What somebody handed over is worked through in processes of their own, under the operating system's limits: a hostile file costs a child
//! process at most, and never the hub.
//!
//! | | process | for |
//! | --- | --- | --- |
//! | [`Guard`] | one for each piece, which says only whether it came through; then the hub does the same, which is pure and costs the same | files of strangers |
//! | [`Workers`] | a few that stay, which answer; one that takes too long is killed | templates of faces |

mod workers;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::Semaphore;

pub use workers::{NoAnswer, Workers, serve};

/// One kind of work, and what it may cost.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// The hidden command of the program that does it.
    pub command: &'static str,
    /// Processor time of a process, in seconds; None: it stays, and its patience is the limit.
    pub seconds: Option<u64>,
    /// Memory of a process, in bytes.
    pub memory: u64,
    /// A child that does not end, or answer, is given up after this.
    pub patience: Duration,
}

/// What became of a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    CameThrough,
    /// It would take more time or memory than it may.
    TooMuch,
    /// Too many wait already.
    Busy,
}

/// Starts a process for each piece.
#[derive(Debug)]
pub struct Guard {
    program: PathBuf,
    /// As many at a time as there are processors: each may take all of one.
    processes: Semaphore,
    /// Those that run, and those that wait: each holds its bytes.
    places: Semaphore,
}

/// So many wait; others are told to come again.
const WAITING: usize = 6;

impl Guard {
    /// `program` is this program's own file.
    pub fn new(program: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { program, processes: Semaphore::new(cores), places: Semaphore::new(cores + WAITING) }
    }

    /// Does a process under the limits of this work come through these bytes?
    ///
    /// # Errors
    /// No process can be started.
    pub async fn comes_through(&self, work: &Work, bytes: &[u8]) -> Result<Outcome, std::io::Error> {
        let Ok(_place) = self.places.try_acquire() else { return Ok(Outcome::Busy) };
        let _one = self.processes.acquire().await.map_err(std::io::Error::other)?;
        let mut child = command(&self.program, work).stdout(Stdio::null()).spawn()?;
        let whole = async {
            if let Some(mut input) = child.stdin.take() {
                // A child that has died of the bytes no longer reads them: its exit says so.
                let _ = input.write_all(bytes).await;
            }
            child.wait().await
        };
        match tokio::time::timeout(work.patience, whole).await {
            Ok(ended) => Ok(if ended?.success() { Outcome::CameThrough } else { Outcome::TooMuch }),
            Err(_) => Ok(Outcome::TooMuch),
        }
    }
}

fn command(program: &PathBuf, work: &Work) -> Command {
    let mut command = Command::new(program);
    // The allocator would reserve a gigabyte at once, which counts as memory of the child's.
    command.arg(work.command).env_clear().env("MIMALLOC_ARENA_RESERVE", "65536");
    command.stdin(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    command
}

impl Work {
    /// What the child does first: takes the limits upon itself. No file is written, few are open, no core is dumped.
    ///
    /// # Errors
    /// The system refuses the limits.
    pub fn take_limits(&self) -> std::io::Result<()> {
        let limits = [(Resource::Data, self.memory), (Resource::Core, 0), (Resource::Fsize, 0), (Resource::Nofile, 16)];
        for (resource, most) in limits.into_iter().chain(self.seconds.map(|seconds| (Resource::Cpu, seconds))) {
            setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
        }
        Ok(())
    }
}
