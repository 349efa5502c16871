//! Random documents over a view's schema, with their variables.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value as Json};

use super::schema::{Field, Schema, Step, Ty};
use super::value::{Pool, Val};

/// A document that is asked, once for each set of variables.
#[derive(Debug)]
pub(super) struct Document {
    pub text: String,
    pub operation_name: Option<String>,
    pub variables: Vec<Map<String, Json>>,
    /// What of the schema it names.
    pub touched: BTreeSet<String>,
}

struct Variable {
    name: String,
    ty: Ty,
    default: Option<String>,
    value: Option<Json>,
}

pub(super) struct Generator<'a> {
    schema: &'a Schema,
    pool: &'a Pool,
    rng: &'a mut StdRng,
    variables: Vec<Variable>,
    /// Name, type and text.
    fragments: Vec<(String, String, String)>,
    touched: BTreeSet<String>,
    /// Fields that may still be selected.
    budget: i32,
    /// Faults are put in.
    wrong: bool,
    /// What no document has named yet: it goes first.
    missing: &'a BTreeSet<String>,
}

impl<'a> Generator<'a> {
    /// A document that names, where there are any, some of what is `missing` so far.
    pub(super) fn document(schema: &'a Schema, pool: &'a Pool, rng: &'a mut StdRng, missing: &'a BTreeSet<String>) -> Document {
        let fields: Vec<&String> = missing.iter().filter(|name| schema.is_field(name)).collect();
        let target = (!fields.is_empty() && rng.random_bool(0.9)).then(|| fields[rng.random_range(0..fields.len())].as_str());
        let wrong = rng.random_bool(0.12);
        let budget = rng.random_range(4..40);
        let mut made =
            Self { schema, pool, rng, variables: Vec::new(), fragments: Vec::new(), touched: BTreeSet::new(), budget, wrong, missing };
        let way = target.map_or_else(Vec::new, |target| {
            let (ty, field) = target.split_once('.').unwrap();
            let mut way = schema.way(ty, |count| made.rng.random_range(0..count));
            way.push(Step::Field(field.to_owned()));
            way
        });
        let depth = made.rng.random_range(2..7);
        let selection = made.selection("Query", depth, &way);
        made.finish(selection)
    }

    fn chance(&mut self, share: f64) -> bool {
        self.rng.random_bool(share)
    }

    fn fault(&mut self, share: f64) -> bool {
        self.wrong && self.chance(share)
    }

