//! CSV (RFC 4180): a header, then a certificate a row. Commas, semicolons or tabs, as the header has them.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

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
        file.seek(SeekFrom::Start(offset)).map_err(unreadable)?;
        let left = Rc::new(Cell::new(LONGEST));
        let metered = Metered { file, left: left.clone() };
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(metered);
        let header = reader.headers().map_err(|error| told(source, error, 1))?.clone();
        let mapping = Mapping::new(&source.ty, header.iter())?;
        Ok(Self { source, reader, left, offset, mapping, record: StringRecord::new() })
    }

    fn advance(&mut self) -> Result<bool, ImportError> {
        self.left.set(LONGEST);
        let line = self.reader.position().line();
        self.reader.read_record(&mut self.record).map_err(|error| told(self.source, error, line))
    }
}

impl Rows for Csv<'_> {
    fn next(&mut self) -> Next {
        while self.advance()? {
            if let Some(input) = self.mapping.row(self.record.iter()) {
                return Ok(Some((self.record.position().map_or(0, csv::Position::line), input)));
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

fn told(source: &Source, error: csv::Error, line: u64) -> ImportError {
    let said = error.to_string();
    match error.into_kind() {
        ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge => too_long(line),
        ErrorKind::Io(error) => source.unreadable(error),
        _ => ImportError::file(format!("CSV 无法读取：{said}"), format!("the CSV does not read: {said}")),
    }
}
