//! Rows of a file, read by a thread of their own.

use tokio::sync::mpsc;

use super::csv::Csv;
use super::ndjson::Ndjson;
use super::source::{Format, Source};
use super::{ImportError, results};
use crate::issue::{CHUNK, Fault, IssueInput, key_of};

/// Longest row, in bytes.
pub(super) const LONGEST: u64 = 32 << 20;
/// A chunk of long rows ends early, in bytes.
const LARGEST: u64 = 8 << 20;
/// Chunks that wait to be issued.
const AHEAD: usize = 2;

/// One row that is to be a certificate.
#[derive(Debug)]
pub(super) struct Row {
    /// From 1, the header and empty lines not counted.
    pub(super) number: u64,
    /// Of the file, from 1.
    pub(super) line: u64,
    pub(super) input: Result<IssueInput, Vec<Fault>>,
}

#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) rows: Vec<Row>,
    /// Bytes of the file up to its end.
    pub(super) end: u64,
}

/// The next row: the line it begins on, and what stands there. None: the file has ended.
pub(super) type Next = Result<Option<(u64, Result<IssueInput, Vec<Fault>>)>, ImportError>;

/// A file that gives its rows one by one.
pub(super) trait Rows {
    /// # Errors
    /// The file cannot be read on.
    fn next(&mut self) -> Next;

    /// Passes over a row without looking what it says; false: the file has ended.
    ///
    /// # Errors
    /// As [`Self::next`].
    fn skip(&mut self) -> Result<bool, ImportError>;

    /// Bytes read so far.
    fn position(&self) -> u64;
}

/// The chunks behind the first `done` rows. The thread ends when nobody listens any more.
pub(super) fn rows(source: Source, done: u64) -> mpsc::Receiver<Result<Chunk, ImportError>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = read(&source, done, &sender) {
            // Nobody listens: the import has ended with an error of its own.
            let _ = sender.blocking_send(Err(error));
        }
    });
    receiver
}

fn read(source: &Source, done: u64, sender: &mpsc::Sender<Result<Chunk, ImportError>>) -> Result<(), ImportError> {
    let mut rows: Box<dyn Rows> = match source.format {
        Format::Csv => Box::new(Csv::open(source)?),
        Format::Ndjson => Box::new(Ndjson::open(source)?),
    };
    source.unchanged()?;
    for row in 0..done {
        if !rows.skip()? {
            return Err(results::too_many(source, done, row));
        }
    }
    let mut number = done;
    let mut chunk = Vec::new();
    let mut begin = rows.position();
    let mut end = begin;
    loop {
        let next = rows.next();
        // What stands before a fault of the file is still issued.
        let full = !matches!(next, Ok(Some(_))) || chunk.len() == CHUNK || end - begin >= LARGEST;
        if full && !chunk.is_empty() {
            source.unchanged()?;
            let rows = std::mem::take(&mut chunk);
            if sender.blocking_send(Ok(Chunk { rows, end })).is_err() {
                return Ok(());
            }
            begin = end;
        }
        let Some((line, input)) = next? else { return Ok(()) };
        number += 1;
        chunk.push(Row { number, line, input: input.and_then(|input| completed(source, input)) });
        end = rows.position();
    }
}

/// With the issuer of the command line, and a key that follows from the row.
fn completed(source: &Source, mut input: IssueInput) -> Result<IssueInput, Vec<Fault>> {
    if input.issuer.is_none() {
        input.issuer.clone_from(&source.issuer);
    }
    if input.idempotency_key.is_none() {
        let key = key_of(&source.ty.name, &input).map_err(super::faults_of)?;
        input.idempotency_key = Some(key);
    }
    Ok(input)
}
