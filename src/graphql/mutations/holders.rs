//! Sessions, use codes and freezing: portals, holders and clerks.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};

use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::types::own::{self, Code, Session};
use crate::holders::{Appointment, Consent};

fn required(name: &'static str) -> InputValue {
    InputValue::new(name, TypeRef::named_nn(TypeRef::STRING))
}

/// What a portal does.
pub(super) fn of_portals(mutation: Object) -> Object {
    mutation.field(
        Field::new("openHolderSession", TypeRef::named(own::SESSION), |context| answer(context, open))
            .description("门户为已登录核验的持证主体开启会话 / opens a session for a holder whom the portal has signed in")
            .argument(required("code").description("已登录者的代码"))
            .argument(
                InputValue::new("onBehalfOf", TypeRef::named(TypeRef::STRING))
                    .description("委托人代码：已登录者是其代理人 / the holder whose agent the signed-in person is"),
            ),
    )
}

/// What a holder does.
pub(super) fn of_holders(mutation: Object) -> Object {
    mutation
        .field(
            Field::new("makeUseCode", TypeRef::named(own::USE_CODE), |context| answer(context, make))
                .description("生成用证码，交给办事部门：限定部门、类型、字段与分钟数 / consent to one department's reading")
                .argument(required("department").description("部门统一社会信用代码"))
                .argument(required("type").description("GraphQL 名称或证照类型代码"))
                .argument(
                    InputValue::new("fields", TypeRef::named_nn_list_nn(TypeRef::STRING))
                        .description("属性名，以及 number、holders、files"),
                )
                .argument(InputValue::new("minutes", TypeRef::named_nn(TypeRef::INT)).description("1 至 1440"))
                .argument(InputValue::new("once", TypeRef::named(TypeRef::BOOLEAN)).default_value(true).description("用一次即失效")),
        )
        .field(
            Field::new("withdrawUseCode", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, withdraw))
                .description("撤回用证码，即时生效")
                .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID))),
        )
        .field(
            Field::new("appointAgent", TypeRef::named(own::MANDATE), |context| answer(context, appoint))
                .description("委托代理人：限定证照类型与天数 / appoints an agent")
                .argument(required("agent").description("代理人代码"))
                .argument(required("name").description("本人对代理人的称呼"))
                .argument(InputValue::new("types", TypeRef::named_nn_list_nn(TypeRef::STRING)).description("GraphQL 名称或证照类型代码"))
                .argument(InputValue::new("days", TypeRef::named_nn(TypeRef::INT)).description("1 至 365")),
        )
        .field(
            Field::new("withdrawMandate", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, withdraw_mandate))
                .description("撤回委托：代理人的会话与其生成的用证码即时失效")
                .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID))),
        )
        .field(
            Field::new("freezeMine", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, freeze_mine))
                .description("挂失：我的会话、用证码与加注件一步失效 / freeze on loss: sessions, use codes and copies, in one step")
                .argument(required("reason")),
        )
}

/// What a clerk does for a holder.
pub(super) fn of_clerks(mutation: Object) -> Object {
    mutation
        .field(
            Field::new("freezeHolder", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, freeze))
                .description("代为挂失 / freezes a holder on loss")
                .argument(required("code").description("持证主体代码"))
                .argument(required("reason")),
        )
        .field(
            Field::new("unfreezeHolder", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, unfreeze))
                .description("核验本人后解除挂失")
                .argument(required("code").description("持证主体代码")),
        )
}

fn text(context: &ResolverContext<'_>, name: &str) -> String {
    arguments::text(context.args.as_index_map(), name).unwrap_or_default()
}

fn done<'a>() -> Resolved<'a> {
    Ok(Some(FieldValue::value(true)))
}

async fn open<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let behalf = arguments::text(context.args.as_index_map(), "onBehalfOf");
    let (token, until) = ask.hub.holders.open_session(&text(&context, "code"), behalf.as_deref(), &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(Session { token, until })))
}

async fn make<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let consent = Consent {
        department: text(&context, "department"),
        type_name: text(&context, "type"),
        fields: arguments::texts(args, "fields").unwrap_or_default(),
        minutes: arguments::integer(args, "minutes").unwrap_or_default(),
        once: arguments::flag(args, "once"),
    };
    let (code, row) = ask.hub.holders.make_code(consent, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(Code { code: Some(code), row })))
}

async fn withdraw<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let wrong = || ApiError::Input { path: "id".into(), zh: "不是用证码的 id".into(), en: "is no id of a use code".into() };
    let id = own::id(Some(text(&context, "id"))).ok_or_else(wrong)?;
    ask.hub.holders.withdraw_code(id, &ask.caller, ask.now).await?;
    done()
}

async fn appoint<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let wish = Appointment {
        agent: text(&context, "agent"),
        name: text(&context, "name"),
        types: arguments::texts(args, "types").unwrap_or_default(),
        days: arguments::integer(args, "days").unwrap_or_default(),
    };
    Ok(Some(FieldValue::owned_any(ask.hub.holders.appoint(wish, &ask.caller, ask.now).await?)))
}

async fn withdraw_mandate<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let wrong = || ApiError::Input { path: "id".into(), zh: "不是委托的 id".into(), en: "is no id of a mandate".into() };
    let id = own::id(Some(text(&context, "id"))).ok_or_else(wrong)?;
    ask.hub.holders.withdraw_mandate(id, &ask.caller, ask.now).await?;
    done()
}

async fn freeze_mine<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    ask.hub.holders.freeze(None, &text(&context, "reason"), &ask.caller, ask.now).await?;
    done()
}

async fn freeze<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    ask.hub.holders.freeze(Some(&text(&context, "code")), &text(&context, "reason"), &ask.caller, ask.now).await?;
    done()
}

async fn unfreeze<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    ask.hub.holders.unfreeze(&text(&context, "code"), &ask.caller, ask.now).await?;
    done()
}
