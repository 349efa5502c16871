//! The catalogue: needs no token and no purpose.

use async_graphql::dynamic::{Field, FieldValue, Object, TypeRef};
use model::registry::State;

use crate::graphql::ask::answer;
use crate::graphql::types::catalogue;

pub(super) fn fields(query: Object) -> Object {
    query.field(
        Field::new("certificateTypes", TypeRef::named_nn_list_nn(catalogue::TYPE), |context| {
            answer(context, |_, ask| async move {
                let administers = ask.caller.actor.administers();
                let shown = ask.registry.types().filter(|known| administers || known.state != State::Draft);
                Ok(Some(FieldValue::list(shown.cloned().map(FieldValue::owned_any).collect::<Vec<_>>())))
            })
        })
        .description("证照目录（GB/T 36902）；草稿只有管理员可见 / the catalogue; drafts are the administrators'"),
    )
}
