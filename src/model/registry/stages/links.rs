//! Relations: do they lead to types and properties that are there, among these files and the types already known?

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::super::Registry;
use super::super::diagnostic::{Code, Message};
use super::super::names::{is_lower_camel, is_reserved_property, nearest, suggest_camel};
use super::super::path;
use super::super::pointer::Pointer;
use super::super::raw::RawRelation;
use super::super::source::Part;
use super::super::{Field, FieldKind, Relation, RelationBy, RelationFrom};
use super::paths::{Known, is_text, unfit};
use super::{Desk, Draft};

/// Of each type the properties that may be asked for; None when they could not be read.
struct Targets {
    searchable: HashMap<Arc<str>, Option<Vec<String>>>,
}

pub(super) fn check(drafts: &mut [Draft<'_>], registry: &Registry) {
    let targets = Targets::of(drafts, registry);
    for draft in drafts.iter_mut() {
        let Draft { desk, fields, .. } = draft;
        let fields = fields.clone().unwrap_or_default();
        let whole = draft.fields.is_some();
        draft.relations = relations(desk, &fields, whole, &targets);
    }
    let incoming: HashSet<Arc<str>> = drafts.iter().filter_map(|draft| Some(draft.names.as_ref()?.name.clone())).collect();
    for draft in drafts.iter_mut() {
        keep_promises(draft, registry, &targets, &incoming);
    }
}

impl Targets {
    fn of(drafts: &[Draft<'_>], registry: &Registry) -> Self {
        let asked = |fields: &[Field]| fields.iter().filter(|field| field.search.is_some()).map(|field| field.name.clone()).collect();
        let mut searchable: HashMap<Arc<str>, Option<Vec<String>>> =
            registry.iter().map(|(name, registered)| (name.clone(), Some(asked(&registered.ty.fields)))).collect();
        for draft in drafts {
            if let Some(names) = &draft.names {
                searchable.insert(names.name.clone(), draft.fields.as_deref().map(asked));
            }
        }
        Self { searchable }
    }
}

fn relations(desk: &mut Desk<'_>, fields: &[Field], whole: bool, targets: &Targets) -> Vec<Relation> {
    let raws: Vec<Option<RawRelation>> = desk
        .root()
        .pointer("/x-certificate/relations")
        .and_then(Value::as_array)
        .map(|all| all.iter().map(|value| RawRelation::deserialize(value).ok()).collect())
        .unwrap_or_default();
    let mut relations: Vec<Relation> = Vec::new();
    for (index, raw) in raws.into_iter().enumerate() {
        let at = Pointer::certificate(&["relations"]).index(index);
        let Some(raw) = raw else { continue };
        named_well(desk, &raw.name, fields, &relations, &at.child("name"));
        let from = whole.then(|| from(desk, fields, &raw.from, &at.child("from"))).flatten();
        let to: Vec<Option<Arc<str>>> =
            raw.to.iter().enumerate().map(|(index, name)| target(desk, name, targets, &at.child("to").index(index))).collect();
        let by = match raw.by.as_deref() {
            None | Some("holder") => RelationBy::Holder,
            Some("number") => RelationBy::Number,
            Some(property) => {
                for name in to.iter().flatten() {
                    reached_by(desk, name, property, targets, &at.child("by"));
                }
                RelationBy::Property(property.to_owned())
            }
        };
        if let Some(from) = from {
            relations.push(Relation { name: raw.name, title: raw.title.into(), from, to: to.into_iter().flatten().collect(), by });
        }
    }
    relations
}

fn named_well(desk: &mut Desk<'_>, name: &str, fields: &[Field], earlier: &[Relation], at: &Pointer) {
    let (code, message, help) = if !is_lower_camel(name) {
        let help = match suggest_camel(name, false) {
            Some(hint) => Message::new(format!("可写“{hint}”"), format!("“{hint}” would do")),
            None => Message::new("用英文的 lowerCamelCase，如 employerCertificates", "use lowerCamelCase such as employerCertificates"),
        };
        (
            Code::PropertyName,
            Message::new(format!("关联名“{name}”不是 GraphQL 字段名"), format!("the relation name “{name}” is no GraphQL field name")),
            help,
        )
    } else if is_reserved_property(name) {
        (
            Code::ReservedName,
            Message::new(
                format!("关联名“{name}”与证照的公共字段重名"),
                format!("the relation name “{name}” is a field of every certificate"),
            ),
            Message::new("换一个名称，如 relatedCertificates", "take another name, such as relatedCertificates"),
        )
    } else if fields.iter().any(|field| field.name == name) || earlier.iter().any(|relation| relation.name == name) {
        (
            Code::NameCollision,
            Message::new(
                format!("关联名“{name}”与一个属性或另一个关联重名"),
                format!("the relation name “{name}” is also a property or another relation"),
            ),
            Message::new("两者都会成为同一 GraphQL 类型的字段：换一个名称", "both would be fields of one GraphQL type: take another name"),
        )
    } else {
        return;
    };
    desk.error(code, at, Part::Value, message, help);
}

fn from(desk: &mut Desk<'_>, fields: &[Field], text: &str, at: &Pointer) -> Option<RelationFrom> {
    match text {
        "holder" => return Some(RelationFrom::Holder),
        "number" => return Some(RelationFrom::Number),
        _ => {}
    }
    let reached = Known::of(fields).reach(desk, text, at)?;
    if !is_text(reached.kind) && !matches!(reached.kind, FieldKind::Int | FieldKind::Long) {
        let help = Message::new(
            "关联从编号、代码一类的字符串属性出发，或写 holder、number",
            "a relation starts at a string property such as a number or a code, or says holder or number",
        );
        unfit(desk, at, text, reached.kind, &Message::new("文本或代码", "a text or a code"), help);
        return None;
    }
    Some(RelationFrom::Property(path::parse(text)))
}

fn target(desk: &mut Desk<'_>, name: &str, targets: &Targets, at: &Pointer) -> Option<Arc<str>> {
    if let Some((name, _)) = targets.searchable.get_key_value(name) {
        return Some(name.clone());
    }
    let mut names: Vec<&str> = targets.searchable.keys().map(AsRef::as_ref).collect();
    names.sort_unstable();
    let message =
        Message::new(format!("关联指向的类型“{name}”不存在"), format!("the relation leads to the type “{name}”, which is not there"));
    let help = match nearest(name, names.iter().copied()) {
        Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
        None => Message::new(
            "写 GraphQL 类型名；若它还没注册，与本文件一起检查和注册，或先注册它",
            "give a type's GraphQL name; one that is not registered yet is checked together with this file, or registered first",
        ),
    };
    desk.error(Code::UnknownType, at, Part::Value, message, help);
    None
}

fn reached_by(desk: &mut Desk<'_>, target: &Arc<str>, property: &str, targets: &Targets, at: &Pointer) {
    let Some(Some(searchable)) = targets.searchable.get(target) else {
        return;
    };
    if searchable.iter().any(|name| name == property) {
        return;
    }
    let message = Message::new(
        format!("类型 {target} 没有可检索的属性“{property}”，关联无从查起"),
        format!("the type {target} has no searchable property “{property}”: the relation cannot be followed"),
    );
    let help = if searchable.is_empty() {
        Message::new(
            format!("在 {target} 里给“{property}”加上 \"searchable\": true"),
            format!("set \"searchable\": true on “{property}” in {target}"),
        )
    } else {
        Message::new(
            format!("{target} 可检索的属性：{}；或在那里给“{property}”加上 searchable", searchable.join("、")),
            format!("searchable there: {}; or set searchable on “{property}” in {target}", searchable.join(", ")),
        )
    };
    desk.error(Code::BrokenRelation, at, Part::Value, message, help);
}

/// Relations of other registered types that lead here must still find what they ask for.
fn keep_promises(draft: &mut Draft<'_>, registry: &Registry, targets: &Targets, incoming: &HashSet<Arc<str>>) {
    let Some(name) = draft.names.as_ref().map(|names| names.name.clone()) else {
        return;
    };
    let Some(Some(searchable)) = targets.searchable.get(&name) else {
        return;
    };
    // A type that comes with these files has its relations checked there.
    for (other, registered) in registry.iter().filter(|(other, _)| !incoming.contains(*other)) {
        for relation in &registered.ty.relations {
            let RelationBy::Property(property) = &relation.by else {
                continue;
            };
            if !relation.to.contains(&name) || searchable.contains(property) {
                continue;
            }
            let message = Message::new(
                format!("已注册的类型 {other} 用关联“{}”按“{property}”查到这里，而它不再可检索", relation.name),
                format!("the registered type {other} leads here by “{}” on “{property}”, which is searchable no more", relation.name),
            );
            let help = Message::new(
                format!("保留“{property}”的 searchable，或先改 {other} 的关联"),
                format!("keep “{property}” searchable, or change the relation of {other} first"),
            );
            let at = Pointer::root().child("properties").child(property.as_str());
            let at = if draft.desk.root().pointer(&at.to_string()).is_some() { at } else { Pointer::certificate(&["name"]) };
            draft.desk.error(Code::BrokenRelation, &at, Part::Key, message, help);
        }
    }
}
