//! The result file: a line for every row that is done. It is the checkpoint as well.
//!
//! ```text
//! {"import":{"type":…,"schema":…,"file":…,"format":…,"digest":…,"database":…,"issuer":…,"begun":…}}
//! {"row":1,"line":2,"outcome":"issued","id":…,"identifier":…,"number":…}
//! {"row":2,"line":3,"outcome":"faulty","faults":[{"path":…,"zh":…,"en":…}]}
//! {"summary":{"rows":2,"issued":1,"existing":0,"faulty":1}}          last, when all rows are done
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ImportError;
use super::source::Source;
use crate::issue::Fault;

/// How long idempotency keys are remembered.
const KEYS_LIVE: Days = Days::new(7);

/// What every result file begins with.
const BEGIN: &[u8] = br#"{"import":"#;

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub issued: u64,
    /// Issued by an import before, or twice in the file.
    pub existing: u64,
    pub faulty: u64,
}

impl Counts {
    pub const fn rows(&self) -> u64 {
        self.issued + self.existing + self.faulty
    }

    const fn certificates(&self) -> u64 {
        self.issued + self.existing
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Became {
    Issued,
    Existing,
    Faulty,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(rename = "type")]
    ty: String,
    /// Digest of the type's file.
    #[serde(default)]
    schema: String,
    file: String,
    #[serde(default)]
    format: String,
    digest: String,
    /// Identity of the database that was written to.
    #[serde(default)]
    database: String,
    /// Authority of rows that name none.
    #[serde(default)]
    issuer: Option<String>,
    begun: DateTime<Utc>,
}

impl Head {
    fn of(source: &Source) -> Self {
        Self {
            ty: source.ty.name.to_string(),
            schema: source.ty.digest.to_string(),
            file: source.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            format: source.format.as_str().to_owned(),
            digest: source.digest.clone(),
            database: source.database.clone(),
            issuer: source.issuer.clone(),
            begun: Utc::now(),
        }
    }

    /// Are these rows of the same type?
    fn same_rows(&self, other: &Self) -> bool {
        self.digest == other.digest && self.ty == other.ty
    }

    /// Would every row become the same?
    fn same_work(&self, other: &Self) -> bool {
        self.same_rows(other)
            && self.database == other.database
            && self.issuer == other.issuer
            && self.schema == other.schema
            && self.format == other.format
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct HeadLine {
    import: Head,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    row: u64,
    line: u64,
    outcome: Became,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<ToldFault<'a>>,
}

#[derive(Debug, Serialize)]
struct ToldFault<'a> {
    path: &'a str,
    zh: &'a str,
    en: &'a str,
}

/// A line as it is read again.
#[derive(Debug, Deserialize)]
struct Done {
    row: u64,
    outcome: Became,
    id: Option<Uuid>,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Results {
    file: File,
    path: PathBuf,
    counts: Counts,
    /// Lines of the chunk at hand.
    pending: Vec<u8>,
}

#[derive(Debug)]
pub(super) enum Begun {
    Results {
        results: Results,
        /// Where the result of an import before lies now.
        kept: Option<PathBuf>,
    },
    NothingToDo {
        counts: Counts,
        result: PathBuf,
    },
}

/// What lies in a result file.
#[derive(Debug)]
struct Found {
    head: Head,
    counts: Counts,
    /// Of the last row that is a certificate.
    last: Option<Uuid>,
    /// Bytes up to the last good line of a row.
    good: u64,
    complete: bool,
}

/// The result file as it lies there, locked.
#[derive(Debug)]
pub(super) struct Earlier {
    file: File,
    path: PathBuf,
    found: Option<Found>,
}

impl Earlier {
    pub(super) fn open(source: &Source) -> Result<Self, ImportError> {
        let path = source.result.clone();
        let file = open(&path).map_err(|error| ImportError::Unwritable { file: path.clone(), error })?;
        locked(&file, &path)?;
        let found = found(&file, &path)?;
        Ok(Self { file, path, found })
    }

