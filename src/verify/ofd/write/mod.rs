//! Packages made: deterministic, and as strict as they are read.
//!
//! ```text
//! files of a document ──prepare──▶ Prepared { digest, property_info } ──seal signature or PKCS#7──▶ finish ──▶ package
//! ```
//!
//! The holder of the key signs between the two steps. A signature made here covers the whole package: no other can be added.

mod archive;
mod list;
mod signing;

pub use archive::archive;
pub use list::{AttachmentEntry, CustomTagEntry, attachments, custom_tags};
pub use signing::{Prepared, SigningParameters, prepare};

use super::{LocationFault, OfdFault, PackageFault};

/// Why no package can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteFault {
    /// A name that would not be read.
    #[error("the file {0:?} has a name that would not be read")]
    Name(String),
    /// Too many or too large.
    #[error("the files are more or larger than a package holds")]
    TooLarge,
    /// A part that is needed.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A package that is signed cannot be signed as a whole once more.
    #[error("OFD.xml names signatures already")]
    Signed,
    /// A part that cannot be read.
    #[error("{0}")]
    Part(#[from] PackageFault),
    /// A path that leads nowhere.
    #[error("the path {path:?} cannot be followed: {fault}")]
    Location {
        /// The path.
        path: String,
        /// Why.
        fault: LocationFault,
    },
    /// What was made is not read.
    #[error("what was made is not read: {0}")]
    Unreadable(#[from] OfdFault),
    /// What was made has faults.
    #[error("what was made has the fault {0}")]
    Faulty(String),
}

/// Text as XML writes it, in elements and attributes; characters that XML does not know become U+FFFD.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '&' => written.push_str("&amp;"),
            '"' => written.push_str("&quot;"),
            '\t' => written.push_str("&#9;"),
            '\n' => written.push_str("&#10;"),
            '\r' => written.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => written.push('\u{fffd}'),
            other => written.push(other),
        }
    }
    written
}
