//! Output types, one file each.

pub(super) mod access;
pub(super) mod account;
pub(super) mod approval;
pub(super) mod authority;
pub(super) mod catalogue;
pub(super) mod certificate;
pub(super) mod client;
pub(super) mod connection;
pub(super) mod enums;
pub(super) mod event;
pub(super) mod file;
pub(super) mod grant;
pub(super) mod holder;
pub(super) mod own;
pub(super) mod queue;
pub(super) mod registration;
pub(super) mod relation;
pub(super) mod report;
pub(super) mod result;
pub(super) mod seal;
pub(super) mod sealed_file;
pub(super) mod signature;
pub(super) mod statistics;
pub(super) mod status_code;
pub(super) mod usage_copy;