    /// A certificate that must be on record where the result is this database's.
    pub(super) fn last(&self) -> Option<Uuid> {
        self.found.as_ref()?.last
    }
}

impl Results {
    /// Begins a result, or goes on with one that was broken off. Put aside is the result of another file, of another database,
    /// of another issuer, and of an import that ended with faulty rows. `on_record`: the database has [`Earlier::last`]; a copy
    /// of it that was made before has not.
    pub(super) fn begin(source: &Source, earlier: Earlier, on_record: bool, accept_lapsed: bool) -> Result<Begun, ImportError> {
        let Earlier { mut file, path, found } = earlier;
        let unwritable = |error| ImportError::Unwritable { file: path.clone(), error };
        let head = Head::of(source);
        let mut kept = None;
        if let Some(found) = found {
            let same = on_record && found.head.same_work(&head);
            if same && found.complete && found.counts.faulty == 0 {
                return Ok(Begun::NothingToDo { counts: found.counts, result: path });
            }
            if found.head.same_rows(&head) {
                if found.head.database == head.database && on_record && !found.complete {
                    same_issuer(&found, &head, &path)?;
                }
                let touched: DateTime<Utc> = file.metadata().and_then(|known| known.modified()).map_err(unwritable)?.into();
                let since = if found.complete { found.head.begun } else { touched };
                let issued = found.complete || same || found.counts.certificates() > 0;
                if !accept_lapsed && issued && Utc::now().checked_sub_days(KEYS_LIVE).is_some_and(|horizon| since < horizon) {
                    return Err(lapsed(&found, since, same));
                }
            }
            if same && !found.complete {
                file.set_len(found.good).and_then(|()| file.seek(SeekFrom::End(0))).map_err(unwritable)?;
                return Ok(Begun::Results { results: Self { file, path, counts: found.counts, pending: Vec::new() }, kept });
            }
            kept = Some(put_aside(&path).map_err(unwritable)?);
            file = open(&path).map_err(unwritable)?;
            locked(&file, &path)?;
        }
        file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).map_err(unwritable)?;
        let mut results = Self { file, path, counts: Counts::default(), pending: Vec::new() };
        results.line(&HeadLine { import: head });
        results.flush()?;
        Ok(Begun::Results { results, kept })
    }

    pub(super) const fn counts(&self) -> Counts {
        self.counts
    }

    pub(super) fn issued(&mut self, row: u64, line: u64, id: Uuid, identifier: &str, number: &str) {
        self.counts.issued += 1;
        let (identifier, number) = (Some(identifier), Some(number));
        self.line(&Line { row, line, outcome: Became::Issued, id: Some(id), identifier, number, faults: Vec::new() });
    }

    /// `named`: identifier and number.
    pub(super) fn existing(&mut self, row: u64, line: u64, id: Uuid, named: Option<&(String, String)>) {
        self.counts.existing += 1;
        let (identifier, number) = named.map(|(identifier, number)| (identifier.as_str(), number.as_str())).unzip();
        self.line(&Line { row, line, outcome: Became::Existing, id: Some(id), identifier, number, faults: Vec::new() });
    }

    pub(super) fn faulty(&mut self, row: u64, line: u64, faults: &[Fault]) {
        self.counts.faulty += 1;
        let faults = faults.iter().map(|fault| ToldFault { path: &fault.path, zh: &fault.zh, en: &fault.en }).collect();
        self.line(&Line { row, line, outcome: Became::Faulty, id: None, identifier: None, number: None, faults });
    }

    /// Writes the lines so far.
    pub(super) fn flush(&mut self) -> Result<(), ImportError> {
        let written = self.file.write_all(&self.pending);
        self.pending.clear();
        written.map_err(|error| ImportError::Unwritable { file: self.path.clone(), error })
    }

    /// Writes the last line; where the file lies.
    pub(super) fn end(mut self) -> Result<PathBuf, ImportError> {
        let Counts { issued, existing, faulty } = self.counts;
        let rows = self.counts.rows();
        self.line(&serde_json::json!({"summary": {"rows": rows, "issued": issued, "existing": existing, "faulty": faulty}}));
        self.flush()?;
        self.file.sync_all().map_err(|error| ImportError::Unwritable { file: self.path.clone(), error })?;
        Ok(self.path)
    }

    fn line(&mut self, line: &impl Serialize) {
        // Nothing in a line can fail to be JSON, and memory can not fail to be written.
        if serde_json::to_writer(&mut self.pending, line).is_ok() {
            self.pending.push(b'\n');
        }
    }
}

/// The owner's alone: numbers may be personal.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn locked(file: &File, path: &Path) -> Result<(), ImportError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let name = path.display();
            Err(ImportError::usage(format!("另一个导入正在写 {name}"), format!("another import is writing {name}")))
        }
        Err(TryLockError::Error(error)) => Err(ImportError::Unwritable { file: path.into(), error }),
    }
}

