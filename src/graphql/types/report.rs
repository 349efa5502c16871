//! `VerificationReport`: a verdict as data.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, ResolverContext, SchemaBuilder, TypeRef};
use verify::messages::Lang;
use verify::report::{Check, Reason, Report, Subject};

use super::enums;
use crate::graphql::ask::{Ask, Resolved, answer, read};
use crate::graphql::{scalars, values};

pub(crate) const REPORT: &str = "VerificationReport";
pub(crate) const CHECK: &str = "Check";
pub(crate) const REASON: &str = "Reason";
pub(crate) const SUBJECT: &str = "PublicCertificate";

struct ReasonCell(Reason, Lang);
struct CheckCell(Check, Lang);

pub(crate) fn value(report: Report) -> FieldValue<'static> {
    FieldValue::owned_any(report)
}

pub(crate) fn check_value(check: Check, lang: Lang) -> FieldValue<'static> {
    FieldValue::owned_any(CheckCell(check, lang))
}

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    schema.register(report()).register(check()).register(reason()).register(subject())
}

fn report() -> Object {
    let date_time = || TypeRef::named(scalars::DATE_TIME);
    Object::new(REPORT)
        .description("验证报告：结论、各项检查与原因 / is it genuine and usable now, and why")
        .field(Field::new("result", TypeRef::named_nn(enums::RESULT), |context| {
            read::<Report>(&context, |report| Some(enums::value(&report.result)))
        }))
        .field(
            Field::new("genuine", TypeRef::named(TypeRef::BOOLEAN), |context| {
                read::<Report>(&context, |report| report.genuine.map(Value::from))
            })
            .description("是否真实（与是否有效无关）；无法判定时为空"),
        )
        .field(Field::new("status", TypeRef::named(enums::STATUS), |context| {
            read::<Report>(&context, |report| report.status.as_ref().map(enums::value))
        }))
        .field(Field::new("reasons", TypeRef::named_nn_list_nn(REASON), |context| {
            let lang = lang(&context);
            let report = context.parent_value.downcast_ref::<Report>();
            FieldFuture::Value(report.map(|report| {
                FieldValue::list(report.reasons.iter().cloned().map(|reason| FieldValue::owned_any(ReasonCell(reason, lang))))
            }))
        }))
        .field(Field::new("checks", TypeRef::named_nn_list_nn(CHECK), |context| {
            let lang = lang(&context);
            let report = context.parent_value.downcast_ref::<Report>();
            FieldFuture::Value(report.map(|report| FieldValue::list(report.checks.iter().cloned().map(|check| check_value(check, lang)))))
        }))
        .field(Field::new("verifiedAt", TypeRef::named_nn(scalars::DATE_TIME), |context| {
            read::<Report>(&context, |report| Some(values::time(report.verified_at)))
        }))
        .field(
            Field::new("statusAsOf", date_time(), |context| read::<Report>(&context, |report| report.status_as_of.map(values::time)))
                .description("状态截至时刻"),
        )
        .field(
            Field::new("gbResult", TypeRef::named(TypeRef::INT), |context| {
                read::<Report>(&context, |report| report.gb_result.map(|code| Value::from(i32::from(code))))
            })
            .description("GB/T 36906 信息验证结果 0–5"),
        )
        .field(
            Field::new("gbFileResult", TypeRef::named(TypeRef::INT), |context| {
                read::<Report>(&context, |report| report.gb_file_result.map(|code| Value::from(i32::from(code))))
            })
            .description("GB/T 36906 文件验证结果：0 通过，1 签章校验失败，2 文件校验失败"),
        )
        .field(
            Field::new("holderFrozen", TypeRef::named(TypeRef::BOOLEAN), |context| answer(context, frozen)).description(
                "持证主体是否已挂失：证照仍真实，但出示者须另行证明身份 / reported lost: whoever presents it needs another proof",
            ),
        )
        .field(Field::new("certificate", TypeRef::named(SUBJECT), |context| {
            let subject = context.parent_value.downcast_ref::<Report>().and_then(|report| report.subject.clone());
            FieldFuture::Value(subject.map(FieldValue::owned_any))
        }))
}

/// None where the report is of no certificate that this hub shows.
async fn frozen<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let subject = context.parent_value.downcast_ref::<Report>().and_then(|report| report.subject.as_ref());
    let Some(subject) = subject else { return Ok(None) };
    Ok(Some(FieldValue::value(ask.hub.store.presents_frozen(&subject.identifier).await?)))
}

fn check() -> Object {
    Object::new(CHECK)
        .field(Field::new("name", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<CheckCell>(&context, |cell| Some(Value::from(cell.0.name)))
        }))
        .field(Field::new("outcome", TypeRef::named_nn(enums::OUTCOME), |context| {
            read::<CheckCell>(&context, |cell| Some(enums::value(&cell.0.outcome)))
        }))
        .field(Field::new("detail", TypeRef::named(TypeRef::STRING), |context| {
            read::<CheckCell>(&context, |cell| cell.0.detail.as_ref().map(|detail| Value::from(detail.message(cell.1))))
        }))
}

fn reason() -> Object {
    Object::new(REASON)
        .field(
            Field::new("code", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<ReasonCell>(&context, |cell| Some(Value::from(cell.0.code)))
            })
            .description("ETSI EN 319 102-1 的子指示名，或本系统的名称"),
        )
        .field(Field::new("message", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<ReasonCell>(&context, |cell| Some(Value::from(cell.0.message(cell.1))))
        }))
}

fn subject() -> Object {
    fn text(get: fn(&Subject) -> Option<String>, ty: TypeRef, name: &'static str) -> Field {
        Field::new(name, ty, move |context| read::<Subject>(&context, |subject| get(subject).map(Value::from)))
    }
    let required = || TypeRef::named_nn(TypeRef::STRING);
    let optional = || TypeRef::named(TypeRef::STRING);
    let date = || TypeRef::named(scalars::DATE);
    Object::new(SUBJECT)
        .description("可公开的证照要素，姓名与编号已遮盖 / what anybody may see")
        .field(text(|subject| Some(subject.identifier.clone()), required(), "identifier"))
        .field(text(|subject| Some(subject.type_code.clone()), required(), "typeCode"))
        .field(text(|subject| Some(subject.type_name.clone().unwrap_or_else(|| subject.type_code.clone())), required(), "typeName"))
        .field(text(|subject| subject.masked_number.clone(), optional(), "maskedNumber"))
        .field(text(|subject| subject.masked_holder.clone(), optional(), "maskedHolder"))
        .field(text(|subject| subject.issuer_name.clone(), optional(), "issuerName"))
        .field(text(|subject| subject.issued_on.map(|date| date.to_string()), date(), "issuedOn"))
        .field(text(|subject| subject.valid_from.map(|date| date.to_string()), date(), "validFrom"))
        .field(text(|subject| subject.valid_to.map(|date| date.to_string()), date(), "validTo"))
        .field(Field::new("status", TypeRef::named_nn(enums::STATUS), |context| {
            read::<Subject>(&context, |subject| Some(enums::value(&subject.status)))
        }))
}

pub(crate) fn lang(context: &ResolverContext<'_>) -> Lang {
    context.ctx.data::<Arc<Ask>>().map_or(Lang::Zh, |ask| ask.lang)
}
