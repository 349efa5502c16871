//! Stored values → answer values, by the kind of the field.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field as GqlField, FieldFuture, FieldValue, InputValue, Object, ResolverContext, SchemaBuilder, TypeRef};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use model::registry::{Field, FieldKind, ObjectType};
use model::standards::Standards;
use serde_json::Value as Json;
use verify::attachment::is_name;
use verify::messages::Lang;

use super::ask::{Cert, Resolved, answer, read};
use super::errors::ApiError;
use super::inputs::arguments::Arguments;
use super::loaders::AttachmentKey;
use super::scalars;
use super::types::certificate::loaders;
use super::types::enums;

pub(super) const CODE_VALUE: &str = "CodeValue";

/// A code with its table, on its way into an answer.
#[derive(Clone)]
pub(super) struct CodeCell {
    pub table: String,
    pub code: String,
}

/// A nested object of the data.
pub(super) struct Nested(pub Json);

/// The GraphQL name of a kind.
pub(super) fn type_name(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Text => TypeRef::STRING.into(),
        FieldKind::Date => scalars::DATE.into(),
        FieldKind::DateTime => scalars::DATE_TIME.into(),
        FieldKind::Decimal => scalars::DECIMAL.into(),
        FieldKind::Int => TypeRef::INT.into(),
        FieldKind::Long => scalars::LONG.into(),
        FieldKind::Float => TypeRef::FLOAT.into(),
        FieldKind::Bool => TypeRef::BOOLEAN.into(),
        FieldKind::Base64 => scalars::BASE64.into(),
        FieldKind::Code(_) => CODE_VALUE.into(),
        FieldKind::Object(object) => object.name.clone(),
        FieldKind::List(item) => type_name(item),
    }
}

/// The output type of a field: nullable, since a refusal nulls only itself.
pub(super) fn output_type(kind: &FieldKind) -> TypeRef {
    match kind {
        FieldKind::List(item) => TypeRef::List(Box::new(TypeRef::NonNull(Box::new(output_type(item))))),
        other => TypeRef::named(type_name(other)),
    }
}

/// A property as a field of its type.
pub(super) fn data_field(field: &Field) -> GqlField {
    let kind = field.kind.clone();
    let name = field.name.clone();
    let description = describe(field);
    if field.masked {
        let hidden = field.clone();
        return GqlField::new(field.name.clone(), output_type(&field.kind), move |context: ResolverContext<'_>| {
            let shown = property(&context, &hidden.name).and_then(|value| model::grant::masked(&hidden, value));
            FieldFuture::from_value(shown.and_then(|shown| Value::from_json(shown).ok()))
        })
        .description(format!("{description}\n\n脱敏 / answered masked"));
    }
    let apart = is_apart(&kind);
    GqlField::new(field.name.clone(), output_type(&field.kind), move |context: ResolverContext<'_>| {
        if apart {
            let (kind, name) = (kind.clone(), name.clone());
            return answer(context, move |context, _| async move { bytes(&kind, property(&context, &name), &context).await });
        }
        FieldFuture::Value(property(&context, &name).and_then(|value| output(&kind, value)))
    })
    .description(description)
}

/// The stored value of a property of the parent.
fn property<'a>(context: &ResolverContext<'a>, name: &str) -> Option<&'a Json> {
    if let Some(cert) = context.parent_value.downcast_ref::<Cert>() {
        cert.data().and_then(|data| data.get(name))
    } else {
        context.parent_value.downcast_ref::<Nested>().and_then(|nested| nested.0.get(name))
    }
}

/// Photos: the statement names them, the bytes lie apart.
fn is_apart(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Base64 => true,
        FieldKind::List(item) => is_apart(item),
        _ => false,
    }
}

/// A property of photos as Base64: one statement for the whole page.
async fn bytes<'a>(kind: &FieldKind, value: Option<&Json>, context: &ResolverContext<'a>) -> Resolved<'a> {
    let Some(value) = value else { return Ok(None) };
    let mut keys = Vec::new();
    names(value, &mut keys);
    let loaded = loaders(context)?.load_many(keys.clone()).await?;
    if let Some(gone) = keys.iter().find(|key| !loaded.contains_key(key)) {
        return Err(ApiError::Bug(format!("the attachment {} is gone or was changed", gone.0)));
    }
    Ok(output(kind, &in_full(value, &loaded)))
}

fn names(value: &Json, keys: &mut Vec<AttachmentKey>) {
    match value {
        Json::String(text) if is_name(text) => keys.push(AttachmentKey(text.clone())),
        Json::Array(items) => items.iter().for_each(|item| names(item, keys)),
        _ => {}
    }
}

