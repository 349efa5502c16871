//! Granting: administrators put, withdraw and decide; departments ask.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};

use crate::approvals::Action;
use crate::granting::{Asked, Decided, Granted};
use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::graphql::scalars;
use crate::graphql::sensitive::sensitive;
use crate::graphql::types::grant;

fn texts(name: &'static str) -> InputValue {
    InputValue::new(name, TypeRef::named_nn_list(TypeRef::STRING))
}

fn required(name: &'static str) -> InputValue {
    InputValue::new(name, TypeRef::named_nn(TypeRef::STRING))
}

/// Asking: whoever stands for a department.
pub(super) fn asking(mutation: Object) -> Object {
    mutation.field(
        Field::new("requestAccess", TypeRef::named(grant::REQUEST), |context| answer(context, ask_for))
            .description("申请授权，由管理员批准、缩减或拒绝；结果见 accessRequests / asks for fields of a type")
            .argument(required("type").description("GraphQL 名称或证照类型代码"))
            .argument(
                InputValue::new("fields", TypeRef::named_nn_list_nn(TypeRef::STRING)).description("属性名，以及 number、holders、files"),
            )
            .argument(texts("items").description("事项编码；不给则不限事项"))
            .argument(required("legalBasis").description("法律依据")),
    )
}

/// Granting: the administrators'.
pub(super) fn granting(mutation: Object) -> Object {
    mutation
        .field(
            Field::new("putGrant", TypeRef::named(grant::GRANT), |context| sensitive(context, Action::Grant, put))
                .description("登记授权文件，即时生效；同名的被替换 / live at once; replaces the one of its name")
                .argument(required("source").description("授权文件全文（JSON）")),
        )
        .field(
            Field::new("withdrawGrant", TypeRef::named(grant::GRANT), |context| answer(context, withdraw))
                .description("撤回授权，即时生效")
                .argument(required("name"))
                .argument(required("reason")),
        )
        .field(
            Field::new("decideAccess", TypeRef::named(grant::REQUEST), |context| sensitive(context, Action::Grant, decide))
                .description("批准（可缩减字段、事项、数据范围、期限）或拒绝申请 / grants a request, in whole or less, or refuses it")
                .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)))
                .argument(InputValue::new("grant", TypeRef::named_nn(TypeRef::BOOLEAN)).description("false 为拒绝"))
                .argument(required("reason"))
                .argument(texts("fields").description("明文字段；不给则为申请的全部，减去脱敏的"))
                .argument(texts("masked").description("脱敏字段"))
                .argument(texts("items").description("事项编码"))
                .argument(InputValue::new("rows", TypeRef::named(scalars::JSON)).description("数据范围"))
                .argument(InputValue::new("until", TypeRef::named(scalars::DATE)).description("截止日期")),
        )
}

async fn ask_for<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let asked = Asked {
        type_name: arguments::text(args, "type").unwrap_or_default(),
        fields: set(args, "fields").unwrap_or_default(),
        items: set(args, "items"),
        legal_basis: arguments::text(args, "legalBasis").unwrap_or_default(),
    };
    let row = ask.hub.granting.ask(asked, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(row)))
}

async fn put<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let source = arguments::text(context.args.as_index_map(), "source").unwrap_or_default();
    let row = ask.hub.granting.put(&source, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(row)))
}

async fn withdraw<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let text = |name: &str| arguments::text(args, name).unwrap_or_default();
    let row = ask.hub.granting.withdraw(&text("name"), &text("reason"), &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(row)))
}

async fn decide<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let id = arguments::text(args, "id").and_then(|id| id.parse().ok());
    let id =
        id.ok_or_else(|| ApiError::Input { path: "id".into(), zh: "不是申请的 id".into(), en: "is no id of a request".into() })?;
    let until = arguments::text(args, "until").map(|until| arguments::as_date("until", &until)).transpose()?;
    let decided = if arguments::flag(args, "grant") {
        let masked = set(args, "masked").unwrap_or_default();
        Decided::Granted(Granted {
            fields: set(args, "fields"),
            masked,
            items: set(args, "items"),
            rows: arguments::json(args, "rows"),
            until,
        })
    } else {
        Decided::Refused
    };
    let reason = arguments::text(args, "reason").unwrap_or_default();
    let row = ask.hub.granting.decide(id, decided, &reason, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(row)))
}

fn set(args: &Arguments, name: &str) -> Option<BTreeSet<String>> {
    arguments::texts(args, name).map(|names| names.into_iter().collect())
}
