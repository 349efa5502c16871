//! ZIP files written by hand: every number of every header may lie.

/// One entry. `local` and `central` begin alike.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) local: Header,
    pub(super) central: Header,
    pub(super) data: Vec<u8>,
    /// Bytes before the local header.
    pub(super) before: Vec<u8>,
    /// Bytes after the data.
    pub(super) after: Vec<u8>,
    /// Unix mode, as external attributes.
    pub(super) mode: Option<u32>,
    /// Another entry's record, by its place, instead of its own.
    pub(super) shares: Option<usize>,
}

#[derive(Clone)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    pub(super) extra: Vec<u8>,
}

/// A package and what stands around it.
#[derive(Clone, Default)]
pub(super) struct Forged {
    pub(super) entries: Vec<Entry>,
    pub(super) before_directory: Vec<u8>,
    pub(super) before_end: Vec<u8>,
    pub(super) comment: Vec<u8>,
    pub(super) after: Vec<u8>,
    pub(super) disk: u16,
}

impl Entry {
    /// Stored, and honest so far.
    pub(super) fn stored(name: &str, content: &[u8]) -> Self {
        let size = u32::try_from(content.len()).unwrap();
        Self::new(name, 0, content.to_vec(), size, crc32fast::hash(content))
    }

    /// Deflated, and honest so far.
    pub(super) fn deflated(name: &str, content: &[u8]) -> Self {
        let size = u32::try_from(content.len()).unwrap();
        Self::new(name, 8, miniz_oxide::deflate::compress_to_vec(content, 9), size, crc32fast::hash(content))
    }

    fn new(name: &str, method: u16, data: Vec<u8>, size: u32, crc: u32) -> Self {
        let packed = u32::try_from(data.len()).unwrap();
        let header = Header { name: name.as_bytes().to_vec(), flags: 1 << 11, method, crc, packed, size, extra: Vec::new() };
        Self { local: header.clone(), central: header, data, before: Vec::new(), after: Vec::new(), mode: None, shares: None }
    }

    /// Both headers.
    pub(super) fn both(&mut self, change: impl Fn(&mut Header)) {
        change(&mut self.local);
        change(&mut self.central);
    }
}

impl Forged {
    pub(super) fn of(files: &[(String, Vec<u8>)]) -> Self {
        Self { entries: files.iter().map(|(name, bytes)| Entry::stored(name, bytes)).collect(), ..Self::default() }
    }

    pub(super) fn entry(&mut self, name: &str) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.central.name == name.as_bytes()).unwrap()
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let (mut bytes, mut offsets) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            bytes.extend(&entry.before);
            offsets.push(bytes.len());
            if entry.shares.is_none() {
                bytes.extend(b"PK\x03\x04\x14\0");
                bytes.extend(entry.local.middle());
                bytes.extend(u16::try_from(entry.local.extra.len()).unwrap().to_le_bytes());
                bytes.extend(&entry.local.name);
                bytes.extend(&entry.local.extra);
                bytes.extend(&entry.data);
                bytes.extend(&entry.after);
            }
        }
        bytes.extend(&self.before_directory);
        let directory = bytes.len();
        for (place, entry) in self.entries.iter().enumerate() {
            let offset = offsets[entry.shares.unwrap_or(place)];
            let made_by: u16 = if entry.mode.is_some() { 3 << 8 } else { 20 };
            bytes.extend(b"PK\x01\x02");
            bytes.extend(made_by.to_le_bytes());
            bytes.extend([20, 0]);
            bytes.extend(entry.central.middle());
            bytes.extend(u16::try_from(entry.central.extra.len()).unwrap().to_le_bytes());
            bytes.extend([0; 6]);
            bytes.extend((entry.mode.unwrap_or(0) << 16).to_le_bytes());
            bytes.extend(u32::try_from(offset).unwrap().to_le_bytes());
            bytes.extend(&entry.central.name);
            bytes.extend(&entry.central.extra);
        }
        let size = bytes.len() - directory;
        bytes.extend(&self.before_end);
        let count = u16::try_from(self.entries.len()).unwrap().to_le_bytes();
        bytes.extend(b"PK\x05\x06");
        bytes.extend([self.disk.to_le_bytes(), [0; 2], count, count].concat());
        bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
        bytes.extend(u32::try_from(directory).unwrap().to_le_bytes());
        bytes.extend(u16::try_from(self.comment.len()).unwrap().to_le_bytes());
        bytes.extend(&self.comment);
        bytes.extend(&self.after);
        bytes
    }
}

impl Header {
    /// From the flags to the length of the name.
    fn middle(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in [self.flags, self.method, 0, 0x21] {
            bytes.extend(number.to_le_bytes());
        }
        for number in [self.crc, self.packed, self.size] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        bytes
    }
}
