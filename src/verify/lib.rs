//! wip
#![warn(missing_docs)]
pub mod canonical;
pub mod chain;
pub mod digest;
pub mod envelope;
pub mod identifier;
pub mod mask;
pub mod number;
pub mod signature;
pub mod statement;
pub mod status;
