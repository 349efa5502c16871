//! The records of a ZIP file (APPNOTE 6.3): end of central directory, central header, local header, data descriptor.

use super::fault::ZipFault;

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

const END: &[u8; 4] = b"PK\x05\x06";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
const END_SIZE: usize = 22;
const ENCRYPTED: u16 = 1;
/// Sizes stand after the data, not in the local header.
const HAS_DESCRIPTOR: u16 = 1 << 3;
const IS_UTF8: u16 = 1 << 11;
/// Two bits that tell how hard the deflater tried.
const EFFORT: u16 = 0b110;
/// Times and owners of a file, and the mark of a JAR: nothing that changes what is read.
const HARMLESS_EXTRA: [u16; 4] = [0x5455, 0x7875, 0x000a, 0xcafe];

/// Little-endian numbers at a place.
fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..offset.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..offset.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

fn size_at(bytes: &[u8], offset: usize) -> Option<usize> {
    u32_at(bytes, offset).and_then(|number| usize::try_from(number).ok())
}

/// End of central directory.
pub(super) struct End {
    pub(super) offset: usize,
    pub(super) entries: u16,
    pub(super) directory: usize,
    pub(super) directory_size: usize,
    disks: bool,
    comment: usize,
}

impl End {
    /// The last one in the file that its own comment, if it has one, brings to the end of the file; else the last one at all.
    pub(super) fn find(bytes: &[u8]) -> Option<Self> {
        let first = bytes.len().saturating_sub(END_SIZE + usize::from(u16::MAX));
        let tail = bytes.get(first..)?;
        let places =
            || tail.windows(END_SIZE).enumerate().rev().filter(|(_, window)| window.starts_with(END)).map(|(place, _)| first + place);
        let fits =
            |offset: &usize| u16_at(bytes, offset + 20).is_some_and(|comment| offset + END_SIZE + usize::from(comment) == bytes.len());
        Self::read(bytes, places().find(fits).or_else(|| places().next())?)
    }

    fn read(bytes: &[u8], offset: usize) -> Option<Self> {
        let entries = u16_at(bytes, offset + 10)?;
        Some(Self {
            offset,
            entries,
            directory_size: size_at(bytes, offset + 12)?,
            directory: size_at(bytes, offset + 16)?,
            disks: u32_at(bytes, offset + 4)? != 0 || u16_at(bytes, offset + 8)? != entries,
            comment: usize::from(u16_at(bytes, offset + 20)?),
        })
    }

    pub(super) fn faults(&self, length: usize) -> Vec<ZipFault> {
        let mut faults = Vec::new();
        if self.comment != 0 {
            faults.push(ZipFault::Comment);
        }
        if self.offset + END_SIZE + self.comment != length {
            faults.push(ZipFault::AfterEnd { bytes: length - self.offset - END_SIZE });
        }
        if self.disks {
            faults.push(ZipFault::Disks);
        }
        faults
    }
}

/// Central header of an entry.
pub(super) struct Central<'a> {
    pub(super) offset: usize,
    pub(super) end: usize,
    pub(super) local: usize,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: usize,
    pub(super) size: usize,
    flags: u16,
    raw_name: &'a [u8],
    extra: &'a [u8],
    comment: &'a [u8],
    disk: u16,
    made_by: u16,
    attributes: u32,
}

impl<'a> Central<'a> {
    pub(super) fn read_all(bytes: &'a [u8], end: &End) -> Result<Vec<Self>, (usize, ZipFault)> {
        let (mut entries, mut offset) = (Vec::new(), end.directory);
        if offset > end.offset {
            return Err((offset, ZipFault::NoCentralHeader));
        }
        for _ in 0..end.entries {
            let entry = Self::read(bytes, offset).ok_or((offset, ZipFault::NoCentralHeader))?;
            if entry.end > end.offset {
                return Err((offset, ZipFault::NoCentralHeader));
            }
            offset = entry.end;
            entries.push(entry);
        }
        Ok(entries)
    }

    fn read(bytes: &'a [u8], offset: usize) -> Option<Self> {
        if !bytes.get(offset..)?.starts_with(CENTRAL) {
            return None;
        }
        let length = |at| u16_at(bytes, offset + at).map(usize::from);
        let name_end = offset + 46 + length(28)?;
        let extra_end = name_end + length(30)?;
        let end = extra_end + length(32)?;
        Some(Self {
            offset,
            end,
            made_by: u16_at(bytes, offset + 4)?,
            flags: u16_at(bytes, offset + 8)?,
            method: u16_at(bytes, offset + 10)?,
            crc: u32_at(bytes, offset + 16)?,
            packed: size_at(bytes, offset + 20)?,
            size: size_at(bytes, offset + 24)?,
            disk: u16_at(bytes, offset + 34)?,
            attributes: u32_at(bytes, offset + 38)?,
            local: size_at(bytes, offset + 42)?,
            raw_name: bytes.get(offset + 46..name_end)?,
            extra: bytes.get(name_end..extra_end)?,
            comment: bytes.get(extra_end..end)?,
        })
    }

