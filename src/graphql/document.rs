//! Reading the document itself: in which order its root fields stand (7.2.1 answers in completion order, the specification wants
//! query order), which objects may be empty (7.2.1 answers null), and whether it selects personal fields.

use std::convert::Infallible;

use async_graphql::parser::types::{
    BaseType, Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value, Variables};
use indexmap::IndexMap;
use model::registry::{CertificateType, Field as Property, FieldKind, Registry, Sensitivity, names};

/// Puts the root fields of `data` into the order in which the operation selects them.
pub(super) fn in_query_order(data: Value, document: &ExecutableDocument, operation: &OperationDefinition, variables: &Variables) -> Value {
    let Value::Object(mut members) = data else { return data };
    let mut order = Vec::new();
    collect(&operation.selection_set.node, document, variables, &mut order, 0);
    let mut ordered = IndexMap::with_capacity(members.len());
    for key in order {
        if let Some(value) = members.shift_remove(&key) {
            ordered.insert(key, value);
        }
    }
    ordered.extend(members);
    Value::Object(ordered)
}

fn collect(set: &SelectionSet, document: &ExecutableDocument, variables: &Variables, order: &mut Vec<Name>, depth: usize) {
    if depth > 32 {
        return;
    }
    for selection in set.items.iter().filter(|selection| !is_skipped(selection.node.directives(), variables)) {
        match &selection.node {
            Selection::Field(field) => order.push(field.node.response_key().node.clone()),
            Selection::InlineFragment(fragment) => collect(&fragment.node.selection_set.node, document, variables, order, depth + 1),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(&fragment.node.selection_set.node, document, variables, order, depth + 1);
                }
            }
        }
    }
}

/// Do `@skip` and `@include` leave it out? Validation has seen to it that they can be decided.
pub(super) fn is_skipped(directives: &[Positioned<Directive>], variables: &Variables) -> bool {
    directives.iter().any(|directive| {
        let condition = directive.node.get_argument("if");
        let value = condition.and_then(|value| value.node.clone().into_const_with(|name| variables.get(&name).cloned().ok_or(())).ok());
        match directive.node.name.node.as_str() {
            "skip" => value == Some(Value::Boolean(true)),
            "include" => value == Some(Value::Boolean(false)),
            _ => false,
        }
    })
}

/// Takes defaults off variables whose type the schema does not know: 7.2.1 panics over a list of such, before it says that the
/// type is unknown.
pub(super) fn without_unknown_defaults(document: &mut ExecutableDocument, known: impl Fn(&str) -> bool) {
    let operations: Vec<_> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![&mut operation.node],
        DocumentOperations::Multiple(operations) => operations.values_mut().map(|operation| &mut operation.node).collect(),
    };
    for definition in operations.into_iter().flat_map(|operation| &mut operation.variable_definitions) {
        let mut base = &definition.node.var_type.node.base;
        while let BaseType::List(item) = base {
            base = &item.base;
        }
        if matches!(base, BaseType::Named(name) if !known(name)) {
            definition.node.default_value = None;
        }
    }
}

/// Stands in selections that may turn out empty, and in no answer.
pub(super) const KEPT: &str = "__kept";

/// Sees to it that no object turns out empty, for conditions or for fragments on other types: 7.2.1 would answer null where the
/// specification wants `{}`.
pub(super) fn keep_objects(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => keep_below(&mut operation.node.selection_set.node, true),
        DocumentOperations::Multiple(operations) => {
            operations.values_mut().for_each(|operation| keep_below(&mut operation.node.selection_set.node, true));
        }
    }
    document.fragments.values_mut().for_each(|fragment| keep_below(&mut fragment.node.selection_set.node, false));
}

/// `whole`: these are all selections on an object, not those of a fragment.
fn keep_below(set: &mut SelectionSet, whole: bool) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => keep_below(&mut field.node.selection_set.node, true),
            Selection::InlineFragment(fragment) => keep_below(&mut fragment.node.selection_set.node, false),
            Selection::FragmentSpread(_) => {}
        }
    }
    let certain = |selection: &Selection| matches!(selection, Selection::Field(field) if field.node.directives.is_empty());
    if whole && !set.items.is_empty() && !set.items.iter().any(|selection| certain(&selection.node)) {
        let at = Pos::default();
        let kept = Field {
            alias: Some(Positioned::new(Name::new(KEPT), at)),
            name: Positioned::new(Name::new("__typename"), at),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::new(SelectionSet::default(), at),
        };
        set.items.push(Positioned::new(Selection::Field(Positioned::new(kept, at)), at));
    }
}

