//! Mends what 7.2.1 leaves: root fields come back in completion order, the specification wants query order.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value};
use indexmap::IndexMap;

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
