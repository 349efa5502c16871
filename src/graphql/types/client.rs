//! `Department`, `Client` and what clients prove themselves with: the register, for administrators.

use async_graphql::dynamic::{Enum, EnumItem, Field, FieldFuture, FieldValue, Object, ResolverContext, SchemaBuilder, TypeRef};
use async_graphql::{Name, Value};
use chrono::{DateTime, Utc};
use model::actor::{Granted, Role};
use verify::chain::X509;
use verify::digest::sm3_hex;

use crate::clients::{NewClient, NewSecret};
use crate::graphql::ask::{answer, read};
use crate::graphql::scalars;
use crate::graphql::values::{self, CodeCell};
use crate::store::{ClientRow, ClientState, Contact, CredentialRow, DepartmentRow, Proof};

pub(crate) const DEPARTMENT: &str = "Department";
pub(crate) const CLIENT: &str = "Client";
pub(crate) const CREDENTIAL: &str = "ClientCredential";
pub(crate) const NEW_SECRET: &str = "NewClientSecret";
pub(crate) const ROLE: &str = "ClientRole";
const CONTACT: &str = "DepartmentContact";
const STATE: &str = "ClientState";
const KIND: &str = "ClientCredentialKind";

/// A secret on its way to the one who asked for it.
#[derive(Clone)]
pub(crate) struct NewSecretCell {
    client: ClientRow,
    made: Option<(CredentialRow, zeroize::Zeroizing<String>)>,
}

impl NewSecretCell {
    pub(crate) fn of_client(made: NewClient) -> Self {
        Self { client: made.client, made: made.secret.map(|made| (made.credential, made.secret)) }
    }

    pub(crate) fn of_secret(client: ClientRow, made: NewSecret) -> Self {
        Self { client, made: Some((made.credential, made.secret)) }
    }
}

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    schema
        .register(
            Enum::new(ROLE)
                .item(EnumItem::new("DEPARTMENT").description("用证部门的系统 / reads"))
                .item(EnumItem::new("ISSUER").description("颁发机构的系统 / issues and reads")),
        )
        .register(
            Enum::new(STATE)
                .item(EnumItem::new("ACTIVE").description("可调用"))
                .item(EnumItem::new("ENDED").description("已过终止日期"))
                .item(EnumItem::new("LAPSED").description("一年未复核，自动失效 / nobody reviewed it for a year"))
                .item(EnumItem::new("REVOKED").description("已撤销")),
        )
        .register(
            Enum::new(KIND)
                .item(EnumItem::new("SECRET").description("密钥（客户端口令）"))
                .item(EnumItem::new("CERTIFICATE").description("SM2 证书，其私钥签署请求 / its key signs the client's requests")),
        )
        .register(department())
        .register(contact())
        .register(client())
        .register(credential())
        .register(new_secret())
}

fn department() -> Object {
    Object::new(DEPARTMENT)
        .description("用证部门 / a department whose systems call the hub")
        .field(text::<DepartmentRow>("code", |row| Some(&row.code), "统一社会信用代码 / credit code (GB 32100)", true))
        .field(text::<DepartmentRow>("name", |row| Some(&row.name), "名称", true))
        .field(
            Field::new("level", TypeRef::named(values::CODE_VALUE), |context| code(&context, "AuthorityLevel", |row| row.level.clone()))
                .description("机构级别"),
        )
        .field(
            Field::new("division", TypeRef::named(values::CODE_VALUE), |context| code(&context, "Division", |row| row.division.clone()))
                .description("行政区划（GB/T 2260）"),
        )
        .field(
            Field::new("contacts", TypeRef::named_nn_list(CONTACT), |context| {
                let contacts = context.parent_value.downcast_ref::<DepartmentRow>().map(|row| row.contacts.clone()).unwrap_or_default();
                FieldFuture::Value(Some(FieldValue::list(contacts.into_iter().map(FieldValue::owned_any))))
            })
            .description("联系人"),
        )
        .field(number::<DepartmentRow>(
            "rate",
            |row| row.rate,
            "全部客户端合计每秒请求数；空为枢纽的默认值 / of all clients together; null: as configured",
        ))
        .field(number::<DepartmentRow>("daily", |row| row.daily, "全部客户端合计每日请求数 / a day"))
        .field(time::<DepartmentRow>("updatedAt", |row| Some(row.updated_at), "最近更改", true))
        .field(
            Field::new("clients", TypeRef::named_nn_list(CLIENT), |context| {
                answer(context, |context, ask| async move {
                    let Some(code) = context.parent_value.downcast_ref::<DepartmentRow>().map(|row| row.code.clone()) else {
                        return Ok(None);
                    };
                    let found = ask.hub.clients.register.clients(Some(&code)).await?;
                    Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
                })
            })
            .description("其客户端 / its systems"),
        )
}

