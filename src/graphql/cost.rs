//! How many certificates a request can at most ask for, told before anything is read: a formula of constants and variables, made
//! once for a document and worked out anew with each request's variables.
//!
//! Certificates and reports count, and the holders named at the root. The holders of a certificate count as one of them: how many
//! it has, no document tells. What is read beyond the forecast, [`super::budget`] stops.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value, Variables};
use model::plan::{MAX_PAGE, MAX_VERIFIED};
use model::registry::{CertificateType, Registry, names};

use super::queries::across::MAX_HOLDERS;
use super::types::connection::DEFAULT_PAGE;
use super::types::relation;
use crate::issue::MAX_BATCH;

/// Nodes as a function of the variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cost {
    Fixed(u64),
    Times(Size, Box<Self>),
    Sum(Vec<Self>),
    /// Of these, one: a certificate is of one type.
    Most(Vec<Self>),
    /// Nothing, where the variable says otherwise.
    When {
        variable: Name,
        says: bool,
        cost: Box<Self>,
    },
}

/// How long a list may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Size {
    /// The largest number that the document writes.
    written: Option<u64>,
    /// Numbers, or lists that are counted.
    variables: Vec<Name>,
    /// When none is given.
    default: u64,
    /// More is refused where it is asked.
    most: u64,
}

impl Cost {
    /// The formula of an operation within [`super::bounds::size`]. What the registry does not know costs nothing: validation refuses it.
    pub(super) fn of(document: &ExecutableDocument, operation: &OperationDefinition, registry: &Registry) -> Self {
        let place = if operation.ty == OperationType::Mutation { Place::Mutation } else { Place::Query };
        Walk { fragments: &document.fragments, registry }.set(&operation.selection_set.node, place)
    }

    /// The nodes that a request with these variables, defaults put in, can at most ask for.
    pub(super) fn nodes(&self, variables: &Variables) -> u64 {
        match self {
            Self::Fixed(nodes) => *nodes,
            Self::Times(size, each) => size.with(variables).saturating_mul(each.nodes(variables)),
            Self::Sum(parts) => parts.iter().fold(0, |sum, part| sum.saturating_add(part.nodes(variables))),
            Self::Most(parts) => parts.iter().map(|part| part.nodes(variables)).max().unwrap_or(0),
            Self::When { variable, says, cost } => match variables.get(variable) {
                Some(Value::Boolean(said)) if said != says => 0,
                _ => cost.nodes(variables),
            },
        }
    }

    fn times(size: Size, each: Self) -> Self {
        match each {
            Self::Fixed(0) => each,
            Self::Fixed(nodes) if size.variables.is_empty() => Self::Fixed(size.with(&Variables::default()).saturating_mul(nodes)),
            each => Self::Times(size, Box::new(each)),
        }
    }

    fn sum(parts: impl IntoIterator<Item = Self>) -> Self {
        let (mut fixed, mut open) = (0_u64, Vec::new());
        for part in parts {
            match part {
                Self::Fixed(nodes) => fixed = fixed.saturating_add(nodes),
                part => open.push(part),
            }
        }
        if open.is_empty() {
            return Self::Fixed(fixed);
        }
        if fixed > 0 {
            open.push(Self::Fixed(fixed));
        }
        Self::Sum(open)
    }

    fn most(parts: Vec<Self>) -> Self {
        let fixed = |part: &Self| if let Self::Fixed(nodes) = part { Some(*nodes) } else { None };
        match parts.iter().map(fixed).collect::<Option<Vec<_>>>() {
            Some(fixed) => Self::Fixed(fixed.into_iter().max().unwrap_or(0)),
            None => Self::Most(parts),
        }
    }

    /// As `@skip` and `@include` let it be.
    fn when(self, directives: &[Positioned<Directive>]) -> Self {
        directives.iter().fold(self, |cost, directive| {
            let says = match directive.node.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => return cost,
            };
            let condition = directive.node.get_argument("if");
            match condition.map(|condition| condition.node.clone().into_const_with(Err)) {
                _ if cost == Self::Fixed(0) => cost,
                Some(Ok(Value::Boolean(said))) if said != says => Self::Fixed(0),
                Some(Err(variable)) => Self::When { variable, says, cost: Box::new(cost) },
                _ => cost,
            }
        })
    }
}

impl Size {
    fn once() -> Self {
        Self { written: None, variables: Vec::new(), default: 1, most: 1 }
    }

    /// A page by `first` or `last`.
    fn page(field: &Field, default: u64) -> Self {
        Self::by(field, &["first", "last"], default, u64::from(MAX_PAGE))
    }

    /// As many as are given in a list.
    fn list(field: &Field, argument: &str, most: usize) -> Self {
        Self::by(field, &[argument], 0, most as u64)
    }

    fn by(field: &Field, arguments: &[&str], default: u64, most: u64) -> Self {
        let mut size = Self { written: None, variables: Vec::new(), default, most };
        for value in arguments.iter().filter_map(|name| field.get_argument(name)) {
            // Variables within a list count as items, whatever they hold.
            let mut whole = None;
            let written = value.node.clone().into_const_with(|name| {
                whole = Some(name);
                Ok::<_, Infallible>(Value::Null)
            });
            match (written, whole) {
                (Ok(Value::Null), Some(variable)) => size.variables.push(variable),
                (Ok(written), _) => size.written = size.written.max(number(&written)),
                (Err(never), _) => match never {},
            }
        }
        size
    }

    fn with(&self, variables: &Variables) -> u64 {
        let given = self.variables.iter().filter_map(|name| number(variables.get(name)?)).max();
        self.written.max(given).unwrap_or(self.default).min(self.most)
    }
}

