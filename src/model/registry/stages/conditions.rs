//! `if/then/else`, `oneOf`, `anyOf`, `not`, `dependentRequired`, `dependentSchemas` constrain what is there: a property that
//! only they name would be missing from the GraphQL type, and one that no part names can never be given.

use serde_json::Value;

use super::super::diagnostic::{Code, Message};
use super::super::names::nearest;
use super::super::pointer::Pointer;
use super::super::schema::{View, conditions};
use super::super::source::Part;
use super::Desk;

pub(super) fn check(desk: &mut Desk<'_>, object: &View<'_>) {
    for part in &object.parts {
        for (at, schema) in conditions(part.map, &part.at) {
            if let Some(body) = object.under(at, schema) {
                condition(desk, object, &body);
            }
        }
        let Some(pairs) = part.map.get("dependentRequired").and_then(Value::as_object) else {
            continue;
        };
        let known = object.property_names();
        for (name, needed) in pairs {
            let at = part.at.child("dependentRequired").child(name.as_str());
            if !known.contains(&name.as_str()) {
                unknown_required(desk, &at, name, &known);
            }
            for (index, name) in needed.as_array().into_iter().flatten().enumerate() {
                if let Some(name) = name.as_str().filter(|name| !known.contains(name)) {
                    unknown_required(desk, &at.index(index), name, &known);
                }
            }
        }
    }
}

fn condition(desk: &mut Desk<'_>, object: &View<'_>, body: &View<'_>) {
    let known = object.property_names();
    for name in body.property_names() {
        if !known.contains(&name) {
            let stands = body.all("properties").find(|(_, map)| map.get(name).is_some());
            let place = stands.map(|(at, _)| at.child(name)).unwrap_or_default();
            let message = Message::new(
                format!("条件里的属性“{name}”没有列在 properties 里"),
                format!("the property “{name}” stands in a condition only and is not listed in properties"),
            );
            let help = match nearest(name, known.iter().copied()) {
                Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
                None => Message::new(
                    "先在 properties 里列出它（不必填），条件里只加约束",
                    "list it in properties first (not required); conditions only constrain",
                ),
            };
            desk.error(Code::IntroducedProperty, &place, Part::Key, message, help);
            continue;
        }
        let (outer, inner) = (object.property(name), body.property(name));
        condition(desk, &outer, &inner);
        let (outer, inner) = (outer.items(), inner.items());
        if !inner.parts.is_empty() {
            condition(desk, &outer, &inner);
        }
    }
    for (place, value) in body.all("required") {
        for (index, name) in value.as_array().into_iter().flatten().enumerate() {
            if let Some(name) = name.as_str().filter(|name| !known.contains(name)) {
                unknown_required(desk, &place.index(index), name, &known);
            }
        }
    }
    for part in &body.parts {
        for (place, schema) in conditions(part.map, &part.at) {
            if let Some(inner) = object.under(place, schema) {
                condition(desk, object, &inner);
            }
        }
    }
}

pub(super) fn unknown_required(desk: &mut Desk<'_>, at: &Pointer, name: &str, known: &[&str]) {
    let message = Message::new(
        format!("要求必填的属性“{name}”没有列在 properties 里"),
        format!("the property “{name}” is required, but properties does not list it"),
    );
    let help = match nearest(name, known.iter().copied()) {
        Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
        None => Message::new("在 properties 里列出它，或从必填中删去", "list it in properties, or take it off the required ones"),
    };
    desk.error(Code::RequiredUnknown, at, Part::Value, message, help);
}