/// Reads what is there, up to the first line that is not whole; None: nothing is.
fn found(file: &File, path: &Path) -> Result<Option<Found>, ImportError> {
    let unreadable = |error| ImportError::Unreadable { file: path.into(), error };
    let mut reader = BufReader::with_capacity(1 << 18, file);
    reader.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut line = Vec::new();
    let mut good = reader.read_until(b'\n', &mut line).map_err(unreadable)? as u64;
    let Ok(HeadLine { import: head }) = serde_json::from_slice::<HeadLine>(&line) else {
        // Killed within its first line.
        if !line.ends_with(b"\n") && (line.starts_with(BEGIN) || BEGIN.starts_with(&line)) {
            return Ok(None);
        }
        let name = path.display();
        return Err(ImportError::usage(
            format!("{name} 已存在而不是导入结果，未作改动：请用 --result 另指文件"),
            format!("{name} exists and is no result of an import; it was left as it is: name another file with --result"),
        ));
    };
    if !line.ends_with(b"\n") {
        return Ok(None);
    }
    let mut found = Found { head, counts: Counts::default(), last: None, good, complete: false };
    loop {
        line.clear();
        good += reader.read_until(b'\n', &mut line).map_err(unreadable)? as u64;
        if !line.ends_with(b"\n") {
            return Ok(Some(found));
        }
        match serde_json::from_slice::<Done>(&line) {
            Ok(done) if done.row == found.counts.rows() + 1 => {
                match done.outcome {
                    Became::Issued => found.counts.issued += 1,
                    Became::Existing => found.counts.existing += 1,
                    Became::Faulty => found.counts.faulty += 1,
                }
                found.last = done.id.or(found.last);
                found.good = good;
            }
            _ => {
                found.complete = line.starts_with(br#"{"summary":"#);
                return Ok(Some(found));
            }
        }
    }
}

/// Renames a result to the first free `….1`, `….2`, ….
fn put_aside(path: &Path) -> std::io::Result<PathBuf> {
    for place in 1u32.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{place}"));
        let aside = PathBuf::from(name);
        if !aside.exists() {
            std::fs::rename(path, &aside)?;
            return Ok(aside);
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// Half a file in one authority's name and all of it in another's: rows would be issued twice.
fn same_issuer(found: &Found, head: &Head, path: &Path) -> Result<(), ImportError> {
    if found.head.issuer == head.issuer || found.counts.certificates() == 0 {
        return Ok(());
    }
    let (before, now) = (found.head.issuer.as_deref().unwrap_or("–"), head.issuer.as_deref().unwrap_or("–"));
    let (rows, name) = (found.counts.certificates(), path.display());
    Err(ImportError::usage(
        format!(
            "{name} 所记的导入以 {before} 为颁发机构，已有 {rows} 件，尚未完成；这一次是 {now}，已颁发的行会再颁发一次。请用 --issuer {before} 继续，或确要重新颁发时用 --result 另指文件"
        ),
        format!(
            "the import that {name} tells of was for the issuer {before}, has {rows} certificates and is not done; now the issuer is {now}, and what was issued would be issued once more. Go on with --issuer {before}, or name another file with --result if that is what you want"
        ),
    ))
}

/// `goes_on`: the import would go on behind the last line, and not begin anew.
fn lapsed(found: &Found, since: DateTime<Utc>, goes_on: bool) -> ImportError {
    let (since, rows) = (since.format("%Y-%m-%d"), found.counts.rows());
    if found.complete || !goes_on {
        return ImportError::usage(
            format!(
                "该文件已于 {since} 导入，超过 7 天，无法再识别已颁发的行：请把有误的行改正后另存为一个文件导入，或用 --accept-lapsed 全部重新导入"
            ),
            format!(
                "this file was imported on {since}, more than 7 days ago, and rows that were issued are not recognised any more: import the corrected rows as a file of their own, or everything anew with --accept-lapsed"
            ),
        );
    }
    ImportError::usage(
        format!("导入于 {since} 在第 {rows} 行之后中断，超过 7 天：其后的约 2000 行是否已颁发无法再识别。请核对后用 --accept-lapsed 继续"),
        format!(
            "the import was broken off behind row {rows} on {since}, more than 7 days ago: whether some of the 2,000 rows behind it were issued is not recognised any more. Check, then go on with --accept-lapsed"
        ),
    )
}

/// The result has lines for more rows than the file has.
pub(super) fn too_many(source: &Source, done: u64, rows: u64) -> ImportError {
    let name = source.result.display();
    ImportError::file(
        format!("{name} 记有 {done} 行，而文件只有 {rows} 行"),
        format!("{name} tells of {done} rows, and the file has {rows}"),
    )
}

#[cfg(test)]
#[path = "results_tests.rs"]
mod tests;
