//! Root fields of `Mutation`, one file each kind.

mod administration;
mod copies;
mod grants;
mod issue;
mod sealing;
mod seals;
mod status;

use async_graphql::dynamic::Object;
use model::registry::{Registry, State};

use super::view::View;

/// The mutation root as this view shows it; None where nothing may be changed.
pub(super) fn root(registry: &Registry, view: &View) -> Option<Object> {
    view.reads.as_ref()?;
    let mut mutation = grants::asking(copies::field(Object::new("Mutation")));
    if view.administers {
        mutation = grants::granting(seals::fields(administration::fields(mutation)));
    }
    if view.issues {
        let issuable = registry.types().filter(|known| known.state == State::Published && view.shows(&known.ty.name));
        mutation = issuable.fold(sealing::fields(status::fields(mutation)), |mutation, known| issue::fields(mutation, &known.ty));
    }
    Some(mutation)
}
