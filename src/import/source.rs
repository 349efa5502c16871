//! The file: which format, whether it is UTF-8, and its digest, before anything is issued.

use std::fs::File;
use std::io::{Read, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use model::registry::CertificateType;
use sm3::{Digest, Sm3};

use super::{ImportError, Settings};

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Ndjson,
    /// A header with the names of the properties, then one certificate a row.
    Csv,
}

impl Format {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }
}

/// A file that was read through once, and is kept open: what is imported is what was digested.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) file: PathBuf,
    pub(super) format: Format,
    pub(super) result: PathBuf,
    pub(super) issuer: Option<String>,
    pub(super) ty: Arc<CertificateType>,
    /// Identity of the database.
    pub(super) database: String,
    /// SM3 of its bytes, hex.
    pub(super) digest: String,
    pub(super) size: u64,
    pub(super) opened: Opened,
}

/// The open file, and how it was before anything of it was read.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    changed: Option<(u64, SystemTime)>,
}

impl Opened {
    pub(super) fn new(file: File) -> std::io::Result<Self> {
        let changed = changed(&file)?;
        Ok(Self { file, changed })
    }
}

/// Size and time of the last change; None where the system tells no such time.
fn changed(file: &File) -> std::io::Result<Option<(u64, SystemTime)>> {
    let known = file.metadata()?;
    Ok(known.modified().ok().map(|at| (known.len(), at)))
}

/// UTF-8's mark at the beginning, which Excel writes.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

impl Source {
    pub(super) fn open(settings: &Settings, ty: Arc<CertificateType>, database: String) -> Result<Self, ImportError> {
        let file = settings.file.clone();
        let format = settings.format.or_else(|| by_name(&file)).ok_or_else(|| {
            let name = file.display();
            ImportError::usage(
                format!("看不出 {name} 的格式：请用 --format csv 或 --format ndjson 指明"),
                format!("the format of {name} cannot be told from its name: give --format csv or --format ndjson"),
            )
        })?;
        let result = settings.result.clone().unwrap_or_else(|| {
            let mut name = file.clone().into_os_string();
            name.push(".result.ndjson");
            name.into()
        });
        let unreadable = |error| ImportError::Unreadable { file: file.clone(), error };
        let opened = File::open(&file).and_then(Opened::new).map_err(unreadable)?;
        let (digest, size) = examine(&opened.file, &file)?;
        let source = Self { format, result, issuer: settings.issuer.clone(), ty, database, digest, size, opened, file };
        source.unchanged()?;
        Ok(source)
    }

    /// From the beginning of the file; one reader at a time.
    pub(super) fn reader(&self) -> Result<File, ImportError> {
        let again = self.opened.file.try_clone().and_then(|mut file| file.rewind().map(|()| file));
        again.map_err(|error| self.unreadable(error))
    }

    /// Is the file still as it was digested?
    ///
    /// # Errors
    /// Somebody has written to it.
    pub(super) fn unchanged(&self) -> Result<(), ImportError> {
        if changed(&self.opened.file).map_err(|error| self.unreadable(error))? == self.opened.changed {
            return Ok(());
        }
        let name = self.file.display();
        Err(ImportError::file(
            format!("{name} 在导入期间被改动，导入已停止：请不要再改动它，用同一命令重新导入；已颁发的行不会重复"),
            format!(
                "{name} was changed while it was imported, and the import has stopped: leave it alone and run the same command again; rows that were issued are not issued twice"
            ),
        ))
    }

    pub(super) fn unreadable(&self, error: std::io::Error) -> ImportError {
        ImportError::Unreadable { file: self.file.clone(), error }
    }
}

fn by_name(file: &Path) -> Option<Format> {
    match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" | "tsv" => Some(Format::Csv),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        _ => None,
    }
}

