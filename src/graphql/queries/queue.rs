//! `sealingQueue`: what waits for the caller's seal.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};

use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::types::queue;
use crate::store::QueueState;

/// Most of one answer.
const MOST: i64 = 100;

pub(super) fn field(query: Object) -> Object {
    query.field(
        Field::new("sealingQueue", TypeRef::named_nn_list_nn(queue::TASK), |context| answer(context, resolve))
            .description("人工签章队列，先进先出；after 为上一页最后一项的 id / the officers' queue, oldest first")
            .argument(
                InputValue::new("state", TypeRef::named(queue::STATE)).default_value(Value::Enum(async_graphql::Name::new("WAITING"))),
            )
            .argument(InputValue::new("first", TypeRef::named(TypeRef::INT)).default_value(20))
            .argument(InputValue::new("after", TypeRef::named(TypeRef::ID))),
    )
}

async fn resolve<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let state = context.args.get("state").and_then(|value| value.enum_name().ok().and_then(queue::state)).unwrap_or(QueueState::Waiting);
    let first = context.args.get("first").and_then(|value| value.i64().ok()).unwrap_or(20);
    if !(1..=MOST).contains(&first) {
        return Err(ApiError::Input { path: "first".into(), zh: format!("须在1到{MOST}之间"), en: format!("must be 1 to {MOST}") });
    }
    let after = arguments::text(context.args.as_index_map(), "after").map(|text| text.parse()).transpose();
    let after =
        after.map_err(|_| ApiError::Input {
            path: "after".into(), zh: "不是队列中一项的 id".into(), en: "is no id of a task".into()
        })?;
    let rows = ask.hub.files.queue(&ask.caller, state, after, u32::try_from(first).unwrap_or_default()).await?;
    Ok(Some(FieldValue::list(rows.into_iter().map(FieldValue::owned_any))))
}
