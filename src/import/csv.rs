//! CSV (RFC 4180): a header, then a certificate a row. Commas, semicolons or tabs, as the header has them.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord, Terminator};

use super::ImportError;
use super::mapping::Mapping;
use super::ndjson::too_long;
use super::row::{LONGEST, Next, Rows};
use super::source::{MARK, Source};

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

pub(super) struct Csv<'a> {
    source: &'a Source,
    reader: Reader<Metered>,
    /// What may still be read of the row.
    left: Rc<Cell<u64>>,
    /// Where the reader began.
    offset: u64,
    /// No line feed stands at the end of the file.
    open_end: bool,
    mapping: Mapping,
    record: StringRecord,
}

/// Ends with an error when a row has no end: a quote that is never closed would else draw the whole file into memory.
struct Metered {
    file: File,
    left: Rc<Cell<u64>>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left.get() == 0 {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        let count = self.file.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(count as u64));
        Ok(count)
    }
}

impl<'a> Csv<'a> {
    /// Reads the header.
    pub(super) fn open(source: &'a Source) -> Result<Self, ImportError> {
        let unreadable = |error| source.unreadable(error);
        let mut file = source.reader()?;
        let (offset, delimiter) = beginning(&file).map_err(unreadable)?;
        let open_end = !ends_a_line(&mut file, source.size).map_err(unreadable)?;
        file.seek(SeekFrom::Start(offset)).map_err(unreadable)?;
        let left = Rc::new(Cell::new(LONGEST));
        let metered = Metered { file, left: left.clone() };
        // With CR LF for an end of its own, lines could not be counted: the CR is left to the last cell.
        let end = Terminator::Any(b'\n');
        let mut reader = ReaderBuilder::new().delimiter(delimiter).terminator(end).flexible(true).from_reader(metered);
        let header = reader.headers().map_err(|error| told(source, error, 1))?.clone();
        let mapping = Mapping::new(&source.ty, cells(&header))?;
        Ok(Self { source, reader, left, offset, open_end, mapping, record: StringRecord::new() })
    }

    fn advance(&mut self) -> Result<bool, ImportError> {
        self.left.set(LONGEST);
        let line = self.reader.position().line();
        self.reader.read_record(&mut self.record).map_err(|error| told(self.source, error, line))
    }
}

impl Csv<'_> {
    /// The line on which the record begins. The reader stands behind its end, and empty lines may lie before it.
    fn line(&self) -> u64 {
        let within = self.record.iter().flat_map(str::bytes).filter(|byte| *byte == b'\n').count() as u64;
        let ended = !(self.open_end && self.offset + self.reader.position().byte() >= self.source.size);
        (self.reader.position().line() - u64::from(ended)).saturating_sub(within)
    }
}

/// The cells without the CR behind the last.
fn cells(record: &StringRecord) -> impl Iterator<Item = &str> {
    let last = record.len().saturating_sub(1);
    record.iter().enumerate().map(move |(place, cell)| if place == last { cell.strip_suffix('\r').unwrap_or(cell) } else { cell })
}

impl Rows for Csv<'_> {
    fn next(&mut self) -> Next {
        while self.advance()? {
            if let Some(input) = self.mapping.row(cells(&self.record)) {
                return Ok(Some((self.line(), input)));
            }
        }
        Ok(None)
    }

    fn skip(&mut self) -> Result<bool, ImportError> {
        while self.advance()? {
            if self.record.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn position(&self) -> u64 {
        self.offset + self.reader.position().byte()
    }
}

/// Where the header begins, and what stands between its columns.
fn beginning(file: &File) -> std::io::Result<(u64, u8)> {
    let mut line = Vec::new();
    BufReader::new(file.take(1 << 20)).read_until(b'\n', &mut line)?;
    let offset = if line.starts_with(MARK) { MARK.len() } else { 0 };
    let (mut quoted, mut counts) = (false, [0u32; DELIMITERS.len()]);
    for byte in line.iter().skip(offset) {
        quoted ^= *byte == b'"';
        for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
            *count += u32::from(!quoted && *byte == delimiter);
        }
    }
    // Of equals the first: a header of one column has a comma nowhere.
    let most = counts.iter().zip(DELIMITERS).rev().max_by_key(|(count, _)| **count);
    Ok((offset as u64, most.map_or(b',', |(_, delimiter)| delimiter)))
}

fn ends_a_line(file: &mut File, size: u64) -> std::io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::Start(size.saturating_sub(1)))?;
    Ok(file.read(&mut last)? == 1 && last == *b"\n")
}

fn told(source: &Source, error: csv::Error, line: u64) -> ImportError {
    let said = error.to_string();
    match error.into_kind() {
        ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge => too_long(line),
        ErrorKind::Io(error) => source.unreadable(error),
        _ => ImportError::file(format!("CSV 无法读取：{said}"), format!("the CSV does not read: {said}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::sample::licence;
    use crate::import::{Format, Settings};

    /// Lines and names of the rows of a file.
    fn rows(text: &str) -> Vec<(u64, String)> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.csv");
        std::fs::write(&file, text).unwrap();
        let ty = licence(&serde_json::Value::Null);
        let settings = Settings { file, format: Some(Format::Csv), result: None, issuer: None, accept_lapsed: false };
        let source = Source::open(&settings, ty, String::new()).unwrap();
        let size = source.size;
        let mut csv = Csv::open(&source).unwrap_or_else(|error| panic!("{error}"));
        let mut found = Vec::new();
        while let Some((line, input)) = csv.next().unwrap() {
            found.push((line, input.map_or_else(|faults| faults[0].path.clone(), |input| input.data["enterpriseName"].to_string())));
        }
        let mut again = Csv::open(&source).unwrap();
        for _ in &found {
            assert!(again.skip().unwrap());
        }
        assert!(!again.skip().unwrap() && again.next().unwrap().is_none(), "as many are passed over as are read");
        assert_eq!(csv.position(), size);
        found
    }

    #[test]
    fn rows_are_found_on_their_lines() {
        let expected = [(2, "\"甲\""), (5, "\"乙\\n丙\""), (7, "\"丁\""), (9, "row")].map(|(line, name)| (line, name.to_owned()));
        for (mark, tail) in [("", ""), ("\u{feff}", "\n"), ("", "\n\n"), ("\u{feff}", "")] {
            let text = format!("{mark}enterpriseName,address\n甲,x\n\n,\n\"乙\n丙\",\"y\"\n丁,\n \n甲,x,z{tail}");
            assert_eq!(rows(&text), expected, "{text:?}");
            let text = text.replace("乙\n丙", "乙丙").replace('\n', "\r\n");
            let expected = [(2, "\"甲\""), (5, "\"乙丙\""), (6, "\"丁\""), (8, "row")].map(|(line, name)| (line, name.to_owned()));
            assert_eq!(rows(&text), expected, "{text:?}");
        }
        assert_eq!(rows("enterpriseName;address\n甲;\"x;y\"\n"), [(2, "\"甲\"".to_owned())]);
        assert_eq!(rows("enterpriseName\n甲"), [(2, "\"甲\"".to_owned())]);
    }
}