    fn one<'b, T>(&mut self, of: &'b [T]) -> &'b T {
        &of[self.rng.random_range(0..of.len())]
    }

    fn finish(mut self, selection: String) -> Document {
        let several = self.chance(0.04);
        let named = several || !self.variables.is_empty() && self.chance(0.5) || self.chance(0.2);
        let variables: Vec<String> = self
            .variables
            .iter()
            .map(|variable| {
                let default = variable.default.as_ref().map(|default| format!(" = {default}")).unwrap_or_default();
                format!("${}: {}{default}", variable.name, variable.ty)
            })
            .collect();
        let name = if named { "Asked" } else { "" };
        let declared = if variables.is_empty() { String::new() } else { format!("({})", variables.join(", ")) };
        let keyword = if named || !variables.is_empty() || self.chance(0.3) { "query " } else { "" };
        let mut text = format!("{keyword}{name}{declared} {selection}");
        for (name, on, selection) in &self.fragments {
            text.push_str(&format!("\nfragment {name} on {on} {selection}"));
        }
        if several {
            text.push_str("\nquery Other { __typename }");
        }
        if self.fault(0.15) {
            text = self.damaged(&text);
        }
        let operation_name = match (several, named) {
            (true, _) if self.fault(0.3) => None,
            _ if self.fault(0.05) => Some((*self.one(&["Nobody", "", "Other"])).to_owned()),
            (true, _) => Some("Asked".to_owned()),
            (_, true) if self.chance(0.6) => Some("Asked".to_owned()),
            _ => None,
        };
        let mut sets = vec![self.given()];
        let again = if self.variables.is_empty() { usize::from(self.chance(0.2)) } else { self.rng.random_range(0..3) };
        for _ in 0..again {
            let other = self.others();
            sets.push(other);
        }
        Document { text, operation_name, variables: sets, touched: self.touched }
    }

    /// The text with one place of it changed.
    fn damaged(&mut self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let at = self.rng.random_range(0..chars.len());
        match self.rng.random_range(0..4) {
            0 => chars.truncate(at),
            1 => drop(chars.remove(at)),
            2 => chars.insert(at, *self.one(&['{', '}', '(', '$', '@', '"', 'x', '!', ':'])),
            _ => chars.extend(" fragment Unused on Query { __typename }".chars()),
        }
        chars.into_iter().collect()
    }

    fn given(&self) -> Map<String, Json> {
        self.variables.iter().filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?))).collect()
    }

    /// Other values for the same variables: some of them missing, null or wrong.
    fn others(&mut self) -> Map<String, Json> {
        let mut given = self.given();
        for place in 0..self.variables.len() {
            let (name, ty) = (self.variables[place].name.clone(), self.variables[place].ty.clone());
            match self.rng.random_range(0..20) {
                0 => drop(given.remove(&name)),
                1 => drop(given.insert(name, Json::Null)),
                2 => {
                    let value = self
                        .one(&[
                            Json::from(7),
                            Json::from("x"),
                            Json::from(true),
                            serde_json::json!([{}]),
                            serde_json::json!({"eq": 1}),
                            Json::from(1.5),
                        ])
                        .clone();
                    given.insert(name, value);
                }
                3..12 => {
                    let hint = name.split('_').next().unwrap_or_default().to_owned();
                    let value = self.value(&ty, "", &hint, 2, false);
                    given.insert(name, value.json());
                }
                _ => {}
            }
        }
        if self.chance(0.05) {
            given.insert("undeclared".into(), Json::from(1));
        }
        given
    }

    fn selection(&mut self, ty: &str, depth: usize, way: &[Step]) -> String {
        let mut parts = Vec::new();
        match way.first() {
            Some(Step::Field(name)) => {
                let field = self.schema.field(ty, name).clone();
                parts.push(self.field(ty, &field, depth, &way[1..]));
            }
            Some(Step::On(object)) => {
                let below = self.selection(object, depth, &way[1..]);
                parts.push(format!("... on {object} {below}"));
            }
            None => {}
        }
        if way.len() == 1 {
            let fresh = self.schema.types[ty].fields.iter().filter(|field| !self.schema.composite(field.ty.named()));
            let fresh: Vec<Field> = fresh.filter(|field| self.missing.contains(&format!("{ty}.{}", field.name))).take(8).cloned().collect();
            for field in fresh {
                parts.push(self.field(ty, &field, depth, &[]));
            }
        }
        let more = if way.is_empty() { self.rng.random_range(1..6) } else { self.rng.random_range(0..4) };
        // Roots are costly: fewer of them.
        let more = if ty == "Query" { more / 2 + usize::from(way.is_empty()) } else { more };
        for _ in 0..more {
            if self.budget <= 0 && !parts.is_empty() {
                break;
            }
            let part = self.part(ty, depth);
            let place = self.rng.random_range(0..=parts.len());
            parts.insert(place, part);
        }
        if self.fault(0.02) {
            parts.push(
                (*self.one(&["nonsense", "id", "...Nobody", "... on Nothing { id }", "name { id }", "... on Holder { name }"])).to_owned(),
            );
        }
        if parts.is_empty() && !self.fault(0.5) {
            parts.push("__typename".into());
        }
        format!("{{ {} }}", parts.join(" "))
    }

    fn part(&mut self, ty: &str, depth: usize) -> String {
        self.budget -= 1;
        match self.rng.random_range(0..100) {
            0..6 if depth > 0 => {
                let below = self.selection(ty, depth - 1, &[]);
                format!("...{} {below}", self.directives())
            }
            6..14 if depth > 0 => {
                let on = self.condition(ty);
                let below = self.selection(&on, depth - 1, &[]);
                format!("... on {on}{} {below}", self.directives())
            }
            14..24 if depth > 0 => self.spread(ty, depth - 1),
            24..29 => {
                let alias = if self.chance(0.3) { "kind: " } else { "" };
                format!("{alias}__typename{}", self.directives())
            }
            29 if ty == "Query" => {
                let asked = [
                    "__schema { queryType { name } mutationType { name } directives { name } }",
                    "__type(name: \"Certificate\") { name kind possibleTypes { name } fields { name } }",
                    "__type(name: \"Nothing\") { name }",
                ];
                (*self.one(&asked)).to_owned()
            }
            _ => {
                let schema = self.schema;
                let fields = &schema.types[ty].fields;
                let leaves = depth == 0 || self.budget <= 0;
                let fitting: Vec<&Field> = fields.iter().filter(|field| !leaves || !schema.composite(field.ty.named())).collect();
                if fitting.is_empty() {
                    return "__typename".into();
                }
                let fresh: Vec<&Field> =
                    fitting.iter().copied().filter(|field| self.missing.contains(&format!("{ty}.{}", field.name))).collect();
                let from = if !fresh.is_empty() && self.chance(0.5) { &fresh } else { &fitting };
                let field = (*self.one(from)).clone();
                self.field(ty, &field, depth, &[])
            }
        }
    }

    /// A type that a fragment in this selection may be on.
    fn condition(&mut self, ty: &str) -> String {
        let schema = self.schema;
        let possible = &schema.types[ty].possible;
        if !possible.is_empty() && self.chance(0.6) {
            return self.one(possible).clone();
        }
        let interfaces: Vec<&String> =
            schema.types.iter().filter(|(_, known)| known.possible.iter().any(|one| one == ty)).map(|(name, _)| name).collect();
        if interfaces.is_empty() || self.chance(0.5) { ty.to_owned() } else { (*self.one(&interfaces)).clone() }
    }

    fn spread(&mut self, ty: &str, depth: usize) -> String {
        let known: Vec<String> = self.fragments.iter().filter(|(_, on, _)| on == ty).map(|(name, ..)| name.clone()).collect();
        let name = if !known.is_empty() && self.chance(0.5) {
            self.one(&known).clone()
        } else {
            let on = self.condition(ty);
            let below = self.selection(&on, depth, &[]);
            let name = format!("F{}", self.fragments.len());
            self.fragments.push((name.clone(), on, below));
            name
        };
        format!("...{name}{}", self.directives())
    }

    fn directives(&mut self) -> String {
        if !self.chance(0.12) {
            return String::new();
        }
        let name = if self.chance(0.5) { "skip" } else { "include" };
        let condition = Ty::NonNull(Box::new(Ty::Named("Boolean".into())));
        let value = self.value(&condition, "", "if", 0, true).literal();
        let more = if self.chance(0.1) { " @include(if: true)" } else { "" };
        let more = if self.fault(0.05) { " @unknown" } else { more };
        format!(" @{name}(if: {value}){more}")
    }

    fn field(&mut self, ty: &str, field: &Field, depth: usize, way: &[Step]) -> String {
        self.budget -= 1;
        self.touched.insert(format!("{ty}.{}", field.name));
        let arguments = self.arguments(ty, field);
        let mut hash = DefaultHasher::new();
        arguments.hash(&mut hash);
        let alias = match self.rng.random_range(0..100) {
            0..2 if self.wrong => "same: ".to_owned(),
            // The same field with other arguments needs another key; with the same, it merges.
            _ if (!arguments.is_empty() && self.chance(0.9)) || self.chance(0.1) => format!("{}_{}: ", field.name, hash.finish() % 1000),
            _ => String::new(),
        };
        let head = format!("{alias}{}{arguments}{}", field.name, self.directives());
        let composite = self.schema.composite(field.ty.named());
        let below = |this: &mut Self, way: &[Step]| match composite {
            true => format!(" {}", this.selection(field.ty.named(), depth.saturating_sub(1), way)),
            false if this.fault(0.01) => " { id }".to_owned(),
            false => String::new(),
        };
        let mut text = format!("{head}{}", below(self, way));
        if self.chance(0.06) {
            let again = below(self, &[]);
            text = format!("{text} {head}{again}");
        }
        text
    }

    fn arguments(&mut self, ty: &str, field: &Field) -> String {
        let mut given = Vec::new();
        if let Some((fixed, paging)) = self.page_arguments(ty, field) {
            given.extend(fixed);
            given.extend(paging);
        } else {
            // One certificate is asked for by id or by number.
            let by_id = self.chance(0.6);
            let one = ["id", "number", "issuer"].iter().all(|name| field.args.iter().any(|arg| arg.name == *name)) && self.chance(0.85);
            for arg in &field.args {
                if one {
                    if (arg.name == "id") == by_id && arg.name != "issuer" {
                        let value = self.value(&Ty::NonNull(Box::new(arg.ty.clone())), ty, &arg.name, 2, true);
                        self.touched.insert(format!("{ty}.{}({})", field.name, arg.name));
                        given.push(format!("{}: {}", arg.name, value.literal()));
                    }
                    continue;
                }
                let needed = arg.ty.required() && !arg.default;
                let share = match arg.name.as_str() {
                    // A page of a few rows is enough, and quick.
                    "first" => 0.7,
                    "after" | "before" => 0.04,
                    "last" => 0.05,
                    "id" => 0.7,
                    _ => 0.35,
                };
                let fresh = self.missing.contains(&format!("{ty}.{}({})", field.name, arg.name));
                if (needed && !self.fault(0.05)) || self.chance(if fresh { 0.7 } else { share }) {
                    let value = self.value(&arg.ty, ty, &arg.name, 2, true);
                    self.touched.insert(format!("{ty}.{}({})", field.name, arg.name));
                    given.push(format!("{}: {}", arg.name, value.literal()));
                }
            }
        }
        if self.fault(0.02) {
            given.push((*self.one(&["nonsense: 1", "first: 1", "id: 1"])).to_owned());
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    /// A page behind or before a cursor that an earlier answer gave.
    fn page_arguments(&mut self, ty: &str, field: &Field) -> Option<(Vec<String>, Vec<String>)> {
        if !self.chance(0.3) {
            return None;
        }
        let at = format!("{ty}.{}", field.name);
        let pages: Vec<_> = self.pool.pages.iter().filter(|page| page.at == at).collect();
        if pages.is_empty() {
            return None;
        }
        let page = (*self.one(&pages)).clone();
        let back = field.args.iter().any(|arg| arg.name == "before") && self.chance(0.4);
        let (cursor, count) = if back { ("before", "last") } else { ("after", "first") };
        let mut paging = vec![format!("{cursor}: {}", Val::Text(page.cursor).literal())];
        if self.chance(0.8) || back {
            paging.push(format!("{count}: {}", self.rng.random_range(1..5)));
        }
        for name in [cursor, count] {
            self.touched.insert(format!("{at}({name})"));
        }
        Some((page.fixed, paging))
    }

    /// A value for this place; `parent` is the type whose member it is, `hint` the name of argument or member.
    fn value(&mut self, ty: &Ty, parent: &str, hint: &str, depth: usize, variables: bool) -> Val {
        if variables && self.chance(0.25) {
            return self.variable(ty, parent, hint, depth);
        }
        if self.fault(0.015) {
            return self
                .one(&[Val::Null, Val::Plain("7".into()), Val::Text("x".into()), Val::Enum("NOTHING".into()), Val::List(vec![])])
                .clone();
        }
        match ty {
            Ty::NonNull(inner) => self.value(inner, parent, hint, depth, variables),
            _ if self.chance(0.02) => Val::Null,
            Ty::List(item) if self.chance(0.1) => self.value(item, parent, hint, depth, variables),
            Ty::List(item) => {
                let count = if self.chance(0.05) { 0 } else { self.rng.random_range(1..4) };
                Val::List((0..count).map(|_| self.value(item, parent, hint, depth, variables)).collect())
            }
            Ty::Named(name) => self.named(name, parent, hint, depth, variables),
        }
    }

    fn named(&mut self, name: &str, parent: &str, hint: &str, depth: usize, variables: bool) -> Val {
        let schema = self.schema;
        let ty = &schema.types[name];
        match ty.kind.as_str() {
            "ENUM" => {
                let fresh: Vec<&String> = ty.values.iter().filter(|value| self.missing.contains(&format!("{name}.{value}"))).collect();
                let value = if fresh.is_empty() { self.one(&ty.values).clone() } else { (*self.one(&fresh)).clone() };
                self.touched.insert(format!("{name}.{value}"));
                Val::Enum(value)
            }
            "INPUT_OBJECT" => {
                let mut members = Vec::new();
                let fitting: Vec<_> = ty
                    .inputs
                    .iter()
                    .filter(|member| {
                        depth > 0
                            || !schema.types[member.ty.named()].kind.starts_with("INPUT")
                            || ty.inputs.iter().all(|member| schema.types[member.ty.named()].kind.starts_with("INPUT"))
                    })
                    .collect();
                let count = self.rng.random_range(1..3);
                for _ in 0..count {
                    let fresh: Vec<_> =
                        fitting.iter().copied().filter(|member| self.missing.contains(&format!("{name}.{}", member.name))).collect();
                    let from = if !fresh.is_empty() && self.chance(0.7) { &fresh } else { &fitting };
                    let member = *self.one(from);
                    if members.iter().any(|(name, _)| *name == member.name) {
                        continue;
                    }
                    if depth == 0 && ["and", "or", "not"].contains(&member.name.as_str()) {
                        continue;
                    }
                    // The comparisons of a filter are made for the field that they are about.
                    let about = if schema.types[name].inputs.iter().any(|member| member.name == "eq") { hint } else { &member.name };
                    let value = self.value(&member.ty, name, about, depth.saturating_sub(1), variables);
                    self.touched.insert(format!("{name}.{}", member.name));
                    members.push((member.name.clone(), value));
                }
                for member in &ty.inputs {
                    if member.ty.required() && !members.iter().any(|(name, _)| *name == member.name) {
                        let value = self.value(&member.ty, name, &member.name, depth.saturating_sub(1), variables);
                        self.touched.insert(format!("{name}.{}", member.name));
                        members.push((member.name.clone(), value));
                    }
                }
                if self.fault(0.03) {
                    members.push(("nonsense".into(), Val::Plain("1".into())));
                }
                Val::Object(members)
            }
            _ => self.pool.scalar(self.rng, name, parent, hint),
        }
    }

    fn variable(&mut self, ty: &Ty, parent: &str, hint: &str, depth: usize) -> Val {
        let same: Vec<String> = self.variables.iter().filter(|known| known.ty == *ty).map(|known| known.name.clone()).collect();
        if !same.is_empty() && self.chance(0.3) {
            return Val::Variable(self.one(&same).clone());
        }
        let mut declared = ty.clone();
        let mut default = None;
        match (ty.required(), self.rng.random_range(0..10)) {
            // A default makes up for what may be absent.
            (true, 0 | 1) => {
                declared = ty.nullable().clone();
                default = Some(self.value(ty, parent, hint, depth, false).literal());
            }
            (true, 2) if self.wrong => declared = ty.nullable().clone(),
            (false, 0 | 1) => declared = Ty::NonNull(Box::new(ty.clone())),
            (_, 3) => default = Some(self.value(ty, parent, hint, depth, false).literal()),
            _ => {}
        }
        let optional = !declared.required() || default.is_some();
        let value = match self.rng.random_range(0..20) {
            0..4 if optional => None,
            4 if !declared.required() => Some(Json::Null),
            5 if self.wrong => None,
            _ => Some(self.value(&Ty::NonNull(Box::new(declared.nullable().clone())), parent, hint, depth, false).json()),
        };
        let name = format!("{hint}_{}", self.variables.len());
        self.variables.push(Variable { name: name.clone(), ty: declared, default, value });
        Val::Variable(name)
    }
}
