//! How much of the API a schema shows.

use model::actor::{Granted, RightsClass, Role};

/// What callers of a rights class see; two classes that see the same share a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct View {
    /// Types whose certificates are read; None: no certificate at all, only verification and the catalogue.
    pub reads: Option<Granted>,
    /// The commands of these types.
    pub issues: bool,
    /// Registering types and authorities.
    pub administers: bool,
}

impl View {
    pub(super) fn of(class: &RightsClass) -> Self {
        Self {
            reads: (class.role != Role::Anonymous).then(|| class.types.clone()),
            issues: class.role == Role::Issuer,
            administers: class.role == Role::Administrator,
        }
    }

    /// The whole API, as documents show it.
    pub(super) const fn everything() -> Self {
        Self { reads: Some(Granted::All), issues: true, administers: true }
    }

    pub(super) fn shows(&self, type_name: &str) -> bool {
        self.reads.as_ref().is_some_and(|types| types.contains(type_name))
    }
}
