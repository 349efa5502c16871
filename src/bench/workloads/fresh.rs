//! Certificates that nobody has yet: each for a person beyond the world.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::registry::{CertificateType, Registry, resolve};
use serde_json::{Value as Json, json};

use crate::bench::BenchError;
use crate::bench::data::invented;
use crate::bench::world::{Certificate, OFFICER, TYPES, World};
use crate::demo::types::embedded;

#[derive(Debug)]
pub(super) struct Fresh {
    ty: Arc<CertificateType>,
    next: AtomicU64,
}

impl Fresh {
    /// Begins behind the first `used` persons beyond the world.
    pub(super) fn new(used: u64) -> Result<Self, BenchError> {
        let resolved = resolve(&embedded(), &Registry::empty());
        let types = resolved.map_err(|_| BenchError::Foreign("the program's own type files do not read".into()))?.types;
        let ty = types.into_iter().find(|ty| &*ty.name == TYPES[OFFICER]);
        let ty = ty.ok_or_else(|| BenchError::Foreign(format!("no type file of {}", TYPES[OFFICER])))?;
        Ok(Self { ty, next: used.into() })
    }

    /// The next one, with the input that issues it.
    pub(super) fn next(&self, world: &World) -> (Certificate, Json) {
        let certificate = world.beyond(self.next.fetch_add(1, Ordering::Relaxed));
        (certificate, json!({ "data": invented(world, &self.ty, certificate) }))
    }
}
