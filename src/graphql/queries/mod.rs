//! Root fields of `Query`, one file each kind.

pub(super) mod across;
mod approvals;
mod catalogue;
mod clients;
mod grants;
pub(super) mod many;
pub(super) mod one;
mod own;
mod queue;
mod seals;
mod sessions;
pub(super) mod statistics;
pub(super) mod verification;

use async_graphql::dynamic::Object;
use model::registry::{Registered, Registry, State};

use super::view::View;

/// The query root as this view shows it.
pub(super) fn root(registry: &Registry, view: &View) -> Object {
    let mut query = Object::new("Query");
    if view.reads.is_some() {
        query = across::fields(query);
        // A holder asks his own hub for nothing: what is his he sees.
        if !view.holds || view.administers {
            query = grants::own(query);
        }
        for known in readable(registry, view) {
            query = query.field(one::field(&known.ty)).field(many::field(&known.ty)).field(statistics::field(&known.ty));
        }
    }
    if view.holds {
        query = own::fields(query);
    }
    if view.issues || view.administers {
        query = queue::field(query);
    }
    if view.administers {
        query = approvals::field(clients::fields(grants::all(seals::fields(query))));
    }
    if view.person {
        query = sessions::me(query);
    }
    if view.person || view.administers {
        query = sessions::all(query);
    }
    verification::fields(catalogue::fields(query))
}

/// The types a view shows.
pub(super) fn readable<'a>(registry: &'a Registry, view: &'a View) -> impl Iterator<Item = &'a std::sync::Arc<Registered>> {
    registry.types().filter(|known| known.state != State::Draft && view.shows(&known.ty.name))
}
