//! Reading a JSON Schema as one thing where it stands in several places: a subschema with its `$ref` and `allOf` merged.

use serde_json::{Map, Value};

use super::pointer::Pointer;

/// Keywords whose members are each a subschema.
const MAPS: &[&str] = &["properties", "patternProperties", "$defs", "dependentSchemas"];
/// Keywords that list subschemas.
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords that hold one subschema.
const SINGLES: &[&str] = &[
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "not",
    "contentSchema",
];

/// The subschemas directly inside one, with their places.
pub(super) fn children<'a>(map: &'a Map<String, Value>, at: &Pointer) -> Vec<(Pointer, &'a Value)> {
    let mut found = Vec::new();
    for (keyword, value) in map {
        let keyword = keyword.as_str();
        let inside = at.child(keyword);
        match value {
            Value::Object(members) if MAPS.contains(&keyword) => {
                found.extend(members.iter().map(|(name, schema)| (inside.child(name.as_str()), schema)));
            }
            Value::Array(items) if LISTS.contains(&keyword) => {
                found.extend(items.iter().enumerate().map(|(index, schema)| (inside.index(index), schema)));
            }
            _ if SINGLES.contains(&keyword) => found.push((inside, value)),
            _ => {}
        }
    }
    found
}

/// The subschemas that only constrain: they may say more about known properties, and bring none.
pub(super) fn conditions<'a>(map: &'a Map<String, Value>, at: &Pointer) -> Vec<(Pointer, &'a Value)> {
    const CONDITIONS: &[&str] = &["if", "then", "else", "not", "anyOf", "oneOf", "dependentSchemas"];
    children(map, at)
        .into_iter()
        .filter(|(place, _)| {
            let keyword = place.steps().nth(at.steps().count());
            keyword.is_some_and(|keyword| CONDITIONS.contains(&keyword))
        })
        .collect()
}

/// Target of a local reference `#/$defs/…`.
pub(super) fn local_target<'a>(root: &'a Value, reference: &str) -> Option<(Pointer, &'a Value)> {
    let pointer = reference.strip_prefix('#')?;
    let target = root.pointer(pointer).filter(|target| target.is_object())?;
    Some((Pointer::parse(pointer)?, target))
}

/// One place that says something about a value.
#[derive(Clone)]
pub(super) struct Part<'a> {
    pub(super) at: Pointer,
    pub(super) map: &'a Map<String, Value>,
}

/// Everything that is said about one value without condition, nearest first.
#[derive(Clone)]
pub(super) struct View<'a> {
    root: &'a Value,
    pub(super) parts: Vec<Part<'a>>,
    /// The places named directly; the other parts came by `$ref` and `allOf`.
    pub(super) seeds: Vec<Pointer>,
}

impl<'a> View<'a> {
    /// `references` must have been found sound: they are followed without end otherwise.
    pub(super) fn new(root: &'a Value, seeds: Vec<Part<'a>>) -> Self {
        let places = seeds.iter().map(|seed| seed.at.clone()).collect();
        let mut parts = Vec::new();
        for seed in seeds {
            expand(root, seed, &mut parts);
        }
        Self { root, parts, seeds: places }
    }

    pub(super) fn of_root(root: &'a Value) -> Option<Self> {
        let map = root.as_object()?;
        Some(Self::new(root, vec![Part { at: Pointer::root(), map }]))
    }

    /// Where the value is first spoken of.
    pub(super) fn at(&self) -> Pointer {
        self.parts.first().map(|part| part.at.clone()).unwrap_or_default()
    }

    /// The nearest word on `keyword`.
    pub(super) fn first(&self, keyword: &str) -> Option<(Pointer, &'a Value)> {
        self.all(keyword).next()
    }

    /// All that is said by `keyword`, nearest first.
    pub(super) fn all(&self, keyword: &str) -> impl Iterator<Item = (Pointer, &'a Value)> {
        self.parts.iter().filter_map(move |part| part.map.get(keyword).map(|value| (part.at.child(keyword), value)))
    }

    pub(super) fn text(&self, keyword: &str) -> Option<&'a str> {
        self.first(keyword).and_then(|(_, value)| value.as_str())
    }

    /// Names of the properties, in the order in which they are first named.
    pub(super) fn property_names(&self) -> Vec<&'a str> {
        let mut names = indexmap::IndexSet::new();
        for (_, value) in self.all("properties") {
            names.extend(value.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str)));
        }
        names.into_iter().collect()
    }

    /// All that is said about a property.
    pub(super) fn property(&self, name: &str) -> Self {
        let seeds = self.all("properties").filter_map(|(at, value)| part(at.child(name), value.as_object()?.get(name)?));
        Self::new(self.root, seeds.collect())
    }

    /// All that is said about the items of a list.
    pub(super) fn items(&self) -> Self {
        Self::new(self.root, self.all("items").filter_map(|(at, value)| part(at, value)).collect())
    }

    pub(super) fn under(&self, at: Pointer, value: &'a Value) -> Option<Self> {
        part(at, value).map(|seed| Self::new(self.root, vec![seed]))
    }
}

fn part<'a>(at: Pointer, value: &'a Value) -> Option<Part<'a>> {
    value.as_object().map(|map| Part { at, map })
}

fn expand<'a>(root: &'a Value, seed: Part<'a>, parts: &mut Vec<Part<'a>>) {
    let Part { at, map } = seed.clone();
    parts.push(seed);
    let target = map.get("$ref").and_then(Value::as_str).and_then(|text| local_target(root, text));
    if let Some(seed) = target.and_then(|(at, found)| part(at, found)) {
        expand(root, seed, parts);
    }
    for (index, value) in map.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        if let Some(seed) = part(at.child("allOf").index(index), value) {
            expand(root, seed, parts);
        }
    }
}
