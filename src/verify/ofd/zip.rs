//! ZIP packages, read strictly from their bytes.
//!
//! Two readers of one ZIP file may see different files: one trusts the central directory, the other the local headers; one
//! takes the first of two entries with one name, the other the last; one skips what stands between. Here every byte of the file
//! belongs to exactly one record, the records agree, and whatever does not is a [`PackageFault`]. Sizes are held against
//! [`Limits`] before anything is unpacked.

use std::collections::{HashMap, HashSet};

use miniz_oxide::inflate::{
    TINFLStatus,
    core::{DecompressorOxide, decompress, inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF},
};

use super::{
    Limits, PackageFault,
    fault::ZipFault,
    name,
    record::{Central, DEFLATED, DataDescriptor, End, Local, STORED},
};

/// The files of a package, and everything suspicious in how they are packed.
#[derive(Debug, Clone, Default)]
pub(super) struct Package {
    /// In the order of the central directory, without directories.
    pub(super) files: Vec<File>,
    /// By exact name; the first of several.
    places: HashMap<String, usize>,
    /// Names by what they are folded to.
    folded: HashMap<String, String>,
    pub(super) faults: Vec<PackageFault>,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path, as `Doc_0/Document.xml`.
    pub name: String,
    /// Unpacked.
    pub bytes: Vec<u8>,
}

impl Package {
    /// Reads a package.
    ///
    /// # Errors
    /// When there is nothing to read, or more than the limits allow. Everything else is among the faults.
    pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, PackageFault> {
        let fatal = |offset, fault| PackageFault::zip("", offset, fault);
        if bytes.len() > limits.file {
            return Err(fatal(0, ZipFault::FileTooLarge { limit: limits.file }));
        }
        let mut package = Self::default();
        let end = End::find(bytes).ok_or_else(|| fatal(bytes.len(), ZipFault::NoEnd))?;
        package.note("", end.offset, end.faults(bytes.len()));
        if usize::from(end.entries) > limits.entries {
            return Err(fatal(end.offset, ZipFault::TooManyEntries { limit: limits.entries }));
        }
        let entries = Central::read_all(bytes, &end).map_err(|(offset, fault)| fatal(offset, fault))?;
        let after = entries.last().map_or(end.directory, |last| last.end);
        if after != end.offset || end.directory.saturating_add(end.directory_size) != end.offset {
            package.note("", after, [ZipFault::Gap { until: end.offset }]);
        }
        let mut total = 0_usize;
        for entry in &entries {
            total = total.saturating_add(entry.size);
            let fault = if entry.name_length() > Limits::NAME {
                ZipFault::NameTooLong(entry.name_length())
            } else if entry.size > limits.entry {
                ZipFault::EntryTooLarge { size: entry.size, limit: limits.entry }
            } else if total > limits.total {
                ZipFault::TotalTooLarge { limit: limits.total }
            } else if entry.size > limits.ratio_from && entry.size / limits.ratio.max(1) > entry.packed {
                ZipFault::Ratio { packed: entry.packed, size: entry.size, limit: limits.ratio }
            } else {
                continue;
            };
            return Err(PackageFault::zip(&entry.name(), entry.offset, fault));
        }
        let extents = package.unpack_all(bytes, &entries);
        package.order(extents, end.directory);
        package.names(&entries);
        Ok(package)
    }

    /// The file with exactly this name.
    pub(super) fn file(&self, name: &str) -> Option<&File> {
        self.places.get(name).and_then(|place| self.files.get(*place))
    }

    /// The name of a file that differs from this one in its spelling only.
    pub(super) fn spelled_otherwise(&self, name: &str) -> Option<&String> {
        self.folded.get(&name::folded(name))
    }

    fn note(&mut self, name: &str, offset: usize, faults: impl IntoIterator<Item = ZipFault>) {
        self.faults.extend(faults.into_iter().map(|fault| PackageFault::zip(name, offset, fault)));
    }

