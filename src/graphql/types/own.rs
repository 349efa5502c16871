//! What a holder sees of himself: sessions, use codes, who read what.

use async_graphql::Value;
use async_graphql::dynamic::{Field, Object, SchemaBuilder, TypeRef};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::graphql::ask::read;
use crate::graphql::{scalars, values};
use crate::store::commands::AccessEvent;
use crate::store::{MandateRow, UseCodeRow};

pub(crate) const SESSION: &str = "HolderSession";
pub(crate) const USE_CODE: &str = "UseCode";
pub(crate) const MANDATE: &str = "Mandate";
pub(crate) const ACCESS: &str = "AccessOfMine";

pub(crate) struct Session {
    pub token: String,
    pub until: DateTime<Utc>,
}

/// A use code; `code` is there when it has just been made.
pub(crate) struct Code {
    pub code: Option<String>,
    pub row: UseCodeRow,
}

/// An access to a certificate of the holder's.
pub(crate) struct Accessed {
    pub event: AccessEvent,
    pub identifier: String,
}

pub(crate) fn session() -> Object {
    Object::new(SESSION)
        .description("持证主体会话：令牌只显示这一次 / a holder's session; the token is shown this once")
        .field(Field::new("token", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Session>(&context, |session| Some(Value::from(session.token.as_str())))
        }))
        .field(Field::new("until", TypeRef::named_nn(scalars::DATE_TIME), |context| {
            read::<Session>(&context, |session| Some(values::time(session.until)))
        }))
}

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    schema.register(use_code()).register(mandate()).register(access())
}

fn use_code() -> Object {
    let field =
        |name: &'static str, ty: TypeRef, get: fn(&Code) -> Option<Value>| Field::new(name, ty, move |context| read::<Code>(&context, get));
    let text = || TypeRef::named_nn(TypeRef::STRING);
    let time = || TypeRef::named(scalars::DATE_TIME);
    Object::new(USE_CODE)
        .description("用证码：持证主体同意某部门在期限内读取所列字段 / a holder's consent to one department's reading")
        .field(field("id", TypeRef::named_nn(TypeRef::ID), |code| Some(Value::from(code.row.id.to_string()))))
        .field(
            field("code", TypeRef::named(TypeRef::STRING), |code| code.code.as_deref().map(Value::from))
                .description("只在生成时显示一次 / shown when it is made, and never again"),
        )
        .field(field("department", text(), |code| Some(Value::from(code.row.department.as_str()))))
        .field(field("type", text(), |code| Some(Value::from(code.row.type_name.as_str()))))
        .field(field("fields", TypeRef::named_nn_list_nn(TypeRef::STRING), |code| {
            Some(Value::List(code.row.fields.iter().map(|name| Value::from(name.as_str())).collect()))
        }))
        .field(field("once", TypeRef::named_nn(TypeRef::BOOLEAN), |code| Some(Value::from(code.row.once))).description("用一次即失效"))
        .field(field("uses", TypeRef::named_nn(TypeRef::INT), |code| Some(Value::from(code.row.uses))))
        .field(field("madeAt", time(), |code| Some(values::time(code.row.made_at))))
        .field(field("until", time(), |code| Some(values::time(code.row.until))))
        .field(field("usedAt", time(), |code| code.row.used_at.map(values::time)))
        .field(field("withdrawnAt", time(), |code| code.row.withdrawn_at.map(values::time)))
}

fn mandate() -> Object {
    let field = |name: &'static str, ty: TypeRef, get: fn(&MandateRow) -> Option<Value>| {
        Field::new(name, ty, move |context| read::<MandateRow>(&context, get))
    };
    let time = || TypeRef::named(scalars::DATE_TIME);
    Object::new(MANDATE)
        .description("委托：代理人在期限内代为查看所列类型的证照、生成用证码 / an agent's appointment")
        .field(field("id", TypeRef::named_nn(TypeRef::ID), |row| Some(Value::from(row.id.to_string()))))
        .field(
            field("agentName", TypeRef::named_nn(TypeRef::STRING), |row| Some(Value::from(row.agent_name.as_str())))
                .description("本人对代理人的称呼"),
        )
        .field(field("types", TypeRef::named_nn_list_nn(TypeRef::STRING), |row| {
            Some(Value::List(row.types.iter().map(|name| Value::from(name.as_str())).collect()))
        }))
        .field(field("madeAt", time(), |row| Some(values::time(row.made_at))))
        .field(field("until", time(), |row| Some(values::time(row.until))))
        .field(field("withdrawnAt", time(), |row| row.withdrawn_at.map(values::time)))
}

fn access() -> Object {
    let field = |name: &'static str, ty: TypeRef, get: fn(&Accessed) -> Option<Value>| {
        Field::new(name, ty, move |context| read::<Accessed>(&context, get))
    };
    let text = || TypeRef::named(TypeRef::STRING);
    Object::new(ACCESS)
        .description("谁在何时为何事访问了我的证照 / who did what with a certificate of mine, when, and what for")
        .field(
            field("id", TypeRef::named_nn(TypeRef::ID), |found| Some(Value::from(found.event.id.to_string())))
                .description("访问事件；/log/receipt/<id> 给出它在透明日志中的证明"),
        )
        .field(field("at", TypeRef::named_nn(scalars::DATE_TIME), |found| Some(values::time(found.event.at))))
        .field(field("identifier", TypeRef::named_nn(TypeRef::STRING), |found| Some(Value::from(found.identifier.as_str()))))
        .field(field("by", TypeRef::named_nn(TypeRef::STRING), |found| Some(Value::from(found.event.actor.as_str()))))
        .field(field("role", TypeRef::named_nn(TypeRef::STRING), |found| Some(Value::from(found.event.role.as_str()))))
        .field(field("kind", TypeRef::named_nn(TypeRef::STRING), |found| Some(Value::from(found.event.kind.as_str()))))
        .field(field("purpose", text(), |found| purpose(&found.event, "useFor")).description("用途"))
        .field(field("itemName", text(), |found| purpose(&found.event, "itemName")).description("事项"))
        .field(field("rules", text(), |found| found.event.rules.as_deref().map(Value::from)).description("所凭授权或用证码"))
}

fn purpose(event: &AccessEvent, member: &str) -> Option<Value> {
    let purpose: serde_json::Value = serde_json::from_str(event.purpose.as_deref()?).ok()?;
    purpose.get(member)?.as_str().map(Value::from)
}

/// The id of something named in an argument.
pub(crate) fn id(text: Option<String>) -> Option<Uuid> {
    text.and_then(|text| text.parse().ok())
}
