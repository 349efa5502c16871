//! Processes that stay: each is handed one piece after another and answers it. Every piece and every answer is its length and its bytes.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use thiserror::Error;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::Semaphore;

use super::{Work, command};

/// No piece and no answer is longer.
const MOST: u32 = 64 << 20;
/// After so many pieces a process is let go: what it keeps in memory goes with it.
const PIECES: u32 = 500;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum NoAnswer {
    #[error("it would take more time or memory than it may")]
    TooMuch,
    #[error("no process can be started: {0}")]
    Process(#[from] std::io::Error),
}

/// As many processes as there are processors, started when they are needed.
#[derive(Debug)]
pub struct Workers {
    program: PathBuf,
    work: Work,
    idle: Mutex<Vec<Worker>>,
    places: Semaphore,
}

#[derive(Debug)]
struct Worker {
    /// Killed when it is dropped.
    _child: Child,
    input: ChildStdin,
    output: ChildStdout,
    done: u32,
}

impl Workers {
    /// `program` is this program's own file.
    pub fn new(program: PathBuf, work: Work) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { program, work, idle: Mutex::default(), places: Semaphore::new(cores) }
    }

    /// The answer to one piece.
    ///
    /// # Errors
    /// The process ended or was too slow: both mean that the piece costs too much. Or none can be started.
    pub async fn ask(&self, piece: &[u8]) -> Result<Vec<u8>, NoAnswer> {
        let _place = self.places.acquire().await.map_err(std::io::Error::other)?;
        let known = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(worker) = known {
            match self.exchange(worker, piece).await {
                // It may have ended before it was handed this piece.
                Err(Some(_)) => {}
                answered => return answered.map_err(|_| NoAnswer::TooMuch),
            }
        }
        let worker = self.start()?;
        self.exchange(worker, piece).await.map_err(|_| NoAnswer::TooMuch)
    }

    /// An error of the pipes, or none: it took too long. Either way the process is gone.
    async fn exchange(&self, mut worker: Worker, piece: &[u8]) -> Result<Vec<u8>, Option<std::io::Error>> {
        let answered = tokio::time::timeout(self.work.patience, worker.answer(piece)).await.map_err(|_| None)?.map_err(Some)?;
        worker.done += 1;
        if worker.done < PIECES {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        }
        Ok(answered)
    }

    fn start(&self) -> std::io::Result<Worker> {
        let mut child = command(&self.program, &self.work).stdout(Stdio::piped()).spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| std::io::Error::other("a child without pipes"))?;
        Ok(Worker { _child: child, input, output, done: 0 })
    }
}

impl Worker {
    async fn answer(&mut self, piece: &[u8]) -> std::io::Result<Vec<u8>> {
        self.input.write_u32_le(length(piece.len())?).await?;
        self.input.write_all(piece).await?;
        self.input.flush().await?;
        let length = self.output.read_u32_le().await?;
        if length > MOST {
            return Err(std::io::Error::other("the answer is too long"));
        }
        let mut answer = vec![0; length as usize];
        self.output.read_exact(&mut answer).await?;
        Ok(answer)
    }
}

/// What such a process does: answers until its input ends.
///
/// # Errors
/// The system refuses the limits, or a pipe breaks.
pub fn serve(work: &Work, answer: impl Fn(&[u8]) -> Vec<u8>) -> std::io::Result<()> {
    work.take_limits()?;
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    loop {
        let mut head = [0; 4];
        match input.read_exact(&mut head) {
            Ok(()) => {}
            Err(ended) if ended.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        let mut piece = vec![0; u32::from_le_bytes(head).min(MOST) as usize];
        input.read_exact(&mut piece)?;
        let answer = answer(&piece);
        output.write_all(&length(answer.len())?.to_le_bytes())?;
        output.write_all(&answer)?;
        output.flush()?;
    }
}

fn length(bytes: usize) -> std::io::Result<u32> {
    u32::try_from(bytes).ok().filter(|length| *length <= MOST).ok_or_else(|| std::io::Error::other("the piece is too long"))
}
