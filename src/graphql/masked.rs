//! Which of a document's selections grants answer masked, or empty instead of what is there: told in `extensions.masked`, by the path
//! of response keys without places in lists. It follows from the document and the caller's rights alone, whatever was found.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use model::registry::{CertificateType, Registry, Sight, names};

use super::document::is_skipped;

/// Deepest selection that is followed; documents are bounded before.
const DEEPEST: usize = 64;

/// The paths, sorted.
pub(super) fn paths(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    registry: &Registry,
) -> Vec<String> {
    // Nobody's types are shown in part: the usual case.
    if registry.types().all(|known| known.ty.shown.is_none()) {
        return Vec::new();
    }
    let mut walk = Walk { document, variables, registry, found: BTreeSet::new() };
    walk.set(&operation.selection_set.node, &Of::Root, &mut Vec::new());
    walk.found.into_iter().collect()
}

/// What a selection is on.
#[derive(Clone)]
enum Of {
    Root,
    /// Certificates of these types, or what leads to them: connections and edges.
    Certificates(Vec<Arc<CertificateType>>),
    Holder(Vec<Arc<CertificateType>>),
    Nothing,
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    registry: &'a Registry,
    found: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet, of: &Of, path: &mut Vec<&'a str>) {
        if path.len() > DEEPEST || matches!(of, Of::Nothing) {
            return;
        }
        for selection in set.items.iter().filter(|selection| !is_skipped(selection.node.directives(), self.variables)) {
            match &selection.node {
                Selection::Field(field) => {
                    path.push(field.node.response_key().node.as_str());
                    let below = self.field(&field.node, of, path);
                    self.set(&field.node.selection_set.node, &below, path);
                    path.pop();
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.set(&fragment.node.selection_set.node, &narrowed(of, condition), path);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let of = narrowed(of, Some(&fragment.node.type_condition.node.on.node));
                        self.set(&fragment.node.selection_set.node, &of, path);
                    }
                }
            }
        }
    }

    /// Notes the field where it is masked; what is selected below it is on what it answers.
    fn field(&mut self, field: &Field, of: &Of, path: &[&str]) -> Of {
        let name = field.name.node.as_str();
        let types = match of {
            Of::Root => return self.root(name),
            Of::Holder(types) => {
                if matches!(name, "name" | "code") && types.iter().any(|ty| ty.holders_sight() == Sight::Masked) {
                    self.found.insert(path.join("."));
                }
                return if name == "certificates" { self.all() } else { Of::Nothing };
            }
            Of::Certificates(types) => types,
            Of::Nothing => return Of::Nothing,
        };
        let masked = match name {
            "number" => types.iter().any(|ty| ty.number_sight() != Sight::Plain),
            "holders" => types.iter().any(|ty| ty.holders_sight() == Sight::Denied),
            "signature" | "files" => types.iter().any(|ty| !ty.shows_files()),
            name => types.iter().filter_map(|ty| ty.field(name)).any(|field| field.masked),
        };
        if masked {
            self.found.insert(path.join("."));
        }
        match name {
            "nodes" | "edges" | "node" => of.clone(),
            "current" | "previous" => self.all(),
            "holders" => Of::Holder(types.clone()),
            name => {
                let relations = types.iter().filter_map(|ty| ty.relations.iter().find(|relation| relation.name == name));
                let to: Vec<_> = relations.flat_map(|relation| &relation.to).filter_map(|name| self.registry.get(name)).collect();
                if to.is_empty() { Of::Nothing } else { Of::Certificates(to.into_iter().map(|known| known.ty.clone()).collect()) }
            }
        }
    }

    fn root(&self, name: &str) -> Of {
        match name {
            "certificate" | "node" | "certificates" => self.all(),
            "holder" | "holders" => match self.all() {
                Of::Certificates(types) => Of::Holder(types),
                other => other,
            },
            name => {
                let of_type = |ty: &CertificateType| names::root_one(ty) == name || names::root_many(ty) == name;
                let found = self.registry.types().find(|known| of_type(&known.ty));
                found.map_or(Of::Nothing, |known| Of::Certificates(vec![known.ty.clone()]))
            }
        }
    }

    /// Every type that is shown in part; others mask nothing.
    fn all(&self) -> Of {
        Of::Certificates(self.registry.types().map(|known| known.ty.clone()).collect())
    }
}

fn narrowed(of: &Of, condition: Option<&str>) -> Of {
    match (of, condition) {
        (Of::Certificates(types), Some(condition)) if types.iter().any(|ty| *ty.name == *condition) => {
            Of::Certificates(types.iter().filter(|ty| *ty.name == *condition).cloned().collect())
        }
        _ => of.clone(),
    }
}
