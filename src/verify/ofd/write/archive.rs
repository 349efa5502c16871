//! A ZIP file of given files: the same bytes for the same files, and nothing that the strict reader would find fault with.

use miniz_oxide::deflate::compress_to_vec;

use super::WriteFault;
use crate::ofd::{
    name,
    record::{DEFLATED, STORED},
};

/// 1980-01-01, the first day that ZIP knows: when a file was packed is nobody's concern.
const DATE: u16 = 0x0021;
const IS_UTF8: u16 = 1 << 11;
const VERSION: u16 = 20;
const EFFORT: u8 = 6;

/// Packs files in the order given. Each is deflated where that makes it smaller.
///
/// # Errors
/// When a name would not be read, stands twice, or the whole is larger than a package holds.
pub fn archive<N: AsRef<str>, B: AsRef<[u8]>>(files: &[(N, B)]) -> Result<Vec<u8>, WriteFault> {
    let (mut packed, mut directory) = (Vec::new(), Vec::new());
    let mut names = std::collections::HashSet::new();
    for (name, content) in files {
        let (name, content) = (name.as_ref(), content.as_ref());
        if !name::faults(name).is_empty() || !names.insert(name::folded(name)) {
            return Err(WriteFault::Name(name.to_owned()));
        }
        let offset = u32_of(packed.len())?;
        let deflated = compress_to_vec(content, EFFORT);
        let (method, data) = if deflated.len() < content.len() { (DEFLATED, deflated.as_slice()) } else { (STORED, content) };
        // From the version needed to the length of the extra field, local and central header say the same.
        let mut shared = Vec::new();
        for number in [VERSION, IS_UTF8, method, 0, DATE] {
            shared.extend(number.to_le_bytes());
        }
        for number in [crc32fast::hash(content), u32_of(data.len())?, u32_of(content.len())?] {
            shared.extend(number.to_le_bytes());
        }
        let length = u16::try_from(name.len()).map_err(|_| WriteFault::Name(name.to_owned()))?;
        shared.extend(length.to_le_bytes());
        shared.extend(0_u16.to_le_bytes());
        packed.extend(b"PK\x03\x04");
        packed.extend(&shared);
        packed.extend(name.as_bytes());
        packed.extend(data);
        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&shared);
        // Comment, disk, internal and external attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).map_err(|_| WriteFault::TooLarge)?;
    let (offset, size) = (u32_of(packed.len())?, u32_of(directory.len())?);
    packed.extend(directory);
    packed.extend(b"PK\x05\x06\0\0\0\0");
    packed.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    packed.extend([size.to_le_bytes(), offset.to_le_bytes()].concat());
    packed.extend([0; 2]);
    Ok(packed)
}

fn u32_of(number: usize) -> Result<u32, WriteFault> {
    u32::try_from(number).map_err(|_| WriteFault::TooLarge)
}
