//! Departments and their clients, admitted, reviewed and revoked: the administrators'.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputObject, InputValue, Object, ResolverContext, SchemaBuilder, TypeRef};
use model::actor::{Granted, Role};
use serde_json::Value as Json;

use crate::approvals::Action;
use crate::clients::{ClientInput, DepartmentInput};
use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::graphql::scalars;
use crate::graphql::sensitive::sensitive;
use crate::graphql::types::client::{CLIENT, CREDENTIAL, DEPARTMENT, NEW_SECRET, NewSecretCell, ROLE};
use crate::store::Contact;

const CONTACT_INPUT: &str = "DepartmentContactInput";

/// The inputs of these mutations.
pub(crate) fn register_inputs(schema: SchemaBuilder) -> SchemaBuilder {
    let text = |name: &'static str| InputValue::new(name, TypeRef::named(TypeRef::STRING));
    schema.register(
        InputObject::new(CONTACT_INPUT)
            .field(InputValue::new("name", TypeRef::named_nn(TypeRef::STRING)))
            .field(text("phone"))
            .field(text("email")),
    )
}

pub(super) fn fields(mutation: Object) -> Object {
    let text = |name: &'static str| InputValue::new(name, TypeRef::named(TypeRef::STRING));
    let required = |name: &'static str| InputValue::new(name, TypeRef::named_nn(TypeRef::STRING));
    let number =
        |name: &'static str, description: &'static str| InputValue::new(name, TypeRef::named(TypeRef::INT)).description(description);
    let client = || InputValue::new("client", TypeRef::named_nn(TypeRef::ID)).description("client_id");
    let reason = || InputValue::new("reason", TypeRef::named_nn(TypeRef::STRING)).description("原因，至多200字");
    mutation
        .field(
            Field::new("registerDepartment", TypeRef::named(DEPARTMENT), |context| answer(context, department))
                .description("登记用证部门，或更改其登记；未给的项不变 / what is not given stays as it was")
                .argument(required("code").description("统一社会信用代码"))
                .argument(required("name"))
                .argument(text("level").description("AuthorityLevel 的代码"))
                .argument(text("division").description("六位行政区划代码"))
                .argument(InputValue::new("contacts", TypeRef::named_nn_list(CONTACT_INPUT)))
                .argument(number("rate", "全部客户端合计每秒请求数 / requests a second of all its clients together"))
                .argument(number("daily", "全部客户端合计每日请求数 / requests a day")),
        )
        .field(
            Field::new("registerClient", TypeRef::named(NEW_SECRET), |context| sensitive(context, Action::Grant, register))
                .description("准入客户端；密钥只在应答中出现一次 / admits a client; its secret is in this answer and nowhere again")
                .argument(required("department").description("部门的统一社会信用代码"))
                .argument(required("name").description("系统名称"))
                .argument(InputValue::new("id", TypeRef::named(TypeRef::ID)).description("3至64个小写字母、数字、连字符；不给则自动编号"))
                .argument(InputValue::new("role", TypeRef::named(ROLE)).default_value(Value::Enum(async_graphql::Name::new("DEPARTMENT"))))
                .argument(
                    InputValue::new("types", TypeRef::named_nn_list(TypeRef::STRING))
                        .description("不经授权文件即可整体查询的证照类型；不给则只凭授权 / types read whole without a grant; where none is given, grants alone decide"),
                )
                .argument(
                    InputValue::new("authorities", TypeRef::named_nn_list(TypeRef::STRING))
                        .description("颁发机构的系统可代表的机构 / of an issuer's system"),
                )
                .argument(required("admittedFor").description("准入用途"))
                .argument(InputValue::new("documents", TypeRef::named_nn_list(TypeRef::STRING)).description("准入文件的编号"))
                .argument(InputValue::new("endsOn", TypeRef::named(scalars::DATE)).description("最后一日"))
                .argument(number("rate", "每秒请求数 / requests a second"))
                .argument(number("daily", "每日请求数 / requests a day"))
                .argument(
                    InputValue::new("withSecret", TypeRef::named(TypeRef::BOOLEAN))
                        .default_value(true)
                        .description("false：只用证书 / it will use a certificate"),
                ),
        )
        .field(
            Field::new("addClientSecret", TypeRef::named(NEW_SECRET), |context| answer(context, add_secret))
                .description("另给一个密钥，至多两个同时在用 / another secret; two at once at most")
                .argument(client())
                .argument(InputValue::new("endsOn", TypeRef::named(scalars::DATE)).description("最后一日")),
        )
        .field(
            Field::new("addClientCertificate", TypeRef::named(CREDENTIAL), |context| sensitive(context, Action::Key, add_certificate))
                .description("登记 SM2 证书，其私钥可签署该客户端的令牌请求 / its key may sign the client's requests for tokens")
                .argument(client())
                .argument(required("certificate").description("PEM")),
        )
        .field(
            Field::new("revokeClientCredential", TypeRef::named(CLIENT), |context| answer(context, revoke_credential))
                .description("撤销一个密钥或证书；由它取得的令牌立即失效 / the tokens that it gave end at once")
                .argument(client())
                .argument(InputValue::new("credential", TypeRef::named_nn(TypeRef::ID)))
                .argument(reason()),
        )
        .field(
            Field::new("revokeClient", TypeRef::named(CLIENT), |context| answer(context, revoke))
                .description("撤销客户端，不可恢复；其令牌立即失效 / for ever; its tokens end at once")
                .argument(client())
                .argument(reason()),
        )
        .field(
            Field::new("reviewClient", TypeRef::named(CLIENT), |context| answer(context, review))
                .description("年度复核：再准入一年 / it may go on for a year")
                .argument(client()),
        )
}

