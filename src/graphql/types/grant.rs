//! `Grant` and `AccessRequest`: what departments may read, and what they ask to read.

use async_graphql::dynamic::{Enum, EnumItem, Field, FieldFuture, FieldValue, Object, SchemaBuilder, TypeRef};
use async_graphql::{Name, Value};
use model::grant::{Fields, Grant};

use crate::graphql::ask::read;
use crate::graphql::{scalars, values};
use crate::store::{AccessRequestRow, GrantRow};

pub(crate) const GRANT: &str = "Grant";
pub(crate) const REQUEST: &str = "AccessRequest";
const STATE: &str = "AccessRequestState";

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    let state = Enum::new(STATE)
        .item(EnumItem::new("WAITING").description("待办"))
        .item(EnumItem::new("GRANTED").description("已授权"))
        .item(EnumItem::new("REFUSED").description("未批准"));
    schema.register(state).register(grant()).register(request())
}

/// The rule itself, wherever it stands.
#[derive(Clone)]
struct Rule(Grant);

fn grant() -> Object {
    let put = |name: &'static str, get: fn(&GrantRow) -> Option<Value>, ty: TypeRef| {
        Field::new(name, ty, move |context| {
            if let Some(Rule(_)) = context.parent_value.downcast_ref::<Rule>() {
                return FieldFuture::Value(None);
            }
            read::<GrantRow>(&context, get)
        })
    };
    let text = || TypeRef::named(TypeRef::STRING);
    rule(Object::new(GRANT).description("授权：部门 × 类型 × 字段 × 事项 × 数据范围 × 期限 × 依据 / what a department may read, and why"))
        .field(put("putBy", |row| Some(Value::from(row.put_by.as_str())), text()).description("授权人"))
        .field(put("putAt", |row| Some(values::time(row.put_at)), TypeRef::named(scalars::DATE_TIME)))
        .field(
            put("endedAt", |row| row.ended.as_ref().map(|ended| values::time(ended.at)), TypeRef::named(scalars::DATE_TIME))
                .description("已被替换或撤回的时间；空为仍有效"),
        )
        .field(put("endedBy", |row| row.ended.as_ref().map(|ended| Value::from(ended.by.as_str())), text()))
        .field(put("endReason", |row| row.ended.as_ref().map(|ended| Value::from(ended.reason.as_str())), text()))
}

/// What a file of a grant says.
fn rule(object: Object) -> Object {
    let field = |name: &'static str, ty: TypeRef, get: fn(&Grant) -> Option<Value>| {
        Field::new(name, ty, move |context| {
            let parent = context.parent_value;
            let grant =
                parent.downcast_ref::<GrantRow>().map(|row| &row.grant).or_else(|| parent.downcast_ref::<Rule>().map(|rule| &rule.0));
            FieldFuture::from_value(grant.and_then(get))
        })
    };
    let text = || TypeRef::named_nn(TypeRef::STRING);
    let texts = || TypeRef::named_nn_list(TypeRef::STRING);
    object
        .field(field("name", text(), |grant| Some(Value::from(grant.name.as_str()))).description("规则名，出现在 myAccess 与日志中"))
        .field(field("department", text(), |grant| Some(Value::from(grant.department.as_str()))).description("部门统一社会信用代码"))
        .field(field("type", text(), |grant| Some(Value::from(grant.type_name.as_str()))))
        .field(
            field("fields", texts(), |grant| match &grant.fields {
                Fields::All => None,
                Fields::Only(names) => Some(list(names)),
            })
            .description("明文字段；空为全部 / in clear; null is all"),
        )
        .field(field("masked", TypeRef::named_nn_list_nn(TypeRef::STRING), |grant| Some(list(&grant.masked))).description("脱敏字段"))
        .field(field("items", texts(), |grant| grant.items.as_ref().map(list)).description("事项编码；空为不限"))
        .field(
            field("rows", TypeRef::named(scalars::JSON), |grant| Value::from_json(grant.rows.clone()?).ok())
                .description("数据范围，where 的写法 / which rows, in the language of where"),
        )
        .field(
            field("until", TypeRef::named(scalars::DATE), |grant| Some(Value::from(grant.until?.to_string())))
                .description("截止日期，含当日"),
        )
        .field(field("legalBasis", text(), |grant| Some(Value::from(grant.legal_basis.as_str()))).description("法律依据"))
}

fn request() -> Object {
    let field = |name: &'static str, ty: TypeRef, get: fn(&AccessRequestRow) -> Option<Value>| {
        Field::new(name, ty, move |context| read::<AccessRequestRow>(&context, get))
    };
    Object::new(REQUEST)
        .description("授权申请 / what a department asks to read, and what became of it")
        .field(field("id", TypeRef::named_nn(TypeRef::ID), |row| Some(Value::from(row.id.to_string()))))
        .field(field("state", TypeRef::named_nn(STATE), |row| {
            Some(Value::Enum(Name::new(match &row.decision {
                None => "WAITING",
                Some(decision) if decision.granted.is_some() => "GRANTED",
                Some(_) => "REFUSED",
            })))
        }))
        .field(Field::new("asked", TypeRef::named_nn(GRANT), |context| {
            let row = context.parent_value.downcast_ref::<AccessRequestRow>();
            FieldFuture::Value(row.map(|row| FieldValue::owned_any(Rule(row.asked.clone()))))
        }))
        .field(
            Field::new("granted", TypeRef::named(GRANT), |context| {
                let row = context.parent_value.downcast_ref::<AccessRequestRow>();
                let granted = row.and_then(|row| row.decision.as_ref()?.granted.clone());
                FieldFuture::Value(granted.map(|granted| FieldValue::owned_any(Rule(granted))))
            })
            .description("批准的内容，可少于申请 / may be less than was asked"),
        )
        .field(field("askedBy", TypeRef::named_nn(TypeRef::STRING), |row| Some(Value::from(row.asked_by.as_str()))))
        .field(field("askedAt", TypeRef::named_nn(scalars::DATE_TIME), |row| Some(values::time(row.asked_at))))
        .field(field("decidedBy", TypeRef::named(TypeRef::STRING), |row| Some(Value::from(row.decision.as_ref()?.by.as_str()))))
        .field(field("decidedAt", TypeRef::named(scalars::DATE_TIME), |row| Some(values::time(row.decision.as_ref()?.at))))
        .field(field("reason", TypeRef::named(TypeRef::STRING), |row| Some(Value::from(row.decision.as_ref()?.reason.as_str()))))
}

fn list<'a>(names: impl IntoIterator<Item = &'a String>) -> Value {
    Value::List(names.into_iter().map(|name| Value::from(name.as_str())).collect())
}
