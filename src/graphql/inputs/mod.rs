//! Input types: `where`, `orderBy`, `groupBy`, data of an issue; and reading arguments.

pub(super) mod arguments;
pub(super) mod data;
pub(super) mod filters;