fn contact() -> Object {
    Object::new(CONTACT)
        .field(text::<Contact>("name", |row| Some(&row.name), "姓名", true))
        .field(text::<Contact>("phone", |row| row.phone.as_deref(), "电话", false))
        .field(text::<Contact>("email", |row| row.email.as_deref(), "邮箱", false))
}

fn client() -> Object {
    Object::new(CLIENT)
        .description("部门的客户端（系统） / a system of a department")
        .field(
            Field::new("id", TypeRef::named_nn(TypeRef::ID), |context| {
                read::<ClientRow>(&context, |row| Some(Value::from(row.id.as_str())))
            })
            .description("client_id；访问日志以此记名 / names it in the log"),
        )
        .field(text::<ClientRow>("departmentCode", |row| Some(&row.department), "所属部门的统一社会信用代码", true))
        .field(text::<ClientRow>("name", |row| Some(&row.name), "名称", true))
        .field(Field::new("role", TypeRef::named_nn(ROLE), |context| {
            read::<ClientRow>(&context, |row| Some(word(if row.role == Role::Issuer { "ISSUER" } else { "DEPARTMENT" })))
        }))
        .field(granted("types", |row| &row.types, "可用的证照类型；空为全部 / null: all"))
        .field(granted("authorities", |row| &row.authorities, "可代表的颁发机构；空为全部 / null: all"))
        .field(text::<ClientRow>("admittedFor", |row| Some(&row.admitted_for), "准入用途", true))
        .field(Field::new("documents", TypeRef::named_nn_list_nn(TypeRef::STRING), |context| {
            read::<ClientRow>(&context, |row| Some(Value::List(row.documents.iter().map(|one| Value::from(one.as_str())).collect())))
        }))
        .field(number::<ClientRow>("rate", |row| row.rate, "每秒请求数 / requests a second; null: as configured"))
        .field(number::<ClientRow>("daily", |row| row.daily, "每日请求数 / requests a day"))
        .field(
            Field::new("state", TypeRef::named_nn(STATE), |context| {
                answer(context, |context, ask| async move {
                    let state = context.parent_value.downcast_ref::<ClientRow>().map(|row| row.state(ask.now));
                    Ok(state.map(|state| FieldValue::value(word(state_name(state)))))
                })
            })
            .description("现在能否调用 / whether it may call now"),
        )
        .field(time::<ClientRow>("endsAt", |row| row.ends_at, "终止", false))
        .field(time::<ClientRow>("reviewedAt", |row| Some(row.reviewed_at), "最近复核", true))
        .field(time::<ClientRow>("reviewDue", |row| Some(row.review_due()), "到此未复核则自动失效 / lapses then by itself", true))
        .field(time::<ClientRow>("registeredAt", |row| Some(row.registered_at), "准入时间", true))
        .field(text::<ClientRow>("registeredBy", |row| Some(&row.registered_by), "准入人", true))
        .field(time::<ClientRow>("lastUsedAt", |row| row.last_used_at, "最近一次取得令牌", false))
        .field(time::<ClientRow>("revokedAt", |row| row.revoked_at, "撤销时间", false))
        .field(text::<ClientRow>("revokedWhy", |row| row.revoked_why.as_deref(), "撤销原因", false))
        .field(
            Field::new("credentials", TypeRef::named_nn_list(CREDENTIAL), |context| {
                answer(context, |context, ask| async move {
                    let Some(id) = context.parent_value.downcast_ref::<ClientRow>().map(|row| row.id.clone()) else { return Ok(None) };
                    let found = ask.hub.clients.register.credentials(&id).await?;
                    Ok(Some(FieldValue::list(found.into_iter().map(FieldValue::owned_any))))
                })
            })
            .description("凭据，含已撤销的 / revoked ones included"),
        )
}

