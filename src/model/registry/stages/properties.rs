//! Properties → fields: every property gets a GraphQL form, or a fault that names the keyword in the way.

use serde::Deserialize;
use serde_json::Value;

use super::super::diagnostic::{Code, Message};
use super::super::names;
use super::super::pointer::Pointer;
use super::super::raw::{RawField, RawSearchable};
use super::super::schema::View;
use super::super::source::Part;
use super::super::{Field, FieldKind, ObjectType, Sensitivity, Title};
use super::{Desk, conditions, kinds};

/// A field with what later stages still need of its raw form.
pub(super) struct Drafted {
    pub(super) field: Field,
    pub(super) at: Pointer,
    pub(super) searchable: Option<RawSearchable>,
}

/// The fields of the type. Fields with a fault are left out; the fault stands in the desk.
pub(super) fn check(desk: &mut Desk<'_>, type_name: &str) -> Vec<Drafted> {
    let Some(view) = View::of_root(desk.root()) else {
        return Vec::new();
    };
    object(desk, &view, type_name, Sensitivity::default())
}

fn object(desk: &mut Desk<'_>, view: &View<'_>, type_name: &str, inherited: Sensitivity) -> Vec<Drafted> {
    refuse_open_objects(desk, view);
    conditions::check(desk, view);
    let required = required(desk, view);
    let top = view.at().last().is_none();
    let mut fields = Vec::new();
    for name in view.property_names() {
        let property = view.property(name);
        let at = property.at();
        if property.parts.is_empty() {
            let place = view.all("properties").map(|(at, _)| at.child(name)).next().unwrap_or_default();
            let message = Message::new(
                format!("属性“{name}”只写了 true 或 false，没有说明是什么值"),
                format!("the property “{name}” is just true or false and says nothing of its value"),
            );
            let help = Message::new("写明 type，如 {\"type\": \"string\"}", "give it a type, such as {\"type\": \"string\"}");
            desk.error(Code::NoGraphqlForm, &place, Part::Value, message, help);
            continue;
        }
        if !named_well(desk, name, &at, top) {
            continue;
        }
        if let Some(drafted) = field(desk, &property, name, type_name, required.contains(&name), inherited) {
            fields.push(drafted);
        }
    }
    fields
}

fn field(desk: &mut Desk<'_>, view: &View<'_>, name: &str, type_name: &str, required: bool, inherited: Sensitivity) -> Option<Drafted> {
    let raw = view.first("x-field").and_then(|(_, value)| RawField::deserialize(value).ok()).unwrap_or_default();
    let at = view.at();
    let title = view.text("title").unwrap_or_default();
    if title.trim().is_empty() {
        let message = Message::new(format!("属性“{name}”没有中文名称"), format!("the property “{name}” has no title"));
        let help =
            Message::new("加上 \"title\": \"中文名称\"；界面和接口文档都用它", "add a \"title\" in Chinese; pages and documents show it");
        desk.warn(Code::MissingTitle, &at, Part::Key, message, help);
    }
    // A list may say it of itself or of its items.
    let of_items = view.items().first("x-field").and_then(|(_, value)| RawField::deserialize(value).ok());
    let of_items = of_items.unwrap_or_default();
    let sensitivity = raw.sensitivity.or(of_items.sensitivity).unwrap_or(inherited);
    let shape = kinds::shape(desk, view, raw.codes.as_deref())?;
    let kind = finish(desk, shape.kind, type_name, name, sensitivity)?;
    Some(Drafted {
        field: Field {
            name: name.to_owned(),
            title: Title { zh: if title.is_empty() { name.to_owned() } else { title.to_owned() }, en: raw.title_en },
            short_name: raw.short_name,
            description: view.text("description").map(str::to_owned),
            group: raw.group,
            kind,
            required,
            nullable: shape.nullable,
            sensitivity,
            mask: raw.mask.or(of_items.mask),
            printed: raw.printed.unwrap_or(true),
            grade: raw.grade,
            note: raw.note,
            format: shape.format,
            search: None,
            masked: false,
        },
        at,
        searchable: raw.searchable,
    })
}

/// Objects, at last, become types with their own fields.
fn finish(desk: &mut Desk<'_>, kind: kinds::Kind<'_>, type_name: &str, property: &str, sensitivity: Sensitivity) -> Option<FieldKind> {
    Some(match kind {
        kinds::Kind::Scalar(kind) => kind,
        kinds::Kind::List(inner) => FieldKind::List(Box::new(finish(desk, *inner, type_name, property, sensitivity)?)),
        kinds::Kind::Object(view) => {
            let name = names::nested(type_name, property);
            let before = desk.errors();
            let drafted = object(desk, &view, &name, sensitivity);
            if let Some(searched) =
                drafted.iter().find(|inner| matches!(inner.searchable, Some(RawSearchable::Whole(true) | RawSearchable::Parts(_))))
            {
                let message = Message::new(
                    format!("“{}”在内层，不能检索", searched.field.name),
                    format!("“{}” lies in a nested object and cannot be searchable", searched.field.name),
                );
                let help = Message::new(
                    "只有最外层的标量属性可以检索：把它提到最外层，或去掉 searchable",
                    "only scalars at the top can be searched: lift it to the top, or drop searchable",
                );
                desk.error(Code::NotSearchable, &searched.at.child("x-field").child("searchable"), Part::Value, message, help);
            }
            if drafted.is_empty() {
                if desk.errors() == before {
                    let message =
                        Message::new(format!("对象“{property}”没有任何属性"), format!("the object “{property}” has no properties"));
                    let help = Message::new(
                        "GraphQL 对象至少要有一个字段：列出 properties",
                        "a GraphQL object has at least one field: list its properties",
                    );
                    desk.error(Code::NoGraphqlForm, &view.at(), Part::Key, message, help);
                }
                return None;
            }
            FieldKind::Object(ObjectType { name, fields: drafted.into_iter().map(|inner| inner.field).collect() })
        }
    })
}

