//! Root fields across types: by id, by number or holder, holders.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use model::plan::{Across, ById, PageArgs, Request};

use crate::graphql::ask::{Ask, Cert, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::graphql::loaders::HolderKey;
use crate::graphql::scalars;
use crate::graphql::types::certificate::{CERTIFICATE, NODE, loaders};
use crate::graphql::types::{access, connection, enums, holder};
use crate::store::Answer;

/// Most holders of one question.
pub(crate) const MAX_HOLDERS: usize = 100;

pub(super) fn fields(query: Object) -> Object {
    let id = || InputValue::new("id", TypeRef::named_nn(TypeRef::ID)).description("不透明标识或电子证照标识 / opaque id or identifier");
    let texts = || TypeRef::named_nn_list(TypeRef::STRING);
    query
        .field(
            Field::new("certificate", TypeRef::named(CERTIFICATE), |context| answer(context, by_id))
                .description("任一类型的证照 / of any type: exactly that version")
                .argument(id()),
        )
        .field(Field::new("node", TypeRef::named(NODE), |context| answer(context, by_id)).argument(id()))
        .field(
            Field::new("certificates", TypeRef::named(connection::ACROSS), |context| answer(context, across))
                .description("跨类型检索 / across types")
                .argument(InputValue::new("number", TypeRef::named(TypeRef::STRING)))
                .argument(InputValue::new("holderCode", TypeRef::named(TypeRef::STRING)))
                .argument(InputValue::new("typeCodes", texts()).description("GraphQL 名称或证照类型代码"))
                .argument(InputValue::new("status", TypeRef::named_nn_list(enums::STATUS)))
                .argument(
                    InputValue::new("updatedSince", TypeRef::named(scalars::DATE_TIME)).description("自该时刻起有变更的，按变更时间排列"),
                )
                .argument(InputValue::new("first", TypeRef::named(TypeRef::INT)))
                .argument(InputValue::new("after", TypeRef::named(TypeRef::STRING))),
        )
        .field(
            Field::new("holder", TypeRef::named(holder::HOLDER), |context| answer(context, one_holder))
                .argument(InputValue::new("code", TypeRef::named_nn(TypeRef::STRING)))
                .argument(InputValue::new("codeType", TypeRef::named(TypeRef::STRING)).description("持证主体代码类型，如 111、001")),
        )
        .field(
            Field::new("holders", TypeRef::named_list_nn(holder::HOLDER), |context| answer(context, many_holders))
                .description("多个主体，至多100个，按所给次序 / at most 100, in the order given")
                .argument(InputValue::new("codes", TypeRef::named_nn_list_nn(TypeRef::STRING))),
        )
        .field(
            Field::new("myAccess", TypeRef::named_nn_list_nn(access::ACCESS_RULE), |context| {
                answer(context, |context, ask| async move {
                    Ok(Some(access::rules(&ask, arguments::text(context.args.as_index_map(), "type").as_deref())))
                })
            })
            .description("我能看到什么，依据哪条规则")
            .argument(InputValue::new("type", TypeRef::named(TypeRef::STRING))),
        )
}

async fn by_id<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let keys = arguments::text(context.args.as_index_map(), "id").into_iter().collect();
    let Answer::Rows(rows) = ask.run(&Request::ById(ById::of(keys))).await? else { return Err(ApiError::Bug("rows expected".into())) };
    let found = rows.into_iter().next().map(|row| ask.certificate(row)).transpose()?;
    Ok(found.map(Cert::into_interface))
}

/// What is asked across types; `total`: is `totalCount` selected?
pub(crate) fn request(args: &Arguments, total: bool) -> Result<Request, ApiError> {
    Ok(Request::Across(Across {
        number: arguments::text(args, "number"),
        holder_code: arguments::text(args, "holderCode"),
        types: arguments::texts(args, "typeCodes"),
        status: arguments::statuses(args, "status")?,
        updated_since: arguments::text(args, "updatedSince"),
        page: PageArgs { first: arguments::integer(args, "first"), after: arguments::text(args, "after"), total, ..PageArgs::default() },
    }))
}

async fn across<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let total = context.ctx.look_ahead().field("totalCount").exists();
    connection::page(&ask, &request(context.args.as_index_map(), total)?).await
}

async fn one_holder<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let code = arguments::text(context.args.as_index_map(), "code").unwrap_or_default();
    let wanted = arguments::text(context.args.as_index_map(), "codeType");
    let found = find(&context, &ask, vec![code]).await?.into_iter().next().flatten();
    let fits = |cell: &holder::Cell| wanted.as_deref().is_none_or(|wanted| cell.code_type.as_deref() == Some(wanted));
    Ok(found.filter(fits).map(FieldValue::owned_any))
}

async fn many_holders<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let codes = arguments::texts(context.args.as_index_map(), "codes").unwrap_or_default();
    if codes.len() > MAX_HOLDERS {
        let count = codes.len();
        return Err(ApiError::Input {
            path: "codes".into(),
            zh: format!("给出{count}个，最多100个"),
            en: format!("{count} given, at most 100"),
        });
    }
    let found = find(&context, &ask, codes).await?;
    let nobody = found.iter().enumerate().filter(|(_, cell)| cell.is_none()).map(|(place, _)| place);
    ask.nobody(context.ctx.item.node.response_key().node.clone(), nobody);
    Ok(Some(FieldValue::list(
        found.into_iter().map(|cell| cell.map_or_else(|| FieldValue::owned_any(holder::Nobody), FieldValue::owned_any)),
    )))
}

/// Each holder as its newest certificate names it; None: no certificate the caller may read.
async fn find(context: &ResolverContext<'_>, _ask: &Arc<Ask>, codes: Vec<String>) -> Result<Vec<Option<holder::Cell>>, ApiError> {
    let key = |code: &String| HolderKey { code: code.trim().to_owned(), types: None, status: None, first: Some(1) };
    let loaded = loaders(context)?.load_many(codes.iter().map(key)).await?;
    let cell = |code: &String| {
        let newest = loaded.get(&key(code))?.first()?;
        let found = holder::of(newest).into_iter().find(|cell| cell.code.as_deref() == Some(code.trim()))?;
        Some(holder::Cell { named: true, ..found })
    };
    Ok(codes.iter().map(cell).collect())
}
