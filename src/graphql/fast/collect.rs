//! Selections with their fragments written out and their conditions decided.

use std::collections::{BTreeSet, HashMap};

use async_graphql::parser::types::{Directive, Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value, Variables};
use indexmap::IndexMap;

use super::NotCovered;

/// What a document's selections are read with.
pub(super) struct Collector<'a> {
    pub fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Those which `@skip` and `@include` name: a plan is kept for each outcome.
    pub variables: &'a Variables,
}

/// All fields of one response key: they were validated to be mergeable.
pub(super) struct Picked<'a> {
    pub key: &'a str,
    pub fields: Vec<&'a Field>,
}

impl<'a> Picked<'a> {
    pub(super) fn field(&self) -> &'a Field {
        self.fields[0]
    }

    /// What is selected below, of all of them.
    pub(super) fn below(&self) -> Vec<&'a SelectionSet> {
        self.fields.iter().map(|field| &field.selection_set.node).collect()
    }
}

impl<'a> Collector<'a> {
    /// The fields of these selections on an object for which `on` says which type conditions hold.
    pub(super) fn collect(&self, sets: &[&'a SelectionSet], on: &dyn Fn(&str) -> bool) -> Result<Vec<Picked<'a>>, NotCovered> {
        let mut found: IndexMap<&'a str, Vec<&'a Field>> = IndexMap::new();
        for set in sets {
            self.walk(set, on, &mut found)?;
        }
        Ok(found.into_iter().map(|(key, fields)| Picked { key, fields }).collect())
    }

    fn walk(
        &self,
        set: &'a SelectionSet,
        on: &dyn Fn(&str) -> bool,
        found: &mut IndexMap<&'a str, Vec<&'a Field>>,
    ) -> Result<(), NotCovered> {
        for selection in &set.items {
            if self.skipped(selection.node.directives())? {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => found.entry(field.node.response_key().node.as_str()).or_default().push(&field.node),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    if condition.is_none_or(on) {
                        self.walk(&fragment.node.selection_set.node, on, found)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments.get(&spread.node.fragment_name.node).ok_or(NotCovered)?;
                    if on(&fragment.node.type_condition.node.on.node) {
                        self.walk(&fragment.node.selection_set.node, on, found)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Every type that a fragment among these selections is on.
    pub(super) fn conditions(&self, sets: &[&'a SelectionSet], found: &mut BTreeSet<&'a str>) {
        for selection in sets.iter().flat_map(|set| &set.items) {
            match &selection.node {
                Selection::Field(_) => {}
                Selection::InlineFragment(fragment) => {
                    found.extend(fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str()));
                    self.conditions(&[&fragment.node.selection_set.node], found);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) {
                        found.insert(fragment.node.type_condition.node.on.node.as_str());
                        self.conditions(&[&fragment.node.selection_set.node], found);
                    }
                }
            }
        }
    }

    fn skipped(&self, directives: &[Positioned<Directive>]) -> Result<bool, NotCovered> {
        for directive in directives {
            let include = match directive.node.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => return Err(NotCovered),
            };
            let condition = directive.node.get_argument("if").ok_or(NotCovered)?;
            let value = condition.node.clone().into_const_with(|name| self.variables.get(&name).cloned().ok_or(NotCovered))?;
            let Value::Boolean(holds) = value else { return Err(NotCovered) };
            if holds != include {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The variables that decide about selections, anywhere in the document.
pub(super) fn deciding(sets: &[&SelectionSet], found: &mut BTreeSet<Name>) {
    for selection in sets.iter().flat_map(|set| &set.items) {
        for condition in selection.node.directives().iter().filter_map(|directive| directive.node.get_argument("if")) {
            let _ = condition.node.clone().into_const_with(|name| {
                found.insert(name);
                Err::<Value, ()>(())
            });
        }
        let below = match &selection.node {
            Selection::Field(field) => &field.node.selection_set.node,
            Selection::InlineFragment(fragment) => &fragment.node.selection_set.node,
            Selection::FragmentSpread(_) => continue,
        };
        deciding(&[below], found);
    }
}
