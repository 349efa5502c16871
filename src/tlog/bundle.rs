//! Bundles of entries: each a length of two bytes, the highest first, and so many bytes (C2SP tlog-tiles). Ours are commitments, so
//! every length is 32.

use serde::Serialize;

use crate::{Bundle, Commitment};

const LENGTH: [u8; 2] = 32_u16.to_be_bytes();

/// A bundle that is not the entries its width says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize)]
pub enum BundleFault {
    /// It does not have 34 bytes an entry.
    #[error("{bundle} must have {} bytes, it has {bytes}", usize::from(.bundle.width()) * 34)]
    Length {
        /// Which bundle.
        bundle: Bundle,
        /// How many bytes were found.
        bytes: usize,
    },
    /// An entry does not say that it has 32 bytes.
    #[error("entry {index} in {bundle} says that it has {length} bytes; a commitment has 32")]
    Entry {
        /// Which bundle.
        bundle: Bundle,
        /// The number of the entry in the log.
        index: u64,
        /// What it says.
        length: u16,
    },
}

/// The bytes of the bundle that holds `entries`.
pub fn write_bundle(entries: &[Commitment]) -> Vec<u8> {
    entries.iter().flat_map(|entry| LENGTH.into_iter().chain(entry.0)).collect()
}

/// The entries in a bundle's bytes.
///
/// # Errors
/// [`BundleFault`] for anything but so many commitments as the bundle is wide.
pub fn read_bundle(bundle: Bundle, bytes: &[u8]) -> Result<Vec<Commitment>, BundleFault> {
    let (entries, rest) = bytes.as_chunks::<34>();
    if entries.len() != usize::from(bundle.width()) || !rest.is_empty() {
        return Err(BundleFault::Length { bundle, bytes: bytes.len() });
    }
    let numbered = (bundle.first()..).zip(entries);
    numbered
        .map(|(index, entry)| {
            let [high, low, commitment @ ..] = entry;
            let length = u16::from_be_bytes([*high, *low]);
            if length == 32 { Ok(Commitment(*commitment)) } else { Err(BundleFault::Entry { bundle, index, length }) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_read_back_and_nothing_else_is() {
        let entries: Vec<Commitment> = (0..3).map(|byte| Commitment([byte; 32])).collect();
        let bundle = Bundle::of_tree(1, 259).unwrap();
        let bytes = write_bundle(&entries);
        assert_eq!(read_bundle(bundle, &bytes), Ok(entries));
        assert_eq!(read_bundle(bundle, &bytes[..101]), Err(BundleFault::Length { bundle, bytes: 101 }));
        assert_eq!(read_bundle(bundle, &bytes[..68]), Err(BundleFault::Length { bundle, bytes: 68 }));
        let mut longer = bytes;
        longer[35] = 33;
        let fault = BundleFault::Entry { bundle, index: 257, length: 33 };
        assert_eq!(read_bundle(bundle, &longer), Err(fault));
        assert_eq!(fault.to_string(), "entry 257 in tile/entries/001.p/3 says that it has 33 bytes; a commitment has 32");
    }
}
