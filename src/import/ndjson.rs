//! Newline-delimited JSON: an object a line; empty lines are passed over.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use serde_json::Value;

use super::row::{LONGEST, Next, Rows};
use super::source::{MARK, Source};
use super::{ImportError, input};
use crate::issue::Fault;

pub(super) struct Ndjson<'a> {
    source: &'a Source,
    reader: BufReader<File>,
    line: u64,
    position: u64,
    text: Vec<u8>,
}

impl<'a> Ndjson<'a> {
    pub(super) fn open(source: &'a Source) -> Result<Self, ImportError> {
        Ok(Self { source, reader: BufReader::with_capacity(1 << 16, source.reader()?), line: 0, position: 0, text: Vec::new() })
    }

    /// Reads the next line that is not empty; false: there is none.
    fn advance(&mut self) -> Result<bool, ImportError> {
        loop {
            self.text.clear();
            let read = self.reader.by_ref().take(LONGEST + 1).read_until(b'\n', &mut self.text);
            let read = read.map_err(|error| self.source.unreadable(error))? as u64;
            if read == 0 {
                return Ok(false);
            }
            self.line += 1;
            if read > LONGEST {
                return Err(too_long(self.line));
            }
            if self.position == 0 && self.text.starts_with(MARK) {
                self.text.drain(..MARK.len());
            }
            self.position += read;
            if !self.text.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }
}

impl Rows for Ndjson<'_> {
    fn next(&mut self) -> Next {
        if !self.advance()? {
            return Ok(None);
        }
        let row = match serde_json::from_slice::<Value>(&self.text) {
            Ok(row) => input::input(&self.source.ty, row),
            Err(error) => Err(vec![no_json(&error)]),
        };
        Ok(Some((self.line, row)))
    }

    fn skip(&mut self) -> Result<bool, ImportError> {
        self.advance()
    }

    fn position(&self) -> u64 {
        self.position
    }
}

fn no_json(error: &serde_json::Error) -> Fault {
    // The category, and never the text: values may be personal.
    let column = error.column();
    match error.classify() {
        serde_json::error::Category::Eof => {
            Fault::new("row", "JSON 不完整：一个对象须写在一行里", "the JSON is not complete: an object stands on one line")
        }
        _ => Fault::new("row", format!("第 {column} 列处不是合法的 JSON"), format!("not JSON at column {column}")),
    }
}

pub(super) fn too_long(line: u64) -> ImportError {
    let most = LONGEST >> 20;
    ImportError::file(
        format!("第 {line} 行开始的一行数据超过 {most} MiB；CSV 中可能有引号没有闭合"),
        format!("the row that begins on line {line} is longer than {most} MiB; in CSV a quote may not be closed"),
    )
}