/// The value with Base64 in the places of names; what is no name is nothing.
fn in_full(value: &Json, loaded: &HashMap<AttachmentKey, Arc<[u8]>>) -> Json {
    match value {
        Json::String(text) => loaded.get(&AttachmentKey(text.clone())).map_or(Json::Null, |bytes| STANDARD.encode(bytes).into()),
        Json::Array(items) => items.iter().map(|item| in_full(item, loaded)).collect(),
        _ => Json::Null,
    }
}

/// Chinese title first, then the standard's short name, the English title and what the author noted.
pub(super) fn describe(field: &Field) -> String {
    let mut text = field.title.zh.clone();
    if let Some(short) = &field.short_name {
        text.push_str(&format!("（{short}）"));
    }
    if let Some(en) = &field.title.en {
        text.push_str(&format!(" / {en}"));
    }
    if let FieldKind::Code(table) = &field.kind {
        text.push_str(&format!("; codes: {table}"));
    }
    if let Some(note) = field.description.as_ref().or(field.note.as_ref()) {
        text.push_str(&format!("\n\n{note}"));
    }
    text
}

/// One stored value as it is answered; None (null) where it has another shape than the present version of the type says.
fn output(kind: &FieldKind, value: &Json) -> Option<FieldValue<'static>> {
    match (kind, value) {
        (_, Json::Null) => None,
        (FieldKind::List(item), Json::Array(values)) => Some(FieldValue::list(values.iter().filter_map(|value| output(item, value)))),
        (FieldKind::Object(_), Json::Object(_)) => Some(FieldValue::owned_any(Nested(value.clone()))),
        (FieldKind::Code(table), Json::String(code)) => Some(FieldValue::owned_any(CodeCell { table: table.clone(), code: code.clone() })),
        (FieldKind::Text | FieldKind::Date | FieldKind::DateTime | FieldKind::Decimal | FieldKind::Base64, Json::String(text)) => {
            Some(FieldValue::value(text.as_str()))
        }
        (FieldKind::Decimal, Json::Number(number)) => Some(FieldValue::value(number.to_string())),
        (FieldKind::Bool, Json::Bool(flag)) => Some(FieldValue::value(*flag)),
        (FieldKind::Int | FieldKind::Long | FieldKind::Float, Json::Number(number)) => {
            Some(FieldValue::value(Value::Number(number.clone())))
        }
        _ => None,
    }
}

/// The nested object types of a field, registered under their own names.
pub(super) fn register_nested(mut schema: SchemaBuilder, kind: &FieldKind) -> SchemaBuilder {
    match kind {
        FieldKind::List(item) => register_nested(schema, item),
        FieldKind::Object(object) => {
            schema = schema.register(nested_object(object));
            object.fields.iter().fold(schema, |schema, field| register_nested(schema, &field.kind))
        }
        _ => schema,
    }
}

fn nested_object(object: &ObjectType) -> Object {
    object.fields.iter().fold(Object::new(&object.name), |built, field| built.field(data_field(field)))
}

/// `CodeValue`: a code with its label.
pub(super) fn code_value() -> Object {
    Object::new(CODE_VALUE)
        .description("代码及其名称 / a code of a table, with its label")
        .field(GqlField::new("code", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<CodeCell>(&context, |cell| Some(Value::from(cell.code.as_str())))
        }))
        .field(
            GqlField::new("label", TypeRef::named(TypeRef::STRING), |context| {
                let lang = label_lang(&context);
                read::<CodeCell>(&context, |cell| label(&cell.table, &cell.code, lang).map(Value::from))
            })
            .argument(InputValue::new("lang", TypeRef::named(enums::LANG))),
        )
        .field(GqlField::new("table", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<CodeCell>(&context, |cell| Some(Value::from(cell.table.as_str())))
        }))
}

/// The language of a label: the argument's, else the request's.
pub(super) fn label_lang(context: &ResolverContext<'_>) -> Lang {
    lang_of(context.args.as_index_map()).unwrap_or_else(|| context.ctx.data::<Arc<super::ask::Ask>>().map_or(Lang::Zh, |ask| ask.lang))
}

/// The argument `lang`.
pub(super) fn lang_of(args: &Arguments) -> Option<Lang> {
    match args.get("lang")? {
        Value::Enum(name) => Some(if name == "EN" { Lang::En } else { Lang::Zh }),
        Value::String(name) => Some(if name == "EN" { Lang::En } else { Lang::Zh }),
        _ => None,
    }
}

/// The label of a code, where its table knows it.
pub(super) fn label(table: &str, code: &str, lang: Lang) -> Option<String> {
    Standards::embedded().table(table)?.label(code, lang).map(str::to_owned)
}

/// A time as it is answered: UTC, microseconds.
pub(super) fn time(at: DateTime<Utc>) -> Value {
    Value::from(at.to_rfc3339_opts(SecondsFormat::Micros, true))
}
