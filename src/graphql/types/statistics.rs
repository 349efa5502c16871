//! Statistics: groups of one type's certificates, counted.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, SchemaBuilder, TypeRef};
use model::plan::{GroupKey, Statistics};
use model::registry::{CertificateType, FieldKind};
use model::standards::Standards;
use verify::messages::Lang;

use super::enums;
use crate::graphql::ask::read;
use crate::graphql::scalars;
use crate::graphql::values;
use crate::store::Group;

pub(crate) const STATISTICS: &str = "CertificateStatistics";
pub(crate) const GROUP: &str = "StatisticsGroup";
pub(crate) const KEY: &str = "StatisticsKey";
/// Smaller groups are left out where grants show a type in part.
const SMALLEST: i64 = 5;

pub(crate) struct Grouped {
    pub keys: Vec<KeyCell>,
    pub count: i64,
}

#[derive(Clone)]
pub(crate) struct KeyCell {
    pub field: String,
    /// Empty is absent.
    pub value: String,
    pub label: Option<String>,
}

struct Groups(Vec<Arc<Grouped>>);

pub(crate) fn register(schema: SchemaBuilder) -> SchemaBuilder {
    let key = Object::new(KEY)
        .field(Field::new("field", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<KeyCell>(&context, |key| Some(Value::from(key.field.as_str())))
        }))
        .field(
            Field::new("value", TypeRef::named(TypeRef::STRING), |context| {
                read::<KeyCell>(&context, |key| (!key.value.is_empty()).then(|| Value::from(key.value.as_str())))
            })
            .description("空为缺失 / null is absent"),
        )
        .field(Field::new("label", TypeRef::named(TypeRef::STRING), |context| {
            read::<KeyCell>(&context, |key| key.label.as_deref().map(Value::from))
        }));
    let group = Object::new(GROUP)
        .field(Field::new("keys", TypeRef::named_nn_list_nn(KEY), |context| {
            let group = context.parent_value.downcast_ref::<Arc<Grouped>>();
            FieldFuture::Value(group.map(|group| FieldValue::list(group.keys.iter().cloned().map(FieldValue::owned_any))))
        }))
        .field(Field::new("count", TypeRef::named_nn(scalars::LONG), |context| {
            read::<Arc<Grouped>>(&context, |group| Some(Value::from(group.count)))
        }));
    let statistics = Object::new(STATISTICS).field(Field::new("groups", TypeRef::named_nn_list_nn(GROUP), |context| {
        let groups = context.parent_value.downcast_ref::<Groups>();
        FieldFuture::Value(groups.map(|groups| FieldValue::list(groups.0.iter().cloned().map(FieldValue::owned_any))))
    }));
    schema.register(key).register(group).register(statistics)
}

/// Groups with labels, most frequent first.
pub(crate) fn value(ty: &CertificateType, asked: &Statistics, groups: Vec<Group>, lang: Lang) -> FieldValue<'static> {
    FieldValue::owned_any(Groups(labelled(ty, asked, groups, lang).into_iter().map(Arc::new).collect()))
}

pub(crate) fn labelled(ty: &CertificateType, asked: &Statistics, mut groups: Vec<Group>, lang: Lang) -> Vec<Grouped> {
    // Who sees part of a certificate learns nothing of one person by counting.
    if ty.shown.is_some() {
        groups.retain(|group| group.count >= SMALLEST);
    }
    groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.keys.cmp(&b.keys)));
    let grouped = groups.into_iter().map(|group| {
        let keys = asked.group_by.iter().zip(group.keys).map(|(key, value)| {
            let value = shown(ty, key, value);
            KeyCell { label: label(ty, key, &value, lang), field: key.field.clone(), value }
        });
        Grouped { keys: keys.collect(), count: group.count }
    });
    grouped.collect()
}

/// Scaled numbers are shown as decimals.
fn shown(ty: &CertificateType, key: &GroupKey, value: String) -> String {
    let scaled = ty.field(&key.field).is_some_and(|field| matches!(field.kind, FieldKind::Decimal | FieldKind::Float));
    match value.parse::<i64>() {
        Ok(number) if scaled => {
            let (whole, part) = (number / 1_000_000, (number % 1_000_000).abs());
            let sign = if number < 0 && whole == 0 { "-" } else { "" };
            format!("{sign}{whole}.{part:06}").trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => value,
    }
}

fn label(ty: &CertificateType, key: &GroupKey, value: &str, lang: Lang) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    match key.field.as_str() {
        "statusCode" => Standards::embedded().scheme(&ty.status.scheme)?.label(value, lang).map(str::to_owned),
        "status" => Some(enums::status_label(value.parse().ok()?, lang).to_owned()),
        name => match &ty.field(name)?.kind {
            FieldKind::Code(table) => values::label(table, value, lang),
            _ => None,
        },
    }
}
