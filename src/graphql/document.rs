//! Reading the document itself: in which order its root fields stand (7.2.1 answers in completion order, the specification wants
//! query order), and whether it selects personal fields.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value};
use indexmap::IndexMap;
use model::registry::{Field, FieldKind, Registry, Sensitivity};

/// Puts the root fields of `data` into the order in which the operation selects them.
pub fn in_query_order(data: Value, document: &ExecutableDocument, operation: &OperationDefinition) -> Value {
    let Value::Object(mut members) = data else { return data };
    let mut order = Vec::new();
    collect(&operation.selection_set.node, &document.fragments, &mut order, 0);
    let mut ordered = IndexMap::with_capacity(members.len());
    for key in order {
        if let Some(value) = members.shift_remove(&key) {
            ordered.insert(key, value);
        }
    }
    ordered.extend(members);
    Value::Object(ordered)
}

fn collect(set: &SelectionSet, fragments: &HashMap<Name, Positioned<FragmentDefinition>>, order: &mut Vec<Name>, depth: usize) {
    if depth > 32 {
        return;
    }
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => order.push(field.node.response_key().node.clone()),
            Selection::InlineFragment(fragment) => collect(&fragment.node.selection_set.node, fragments, order, depth + 1),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    collect(&fragment.node.selection_set.node, fragments, order, depth + 1);
                }
            }
        }
    }
}

/// Does any selection name a holder or a personal property? By name alone: a name that is personal in one type counts for all.
pub fn selects_personal(document: &ExecutableDocument, registry: &Registry) -> bool {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    operations.chain(fragments).any(|set| any_field(set, &|name| name.starts_with("holder") || personal(registry, name), 0))
}

fn personal(registry: &Registry, name: &str) -> bool {
    let is_personal = |field: &Field| field.name == name && field.sensitivity == Sensitivity::Personal;
    registry.types().any(|known| known.ty.fields.iter().any(|field| is_personal(field) || nested(&field.kind).is_some_and(|fields| fields.iter().any(is_personal))))
}

fn nested(kind: &FieldKind) -> Option<&[Field]> {
    match kind {
        FieldKind::List(item) => nested(item),
        FieldKind::Object(object) => Some(&object.fields),
        _ => None,
    }
}

fn any_field(set: &SelectionSet, test: &impl Fn(&str) -> bool, depth: usize) -> bool {
    depth <= 32
        && set.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) => test(&field.node.name.node) || any_field(&field.node.selection_set.node, test, depth + 1),
            Selection::InlineFragment(fragment) => any_field(&fragment.node.selection_set.node, test, depth + 1),
            Selection::FragmentSpread(_) => false,
        })
}
