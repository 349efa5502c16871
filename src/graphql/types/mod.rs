//! Output types, one file each.

pub mod access;
pub mod authority;
pub mod catalogue;
pub mod certificate;
pub mod connection;
pub mod enums;
pub mod event;
pub mod file;
pub mod holder;
pub mod registration;
pub mod relation;
pub mod report;
pub mod result;
pub mod signature;
pub mod statistics;
pub mod status_code;
