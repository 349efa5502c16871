//! No two types may bring the same GraphQL name: not as type, not as root field, not with what every hub has. They may share a
//! type code, which is said.

use std::collections::HashMap;

use super::super::Registry;
use super::super::diagnostic::{Code, Message};
use super::super::names::{BUILT_IN_MUTATIONS, BUILT_IN_QUERIES, BUILT_IN_TYPES, generated_roots, generated_types_of};
use super::super::pointer::Pointer;
use super::super::source::Part;
use super::Draft;

/// Types with one type code are allowed (a type code names a kind of certificate, and a kind may have several forms); but a
/// file that was begun as a copy of another has its code by mistake.
pub(super) fn check_type_codes(drafts: &mut [Draft<'_>], registry: &Registry) {
    let of = |draft: &Draft<'_>| Some((draft.names.as_ref()?.name.to_string(), draft.identity.as_ref()?.type_code.clone()));
    let incoming: Vec<(String, String)> = drafts.iter().filter_map(of).collect();
    let registered = registry.iter().map(|(name, known)| (name.to_string(), known.ty.type_code.clone()));
    let known: Vec<_> = registered.filter(|(name, _)| incoming.iter().all(|(other, _)| other != name)).collect();
    for draft in drafts {
        let Some((own, code)) = of(draft) else { continue };
        let shares = incoming.iter().chain(&known).filter(|(name, other)| *name != own && *other == code);
        let mut others: Vec<&str> = shares.map(|(name, _)| name.as_str()).collect();
        others.dedup();
        if others.is_empty() {
            continue;
        }
        let message = Message::new(
            format!("证照类型代码“{code}”也是 {} 的", others.join("、")),
            format!("the type code “{code}” is also that of {}", others.join(", ")),
        );
        let help = Message::new(
            "几种类型可以共用一个类型代码，若本意如此不必改（按代码查询会查到全部）；若本文件是照另一个改写的，把末三位改成自己的",
            "several types may share one: leave it where that is meant (asking by the code then finds them all); if this file began as a copy of another, give it three last digits of its own",
        );
        draft.desk.warn(Code::SharedTypeCode, &Pointer::certificate(&["typeCode"]), Part::Value, message, help);
    }
}

/// Who has a name.
type Owners = HashMap<String, Message>;

pub(super) fn check(drafts: &mut [Draft<'_>], registry: &Registry) {
    let hub = || Message::new("每个枢纽自有的名称", "a name that every hub has");
    let built_in = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), hub())).collect::<Owners>();
    let (mut types, mut queries, mut mutations) = (built_in(BUILT_IN_TYPES), built_in(BUILT_IN_QUERIES), built_in(BUILT_IN_MUTATIONS));
    let replaced: Vec<String> = drafts.iter().filter_map(|draft| Some(draft.names.as_ref()?.name.to_string())).collect();
    for (name, registered) in registry.iter().filter(|(name, _)| !replaced.iter().any(|replaced| **replaced == ***name)) {
        let ty = &registered.ty;
        let owner = || Message::new(format!("已注册的类型 {name}"), format!("the registered type {name}"));
        types.extend(generated_types_of(&ty.name, &ty.fields).into_iter().map(|(name, _)| (name, owner())));
        let (query, mutation) = generated_roots(&ty.name, &ty.plural);
        queries.extend(query.into_iter().map(|name| (name, owner())));
        mutations.extend(mutation.into_iter().map(|name| (name, owner())));
    }
    let mut first_with: HashMap<String, String> = HashMap::new();
    for draft in drafts {
        let Some(names) = &draft.names else { continue };
        let (name, plural) = (names.name.to_string(), names.plural.clone());
        let at_name = Pointer::certificate(&["name"]);
        let file = draft.desk.document.file.name.clone();
        if let Some(other) = first_with.insert(name.clone(), file.clone()) {
            let message =
                Message::new(format!("类型名“{name}”在文件 {other} 里已用"), format!("the type name “{name}” is used in the file {other}"));
            let help =
                Message::new("两个文件取不同的 name，或去掉其中一个文件", "give the files different names, or leave one of them out");
            draft.desk.error(Code::NameTaken, &at_name, Part::Value, message, help);
            continue;
        }
        let owner = Message::new(format!("文件 {file} 的类型 {name}"), format!("the type {name} of the file {file}"));
        for (generated, path) in generated_types_of(&name, draft.fields.as_deref().unwrap_or_default()) {
            let at = path.first().map_or_else(|| at_name.clone(), |property| Pointer::root().child("properties").child(property.as_str()));
            claim(draft, &mut types, generated, &owner, &at, ("GraphQL 类型", "the GraphQL type"));
        }
        let (query, mutation) = generated_roots(&name, &plural);
        let at_plural =
            if draft.desk.root().pointer("/x-certificate/plural").is_some() { Pointer::certificate(&["plural"]) } else { at_name.clone() };
        for (index, generated) in query.into_iter().enumerate() {
            let at = if index == 1 { &at_plural } else { &at_name };
            claim(draft, &mut queries, generated, &owner, at, ("查询字段", "the query field"));
        }
        for (index, generated) in mutation.into_iter().enumerate() {
            let at = if index == 1 { &at_plural } else { &at_name };
            claim(draft, &mut mutations, generated, &owner, at, ("变更字段", "the mutation field"));
        }
    }
}

fn claim(draft: &mut Draft<'_>, owners: &mut Owners, name: String, owner: &Message, at: &Pointer, what: (&str, &str)) {
    let Some(other) = owners.get(&name) else {
        owners.insert(name, owner.clone());
        return;
    };
    let message = Message::new(
        format!("{}“{name}”会重名：{} 已占用它", what.0, other.zh),
        format!("{} “{name}” would stand twice: {} has it", what.1, other.en),
    );
    let help = if at.steps().next() == Some("properties") {
        Message::new(
            "给这个属性换个名称：内层对象的类型名是“类型名+属性名”",
            "rename this property: a nested object's type is named <Type><Property>",
        )
    } else {
        Message::new("换一个 name 或 plural", "take another name or plural")
    };
    let part = if at.steps().next() == Some("properties") { Part::Key } else { Part::Value };
    draft.desk.error(Code::NameTaken, at, part, message, help);
}
