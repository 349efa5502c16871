//! Grants and requests: administrators see all of them, a department its own.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};

use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::explain;
use crate::graphql::inputs::arguments;
use crate::graphql::types::{access, grant};

/// Most requests of one answer.
const MOST: u32 = 100;

/// What everybody with certificates sees.
pub(super) fn own(query: Object) -> Object {
    query.field(
        Field::new("accessRequests", TypeRef::named_nn_list(grant::REQUEST), |context| answer(context, requests))
            .description("授权申请：本部门的；管理员看全部，新的在前 / of one's own department, or all for administrators; newest first")
            .argument(InputValue::new("waiting", TypeRef::named(TypeRef::BOOLEAN)).default_value(false).description("只看待办")),
    )
}

/// What administrators see.
pub(super) fn all(query: Object) -> Object {
    query
        .field(
            Field::new("grants", TypeRef::named_nn_list(grant::GRANT), |context| answer(context, grants))
                .description("授权 / grants, in the order in which they were put")
                .argument(InputValue::new("department", TypeRef::named(TypeRef::STRING)).description("部门统一社会信用代码"))
                .argument(
                    InputValue::new("ended", TypeRef::named(TypeRef::BOOLEAN)).default_value(false).description("含已替换、已撤回的"),
                ),
        )
        .field(
            Field::new("explainAccess", TypeRef::named_nn_list(access::ACCESS_RULE), |context| answer(context, explain_access))
                .description(
                    "某部门对某查询的每个字段能看到什么，依据哪条规则 / what a department would see of each field of a query, and why",
                )
                .argument(InputValue::new("department", TypeRef::named_nn(TypeRef::STRING)).description("部门统一社会信用代码"))
                .argument(InputValue::new("query", TypeRef::named_nn(TypeRef::STRING)))
                .argument(InputValue::new("item", TypeRef::named(TypeRef::STRING)).description("事项编码（用途的 itemCode）")),
        )
}

async fn grants<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let found = ask.hub.granting.grants(arguments::text(args, "department").as_deref(), arguments::flag(args, "ended")).await?;
    Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
}

async fn requests<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let waiting = arguments::flag(context.args.as_index_map(), "waiting");
    let actor = &ask.caller.actor;
    let department = match (&actor.department, actor.administers()) {
        (_, true) => None,
        (Some(department), false) => Some(department.code.as_str()),
        // A token that stands for no department has asked for nothing.
        (None, false) => return Ok(Some(FieldValue::list(std::iter::empty::<FieldValue<'_>>()))),
    };
    let found = ask.hub.granting.requests(department, waiting, MOST).await?;
    Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
}

async fn explain_access<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let text = |name: &str| arguments::text(args, name).unwrap_or_default();
    let cells = explain::query(&ask, &text("department"), &text("query"), arguments::text(args, "item").as_deref()).await?;
    Ok(Some(access::list(cells)))
}