    pub(super) fn name(&self) -> String {
        String::from_utf8_lossy(self.raw_name).into_owned()
    }

    pub(super) fn name_length(&self) -> usize {
        self.raw_name.len()
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & HAS_DESCRIPTOR != 0
    }

    pub(super) fn faults(&self) -> Vec<ZipFault> {
        let mut faults = Vec::new();
        if self.flags & !(HAS_DESCRIPTOR | IS_UTF8 | EFFORT | ENCRYPTED) != 0 {
            faults.push(ZipFault::Flags(self.flags));
        }
        let text = std::str::from_utf8(self.raw_name);
        if text.is_err() || (self.flags & IS_UTF8 == 0 && !self.raw_name.is_ascii()) {
            faults.push(ZipFault::NameEncoding);
        }
        // Unix, and a kind of file that is neither file nor directory: a link may lead anywhere.
        let kind = self.attributes >> 28;
        if self.made_by >> 8 == 3 && ![0, 0o10, 0o4].contains(&kind) {
            faults.push(ZipFault::Link);
        }
        if self.disk != 0 {
            faults.push(ZipFault::Disks);
        }
        if !self.comment.is_empty() {
            faults.push(ZipFault::Comment);
        }
        faults.extend(extra_fault(self.extra));
        faults
    }
}

/// Local header of an entry.
pub(super) struct Local<'a> {
    /// Where the data begin.
    pub(super) data: usize,
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    size: usize,
    name: &'a [u8],
    extra: &'a [u8],
}

impl<'a> Local<'a> {
    pub(super) fn read(bytes: &'a [u8], offset: usize) -> Option<Self> {
        if !bytes.get(offset..)?.starts_with(LOCAL) {
            return None;
        }
        let name_end = offset + 30 + usize::from(u16_at(bytes, offset + 26)?);
        let data = name_end + usize::from(u16_at(bytes, offset + 28)?);
        Some(Self {
            data,
            flags: u16_at(bytes, offset + 6)?,
            method: u16_at(bytes, offset + 8)?,
            crc: u32_at(bytes, offset + 14)?,
            packed: size_at(bytes, offset + 18)?,
            size: size_at(bytes, offset + 22)?,
            name: bytes.get(offset + 30..name_end)?,
            extra: bytes.get(name_end..data)?,
        })
    }

    /// Where it disagrees with the central directory. With a descriptor, numbers may be left out here, but not be others.
    pub(super) fn faults(&self, central: &Central<'_>) -> Vec<ZipFault> {
        let optional = central.has_descriptor();
        let agrees = |ours: usize, theirs: usize| ours == theirs || (optional && ours == 0);
        let mut faults: Vec<_> = [
            ("name", self.name == central.raw_name),
            ("flags", self.flags == central.flags),
            ("method", self.method == central.method),
            ("CRC", self.crc == central.crc || (optional && self.crc == 0)),
            ("compressed size", agrees(self.packed, central.packed)),
            ("size", agrees(self.size, central.size)),
        ]
        .into_iter()
        .filter(|(_, agrees)| !agrees)
        .map(|(field, _)| ZipFault::HeadersDisagree { field })
        .collect();
        faults.extend(extra_fault(self.extra));
        faults
    }
}

/// What may stand after the data.
pub(super) struct DataDescriptor;

impl DataDescriptor {
    /// Where it ends, if it says what the central directory says; its mark may be left out.
    pub(super) fn read(bytes: &[u8], offset: usize, central: &Central<'_>) -> Option<usize> {
        let marked = bytes.get(offset..)?.starts_with(DESCRIPTOR);
        let agrees = |at| {
            let numbers = (u32_at(bytes, at)?, size_at(bytes, at + 4)?, size_at(bytes, at + 8)?);
            (numbers == (central.crc, central.packed, central.size)).then_some(at + 12)
        };
        if marked { agrees(offset + 4).or_else(|| agrees(offset)) } else { agrees(offset) }
    }
}

/// The first extra field that is not harmless: one is enough.
fn extra_fault(mut extra: &[u8]) -> Option<ZipFault> {
    while !extra.is_empty() {
        let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) else { return Some(ZipFault::Extra { id: None }) };
        let Some(rest) = extra.get(4 + usize::from(length)..) else { return Some(ZipFault::Extra { id: None }) };
        if !HARMLESS_EXTRA.contains(&id) {
            return Some(ZipFault::Extra { id: Some(id) });
        }
        extra = rest;
    }
    None
}