/// Takes out of an answer what [`keep_objects`] put into the document.
pub(super) fn take_out(data: &mut Value) {
    match data {
        Value::Object(members) => {
            members.shift_remove(KEPT);
            members.values_mut().for_each(take_out);
        }
        Value::List(items) => items.iter_mut().for_each(take_out),
        _ => {}
    }
}

/// Does the document select, filter or order by anything of a person? Where it is not plain of which type a selection is, a name
/// that is personal in one type counts for all.
pub(super) fn touches_personal(document: &ExecutableDocument, registry: &Registry) -> bool {
    let operations = document.operations.iter().map(|(_, operation)| (Scope::Root(registry), &operation.node.selection_set.node));
    let fragments = document
        .fragments
        .values()
        .map(|fragment| (Scope::Any(registry).on(&fragment.node.type_condition.node.on.node), &fragment.node.selection_set.node));
    operations.chain(fragments).any(|(scope, set)| any_name(set, scope))
}

/// The same of what stands in variables.
pub(super) fn variables_touch_personal(variables: &Variables, registry: &Registry) -> bool {
    let any = |name: &str| Scope::Any(registry).is_personal(name);
    variables.iter().any(|(_, value)| any_member(value, &any))
}

/// Of which type the names of a selection are.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Root(&'a Registry),
    Any(&'a Registry),
    Of(&'a Registry, &'a CertificateType),
}

impl<'a> Scope<'a> {
    fn is_personal(self, name: &str) -> bool {
        name.starts_with("holder")
            || match self {
                Self::Root(_) => false,
                Self::Any(registry) => registry.types().any(|known| is_personal(&known.ty, name)),
                Self::Of(_, ty) => is_personal(ty, name),
            }
    }

    /// The scope below a field.
    fn below(self, field: &str) -> Self {
        match self {
            Self::Root(registry) => {
                let roots = |ty: &CertificateType| [names::root_one(ty), names::root_many(ty), names::root_statistics(ty)];
                registry
                    .types()
                    .find(|known| roots(&known.ty).iter().any(|root| root == field))
                    .map_or(Self::Any(registry), |known| Self::Of(registry, &known.ty))
            }
            Self::Of(registry, ty) if ty.relations.iter().any(|relation| relation.name == field) => Self::Any(registry),
            same => same,
        }
    }

    /// The scope inside a fragment on this type.
    fn on(self, type_name: &str) -> Self {
        let (Self::Root(registry) | Self::Any(registry) | Self::Of(registry, _)) = self;
        match (registry.get(type_name), type_name) {
            (Some(known), _) => Self::Of(registry, &known.ty),
            (None, "Query" | "Mutation") => Self::Root(registry),
            (None, _) if matches!(self, Self::Of(..)) => self,
            (None, _) => Self::Any(registry),
        }
    }
}

fn is_personal(ty: &CertificateType, name: &str) -> bool {
    (name == "number" && ty.number_is_personal()) || in_fields(&ty.fields, name)
}

fn in_fields(fields: &[Property], name: &str) -> bool {
    fields.iter().any(|field| (field.name == name && field.sensitivity == Sensitivity::Personal) || in_fields(nested(&field.kind), name))
}

fn nested(kind: &FieldKind) -> &[Property] {
    match kind {
        FieldKind::List(item) => nested(item),
        FieldKind::Object(object) => &object.fields,
        _ => &[],
    }
}

/// Spreads are left out: every fragment is looked at by itself. Nesting is bounded before parsing.
fn any_name(set: &SelectionSet, scope: Scope<'_>) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            let name = &field.node.name.node;
            let below = scope.below(name);
            let argued = field.node.arguments.iter().any(|(argument, value)| {
                let written = value.node.clone().into_const_with(|_| Ok::<_, Infallible>(Value::Null));
                below.is_personal(&argument.node) || written.is_ok_and(|written| any_argument(&written, &|name| below.is_personal(name)))
            });
            scope.is_personal(name) || argued || any_name(&field.node.selection_set.node, below)
        }
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref();
            any_name(&fragment.node.selection_set.node, condition.map_or(scope, |condition| scope.on(&condition.node.on.node)))
        }
        Selection::FragmentSpread(_) => false,
    })
}

/// Variables are looked at by themselves.
fn any_argument(value: &Value, test: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| test(name) || any_argument(value, test)),
        Value::List(items) => items.iter().any(|item| any_argument(item, test)),
        Value::Enum(name) => test(name),
        _ => false,
    }
}

/// Texts count as names: enumerations come as such.
fn any_member(value: &Value, test: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| test(name) || any_member(value, test)),
        Value::List(items) => items.iter().any(|item| any_member(item, test)),
        Value::String(text) => test(text),
        Value::Enum(name) => test(name),
        _ => false,
    }
}
