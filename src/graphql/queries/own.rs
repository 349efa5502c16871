//! What a holder asks of himself.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};

use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::types::own::{self, Accessed, Code};

/// Most of one answer.
const MOST: i64 = 100;

pub(super) fn fields(query: Object) -> Object {
    query
        .field(
            Field::new("useCodes", TypeRef::named_nn_list(own::USE_CODE), |context| answer(context, codes))
                .description("我的用证码，新的在前 / newest first"),
        )
        .field(
            Field::new("mandates", TypeRef::named_nn_list(own::MANDATE), |context| answer(context, mandates))
                .description("我给出的委托，新的在前 / mandates that I gave, newest first"),
        )
        .field(
            Field::new("accessesOfMine", TypeRef::named_nn_list(own::ACCESS), |context| answer(context, accesses))
                .description(
                    "谁在何时为何事访问了我的证照，新的在前；列表查询只记份数，不在其中 / accesses that name one certificate, newest first",
                )
                .argument(InputValue::new("first", TypeRef::named(TypeRef::INT)).default_value(20))
                .argument(InputValue::new("after", TypeRef::named(TypeRef::ID)).description("上一页最后一项的 id")),
        )
}

async fn codes<'a>(_: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let found = ask.hub.holders.codes(&ask.caller, u32::try_from(MOST).unwrap_or_default()).await?;
    Ok(Some(FieldValue::list(found.into_iter().map(|row| FieldValue::owned_any(Code { code: None, row })))))
}

async fn mandates<'a>(_: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let found = ask.hub.holders.mandates(&ask.caller, ask.now, u32::try_from(MOST).unwrap_or_default()).await?;
    Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
}

async fn accesses<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let first = arguments::integer(args, "first").unwrap_or(20);
    if !(1..=MOST).contains(&first) {
        return Err(ApiError::Input { path: "first".into(), zh: format!("须在1到{MOST}之间"), en: format!("must be 1 to {MOST}") });
    }
    let before = own::id(arguments::text(args, "after"));
    let found = ask.hub.holders.accesses(&ask.caller, before, u32::try_from(first).unwrap_or_default()).await?;
    let cells = found.into_iter().map(|(event, identifier)| FieldValue::owned_any(Accessed { event, identifier }));
    Ok(Some(FieldValue::list(cells)))
}
