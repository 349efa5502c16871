//! `TypeRegistration`: what registering a type file did, or would do.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, SchemaBuilder, TypeRef};
use model::registry::{Change, Diagnostic, Severity};
use verify::messages::Lang;

use super::catalogue;
use crate::graphql::ask::{Ask, read};
use crate::registration::{FaceOutcome, Outcome};

pub(crate) const REGISTRATION: &str = "TypeRegistration";
pub(crate) const FACE: &str = "FaceRegistration";
const DIAGNOSTIC: &str = "Diagnostic";
const CHANGE: &str = "TypeChange";

struct DiagnosticCell(Diagnostic, Lang);
struct ChangeCell(Change, Lang);

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    schema.register(registration()).register(face()).register(diagnostic()).register(change())
}

fn registration() -> Object {
    Object::new(REGISTRATION)
        .field(
            Field::new("type", TypeRef::named(catalogue::TYPE), |context| {
                let known = context.parent_value.downcast_ref::<Outcome>().and_then(|outcome| outcome.registered_type.clone());
                FieldFuture::Value(known.map(FieldValue::owned_any))
            })
            .description("登记的类型；文件有错时为空 / null when the file is faulty"),
        )
        .field(Field::new("diagnostics", TypeRef::named_nn_list_nn(DIAGNOSTIC), |context| {
            let lang = lang(&context);
            let outcome = context.parent_value.downcast_ref::<Outcome>();
            FieldFuture::Value(outcome.map(|outcome| {
                FieldValue::list(outcome.diagnostics.iter().cloned().map(|found| FieldValue::owned_any(DiagnosticCell(found, lang))))
            }))
        }))
        .field(Field::new("changes", TypeRef::named_nn_list_nn(CHANGE), |context| {
            let lang = lang(&context);
            let outcome = context.parent_value.downcast_ref::<Outcome>();
            FieldFuture::Value(outcome.map(|outcome| {
                FieldValue::list(outcome.changes.iter().cloned().map(|found| FieldValue::owned_any(ChangeCell(found, lang))))
            }))
        }))
        .field(
            Field::new("checkedCertificates", TypeRef::named_nn(TypeRef::INT), |context| {
                read::<Outcome>(&context, |outcome| Some(Value::from(outcome.checked_certificates)))
            })
            .description("核对过的已存证照数 / stored certificates read with the new file"),
        )
        .field(
            Field::new("registered", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
                read::<Outcome>(&context, |outcome| Some(Value::from(outcome.registered)))
            })
            .description("是否已生效；试运行时为假"),
        )
}

fn face() -> Object {
    Object::new(FACE)
        .field(Field::new("type", TypeRef::named_nn(catalogue::TYPE), |context| {
            let outcome = context.parent_value.downcast_ref::<FaceOutcome>();
            FieldFuture::Value(outcome.map(|outcome| FieldValue::owned_any(outcome.registered_type.clone())))
        }))
        .field(
            Field::new("digest", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<FaceOutcome>(&context, |outcome| Some(Value::from(outcome.digest.as_str())))
            })
            .description("模板的 SM3 / SM3 of the template"),
        )
        .field(
            Field::new("pages", TypeRef::named_nn_list_nn(TypeRef::INT), |context| {
                read::<FaceOutcome>(&context, |outcome| Some(Value::List(outcome.pages.iter().map(|pages| Value::from(*pages)).collect())))
            })
            .description("类型文件各示例排成的页数 / pages of each example of the type file"),
        )
        .field(
            Field::new("registered", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
                read::<FaceOutcome>(&context, |outcome| Some(Value::from(outcome.registered)))
            })
            .description("是否已换用；试运行或与现用相同时为假 / false for a dry run, or when it is the type's face already"),
        )
}

fn diagnostic() -> Object {
    Object::new(DIAGNOSTIC)
        .field(Field::new("code", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<DiagnosticCell>(&context, |cell| Some(Value::from(cell.0.code.to_string())))
        }))
        .field(Field::new("severity", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<DiagnosticCell>(&context, |cell| Some(Value::from(if cell.0.severity == Severity::Error { "ERROR" } else { "WARNING" })))
        }))
        .field(Field::new("message", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<DiagnosticCell>(&context, |cell| Some(Value::from(cell.0.message.text(cell.1))))
        }))
        .field(Field::new("help", TypeRef::named(TypeRef::STRING), |context| {
            read::<DiagnosticCell>(&context, |cell| Some(Value::from(cell.0.help.text(cell.1))))
        }))
        .field(Field::new("file", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<DiagnosticCell>(&context, |cell| Some(Value::from(cell.0.file.as_str())))
        }))
        .field(Field::new("line", TypeRef::named_nn(TypeRef::INT), |context| {
            read::<DiagnosticCell>(&context, |cell| Some(Value::from(cell.0.line)))
        }))
        .field(Field::new("column", TypeRef::named_nn(TypeRef::INT), |context| {
            read::<DiagnosticCell>(&context, |cell| Some(Value::from(cell.0.column)))
        }))
        .field(Field::new("pointer", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<DiagnosticCell>(&context, |cell| Some(Value::from(cell.0.pointer.as_str())))
        }))
}

fn change() -> Object {
    Object::new(CHANGE)
        .field(Field::new("path", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<ChangeCell>(&context, |cell| Some(Value::from(cell.0.path.as_str())))
        }))
        .field(
            Field::new("breaking", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
                read::<ChangeCell>(&context, |cell| Some(Value::from(cell.0.breaking)))
            })
            .description("是否破坏既有调用方"),
        )
        .field(Field::new("message", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<ChangeCell>(&context, |cell| Some(Value::from(cell.0.message.text(cell.1))))
        }))
}

fn lang(context: &async_graphql::dynamic::ResolverContext<'_>) -> Lang {
    context.ctx.data::<Arc<Ask>>().map_or(Lang::Zh, |ask| ask.lang)
}
