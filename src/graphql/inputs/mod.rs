//! Input types: `where`, `orderBy`, `groupBy`, data of an issue; and reading arguments.

pub mod arguments;
pub mod data;
pub mod filters;
