//! DER read strictly, with the place of every fault, and written.
//!
//! Signed containers are read by this room and not by the `der` crate's structures for three reasons: what was signed must stay
//! byte for byte as it came, a SET OF in a wrong order must be seen (that crate sorts it), and a fault must say where it stands.
//! Values (object identifiers, names, certificates) are read by `const-oid`, `der` and `x509-cert`.
//!
//! | file | concern |
//! | --- | --- |
//! | `scan.rs` | one pass over hostile bytes: is this DER at all? |
//! | `cursor.rs` | element by element |
//! | `values.rs` | what elements mean: numbers, times, algorithms, extensions |
//! | `write.rs` | the other direction |

mod cursor;
mod scan;
mod values;
mod write;

pub(crate) use cursor::{Cursor, Element};
pub(crate) use scan::scan;
pub use scan::{DerFault, MAX_DEPTH, Malformed, element_length};
pub(crate) use values::{Algorithm, Extension, Parameters};
pub use write::TimeOutOfRange;
pub(crate) use write::{element, generalized_time, integer, object_identifier, sequence, set_of, time};

/// Identifier octets.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0a;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// A context-specific tag of something primitive.
    pub(crate) const fn primitive(number: u8) -> u8 {
        0x80 | number
    }

    /// A context-specific tag of something that has elements.
    pub(crate) const fn constructed(number: u8) -> u8 {
        0xa0 | number
    }
}
