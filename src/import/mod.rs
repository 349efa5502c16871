//! Files of rows → certificates: NDJSON or CSV, every row answered in a result file, nothing issued twice.
//!
//! ```text
//! file ─▶ source (UTF-8? digest) ─▶ ndjson │ csv ─▶ rows ─▶ Batch ─▶ answers ─▶ results
//!          one thread of its own                     (issue)                     FILE.result.ndjson
//! ```
//!
//! The result file is the checkpoint: a row with a line in it is done, and an import that was killed goes on behind the last
//! one, in the database that it began in and in the same authority's name. Rows that were committed and have no line yet are recognised by their idempotency keys, which follow from their
//! content. Both work whatever moment the process dies in, and a file imported twice issues nothing twice.

mod csv;
mod error;
mod input;
mod mapping;
mod ndjson;
mod results;
mod row;
#[cfg(test)]
mod sample;
mod source;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use model::actor::Caller;
use model::registry::CertificateType;
use uuid::Uuid;

pub use error::ImportError;
pub use results::Counts;
pub use source::Format;

use crate::issue::{Batch, Fault, IssueError, Issued, Issuing};
use results::{Begun, Earlier, Results};
use row::{Chunk, Row, rows};
use source::Source;

/// What is imported, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    pub file: PathBuf,
    /// None: by the file's name.
    pub format: Option<Format>,
    /// None: `FILE.result.ndjson` beside the file.
    pub result: Option<PathBuf>,
    /// Credit code of the authority for rows that name none.
    pub issuer: Option<String>,
    /// Go on with an import broken off more than seven days ago, although idempotency keys do not tell any more whether its last
    /// rows were issued.
    pub accept_lapsed: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub counts: Counts,
    /// Of these, so many were done by runs before this one.
    pub before: u64,
    /// Bytes of the file behind which everything is done.
    pub position: u64,
    pub size: u64,
}

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub counts: Counts,
    pub result: PathBuf,
    /// The result of an import before, put out of the way.
    pub kept: Option<PathBuf>,
    /// An earlier run had done everything.
    pub nothing_to_do: bool,
}

/// Imports a file of certificates of one type in the caller's name. `progress` is told after every chunk.
///
/// # Errors
/// What hinders the whole: a file that is not there or not UTF-8, a header that does not fit the type, a result file that
/// cannot be written, the database. What is wrong with one row stands in the result file.
pub async fn import(
    issuing: &Issuing,
    caller: &Caller,
    ty: &Arc<CertificateType>,
    settings: &Settings,
    mut progress: impl FnMut(&Progress),
) -> Result<Outcome, ImportError> {
    let source = {
        let (settings, ty, database) = (settings.clone(), ty.clone(), issuing.database().await?);
        let opening = tokio::task::spawn_blocking(move || Source::open(&settings, ty, database));
        opening.await.map_err(|fault| ImportError::Bug(fault.to_string()))??
    };
    let earlier = Earlier::open(&source)?;
    let on_record = match earlier.last() {
        Some(last) => issuing.named(&[last]).await?.contains_key(&last),
        None => true,
    };
    let begun = Results::begin(&source, earlier, on_record, settings.accept_lapsed)?;
    let (mut results, kept) = match begun {
        Begun::Results { results, kept } => (results, kept),
        Begun::NothingToDo { counts, result } => return Ok(Outcome { counts, result, kept: None, nothing_to_do: true }),
    };
    let before = results.counts().rows();
    let size = source.size;
    let mut told = Progress { counts: results.counts(), before, position: 0, size };
    let mut chunks = rows(source, before);
    let mut batch = issuing.batch(caller, &ty.name);
    let mut waiting: Option<Chunk> = None;
    let mut broken = None;
    while let Some(chunk) = chunks.recv().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => {
                broken = Some(error);
                break;
            }
        };
        let answers = push(&mut batch, &chunk).await?;
        if let Some(done) = waiting.replace(chunk) {
            record(issuing, &mut results, &done, answers).await?;
            told = Progress { counts: results.counts(), position: done.end, ..told };
            progress(&told);
        }
    }
    let answers = batch.finish().await?;
    if let Some(done) = waiting {
        record(issuing, &mut results, &done, answers).await?;
        progress(&Progress { counts: results.counts(), position: done.end, ..told });
    }
    if let Some(error) = broken {
        return Err(error);
    }
    let counts = results.counts();
    Ok(Outcome { counts, result: results.end()?, kept, nothing_to_do: false })
}

async fn push(batch: &mut Batch<'_>, chunk: &Chunk) -> Result<Vec<Result<Issued, IssueError>>, ImportError> {
    let inputs = chunk.rows.iter().filter_map(|row| row.input.as_ref().ok()).cloned().collect();
    Ok(batch.push(inputs, Utc::now()).await?)
}

/// Writes a line for every row of a chunk.
async fn record(
    issuing: &Issuing,
    results: &mut Results,
    chunk: &Chunk,
    answers: Vec<Result<Issued, IssueError>>,
) -> Result<(), ImportError> {
    let before: Vec<Uuid> =
        answers.iter().flatten().filter_map(|issued| if let Issued::Before { id } = issued { Some(*id) } else { None }).collect();
    let named: HashMap<Uuid, (String, String)> = if before.is_empty() { HashMap::new() } else { issuing.named(&before).await? };
    let mut answers = answers.into_iter();
    let unanswered = || Err(IssueError::Bug("a row has no answer".into()));
    for Row { number, line, input } in &chunk.rows {
        match input {
            Err(faults) => results.faulty(*number, *line, faults),
            Ok(_) => match answers.next().unwrap_or_else(unanswered) {
                Ok(Issued::Now { id, identifier, number: named }) => results.issued(*number, *line, id, &identifier, &named),
                Ok(Issued::Before { id }) => results.existing(*number, *line, id, named.get(&id)),
                Err(IssueError::Store(error)) => return Err(IssueError::Store(error).into()),
                Err(error) => results.faulty(*number, *line, &faults_of(error)),
            },
        }
    }
    results.flush()
}

/// What the result file tells of a refused row.
fn faults_of(error: IssueError) -> Vec<Fault> {
    use verify::messages::Lang;
    match error {
        IssueError::InvalidInput(faults) => faults,
        other => vec![Fault::new("row", other.message(Lang::Zh), other.message(Lang::En))],
    }
}