fn named_well(desk: &mut Desk<'_>, name: &str, at: &Pointer, top: bool) -> bool {
    if !names::is_lower_camel(name) {
        let message = Message::new(
            format!("属性名“{name}”不是 GraphQL 字段名：须以小写字母开头，只含 ASCII 字母和数字，不超过 64 个字符"),
            format!(
                "the property name “{name}” is no GraphQL field name: it starts with a small letter and has ASCII letters and digits only, at most 64"
            ),
        );
        let help = match names::suggest_camel(name, false) {
            Some(hint) => Message::new(
                format!("可写“{hint}”，原名写进 x-field.shortName"),
                format!("“{hint}” would do; the original goes to x-field.shortName"),
            ),
            None => Message::new(
                "用英文的 lowerCamelCase，如 personName；中文写在 title",
                "use lowerCamelCase such as personName; Chinese goes to title",
            ),
        };
        desk.error(Code::PropertyName, at, Part::Key, message, help);
        return false;
    }
    // Nested objects do not implement the interface: only `and`, `or`, `not` of filters and the interface's fields matter at the top.
    if top && names::is_reserved_property(name) {
        let message = Message::new(
            format!("属性名“{name}”与证照的公共字段（元数据）重名"),
            format!("the property name “{name}” is a field of every certificate (metadata)"),
        );
        let help = Message::new(reserved_help(name).0, reserved_help(name).1);
        desk.error(Code::ReservedName, at, Part::Key, message, help);
        return false;
    }
    true
}

fn reserved_help(name: &str) -> (&'static str, &'static str) {
    match name {
        "name" => (
            "人名写 personName，单位名写 enterpriseName 等；原键写进 x-field.shortName",
            "say personName, enterpriseName …; the original key goes to x-field.shortName",
        ),
        "status" | "statusCode" | "current" | "previous" | "history" | "version" => (
            "状态和版本由枢纽管理，不是数据：从 properties 删去，写进 x-certificate.status",
            "status and versions are kept by the hub and are no data: drop the property and say it in x-certificate.status",
        ),
        "validFrom" | "validTo" | "issuedOn" => (
            "换名（如 effectiveDate、expiringDate），再在 x-certificate.metadata 里写 {\"from\": …}",
            "rename it (effectiveDate, expiringDate …) and point x-certificate.metadata at it with {\"from\": …}",
        ),
        "number" | "identifier" | "id" | "typeCode" | "typeName" | "issuer" | "holders" => (
            "这是元数据，由枢纽给出：删去该属性；若指别的证照，换个名称（如 permitNumber）",
            "this is metadata that the hub gives: drop the property; if it means another certificate, rename it (permitNumber …)",
        ),
        _ => ("换一个名称，原键写进 x-field.shortName", "take another name; the original key goes to x-field.shortName"),
    }
}

/// Objects are closed: a keyword that lets unknown members in has no GraphQL form.
fn refuse_open_objects(desk: &mut Desk<'_>, view: &View<'_>) {
    for keyword in ["additionalProperties", "unevaluatedProperties", "patternProperties"] {
        let open: Vec<Pointer> = view.all(keyword).filter(|(_, value)| **value != Value::Bool(false)).map(|(at, _)| at).collect();
        for at in open {
            let message = Message::new(
                format!("“{keyword}”让对象可以有未列出的属性，没有 GraphQL 形式"),
                format!("“{keyword}” lets in members that are not listed: it has no GraphQL form"),
            );
            let help = Message::new(
                "把会出现的属性都列进 properties；任意的键值对改用 {键, 值} 的数组",
                "list every property that may occur; for free keys use a list of {key, value} objects",
            );
            desk.error(Code::NoGraphqlForm, &at, Part::Key, message, help);
        }
    }
}

fn required<'a>(desk: &mut Desk<'_>, view: &View<'a>) -> Vec<&'a str> {
    let known = view.property_names();
    let mut names = Vec::new();
    for (at, value) in view.all("required") {
        for (index, name) in value.as_array().into_iter().flatten().enumerate() {
            let Some(name) = name.as_str() else { continue };
            if known.contains(&name) {
                names.push(name);
            } else {
                conditions::unknown_required(desk, &at.index(index), name, &known);
            }
        }
    }
    names
}
