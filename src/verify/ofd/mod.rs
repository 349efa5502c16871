//! Signed OFD packages (GB/T 33190-2016), read strictly.
//!
//! A package is a ZIP file of XML. Its signature lists files with their SM3 in `Signature.xml`, and a seal signature
//! ([`crate::ses`]) or a PKCS#7 (GB/T 35275) signs the SM3 of that list. A reader is fooled when it shows what the list does not
//! name, so this reading asks of every byte of the file where it belongs and of every file who vouches for it.
//!
//! ```text
//! bytes ──zip──▶ files ──xml──▶ OFD.xml ──▶ Document.xml, pages, attachments, tags
//!                  │               └──────▶ Signatures.xml ──▶ each Signature.xml ──▶ references, seal, signed value
//!                  └──────────── coverage: which file is vouched for by which signature ◀───────┘
//! ```
//!
//! Reading never judges. A package is sound when [`Ofd::faults`] is empty, and a signature covers it when
//! [`OfdSignature::faults`] is; what the seal is worth is asked of [`crate::ses`].
//!
//! | file | concern |
//! | --- | --- |
//! | `zip.rs`, `record.rs`, `name.rs` | the package |
//! | `xml.rs` | strict XML |
//! | `document.rs`, `attachment.rs` | what is shown and carried |
//! | `signature.rs`, `coverage.rs` | who vouches for what |
//! | `fault.rs` | everything that can be wrong |
//! | `write/` | packages made and signed |

mod attachment;
mod coverage;
mod document;
mod fault;
mod name;
mod package;
mod record;
mod roles;
mod signature;
pub mod write;
mod xml;
mod zip;

pub use attachment::{Attachment, CustomTag};
pub use coverage::{Coverage, CoverageFault, Reference, ReferenceOutcome};
pub use document::{DocInfo, Page};
pub use fault::{DocumentFault, LocationFault, PackageFault, XmlFault, ZipFault};
pub use package::{Ofd, read};
pub use signature::{CheckMethod, Method, OfdSignature, Provider, SignatureKind, SignedAt, SignedValue, Stamp};
pub use xml::NAMESPACE;
pub use zip::File;

/// How much is read. What is beyond is refused before it is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the package.
    pub file: usize,
    /// Entries of the package.
    pub entries: usize,
    /// Bytes of one file, unpacked.
    pub entry: usize,
    /// Bytes of all files together, unpacked.
    pub total: usize,
    /// Unpacked to packed.
    pub ratio: usize,
    /// From which size on the ratio is asked: little files are no bombs.
    pub ratio_from: usize,
    /// Bytes of one file of XML.
    pub xml: usize,
    /// How deep elements may be nested.
    pub depth: usize,
    /// Signatures of one package.
    pub signatures: usize,
}

impl Limits {
    /// Longest name of an entry, in bytes.
    pub const NAME: usize = 512;
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            file: 16 * MIB,
            entries: 1_000,
            entry: 32 * MIB,
            total: 64 * MIB,
            ratio: 200,
            ratio_from: MIB,
            xml: 16 * MIB,
            depth: 64,
            signatures: 32,
        }
    }
}

/// Why bytes cannot be read as a package at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an OFD package that can be read: {0}")]
pub struct OfdFault(pub PackageFault);

/// Whether bytes want to be an OFD package: a ZIP file that names an `OFD.xml`. Cheap, and says nothing of what they are worth.
pub fn looks_like(bytes: &[u8]) -> bool {
    const ROOT: &[u8] = b"OFD.xml";
    let zipped = bytes.starts_with(b"PK\x03\x04") || bytes.windows(4).rev().take(70_000).any(|window| window == b"PK\x05\x06");
    zipped && bytes.windows(ROOT.len()).any(|window| window.eq_ignore_ascii_case(ROOT))
}