/// A number, or how many are listed; one that is no list stands for a list of one. None: as if nothing were given.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Null => None,
        Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
        Value::List(items) => Some(items.len() as u64),
        _ => Some(1),
    }
}

/// On what a selection stands.
#[derive(Clone, Copy)]
enum Place<'a> {
    Query,
    Mutation,
    Connection(Of<'a>),
    Edge(Of<'a>),
    Certificate(Of<'a>),
    Holder,
    /// What leads to no certificate.
    Plain,
}

/// None: of any type.
type Of<'a> = Option<&'a CertificateType>;

/// The costs of a selection: on everything it stands on, and on one type alone.
#[derive(Default)]
struct Found<'a> {
    all: Vec<Cost>,
    own: BTreeMap<&'a str, Vec<Cost>>,
}

struct Walk<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    registry: &'a Registry,
}

impl<'a> Walk<'a> {
    fn set(&self, set: &SelectionSet, place: Place<'a>) -> Cost {
        let mut found = Found::default();
        self.gather(set, place, &[], &mut found);
        let own = found.own.into_values().map(Cost::sum).collect();
        Cost::sum(found.all.into_iter().chain([Cost::most(own)]))
    }

    /// `among`: the conditions of the fragments around.
    fn gather(&self, set: &SelectionSet, place: Place<'a>, among: &[&[Positioned<Directive>]], found: &mut Found<'a>) {
        for selection in &set.items {
            let (condition, set) = match &selection.node {
                Selection::Field(field) => {
                    let cost = self.field(&field.node, place).when(&field.node.directives);
                    found.all.push(among.iter().fold(cost, |cost, directives| cost.when(directives)));
                    continue;
                }
                Selection::InlineFragment(fragment) => (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) else { continue };
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
                }
            };
            let among = &[among, &[selection.node.directives().as_slice()]].concat();
            let on = condition.and_then(|condition| self.registry.get(&condition.node.on.node)).map(|known| &*known.ty);
            match (place, on) {
                (Place::Certificate(Some(ty)), Some(on)) if ty.name != on.name => {}
                (Place::Certificate(None), Some(on)) => {
                    let mut inner = Found::default();
                    self.gather(set, Place::Certificate(Some(on)), among, &mut inner);
                    found.own.entry(&on.name).or_default().extend(inner.all);
                }
                _ => self.gather(set, place, among, found),
            }
        }
    }

    fn field(&self, field: &Field, place: Place<'a>) -> Cost {
        let (size, below, counts) = match place {
            Place::Query => self.root(field),
            Place::Mutation => {
                let given = field.get_argument("inputs").map_or_else(Size::once, |_| Size::list(field, "inputs", MAX_BATCH));
                (given, Place::Certificate(None), true)
            }
            Place::Connection(of) => match field.name.node.as_str() {
                "nodes" => (Size::once(), Place::Certificate(of), false),
                "edges" => (Size::once(), Place::Edge(of), false),
                _ => return Cost::Fixed(0),
            },
            Place::Edge(of) => (Size::once(), Place::Certificate(of), false),
            Place::Holder if field.name.node == "certificates" => (Size::page(field, DEFAULT_PAGE as u64), Place::Connection(None), true),
            Place::Certificate(of) => self.of_certificate(field, of),
            Place::Holder | Place::Plain => return Cost::Fixed(0),
        };
        let below = self.set(&field.selection_set.node, below);
        Cost::times(size, Cost::sum([Cost::Fixed(u64::from(counts)), below]))
    }

    fn root(&self, field: &Field) -> (Size, Place<'a>, bool) {
        let page = || Size::page(field, DEFAULT_PAGE as u64);
        match field.name.node.as_str() {
            "certificate" | "node" => (Size::once(), Place::Certificate(None), true),
            "certificates" => (page(), Place::Connection(None), true),
            "holder" => (Size::once(), Place::Holder, true),
            "holders" => (Size::list(field, "codes", MAX_HOLDERS), Place::Holder, true),
            "verifyCertificates" => (Size::list(field, "ids", MAX_VERIFIED), Place::Plain, true),
            name if name.starts_with("verify") => (Size::once(), Place::Plain, true),
            name => {
                for ty in self.registry.types().map(|known| &*known.ty) {
                    if name == names::root_one(ty) {
                        return (Size::once(), Place::Certificate(Some(ty)), true);
                    }
                    if name == names::root_many(ty) {
                        return (page(), Place::Connection(Some(ty)), true);
                    }
                }
                (Size::once(), Place::Plain, false)
            }
        }
    }

    fn of_certificate(&self, field: &Field, of: Of<'a>) -> (Size, Place<'a>, bool) {
        match field.name.node.as_str() {
            "current" | "previous" => (Size::once(), Place::Certificate(None), true),
            "holders" => (Size::once(), Place::Holder, false),
            // Of the result of an issue.
            "certificate" => (Size::once(), Place::Certificate(None), false),
            name => {
                // Of any type, where it is not plain of which: the result of a mutation.
                let mut types = self.registry.types().map(|known| &*known.ty).filter(|ty| of.is_none_or(|of| of.name == ty.name));
                let Some(relation) = types.find_map(|ty| ty.relations.iter().find(|relation| relation.name == name)) else {
                    return (Size::once(), Place::Plain, false);
                };
                let to = if let [only] = relation.to.as_slice() { self.registry.get(only).map(|known| &*known.ty) } else { None };
                (Size::page(field, relation::DEFAULT_FIRST.unsigned_abs()), Place::Certificate(to), true)
            }
        }
    }
}
