//! A batch's answer, a row each: `{ok, certificate, faults}`.

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, SchemaBuilder, TypeRef};
use model::registry::{CertificateType, names};

use crate::graphql::ask::{Cert, read};
use crate::graphql::errors::Told;

pub(crate) const FAULT: &str = "Fault";

/// The answer to one row of a batch.
#[derive(Clone)]
pub(crate) struct Row {
    pub certificate: Option<Cert>,
    pub refusal: Option<Told>,
}

#[derive(Clone)]
struct FaultCell {
    code: &'static str,
    path: String,
    message: String,
}

pub(crate) fn register_shared(schema: SchemaBuilder) -> SchemaBuilder {
    schema.register(
        Object::new(FAULT)
            .description("一处错误 / one fault")
            .field(
                Field::new("code", TypeRef::named_nn(TypeRef::STRING), |context| {
                    read::<FaultCell>(&context, |fault| Some(Value::from(fault.code)))
                })
                .description("同 errors.extensions.code"),
            )
            .field(Field::new("path", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<FaultCell>(&context, |fault| Some(Value::from(fault.path.as_str())))
            }))
            .field(Field::new("message", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<FaultCell>(&context, |fault| Some(Value::from(fault.message.as_str())))
            })),
    )
}

pub(crate) fn register(schema: SchemaBuilder, ty: &CertificateType) -> SchemaBuilder {
    schema.register(
        Object::new(names::issue_result(ty))
            .field(Field::new("ok", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
                read::<Row>(&context, |row| Some(Value::from(row.certificate.is_some())))
            }))
            .field(Field::new("certificate", TypeRef::named(&*ty.name), |context| {
                let cert = context.parent_value.downcast_ref::<Row>().and_then(|row| row.certificate.clone());
                FieldFuture::Value(cert.map(Cert::typed))
            }))
            .field(Field::new("faults", TypeRef::named_nn_list_nn(FAULT), |context| {
                let row = context.parent_value.downcast_ref::<Row>();
                FieldFuture::Value(row.map(|row| FieldValue::list(row.faults().into_iter().map(FieldValue::owned_any))))
            })),
    )
}

impl Row {
    fn faults(&self) -> Vec<FaultCell> {
        let Some(told) = &self.refusal else { return Vec::new() };
        if told.faults.is_empty() {
            return vec![FaultCell { code: told.code, path: String::new(), message: told.message.clone() }];
        }
        told.faults.iter().map(|(path, message)| FaultCell { code: told.code, path: path.clone(), message: message.clone() }).collect()
    }
}
