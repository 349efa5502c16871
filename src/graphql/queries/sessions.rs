//! One's own account, and sessions.

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, TypeRef};

use crate::graphql::ask::answer;
use crate::graphql::inputs::arguments;
use crate::graphql::types::account;

pub(super) fn me(query: Object) -> Object {
    query.field(
        Field::new("me", TypeRef::named(account::ACCOUNT), |context| {
            answer(context, |_, ask| async move {
                let Some(person) = &ask.caller.actor.person else { return Ok(None) };
                Ok(Some(FieldValue::owned_any(ask.hub.administrators.accounts.of(&person.name).await?)))
            })
        })
        .description("本人的账号 / one's own account"),
    )
}

pub(super) fn all(query: Object) -> Object {
    query.field(
        Field::new("sessions", TypeRef::named_nn_list(account::SESSION), |context| {
            answer(context, |context, ask| async move {
                let name = arguments::text(context.args.as_index_map(), "name");
                let found = ask.hub.administrators.sessions(name.as_deref(), &ask.caller, ask.now).await?;
                Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
            })
        })
        .description("未结束的会话，新的在前：本人的；管理员看全部 / one's own, or for administrators all; newest first")
        .argument(InputValue::new("name", TypeRef::named(TypeRef::STRING)).description("账号名")),
    )
}
