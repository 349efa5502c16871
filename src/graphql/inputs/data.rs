//! The data of an issue, as an input type made from the properties.
//!
//! Every member is nullable here although the type file may require it: then one answer lists all faults with their paths in
//! the caller's language, instead of GraphQL's first complaint.

use async_graphql::dynamic::{InputObject, InputValue, SchemaBuilder, TypeRef};
use async_graphql::{Name, Value};
use model::registry::{CertificateType, Field, FieldKind, names};
use serde_json::{Map, Value as Json};

use crate::graphql::scalars;
use crate::graphql::values;

/// Registers `<Type>Data`, its nested inputs and the issue input.
pub(crate) fn register(schema: SchemaBuilder, ty: &CertificateType) -> SchemaBuilder {
    let data = names::data_input(ty);
    let schema = object(schema, &data, &ty.fields);
    let input = InputObject::new(names::issue_input(ty))
        .description("签发输入：data 为该类型的数据项；其余可选 / data is the properties alone; the rest is optional")
        .field(InputValue::new("data", TypeRef::named_nn(data)))
        .field(InputValue::new("idempotencyKey", TypeRef::named(TypeRef::STRING)).description("重试时返回首次结果，七天内有效"))
        .field(InputValue::new("number", TypeRef::named(TypeRef::STRING)).description("证照编号；缺省按该类型的编号规则生成"))
        .field(InputValue::new("issuer", TypeRef::named(TypeRef::STRING)).description("颁发机构统一社会信用代码；令牌只对应一个机构时可省"))
        .field(InputValue::new("issuedOn", TypeRef::named(scalars::DATE)))
        .field(InputValue::new("validFrom", TypeRef::named(scalars::DATE)))
        .field(InputValue::new("validTo", TypeRef::named(scalars::DATE)));
    schema.register(input)
}

fn object(schema: SchemaBuilder, name: &str, fields: &[Field]) -> SchemaBuilder {
    let mut schema = schema;
    let mut input = InputObject::new(name);
    for field in fields {
        let required = if field.required { "（必填 / required）" } else { "" };
        input = input
            .field(InputValue::new(&field.name, input_type(&field.kind)).description(format!("{}{required}", values::describe(field))));
        schema = nested(schema, &field.kind);
    }
    schema.register(input)
}

fn nested(schema: SchemaBuilder, kind: &FieldKind) -> SchemaBuilder {
    match kind {
        FieldKind::List(item) => nested(schema, item),
        FieldKind::Object(found) => object(schema, &names::nested_input(&found.name), &found.fields),
        _ => schema,
    }
}

fn input_type(kind: &FieldKind) -> TypeRef {
    match kind {
        FieldKind::List(item) => TypeRef::List(Box::new(TypeRef::NonNull(Box::new(input_type(item))))),
        FieldKind::Code(_) => TypeRef::named(TypeRef::STRING),
        FieldKind::Object(found) => TypeRef::named(names::nested_input(&found.name)),
        other => TypeRef::named(values::type_name(other)),
    }
}

/// Input → data as the type file's schema reads it: null members are absent unless the field may be null, single values stand
/// for lists of one, decimals given as numbers become their digits.
pub(crate) fn data(fields: &[Field], value: &Value) -> Json {
    let Value::Object(members) = value else { return Json::Null };
    let mut data = Map::new();
    for field in fields {
        match members.get(&Name::new(&field.name)) {
            None => {}
            Some(Value::Null) if !field.nullable => {}
            Some(value) => {
                data.insert(field.name.clone(), convert(&field.kind, value));
            }
        }
    }
    Json::Object(data)
}

fn convert(kind: &FieldKind, value: &Value) -> Json {
    match (kind, value) {
        (_, Value::Null) => Json::Null,
        (FieldKind::List(item), Value::List(values)) => values.iter().map(|value| convert(item, value)).collect(),
        (FieldKind::List(item), one) => Json::Array(vec![convert(item, one)]),
        (FieldKind::Object(object), value) => data(&object.fields, value),
        (FieldKind::Decimal, Value::Number(number)) => Json::String(number.to_string()),
        (FieldKind::Long, Value::String(text)) => text.parse::<i64>().map_or_else(|_| Json::String(text.clone()), Json::from),
        (_, value) => value.clone().into_json().unwrap_or(Json::Null),
    }
}
