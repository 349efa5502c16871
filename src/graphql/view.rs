//! How much of the API a schema shows.

use std::sync::Arc;

use model::actor::{Actor, Granted, Role};
use model::grant::Rights;

/// What callers of a rights class see; two classes that see the same share a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct View {
    /// Types whose certificates are read; None: no certificate at all, only verification and the catalogue.
    pub reads: Option<Granted>,
    /// What grants add to them: the registry that the schema is built from shows so much of each type.
    pub rights: Option<Arc<Rights>>,
    /// The commands of these types.
    pub issues: bool,
    /// Registering types and authorities.
    pub administers: bool,
    /// What holders do, and agents for them.
    pub holds: bool,
    /// What portals do.
    pub vouches: bool,
    /// Signing in.
    pub signs_in: bool,
    /// What those who have signed in do with their account.
    pub person: bool,
}

impl View {
    pub(super) fn of(actor: &Actor) -> Self {
        Self {
            reads: granted(actor).cloned(),
            rights: actor.rights.clone(),
            issues: actor.role == Role::Issuer,
            administers: actor.role == Role::Administrator,
            holds: matches!(actor.role, Role::Holder | Role::Agent),
            vouches: actor.role == Role::Portal,
            signs_in: actor.role == Role::Anonymous,
            person: actor.person.is_some(),
        }
    }

    /// Is this what the actor sees? As comparing with [`Self::of`], without making it.
    pub(super) fn is_of(&self, actor: &Actor) -> bool {
        self.reads.as_ref() == granted(actor)
            && self.rights == actor.rights
            && self.issues == (actor.role == Role::Issuer)
            && self.administers == (actor.role == Role::Administrator)
            && self.holds == matches!(actor.role, Role::Holder | Role::Agent)
            && self.vouches == (actor.role == Role::Portal)
            && self.signs_in == (actor.role == Role::Anonymous)
            && self.person == actor.person.is_some()
    }

    /// The whole API, as documents show it.
    pub(super) const fn everything() -> Self {
        Self {
            reads: Some(Granted::All),
            rights: None,
            issues: true,
            administers: true,
            holds: true,
            vouches: true,
            signs_in: true,
            person: true,
        }
    }

    pub(super) fn shows(&self, type_name: &str) -> bool {
        self.reads.as_ref().is_some_and(|types| types.contains(type_name))
            || self.rights.as_ref().is_some_and(|rights| rights.of(type_name).is_some())
    }
}

/// The types whose certificates an actor reads; None: none at all.
const fn granted(actor: &Actor) -> Option<&Granted> {
    match actor.role {
        Role::Anonymous | Role::Portal => None,
        Role::Administrator | Role::Holder => Some(&Granted::All),
        Role::Department | Role::Issuer | Role::Agent => Some(&actor.types),
    }
}
