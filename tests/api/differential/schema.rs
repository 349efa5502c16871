//! A view's schema as introspection tells it: what a generator may ask.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value as Json;

/// What is asked of a view once.
pub(super) const INTROSPECTION: &str = "{ __schema { types { kind name
    fields { name args { ...A } type { ...T } } inputFields { ...A } enumValues { name } possibleTypes { name } } } }
  fragment A on __InputValue { name defaultValue type { ...T } }
  fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// A type as it is referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ty {
    Named(String),
    List(Box<Self>),
    NonNull(Box<Self>),
}

impl Ty {
    fn of(told: &Json) -> Self {
        let inner = || Box::new(Self::of(&told["ofType"]));
        match told["kind"].as_str() {
            Some("NON_NULL") => Self::NonNull(inner()),
            Some("LIST") => Self::List(inner()),
            _ => Self::Named(told["name"].as_str().unwrap().to_owned()),
        }
    }

    pub(super) fn named(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::List(inner) | Self::NonNull(inner) => inner.named(),
        }
    }

    pub(super) fn required(&self) -> bool {
        matches!(self, Self::NonNull(_))
    }

    pub(super) fn nullable(&self) -> &Self {
        match self {
            Self::NonNull(inner) => inner,
            other => other,
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::List(inner) => write!(f, "[{inner}]"),
            Self::NonNull(inner) => write!(f, "{inner}!"),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Arg {
    pub name: String,
    pub ty: Ty,
    pub default: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub name: String,
    pub args: Vec<Arg>,
    pub ty: Ty,
}

#[derive(Debug, Default)]
pub(super) struct Type {
    pub kind: String,
    pub fields: Vec<Field>,
    pub inputs: Vec<Arg>,
    pub values: Vec<String>,
    /// Of an interface: the objects.
    pub possible: Vec<String>,
}

/// One step from the root to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Field(String),
    On(String),
}

#[derive(Debug)]
pub(super) struct Schema {
    pub types: BTreeMap<String, Type>,
    /// Of each composite type: how many steps it lies from the root.
    distance: BTreeMap<String, usize>,
}

impl Schema {
    pub(super) fn of(answer: &Json) -> Self {
        let names = |told: &Json| -> Vec<String> {
            told.as_array().into_iter().flatten().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
        };
        let args = |told: &Json| -> Vec<Arg> {
            let arg = |one: &Json| Arg {
                name: one["name"].as_str().unwrap().to_owned(),
                ty: Ty::of(&one["type"]),
                default: !one["defaultValue"].is_null(),
            };
            told.as_array().into_iter().flatten().map(arg).collect()
        };
        let field =
            |one: &Json| Field { name: one["name"].as_str().unwrap().to_owned(), args: args(&one["args"]), ty: Ty::of(&one["type"]) };
        let types = answer["data"]["__schema"]["types"].as_array().unwrap().iter().map(|told| {
            let made = Type {
                kind: told["kind"].as_str().unwrap().to_owned(),
                fields: told["fields"].as_array().into_iter().flatten().map(field).collect(),
                inputs: args(&told["inputFields"]),
                values: names(&told["enumValues"]),
                possible: names(&told["possibleTypes"]),
            };
            (told["name"].as_str().unwrap().to_owned(), made)
        });
        let mut schema = Self { types: types.collect(), distance: BTreeMap::new() };
        schema.measure();
        schema
    }

    fn measure(&mut self) {
        self.distance.insert("Query".into(), 0);
        let mut front = vec!["Query".to_owned()];
        while let Some(name) = (!front.is_empty()).then(|| front.remove(0)) {
            let next = self.distance[&name] + 1;
            let below: Vec<String> = self.below(&name).into_iter().map(|(_, below)| below).collect();
            for reached in below {
                if !self.distance.contains_key(&reached) {
                    self.distance.insert(reached.clone(), next);
                    front.push(reached);
                }
            }
        }
    }

    /// The composite types one step below.
    fn below(&self, name: &str) -> Vec<(Step, String)> {
        let ty = &self.types[name];
        let fields = ty.fields.iter().filter(|field| self.composite(field.ty.named()));
        let fields = fields.map(|field| (Step::Field(field.name.clone()), field.ty.named().to_owned()));
        fields.chain(ty.possible.iter().map(|object| (Step::On(object.clone()), object.clone()))).collect()
    }

    pub(super) fn composite(&self, name: &str) -> bool {
        matches!(self.types[name].kind.as_str(), "OBJECT" | "INTERFACE")
    }

    /// Is this `Type.field` of a type that a query reaches?
    pub(super) fn is_field(&self, name: &str) -> bool {
        name.split_once('.')
            .is_some_and(|(ty, field)| self.distance.contains_key(ty) && self.types[ty].fields.iter().any(|known| known.name == field))
    }

    pub(super) fn field(&self, ty: &str, name: &str) -> &Field {
        self.types[ty].fields.iter().find(|field| field.name == name).unwrap()
    }

    /// The composite types that a query reaches.
    pub(super) fn reached(&self) -> impl Iterator<Item = &String> {
        self.distance.keys()
    }

    /// Every field that a query reaches, as `Type.field`.
    pub(super) fn fields(&self) -> BTreeSet<String> {
        self.reached().flat_map(|name| self.types[name].fields.iter().map(move |field| format!("{name}.{}", field.name))).collect()
    }

    /// Every argument of these, as `Type.field(argument)`, and every member of the inputs and enums that arguments take.
    pub(super) fn arguments(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut inputs = Vec::new();
        for name in self.reached() {
            for field in &self.types[name].fields {
                for arg in &field.args {
                    found.insert(format!("{name}.{}({})", field.name, arg.name));
                    inputs.push(arg.ty.named());
                }
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(input) = inputs.pop() {
            if seen.insert(input) {
                let ty = &self.types[input];
                found.extend(ty.inputs.iter().map(|member| format!("{input}.{}", member.name)));
                found.extend(ty.values.iter().map(|value| format!("{input}.{value}")));
                inputs.extend(ty.inputs.iter().map(|member| member.ty.named()));
            }
        }
        found
    }

    /// Steps from the root to a type: always nearer, which of several ways is the caller's choice.
    pub(super) fn way(&self, to: &str, mut choose: impl FnMut(usize) -> usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = to.to_owned();
        while at != "Query" {
            let nearer = self.distance.iter().filter(|(_, distance)| **distance < self.distance[&at]).flat_map(|(name, _)| {
                let of = self.below(name).into_iter().filter(|(_, below)| *below == at);
                of.map(move |(step, _)| (step, name.clone()))
            });
            let nearer: Vec<_> = nearer.collect();
            let (step, name) = nearer[choose(nearer.len())].clone();
            steps.push(step);
            at = name;
        }
        steps.reverse();
        steps
    }
}
