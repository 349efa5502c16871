//! The national standards: dictionaries and code tables as data, and checkers for the codes they define.

pub mod citizen_number;
pub mod credit_code;
pub mod date;
pub mod dictionary;
pub mod division;
pub mod filler;
pub mod formats;
pub mod open_ended;
pub mod tables;
pub mod text;
pub mod type_code;

pub use dictionary::{Catalogue, CatalogueItem, Element, ElementGroup, HeadCodes, Metadata, ResultCode, Results, Rule};
pub use tables::{Code, CodeTable, SchemeCode, Standards, StandardsFault, StatusScheme};
pub use text::{Grade, Text};