async fn department<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let contacts: Option<Vec<Contact>> = arguments::json(args, "contacts").map(contacts).transpose()?;
    let input = DepartmentInput {
        code: arguments::text(args, "code").unwrap_or_default(),
        name: arguments::text(args, "name").unwrap_or_default(),
        level: arguments::text(args, "level"),
        division: arguments::text(args, "division"),
        contacts,
        rate: amount(args, "rate"),
        daily: amount(args, "daily"),
    };
    let row = ask.hub.clients.register.department(input, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(row)))
}

fn contacts(given: Json) -> Result<Vec<Contact>, ApiError> {
    let list = if given.is_array() { given } else { Json::Array(vec![given]) };
    serde_json::from_value(list).map_err(|error| ApiError::Bug(format!("contacts: {error}")))
}

async fn register<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let text = |name: &str| arguments::text(args, name).unwrap_or_default();
    // Written in the document it is an enum, given in variables a text.
    let issuer = arguments::texts(args, "role").is_some_and(|named| named == ["ISSUER"]);
    let granted =
        |name: &str, without: Granted| arguments::texts(args, name).map_or(without, |names| Granted::Only(names.into_iter().collect()));
    let input = ClientInput {
        id: arguments::text(args, "id"),
        department: text("department"),
        name: text("name"),
        role: if issuer { Role::Issuer } else { Role::Department },
        types: granted("types", Granted::none()),
        authorities: granted("authorities", Granted::none()),
        admitted_for: text("admittedFor"),
        documents: arguments::texts(args, "documents").unwrap_or_default(),
        rate: amount(args, "rate"),
        daily: amount(args, "daily"),
        ends_on: day(args)?,
        with_secret: arguments::flag(args, "withSecret"),
    };
    let made = ask.hub.clients.register.client(input, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(NewSecretCell::of_client(made))))
}

async fn add_secret<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let client = id(args);
    let register = &ask.hub.clients.register;
    let made = register.secret(&client, day(args)?, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(NewSecretCell::of_secret(register.of_id(&client).await?, made))))
}

async fn add_certificate<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let given = arguments::text(args, "certificate").unwrap_or_default();
    let made = ask.hub.clients.register.certificate(&id(args), given.as_bytes(), &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(made)))
}

async fn revoke_credential<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let wrong =
        || ApiError::Input { path: "credential".into(), zh: "不是凭据的标识".into(), en: "it is no id of a credential".into() };
    let credential = arguments::text(args, "credential").and_then(|given| given.parse().ok()).ok_or_else(wrong)?;
    let register = &ask.hub.clients.register;
    register.revoke_credential(&id(args), credential, &why(args), &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(register.of_id(&id(args)).await?)))
}

async fn revoke<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let row = ask.hub.clients.register.revoke(&id(args), &why(args), &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(row)))
}

async fn review<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let row = ask.hub.clients.register.review(&id(context.args.as_index_map()), &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(row)))
}

fn id(args: &Arguments) -> String {
    arguments::text(args, "client").unwrap_or_default()
}

fn why(args: &Arguments) -> String {
    arguments::text(args, "reason").unwrap_or_default()
}

fn day(args: &Arguments) -> Result<Option<chrono::NaiveDate>, ApiError> {
    arguments::text(args, "endsOn").map(|given| arguments::as_date("endsOn", &given)).transpose()
}

/// What does not fit is out of the range that the register takes.
fn amount(args: &Arguments, name: &str) -> Option<u32> {
    arguments::integer(args, name).map(|given| u32::try_from(given).unwrap_or(0))
}
