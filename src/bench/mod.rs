//! The bench: a database of made-up certificates of any size, load on a hub that serves it, and the limits beside it.
//!
//! ```text
//! world.rs    who holds what: a pure function of seed and number    data/       that world, signed, in PostgreSQL by COPY
//! place.rs    the bench's folder: keys, configuration, tokens       load/       closed loop over HTTP/1.1, pinned, rounds
//! workloads/  one file a question, with its check                   limits/     what nothing can be faster than
//! ```
//! The load maker knows the world, so it asks for certificates that exist and knows the right answer without the database.

pub mod data;
pub mod endure;
pub mod files;
pub mod limits;
pub mod load;
pub mod place;
pub mod report;
pub mod run;
pub mod seen;
pub mod start;
pub mod workloads;
pub mod world;

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::config::ConfigError;
use crate::hub::HubError;
use crate::registration::RegistrationError;
use crate::sign::SignError;
use crate::store::StoreError;

#[derive(Debug, Error)]
pub enum BenchError {
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: std::io::Error },
    /// A folder or database with something else in it.
    #[error("{0}")]
    Foreign(String),
    #[error("the answer to {workload} is wrong: {detail}")]
    Wrong { workload: String, detail: String },
    #[error("{what} does not do its work: {detail}")]
    Tool { what: String, detail: String },
    #[error("a certificate of {type_name} could not be made: {detail}")]
    Make { type_name: String, detail: String },
    #[error("the database: {0}")]
    Database(String),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Registration(#[from] RegistrationError),
}

impl BenchError {
    fn file(file: &Path, error: std::io::Error) -> Self {
        Self::File { file: file.into(), error }
    }

    fn tool(what: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self::Tool { what: what.into(), detail: detail.to_string() }
    }
}
