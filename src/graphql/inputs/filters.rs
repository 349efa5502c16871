//! `where`, `orderBy` and `groupBy` of a type, and how they become a [`Filter`].

use std::collections::BTreeSet;

use async_graphql::Value;
use async_graphql::dynamic::{Enum, EnumItem, InputObject, InputValue, SchemaBuilder, TypeRef};
use model::plan::{Compare, Direction, Filter, Form, GroupKey, METADATA, OrderBy, Unit, indexed};
use model::registry::{CertificateType, FieldKind, Sight, names};

use super::arguments::Arguments;
use crate::graphql::errors::ApiError;
use crate::graphql::scalars;
use crate::graphql::types::enums;

/// The comparison inputs that fields share: name, scalar, comparisons.
const SHARED: [(&str, &str, &[Compare]); 11] = [
    ("TextFilter", TypeRef::STRING, &Compare::ALL),
    ("EqualityFilter", TypeRef::STRING, &[Compare::Eq, Compare::Ne, Compare::In, Compare::IsNull]),
    ("PersonalFilter", TypeRef::STRING, &[Compare::Eq, Compare::In]),
    ("BooleanFilter", TypeRef::BOOLEAN, &[Compare::Eq, Compare::Ne, Compare::IsNull]),
    ("DateFilter", scalars::DATE, &RANGE),
    ("DateTimeFilter", scalars::DATE_TIME, &RANGE),
    ("IntFilter", TypeRef::INT, &RANGE),
    ("LongFilter", scalars::LONG, &RANGE),
    ("FloatFilter", TypeRef::FLOAT, &RANGE),
    ("DecimalFilter", scalars::DECIMAL, &RANGE),
    ("StatusFilter", enums::STATUS, &[Compare::Eq, Compare::Ne, Compare::In]),
];

const RANGE: [Compare; 8] = [Compare::Eq, Compare::Ne, Compare::In, Compare::Gt, Compare::Gte, Compare::Lt, Compare::Lte, Compare::IsNull];

/// Registers the comparison inputs that these types use: one that nothing reaches would stand in the SDL and not in
/// introspection.
pub(crate) fn register_shared<'a>(schema: SchemaBuilder, types: impl Iterator<Item = &'a CertificateType>) -> SchemaBuilder {
    let used: BTreeSet<&str> = types.flat_map(|ty| searchable(ty).into_iter().map(|(_, filter)| filter)).collect();
    SHARED.iter().filter(|(name, ..)| used.contains(name)).fold(schema, |schema, (name, scalar, comparisons)| {
        let input = comparisons.iter().fold(InputObject::new(*name), |input, compare| {
            let ty = match compare {
                Compare::In => TypeRef::named_nn_list(*scalar),
                Compare::IsNull => TypeRef::named(TypeRef::BOOLEAN),
                _ => TypeRef::named(*scalar),
            };
            input.field(InputValue::new(compare.as_str(), ty))
        });
        schema.register(input)
    })
}

/// Registers the inputs of one type.
pub(crate) fn register(schema: SchemaBuilder, ty: &CertificateType) -> SchemaBuilder {
    let name = names::filter(ty);
    let list = TypeRef::named_nn_list(&name);
    let mut input = InputObject::new(&name)
        .description(
            "条件树：and、or、not 与可检索字段；同一对象内的条件须同时成立 / a tree of conditions; those in one object hold together",
        )
        .field(InputValue::new("and", list.clone()))
        .field(InputValue::new("or", list))
        .field(InputValue::new("not", TypeRef::named(&name)));
    for (field, filter) in searchable(ty) {
        input = input.field(InputValue::new(&field, TypeRef::named(filter)));
    }
    let order_field = names::order_field(ty);
    let orders = searchable(ty)
        .into_iter()
        .filter(|(field, _)| indexed(ty, field).is_some_and(|found| found.order))
        .map(|(field, _)| EnumItem::new(field));
    let order = InputObject::new(names::order(ty))
        .field(InputValue::new("field", TypeRef::named_nn(&order_field)))
        .field(InputValue::new("direction", TypeRef::named(enums::DIRECTION)).default_value(Value::Enum(async_graphql::Name::new("ASC"))));
    let groups = group_items(ty).into_iter().map(|(item, _)| EnumItem::new(item));
    schema
        .register(input)
        .register(Enum::new(&order_field).items(orders))
        .register(order)
        .register(Enum::new(names::group_by(ty)).items(groups))
}