    /// From where to where each entry's record goes.
    fn unpack_all(&mut self, bytes: &[u8], entries: &[Central<'_>]) -> Vec<(usize, usize, String)> {
        let mut extents = Vec::new();
        for entry in entries {
            let name = entry.name();
            self.note(&name, entry.offset, entry.faults());
            let (end, unpacked) = match unpacked(bytes, entry) {
                Ok((end, unpacked, faults)) => {
                    self.note(&name, entry.local, faults);
                    (end, unpacked)
                }
                Err(fault) => {
                    self.note(&name, entry.local, [fault]);
                    continue;
                }
            };
            extents.push((entry.local, end, name.clone()));
            if name.ends_with('/') {
                if !unpacked.is_empty() {
                    self.note(&name, entry.local, [ZipFault::DirectoryWithContent]);
                }
                continue;
            }
            self.places.entry(name.clone()).or_insert(self.files.len());
            self.folded.entry(name::folded(&name)).or_insert_with(|| name.clone());
            self.files.push(File { name, bytes: unpacked });
        }
        extents
    }

    /// Record follows record, from the first byte to the central directory.
    fn order(&mut self, mut extents: Vec<(usize, usize, String)>, directory: usize) {
        extents.sort_unstable();
        let mut free = 0;
        for (start, end, name) in extents {
            match start.cmp(&free) {
                std::cmp::Ordering::Greater => self.note(&name, free, [ZipFault::Gap { until: start }]),
                std::cmp::Ordering::Less => self.note(&name, start, [ZipFault::Overlap { until: free }]),
                std::cmp::Ordering::Equal => {}
            }
            free = free.max(end);
        }
        match directory.cmp(&free) {
            std::cmp::Ordering::Greater => self.note("", free, [ZipFault::Gap { until: directory }]),
            std::cmp::Ordering::Less => self.note("", directory, [ZipFault::Overlap { until: free }]),
            std::cmp::Ordering::Equal => {}
        }
    }

    fn names(&mut self, entries: &[Central<'_>]) {
        let (mut exact, mut folded) = (HashMap::new(), HashMap::<String, String>::new());
        for entry in entries {
            let name = entry.name();
            let trimmed = name.strip_suffix('/').unwrap_or(&name);
            self.note(&name, entry.offset, name::faults(trimmed));
            if let Some(first) = exact.insert(trimmed.to_owned(), entry.offset) {
                self.note(&name, entry.offset, [ZipFault::Duplicate { first }]);
            } else if let Some(other) = folded.get(&name::folded(trimmed)).cloned() {
                self.note(&name, entry.offset, [ZipFault::FoldedDuplicate { other }]);
            }
            folded.entry(name::folded(trimmed)).or_insert_with(|| trimmed.to_owned());
        }
        // A file that is a directory for another entry.
        let is_file = |entry: &&Central<'_>| !entry.name().ends_with('/');
        let files: HashSet<_> = entries.iter().filter(is_file).map(|entry| name::folded(&entry.name())).collect();
        for entry in entries {
            let name = entry.name();
            let folded = name::folded(&name);
            if folded.match_indices('/').any(|(place, _)| files.contains(&folded[..place])) {
                self.note(&name, entry.offset, [ZipFault::BelowFile]);
            }
        }
    }
}

/// Where the entry's record ends, its content, and what does not agree.
fn unpacked(bytes: &[u8], entry: &Central<'_>) -> Result<(usize, Vec<u8>, Vec<ZipFault>), ZipFault> {
    let local = Local::read(bytes, entry.local).ok_or(ZipFault::NoLocalHeader)?;
    if entry.is_encrypted() {
        return Err(ZipFault::Encrypted);
    }
    let mut faults = local.faults(entry);
    let data_end = local.data.checked_add(entry.packed).filter(|end| *end <= bytes.len()).ok_or(ZipFault::Truncated)?;
    let data = bytes.get(local.data..data_end).ok_or(ZipFault::Truncated)?;
    let content = if entry.method == STORED {
        if entry.size != entry.packed {
            return Err(ZipFault::SizeDisagrees { stated: entry.size, found: entry.packed });
        }
        data.to_vec()
    } else if entry.method == DEFLATED {
        inflated(data, entry.size)?
    } else {
        return Err(ZipFault::Method(entry.method));
    };
    let crc = crc32fast::hash(&content);
    if crc != entry.crc {
        faults.push(ZipFault::Crc { stated: entry.crc, found: crc });
    }
    let mut end = data_end;
    if entry.has_descriptor() {
        match DataDescriptor::read(bytes, data_end, entry) {
            Some(after) => end = after,
            None => faults.push(ZipFault::Descriptor),
        }
    }
    Ok((end, content, faults))
}

/// Exactly `size` bytes, from exactly these. The size was held against the limits.
fn inflated(data: &[u8], size: usize) -> Result<Vec<u8>, ZipFault> {
    let mut content = vec![0; size];
    let mut state = Box::<DecompressorOxide>::default();
    let (status, read, written) = decompress(&mut state, data, &mut content, 0, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF);
    match status {
        TINFLStatus::Done if written == size && read == data.len() => Ok(content),
        TINFLStatus::Done if written != size => Err(ZipFault::SizeDisagrees { stated: size, found: written }),
        TINFLStatus::Done => Err(ZipFault::PackedSurplus { used: read }),
        TINFLStatus::HasMoreOutput => Err(ZipFault::Longer { stated: size }),
        _ => Err(ZipFault::Deflate),
    }
}
