//! `CertificateEvent`: one step of a certificate's life.

use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, TypeRef};
use async_graphql::{Name, Value};

use super::{enums, status_code};
use crate::graphql::ask::read;
use crate::graphql::{scalars, values};
use crate::store::EventRow;

pub(crate) const EVENT: &str = "CertificateEvent";

pub(crate) fn object() -> Object {
    let text = |value: &Option<String>| value.as_deref().map(Value::from);
    Object::new(EVENT)
        .description("状态变更 / a status event, signed by the issuer (the issue itself by the certificate's statement)")
        .field(Field::new("id", TypeRef::named_nn(TypeRef::ID), |context| {
            read::<EventRow>(&context, |event| Some(Value::from(event.id.to_string())))
        }))
        .field(
            Field::new("versionId", TypeRef::named_nn(TypeRef::ID), |context| {
                read::<EventRow>(&context, |event| Some(Value::from(event.version_id.to_string())))
            })
            .description("所属版本 / the version it happened to"),
        )
        .field(
            Field::new("operation", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<EventRow>(&context, |event| Some(Value::from(event.operation.as_str())))
            })
            .description("issue, suspend, resume, revoke, cancel, amend, renew"),
        )
        .field(
            Field::new("operationCode", TypeRef::named(TypeRef::STRING), move |context| {
                read::<EventRow>(&context, |event| text(&event.operation_code))
            })
            .description("该类型自己的操作代码"),
        )
        .field(Field::new("status", TypeRef::named_nn(enums::STATUS), |context| {
            read::<EventRow>(&context, |event| Some(Value::Enum(Name::new(event.status.as_str()))))
        }))
        .field(Field::new("statusCode", TypeRef::named_nn(status_code::STATUS_CODE), |context| {
            let cell = context
                .parent_value
                .downcast_ref::<EventRow>()
                .map(|event| status_code::Cell { scheme: event.scheme.clone(), code: event.code.clone() });
            FieldFuture::Value(cell.map(FieldValue::owned_any))
        }))
        .field(Field::new("reason", TypeRef::named(TypeRef::STRING), move |context| {
            read::<EventRow>(&context, |event| text(&event.reason))
        }))
        .field(Field::new("at", TypeRef::named_nn(scalars::DATE_TIME), |context| {
            read::<EventRow>(&context, |event| Some(values::time(event.at)))
        }))
}
