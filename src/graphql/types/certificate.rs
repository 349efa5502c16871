//! `Certificate`: the interface, and the object of each type.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dataloader::DataLoader;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, InputValue, Interface, InterfaceField, Object, ResolverContext, TypeRef};
use model::registry::CertificateType;
use serde_json::Value as Json;
use verify::status::derive;

use super::{authority, enums, event, file, holder, relation, signature, status_code};
use crate::graphql::ask::{Ask, Cert, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::loaders::{EventsKey, Loaders, VersionKey};
use crate::graphql::{scalars, values};

pub(crate) const CERTIFICATE: &str = "Certificate";
pub(crate) const NODE: &str = "Node";

/// Name, type and description of every interface field; the objects repeat them word for word (an implementor with another
/// type is judged wrongly by the library, decision 16).
fn fields() -> Vec<(&'static str, TypeRef, &'static str)> {
    let text = || TypeRef::named_nn(TypeRef::STRING);
    vec![
        ("id", TypeRef::named_nn(TypeRef::ID), "不透明标识，对应一个版本 / opaque id of exactly this version"),
        ("identifier", text(), "电子证照标识（ZZBS, GB/T 36904） / identifier"),
        ("typeCode", text(), "证照类型代码（ZZLXDM）"),
        ("typeName", text(), "证照类型名称"),
        ("name", text(), "证照名称（ZZMC）"),
        ("number", text(), "证照编号（ZZBH）"),
        ("issuer", TypeRef::named_nn(authority::AUTHORITY), "证照颁发机构（ZZBFJG）"),
        ("issuedOn", TypeRef::named_nn(scalars::DATE), "证照颁发日期（ZZBFRQ）"),
        ("validFrom", TypeRef::named(scalars::DATE), "证照有效期起始日期（ZZYXQQSRQ）"),
        ("validTo", TypeRef::named(scalars::DATE), "证照有效期截止日期（ZZYXQJZRQ），含当日；空为长期 / inclusive; null is open-ended"),
        ("holders", TypeRef::named_nn_list_nn(holder::HOLDER), "持证主体（CZZT）"),
        ("status", TypeRef::named_nn(enums::STATUS), "证照状态（归一），按请求时刻推定 / derived at the request's now"),
        ("statusCode", TypeRef::named(status_code::STATUS_CODE), "该类型自己的状态代码 / the type's own status code"),
        ("version", TypeRef::named_nn(TypeRef::INT), "版本号，从1开始"),
        ("current", TypeRef::named_nn(CERTIFICATE), "现行版本 / the version that is current now"),
        ("previous", TypeRef::named(CERTIFICATE), "上一版本"),
        ("history", TypeRef::named_nn_list_nn(event::EVENT), "状态变更历史 / events of all versions, oldest first"),
        ("signature", TypeRef::named_nn(signature::SIGNATURE), "数据签名（SM2/SM3）"),
        ("files", TypeRef::named_nn_list_nn(file::FILE), "证照文件"),
        ("updatedAt", TypeRef::named_nn(scalars::DATE_TIME), "最近变更时间"),
    ]
}

/// The `Certificate` and `Node` interfaces.
pub(crate) fn interfaces() -> (Interface, Interface) {
    let certificate =
        Interface::new(CERTIFICATE).description("电子证照的公共元数据（GB/T 36903） / metadata every certificate has").implement(NODE);
    let certificate =
        fields().into_iter().fold(certificate, |built, (name, ty, text)| built.field(InterfaceField::new(name, ty).description(text)));
    let node = Interface::new(NODE).description("Relay Node").field(InterfaceField::new("id", TypeRef::named_nn(TypeRef::ID)));
    (certificate, node)
}

/// The object of one type: metadata, properties, and the relations that reach a type the caller may read.
pub(crate) fn object(ty: &Arc<CertificateType>, readable: impl Fn(&str) -> bool) -> Object {
    let mut built = Object::new(&*ty.name).description(describe(ty)).implement(CERTIFICATE).implement(NODE);
    for (name, type_ref, text) in fields() {
        built = built.field(Field::new(name, type_ref, move |context| metadata(name, context)).description(text));
    }
    for field in &ty.fields {
        built = built.field(values::data_field(field));
    }
    for found in &ty.relations {
        let name = found.name.clone();
        let type_name = ty.name.clone();
        let text = format!("{} / {}", found.title.zh, found.title.en.as_deref().unwrap_or("related certificates"));
        if !found.to.iter().any(|target| readable(target)) {
            continue;
        }
        let typed = found.to.len() == 1;
        let target = if typed { found.to[0].to_string() } else { CERTIFICATE.to_owned() };
        built = built.field(
            Field::new(found.name.clone(), TypeRef::named_nn_list(target), move |context| {
                let (name, type_name) = (name.clone(), type_name.clone());
                answer(context, move |context, ask| relation::resolve(context, ask, type_name, name, typed))
            })
            .description(text)
            .argument(InputValue::new("first", TypeRef::named(TypeRef::INT)).default_value(relation::DEFAULT_FIRST)),
        );
    }
    built
}

fn describe(ty: &CertificateType) -> String {
    let standard = ty.standard.as_deref().map(|standard| format!(", {standard}")).unwrap_or_default();
    let english = ty.title.en.as_deref().map(|en| format!(" / {en}")).unwrap_or_default();
    format!("{}（{}{standard}）{english}", ty.title.zh, ty.type_code)
}

fn metadata<'a>(name: &'static str, context: ResolverContext<'a>) -> FieldFuture<'a> {
    let Some(cert) = context.parent_value.downcast_ref::<Cert>().cloned() else {
        return answer(context, |_, _| async { Err(ApiError::Bug("the parent is no certificate".into())) });
    };
    let row = &cert.row;
    let value = match name {
        "id" => Value::from(row.id.to_string()),
        "identifier" => Value::from(row.identifier.as_str()),
        "typeCode" => text(cert.statement.get("typeCode")),
        "typeName" => Value::from(cert.ty.title.zh.as_str()),
        "name" => Value::from(certificate_name(&cert)),
        "number" => Value::from(cert.ty.shown_number(&row.number)),
        "issuedOn" => Value::from(row.issued_on.to_string()),
        "validFrom" => row.valid_from.map_or(Value::Null, |date| Value::from(date.to_string())),
        "validTo" => row.valid_to.map_or(Value::Null, |date| Value::from(date.to_string())),
        "version" => Value::from(row.version),
        "updatedAt" => values::time(row.updated_at),
        "holders" => return FieldFuture::Value(Some(FieldValue::list(holder::of(&cert).into_iter().map(FieldValue::owned_any)))),
        "statusCode" => {
            let cell = status_code::Cell { scheme: row.status_scheme.clone(), code: row.status_code.clone() };
            return FieldFuture::Value(Some(FieldValue::owned_any(cell)));
        }
        "signature" => return FieldFuture::Value(Some(FieldValue::owned_any(signature::Cell(cert)))),
        "files" => {
            return FieldFuture::Value(Some(FieldValue::list(
                file::of(&cert.row.identifier, &cert.ty).into_iter().map(FieldValue::owned_any),
            )));
        }
        _ => return answer(context, move |context, ask| waiting(name, cert, context, ask)),
    };
    FieldFuture::from_value((value != Value::Null).then_some(value))
}

/// Fields that need the request: its now, or a loader.
async fn waiting<'a>(name: &'static str, cert: Cert, context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let row = &cert.row;
    match name {
        "status" => {
            let status = derive(row.event_status, row.valid_from, row.valid_to, ask.now);
            Ok(Some(FieldValue::value(Value::Enum(async_graphql::Name::new(status.as_str())))))
        }
        "issuer" => authority::of(&context, &cert).await,
        "current" if row.current_id == row.id => Ok(Some(cert.into_interface())),
        "current" => version(&context, row.current_id).await.map(|found| Some(found.unwrap_or(cert).into_interface())),
        "previous" => match row.previous_id {
            Some(id) => Ok(version(&context, id).await?.map(Cert::into_interface)),
            None => Ok(None),
        },
        "history" => {
            let loader = loaders(&context)?;
            let events = loader.load_one(EventsKey(cert.clone())).await?.unwrap_or_default();
            Ok(Some(FieldValue::list(events.into_iter().map(FieldValue::owned_any))))
        }
        other => Err(ApiError::Bug(format!("no metadata field {other}"))),
    }
}

async fn version(context: &ResolverContext<'_>, id: uuid::Uuid) -> Result<Option<Cert>, ApiError> {
    Ok(loaders(context)?.load_one(VersionKey(id)).await?)
}

/// The request's loaders.
pub(crate) fn loaders<'a>(context: &ResolverContext<'a>) -> Result<&'a DataLoader<Loaders>, ApiError> {
    context.ctx.data::<DataLoader<Loaders>>().map_err(|error| ApiError::Bug(error.message))
}

/// 证照名称: after the type's rule.
pub(crate) fn certificate_name(cert: &Cert) -> String {
    cert.data().map_or_else(|| cert.ty.title.zh.clone(), |data| cert.ty.certificate_name(data))
}

fn text(value: Option<&Json>) -> Value {
    value.and_then(Json::as_str).map_or(Value::Null, Value::from)
}
