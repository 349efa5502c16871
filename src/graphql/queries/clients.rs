//! The register of departments and clients: the administrators'.

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, TypeRef};

use crate::graphql::ask::answer;
use crate::graphql::inputs::arguments;
use crate::graphql::types::client::{CLIENT, DEPARTMENT};

pub(super) fn fields(query: Object) -> Object {
    query
        .field(
            Field::new("departments", TypeRef::named_nn_list(DEPARTMENT), |context| {
                answer(context, |_, ask| async move {
                    let found = ask.hub.clients.register.departments().await?;
                    Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
                })
            })
            .description("用证部门，按信用代码排列 / the departments, by credit code"),
        )
        .field(
            Field::new("client", TypeRef::named(CLIENT), |context| {
                answer(context, |context, ask| async move {
                    let id = arguments::text(context.args.as_index_map(), "id").unwrap_or_default();
                    Ok(Some(FieldValue::owned_any(ask.hub.clients.register.of_id(&id).await?)))
                })
            })
            .description("一个客户端 / a client")
            .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)).description("client_id")),
        )
}
