//! What waits for a second person, and what became of it: the administrators'.

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, TypeRef};

use crate::graphql::ask::answer;
use crate::graphql::inputs::arguments;
use crate::graphql::types::approval;

pub(super) fn field(query: Object) -> Object {
    query.field(
        Field::new("approvals", TypeRef::named_nn_list(approval::APPROVAL), |context| {
            answer(context, |context, ask| async move {
                let waiting = arguments::flag(context.args.as_index_map(), "waiting");
                let found = ask.hub.approvals.list(waiting, ask.now).await?;
                Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
            })
        })
        .description("须第二人批准的申请，新的在前 / what takes a second person, newest first")
        .argument(InputValue::new("waiting", TypeRef::named(TypeRef::BOOLEAN)).default_value(false).description("只看待批准的")),
    )
}