/// Digest and size of a file that is UTF-8 throughout.
fn examine(mut reader: impl Read, file: &Path) -> Result<(String, u64), ImportError> {
    let mut hash = Sm3::new();
    let (mut size, mut lines) = (0u64, 1u64);
    let mut buffer = vec![0; 1 << 20];
    // Bytes of a character that the last read cut in two.
    let mut kept = 0;
    loop {
        let space = buffer.get_mut(kept..).unwrap_or_default();
        let count = reader.read(space).map_err(|error| ImportError::Unreadable { file: file.into(), error })?;
        let read = buffer.get(..kept + count).unwrap_or_default();
        hash.update(read.get(kept..).unwrap_or_default());
        if size == 0 {
            recognised(read, file)?;
        }
        let good = match std::str::from_utf8(read) {
            Ok(_) => read.len(),
            Err(fault) if fault.error_len().is_none() && count > 0 => fault.valid_up_to(),
            Err(fault) => {
                let line = lines + newlines(read.get(..fault.valid_up_to()).unwrap_or_default());
                return Err(not_utf8(file, line, read.get(fault.valid_up_to()..).unwrap_or_default()));
            }
        };
        lines += newlines(read.get(..good).unwrap_or_default());
        size += count as u64;
        let length = read.len();
        if count == 0 {
            break;
        }
        buffer.copy_within(good..length, 0);
        kept = length - good;
    }
    Ok((hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), size))
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Files that are something else altogether.
fn recognised(begin: &[u8], file: &Path) -> Result<(), ImportError> {
    let name = file.display();
    if begin.starts_with(b"PK\x03\x04") || begin.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(ImportError::file(
            format!("{name} 是 Excel 工作簿：请另存为“CSV UTF-8（逗号分隔）”后再导入"),
            format!("{name} is an Excel workbook: save it as “CSV UTF-8 (comma delimited)” and import that"),
        ));
    }
    if begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff") {
        return Err(ImportError::file(
            format!("{name} 是 UTF-16 编码：请另存为 UTF-8，如 iconv -f UTF-16 -t UTF-8"),
            format!("{name} is UTF-16: save it as UTF-8, as with iconv -f UTF-16 -t UTF-8"),
        ));
    }
    Ok(())
}

fn not_utf8(file: &Path, line: u64, at: &[u8]) -> ImportError {
    let name = file.display();
    if looks_like_gb18030(at) {
        return ImportError::file(
            format!(
                "{name} 第 {line} 行不是 UTF-8，像是 GB18030（GBK）编码：请在 Excel 中另存为“CSV UTF-8（逗号分隔）”，或用 iconv -f GB18030 -t UTF-8 转换"
            ),
            format!(
                "{name}, line {line}: not UTF-8; it looks like GB18030 (GBK). Save it from Excel as “CSV UTF-8 (comma delimited)”, or convert it: iconv -f GB18030 -t UTF-8"
            ),
        );
    }
    ImportError::file(
        format!("{name} 第 {line} 行不是 UTF-8：请转换为 UTF-8"),
        format!("{name}, line {line}: not UTF-8. Convert the file to UTF-8"),
    )
}

/// Do the next characters that are not ASCII read as GB18030?
fn looks_like_gb18030(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let mut found = 0;
    loop {
        match rest {
            [first, tail @ ..] if first.is_ascii() => rest = tail,
            [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, tail @ ..] | [0x81..=0xfe, b'0'..=b'9', 0x81..=0xfe, b'0'..=b'9', tail @ ..] => {
                found += 1;
                rest = tail;
            }
            // The end may cut a character in two.
            [] | [0x81..=0xfe] | [0x81..=0xfe, b'0'..=b'9'] | [0x81..=0xfe, b'0'..=b'9', 0x81..=0xfe] => return found > 0,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use verify::messages::Lang;

    use super::*;

    fn examined(bytes: &[u8]) -> Result<(String, u64), String> {
        examine(bytes, Path::new("x.csv")).map_err(|error| error.message(Lang::En))
    }

    /// Gives a byte at a time, so that every character is cut.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let (Some((first, rest)), Some(slot)) = (self.0.split_first(), buffer.first_mut()) else { return Ok(0) };
            *slot = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn utf8_is_digested_whatever_the_reads() {
        let text = "姓名,号码\n测试,1\n".repeat(50);
        let whole = examined(text.as_bytes()).unwrap();
        assert_eq!(whole, (verify::digest::sm3_hex(text.as_bytes()), text.len() as u64));
        assert_eq!(examine(Slow(text.as_bytes()), Path::new("x")).unwrap(), whole);
        assert_eq!(examined(b"").unwrap().1, 0);
    }

    #[test]
    fn what_is_not_utf8_is_named_with_its_line_and_a_way_out() {
        // 测试 in GB18030.
        let told = examined(b"name\nx\n\xb2\xe2\xca\xd4,1\n").unwrap_err();
        assert!(told.contains("line 3") && told.contains("GB18030"), "{told}");
        let told = examined(b"name\n\xff\x00,1\n").unwrap_err();
        assert!(told.contains("line 2") && !told.contains("GB18030"), "{told}");
        assert!(examined("测".as_bytes().get(..2).unwrap()).unwrap_err().contains("not UTF-8"), "a file that ends within a character");
        assert!(examined(b"\xff\xfen\0").unwrap_err().contains("UTF-16"));
        assert!(examined(b"PK\x03\x04....").unwrap_err().contains("Excel"));
    }
}
