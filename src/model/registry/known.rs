//! The types that a hub knows, as one immutable value that is swapped as a whole.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::CertificateType;

/// What may be done with a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Registered, not yet in use.
    Draft,
    Published,
    /// No issue any more; still read and verified.
    Withdrawn,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Published => "PUBLISHED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
}

/// A type and its state.
#[derive(Debug, Clone)]
pub struct Registered {
    pub ty: Arc<CertificateType>,
    pub state: State,
}

/// All known types by GraphQL name. Cheap to clone; a change gives a new registry, and running work keeps the old one.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    types: Arc<IndexMap<Arc<str>, Arc<Registered>>>,
    revision: u64,
}

impl Registry {
    /// No types, revision 0.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The registry with one type added, or replaced in its place; the revision is one higher.
    #[must_use]
    pub fn with(&self, ty: Arc<CertificateType>, state: State) -> Self {
        let mut types = (*self.types).clone();
        types.insert(ty.name.clone(), Arc::new(Registered { ty, state }));
        Self { types: Arc::new(types), revision: self.revision.saturating_add(1) }
    }

    /// The same types under the revision that the store gave them.
    #[must_use]
    pub fn with_revision(&self, revision: u64) -> Self {
        Self { types: self.types.clone(), revision }
    }

    /// The same types under the same revision, those that `other` names replaced by it.
    pub(crate) fn map_types(&self, other: impl Fn(&Arc<CertificateType>) -> Option<Arc<CertificateType>>) -> Self {
        let map = |known: &Arc<Registered>| match other(&known.ty) {
            Some(ty) => Arc::new(Registered { ty, state: known.state }),
            None => known.clone(),
        };
        Self { types: Arc::new(self.types.iter().map(|(name, known)| (name.clone(), map(known))).collect()), revision: self.revision }
    }

    /// The type of that GraphQL name.
    pub fn get(&self, name: &str) -> Option<&Arc<Registered>> {
        self.types.get(name)
    }

    /// The types of that GraphQL name or type code; a type code may name several.
    pub fn named(&self, name_or_code: &str) -> Vec<&Arc<Registered>> {
        match self.types.get(name_or_code) {
            Some(one) => vec![one],
            None => self.types.values().filter(|registered| registered.ty.type_code == name_or_code).collect(),
        }
    }

    /// In the order of registration.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Registered>)> {
        self.types.iter()
    }

    /// The types alone, in the same order.
    pub fn types(&self) -> impl Iterator<Item = &Arc<Registered>> {
        self.types.values()
    }

    pub fn len(&self) -> usize {
        self.types.len()
    }

    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Rises with every change; replicas compare it.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}
