//! The register of seals: the administrators'.

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, TypeRef};

use crate::graphql::ask::answer;
use crate::graphql::inputs::arguments;
use crate::graphql::types::seal;

pub(super) fn fields(query: Object) -> Object {
    query.field(
        Field::new("seals", TypeRef::named_nn_list(seal::SEAL), |context| {
            answer(context, |context, ask| async move {
                let authority = arguments::text(context.args.as_index_map(), "authority");
                let found = ask.hub.sealing.seals(authority.as_deref()).await?;
                Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
            })
        })
        .description("印章登记 / the register of seals, in the order of their registration")
        .argument(InputValue::new("authority", TypeRef::named(TypeRef::STRING)).description("统一社会信用代码 / credit code")),
    )
}
