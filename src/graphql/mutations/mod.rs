//! Root fields of `Mutation`, one file each kind.

mod administration;
mod approvals;
pub(super) mod clients;
mod copies;
mod grants;
mod holders;
mod issue;
mod sealing;
mod seals;
mod sign_in;
mod status;

use async_graphql::dynamic::Object;
use model::registry::{Registry, State};

use super::view::View;

/// The mutation root as this view shows it; None where nothing may be changed.
pub(super) fn root(registry: &Registry, view: &View) -> Option<Object> {
    let mut mutation = Object::new("Mutation");
    if view.vouches {
        mutation = holders::of_portals(mutation);
    }
    if view.holds {
        mutation = holders::of_holders(mutation);
    }
    if view.signs_in {
        mutation = sign_in::signing_in(mutation);
    }
    if view.reads.is_none() {
        return (view.vouches || view.signs_in).then_some(mutation);
    }
    if view.person {
        mutation = sign_in::of_account(mutation);
    }
    if view.person || view.administers {
        mutation = sign_in::ending(mutation);
    }
    mutation = copies::field(mutation);
    if !view.holds || view.administers {
        mutation = grants::asking(mutation);
    }
    if view.issues || view.administers {
        mutation = holders::of_clerks(mutation);
    }
    if view.administers {
        mutation = approvals::fields(clients::fields(grants::granting(seals::fields(administration::fields(mutation)))));
    }
    if view.issues {
        let issuable = registry.types().filter(|known| known.state == State::Published && view.shows(&known.ty.name));
        mutation = issuable.fold(sealing::fields(status::fields(mutation)), |mutation, known| issue::fields(mutation, &known.ty));
    }
    Some(mutation)
}