/// Every field that `where` knows, with its comparison input.
pub(crate) fn searchable(ty: &CertificateType) -> Vec<(String, &'static str)> {
    let metadata = METADATA.iter().filter(|(name, ..)| indexed(ty, name).is_some()).map(|(name, _, form, ..)| {
        let filter = match (*name, form) {
            ("holderCode", _) => "PersonalFilter",
            ("number", _) if ty.number_is_personal() || ty.number_sight() != Sight::Plain => "PersonalFilter",
            (_, Form::CertificateNumber) => "TextFilter",
            (_, Form::Date) => "DateFilter",
            (_, Form::Micros) => "DateTimeFilter",
            (_, Form::Status) => "StatusFilter",
            _ => "EqualityFilter",
        };
        ((*name).to_owned(), filter)
    });
    let fields = ty.fields.iter().filter_map(|field| {
        let search = field.search?;
        let filter = match &field.kind {
            _ if search.opaque => "PersonalFilter",
            FieldKind::Text if search.prefix || search.order => "TextFilter",
            FieldKind::Bool => "BooleanFilter",
            FieldKind::Date => "DateFilter",
            FieldKind::DateTime => "DateTimeFilter",
            FieldKind::Int => "IntFilter",
            FieldKind::Long => "LongFilter",
            FieldKind::Float => "FloatFilter",
            FieldKind::Decimal => "DecimalFilter",
            _ => "EqualityFilter",
        };
        Some((field.name.clone(), filter))
    });
    metadata.chain(fields).collect()
}

/// What statistics may group by: enum item and key. Dates come by year and by month.
pub(crate) fn group_items(ty: &CertificateType) -> Vec<(String, GroupKey)> {
    let mut items = Vec::new();
    for (field, _) in searchable(ty) {
        let Some(found) = indexed(ty, &field) else { continue };
        if found.opaque || matches!(field.as_str(), "number" | "updatedAt") {
            continue;
        }
        if matches!(found.form, Form::Date | Form::DateTime) {
            for (suffix, unit) in [("Year", Unit::Year), ("Month", Unit::Month)] {
                items.push((format!("{field}{suffix}"), GroupKey { field: field.clone(), unit: Some(unit) }));
            }
        } else {
            items.push((field.clone(), GroupKey { field, unit: None }));
        }
    }
    items
}

/// The `where` argument.
pub(crate) fn filter(args: &Arguments) -> Result<Option<Filter>, ApiError> {
    match args.get("where").cloned() {
        None | Some(Value::Null) => Ok(None),
        Some(value) => tree(&value).map(Some),
    }
}

fn tree(value: &Value) -> Result<Filter, ApiError> {
    let Value::Object(members) = value else { return Err(ApiError::Bug("where is no object".into())) };
    let mut parts = Vec::new();
    for (name, value) in members {
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("and", value) => parts.push(Filter::And(many(value)?)),
            ("or", value) => parts.push(Filter::Or(many(value)?)),
            ("not", value) => parts.push(Filter::Not(Box::new(tree(value)?))),
            (field, Value::Object(comparisons)) => {
                for (compare, value) in comparisons {
                    let known = Compare::ALL.into_iter().find(|known| known.as_str() == compare.as_str());
                    let compare = known.ok_or_else(|| ApiError::Bug(format!("no comparison {compare}")))?;
                    if *value == Value::Null {
                        return Err(null_comparison(field, compare));
                    }
                    let value = if compare == Compare::In { as_list(value) } else { value.clone() };
                    let value = value.into_json().map_err(|error| ApiError::Bug(error.to_string()))?;
                    parts.push(Filter::Field { field: field.to_owned(), compare, value });
                }
            }
            (field, _) => return Err(ApiError::Bug(format!("where.{field} is no object"))),
        }
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::And(parts) })
}

fn null_comparison(field: &str, compare: Compare) -> ApiError {
    ApiError::Input {
        path: format!("where.{field}.{}", compare.as_str()),
        zh: "不能与 null 比较：查空值请用 isNull".into(),
        en: "nothing compares with null: for absent values use isNull".into(),
    }
}

fn many(value: &Value) -> Result<Vec<Filter>, ApiError> {
    match as_list(value) {
        Value::List(items) => items.iter().map(tree).collect(),
        _ => Ok(Vec::new()),
    }
}

fn as_list(value: &Value) -> Value {
    match value {
        Value::List(_) => value.clone(),
        one => Value::List(vec![one.clone()]),
    }
}

/// The `orderBy` argument.
pub(crate) fn order(args: &Arguments) -> Vec<OrderBy> {
    let Some(value) = args.get("orderBy") else { return Vec::new() };
    let Value::List(items) = as_list(value) else { return Vec::new() };
    let name = |value: Option<&Value>| match value {
        Some(Value::Enum(name)) => Some(name.to_string()),
        Some(Value::String(name)) => Some(name.clone()),
        _ => None,
    };
    let read = |item: &Value| match item {
        Value::Object(members) => {
            let direction = if name(members.get("direction")).as_deref() == Some("DESC") { Direction::Desc } else { Direction::Asc };
            name(members.get("field")).map(|field| OrderBy { field, direction })
        }
        _ => None,
    };
    items.iter().filter_map(read).collect()
}
