//! Signing in and out, and ending sessions.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use zeroize::Zeroizing;

use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::types::{account, own};

fn required(name: &'static str) -> InputValue {
    InputValue::new(name, TypeRef::named_nn(TypeRef::STRING))
}

/// What anybody may try who is nobody yet.
pub(super) fn signing_in(mutation: Object) -> Object {
    let code = || required("code").description("动态口令（六位，每个只能用一次） / six digits of an authenticator app, each good once");
    mutation
        .field(
            Field::new("signIn", TypeRef::named(account::SIGNED_IN), |context| answer(context, sign_in))
                .description("以账号、密码、动态口令登录 / opens a session")
                .argument(required("name"))
                .argument(required("password"))
                .argument(code()),
        )
        .field(
            Field::new("signInChallenge", TypeRef::named(account::CHALLENGE), |context| answer(context, challenge))
                .description("以证书登录的第一步：取待签名的文字 / what is to be signed")
                .argument(required("name")),
        )
        .field(
            Field::new("signInBySignature", TypeRef::named(account::SIGNED_IN), |context| answer(context, by_signature))
                .description("以登记的 SM2 证书之签名登录 / opens a session by a signature of the registered certificate's key")
                .argument(required("name"))
                .argument(required("nonce"))
                .argument(required("signature").description("对 text 的 SM2 签名（SM3，标识 1234567812345678），DER 的 Base64")),
        )
}

/// What somebody does with his own account.
pub(super) fn of_account(mutation: Object) -> Object {
    mutation
        .field(
            Field::new("signOut", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, sign_out))
                .description("退出：本会话立即失效 / ends this session"),
        )
        .field(
            Field::new("changePassword", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, change_password))
                .description("修改密码；本人的全部会话随之结束 / all of one's sessions end")
                .argument(required("oldPassword"))
                .argument(required("newPassword").description("至少12个字符，可以用一句话"))
                .argument(required("code").description("动态口令")),
        )
}

/// Ending sessions: one's own, and administrators those of all.
pub(super) fn ending(mutation: Object) -> Object {
    mutation
        .field(
            Field::new("endSession", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, end))
                .description("结束一个会话，即时生效 / at once, on every replica")
                .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID))),
        )
        .field(
            Field::new("endAllSessions", TypeRef::named(TypeRef::INT), |context| answer(context, end_all))
                .description("结束某账号（不给则为本人）的全部会话，得其个数 / of an account, one's own where none is named; how many")
                .argument(InputValue::new("name", TypeRef::named(TypeRef::STRING)).description("账号名")),
        )
}

fn text(context: &ResolverContext<'_>, name: &str) -> String {
    arguments::text(context.args.as_index_map(), name).unwrap_or_default()
}

async fn sign_in<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let password = Zeroizing::new(text(&context, "password"));
    let opened = ask.hub.administrators.sign_in(&text(&context, "name"), password, &text(&context, "code"), ask.from, ask.now).await?;
    Ok(Some(FieldValue::owned_any(opened)))
}

async fn challenge<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    Ok(Some(FieldValue::owned_any(ask.hub.administrators.challenge(&text(&context, "name"), ask.now))))
}

async fn by_signature<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let text = |name: &str| text(&context, name);
    let (name, nonce, signature) = (text("name"), text("nonce"), text("signature"));
    let opened = ask.hub.administrators.sign_in_by_signature(&name, &nonce, &signature, ask.from, ask.now).await?;
    Ok(Some(FieldValue::owned_any(opened)))
}

async fn sign_out<'a>(_: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    ask.hub.administrators.sign_out(&ask.caller, ask.now).await?;
    Ok(Some(FieldValue::value(true)))
}

async fn change_password<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let (old, new) = (Zeroizing::new(text(&context, "oldPassword")), Zeroizing::new(text(&context, "newPassword")));
    ask.hub.administrators.change_password(old, new, &text(&context, "code"), &ask.caller, ask.from, ask.now).await?;
    Ok(Some(FieldValue::value(true)))
}

async fn end<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let wrong = || ApiError::Input { path: "id".into(), zh: "不是会话的 id".into(), en: "is no id of a session".into() };
    let id = own::id(Some(text(&context, "id"))).ok_or_else(wrong)?;
    ask.hub.administrators.end_session(id, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::value(true)))
}

async fn end_all<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let name = arguments::text(context.args.as_index_map(), "name");
    let ended = ask.hub.administrators.end_all(name.as_deref(), &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::value(Value::from(ended))))
}