fn credential() -> Object {
    Object::new(CREDENTIAL)
        .description("客户端的凭据 / what a client proves itself with")
        .field(Field::new("id", TypeRef::named_nn(TypeRef::ID), |context| {
            read::<CredentialRow>(&context, |row| Some(Value::from(row.id.to_string())))
        }))
        .field(Field::new("kind", TypeRef::named_nn(KIND), |context| {
            read::<CredentialRow>(&context, |row| Some(word(if row.is_secret() { "SECRET" } else { "CERTIFICATE" })))
        }))
        .field(
            Field::new("subject", TypeRef::named(TypeRef::STRING), |context| {
                read::<CredentialRow>(&context, |row| {
                    Some(Value::from(certificate(row).and_then(|der| X509::from_der(der).ok())?.subject()))
                })
            })
            .description("证书的主体"),
        )
        .field(
            Field::new("digest", TypeRef::named(TypeRef::STRING), |context| {
                read::<CredentialRow>(&context, |row| certificate(row).map(|der| Value::from(sm3_hex(der))))
            })
            .description("证书的 SM3，即断言的 kid / kid of its assertions"),
        )
        .field(time::<CredentialRow>("createdAt", |row| Some(row.created_at), "登记时间", true))
        .field(text::<CredentialRow>("createdBy", |row| Some(&row.created_by), "登记人", true))
        .field(time::<CredentialRow>("expiresAt", |row| row.expires_at, "到期", false))
        .field(time::<CredentialRow>("lastUsedAt", |row| row.last_used_at, "最近使用", false))
        .field(time::<CredentialRow>("revokedAt", |row| row.revoked_at, "撤销时间", false))
        .field(text::<CredentialRow>("revokedWhy", |row| row.revoked_why.as_deref(), "撤销原因", false))
}

fn new_secret() -> Object {
    Object::new(NEW_SECRET)
        .description("新密钥：只在此处出现一次 / a new secret, which is shown here and nowhere again")
        .field(Field::new("client", TypeRef::named_nn(CLIENT), |context| {
            let cell = context.parent_value.downcast_ref::<NewSecretCell>();
            FieldFuture::Value(cell.map(|cell| FieldValue::owned_any(cell.client.clone())))
        }))
        .field(Field::new("credential", TypeRef::named(CREDENTIAL), |context| {
            let made = context.parent_value.downcast_ref::<NewSecretCell>().and_then(|cell| cell.made.as_ref());
            FieldFuture::Value(made.map(|(credential, _)| FieldValue::owned_any(credential.clone())))
        }))
        .field(Field::new("secret", TypeRef::named(TypeRef::STRING), |context| {
            read::<NewSecretCell>(&context, |cell| cell.made.as_ref().map(|(_, secret)| Value::from(secret.as_str())))
        }))
}

fn certificate(row: &CredentialRow) -> Option<&[u8]> {
    match &row.proof {
        Proof::Certificate(der) => Some(der),
        Proof::Secret(_) => None,
    }
}

const fn state_name(state: ClientState) -> &'static str {
    match state {
        ClientState::Active => "ACTIVE",
        ClientState::Ended => "ENDED",
        ClientState::Lapsed => "LAPSED",
        ClientState::Revoked => "REVOKED",
    }
}

fn word(name: &str) -> Value {
    Value::Enum(Name::new(name))
}

fn text<T: 'static + Send + Sync>(name: &'static str, get: fn(&T) -> Option<&str>, description: &'static str, there: bool) -> Field {
    let ty = if there { TypeRef::named_nn(TypeRef::STRING) } else { TypeRef::named(TypeRef::STRING) };
    Field::new(name, ty, move |context| -> FieldFuture<'_> { read::<T>(&context, |row| get(row).map(Value::from)) })
        .description(description)
}

fn number<T: 'static + Send + Sync>(name: &'static str, get: fn(&T) -> Option<u32>, description: &'static str) -> Field {
    Field::new(name, TypeRef::named(TypeRef::INT), move |context| -> FieldFuture<'_> {
        read::<T>(&context, |row| get(row).map(Value::from))
    })
    .description(description)
}

fn time<T: 'static + Send + Sync>(
    name: &'static str,
    get: fn(&T) -> Option<DateTime<Utc>>,
    description: &'static str,
    there: bool,
) -> Field {
    let ty = if there { TypeRef::named_nn(scalars::DATE_TIME) } else { TypeRef::named(scalars::DATE_TIME) };
    Field::new(name, ty, move |context| -> FieldFuture<'_> { read::<T>(&context, |row| get(row).map(values::time)) })
        .description(description)
}

fn granted(name: &'static str, get: fn(&ClientRow) -> &Granted, description: &'static str) -> Field {
    Field::new(name, TypeRef::named_nn_list(TypeRef::STRING), move |context| -> FieldFuture<'_> {
        read::<ClientRow>(&context, |row| match get(row) {
            Granted::All => None,
            Granted::Only(names) => Some(Value::List(names.iter().map(|name| Value::from(name.as_str())).collect())),
        })
    })
    .description(description)
}

fn code<'a>(context: &ResolverContext<'a>, table: &'static str, get: fn(&DepartmentRow) -> Option<String>) -> FieldFuture<'a> {
    let code = context.parent_value.downcast_ref::<DepartmentRow>().and_then(get);
    FieldFuture::Value(code.map(|code| FieldValue::owned_any(CodeCell { table: table.into(), code })))
}
