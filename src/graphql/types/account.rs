//! People who sign in: accounts, challenges, sessions.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, TypeRef};
use model::actor::Role;

use crate::administrators::{Challenge, Opened};
use crate::graphql::ask::{Ask, read};
use crate::graphql::{scalars, values};
use crate::store::{AdministratorRow, SessionRow};

pub(crate) const ACCOUNT: &str = "AdministratorAccount";
pub(crate) const SESSION: &str = "AdministratorSession";
pub(crate) const SIGNED_IN: &str = "SignedIn";
pub(crate) const CHALLENGE: &str = "SignInChallenge";

fn of<T: 'static + Send + Sync>(name: &'static str, ty: TypeRef, get: fn(&T) -> Option<Value>) -> Field {
    Field::new(name, ty, move |context| -> FieldFuture<'_> { read::<T>(&context, get) })
}

fn text() -> TypeRef {
    TypeRef::named_nn(TypeRef::STRING)
}

fn moment() -> TypeRef {
    TypeRef::named_nn(scalars::DATE_TIME)
}

pub(crate) fn account() -> Object {
    Object::new(ACCOUNT)
        .description("人员账号 / somebody who signs in")
        .field(of::<AdministratorRow>("name", text(), |row| Some(Value::from(row.name.as_str()))))
        .field(of::<AdministratorRow>("displayName", text(), |row| Some(Value::from(row.display_name.as_str()))).description("姓名"))
        .field(
            of::<AdministratorRow>("role", text(), |row| {
                Some(Value::from(match row.role {
                    Role::Administrator => "ADMINISTRATOR",
                    Role::Issuer => "ISSUER",
                    _ => "DEPARTMENT",
                }))
            })
            .description("ADMINISTRATOR、ISSUER、DEPARTMENT"),
        )
        .field(
            of::<AdministratorRow>("department", TypeRef::named(TypeRef::STRING), |row| row.department.as_deref().map(Value::from))
                .description("所属部门的统一社会信用代码"),
        )
        .field(
            of::<AdministratorRow>("lastSignInAt", TypeRef::named(scalars::DATE_TIME), |row| row.last_sign_in_at.map(values::time))
                .description("最近一次登录"),
        )
        .field(
            Field::new("idleSeconds", TypeRef::named_nn(TypeRef::INT), |context| {
                FieldFuture::new(async move {
                    let ask = context.ctx.data::<Arc<Ask>>()?;
                    Ok(Some(Value::from(ask.hub.administrators.terms().idle.num_seconds())))
                })
            })
            .description("闲置多少秒后会话结束 / the session ends when it is not used for so long"),
        )
}

pub(crate) fn signed_in() -> Object {
    Object::new(SIGNED_IN)
        .description("已登录：令牌只在此处出现一次 / signed in; the token is shown this once")
        .field(of::<Opened>("token", text(), |opened| Some(Value::from(opened.token.as_str()))))
        .field(of::<Opened>("until", moment(), |opened| Some(values::time(opened.session.until))).description("会话最晚至此时"))
        .field(Field::new("account", TypeRef::named_nn(ACCOUNT), |context| {
            let opened = context.parent_value.downcast_ref::<Opened>();
            FieldFuture::Value(opened.map(|opened| FieldValue::owned_any(opened.account.clone())))
        }))
}

pub(crate) fn challenge() -> Object {
    Object::new(CHALLENGE)
        .description("待签名的文字，两分钟内有效，只用一次 / what is to be signed, for two minutes, once")
        .field(of::<Challenge>("nonce", text(), |challenge| Some(Value::from(challenge.nonce.as_str()))))
        .field(of::<Challenge>("text", text(), |challenge| Some(Value::from(challenge.text.as_str()))).description("对其 UTF-8 字节签名"))
        .field(of::<Challenge>("until", moment(), |challenge| Some(values::time(challenge.until))))
}

pub(crate) fn session() -> Object {
    Object::new(SESSION)
        .description("登录会话 / a session of somebody who signed in")
        .field(of::<SessionRow>("id", TypeRef::named_nn(TypeRef::ID), |row| Some(Value::from(row.id.to_string()))))
        .field(of::<SessionRow>("name", text(), |row| Some(Value::from(row.name.as_str()))).description("账号名"))
        .field(of::<SessionRow>("way", text(), |row| Some(Value::from(row.way.as_str()))).description("password、certificate"))
        .field(
            of::<SessionRow>("address", TypeRef::named(TypeRef::STRING), |row| row.address.as_deref().map(Value::from))
                .description("登录时的网络地址"),
        )
        .field(of::<SessionRow>("since", moment(), |row| Some(values::time(row.opened_at))))
        .field(of::<SessionRow>("lastUsedAt", moment(), |row| Some(values::time(row.used_at))).description("误差半分钟"))
        .field(of::<SessionRow>("until", moment(), |row| Some(values::time(row.until))))
        .field(
            Field::new("mine", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
                FieldFuture::new(async move {
                    let ask = context.ctx.data::<Arc<Ask>>()?;
                    let own = ask.caller.actor.person.as_ref().and_then(|person| person.session.clone());
                    let row = context.parent_value.downcast_ref::<SessionRow>();
                    Ok(Some(Value::from(row.is_some_and(|row| own.is_some_and(|own| *own == *row.id.to_string())))))
                })
            })
            .description("即本会话"),
        )
}
