//! Documents that were parsed, measured and compiled before: bounded, dropped when the registry changes.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Name, Value, Variables};
use lru::LruCache;
use model::actor::Actor;
use model::registry::Registry;

use super::collect::deciding;
use super::program::Program;
use crate::graphql::cost::Cost;
use crate::graphql::view::View;

/// How many documents are kept.
const DOCUMENTS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();
/// Bytes of text that one may have, and all together: parsed, a byte may take a hundred, and anybody may send documents.
const LONGEST: usize = 16_384;
const TEXT: usize = 512 * 1024;
/// Rights classes and outcomes of conditions for which one document is kept compiled.
const PROGRAMS: usize = 16;

/// Documents by text and operation name.
pub(in crate::graphql) struct Kept(Mutex<Shelf>);

struct Shelf {
    documents: LruCache<Asked, Arc<Known>>,
    /// Bytes of all texts.
    text: usize,
}

/// The document's text and the name of the operation wanted.
pub(in crate::graphql) type Asked = (String, Option<String>);

impl Default for Kept {
    fn default() -> Self {
        Self(Mutex::new(Shelf { documents: LruCache::new(DOCUMENTS), text: 0 }))
    }
}

impl Kept {
    pub(in crate::graphql) fn get(&self, key: &Asked) -> Option<Arc<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).documents.get(key).cloned()
    }

    pub(in crate::graphql) fn put(&self, key: Asked, known: Arc<Known>) {
        if key.0.len() <= LONGEST {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, known);
        }
    }
}

impl Shelf {
    fn put(&mut self, key: Asked, known: Arc<Known>) {
        self.text += key.0.len();
        // One that is replaced, or gives way to it.
        if let Some((gone, _)) = self.documents.push(key, known) {
            self.text -= gone.0.len();
        }
        while self.text > TEXT {
            let Some((gone, _)) = self.documents.pop_lru() else { return };
            self.text -= gone.0.len();
        }
    }
}

/// A document within bounds, and one operation of it.
pub(in crate::graphql) struct Known {
    pub document: ExecutableDocument,
    pub operation: OperationDefinition,
    /// The variables that `@skip` and `@include` name.
    deciding: BTreeSet<Name>,
    programs: Mutex<Vec<Compiled>>,
    /// What it costs, by a registry of this revision.
    cost: ArcSwapOption<(u64, Cost)>,
}

/// For whom and for which outcome a program was made; None: the library answers.
struct Compiled {
    revision: u64,
    view: View,
    decisions: Vec<bool>,
    program: Option<Arc<Program>>,
}

impl Known {
    pub(in crate::graphql) fn new(document: ExecutableDocument, operation: OperationDefinition) -> Self {
        let mut found = BTreeSet::new();
        let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
        let sets: Vec<_> = fragments.chain([&operation.selection_set.node]).collect();
        deciding(&sets, &mut found);
        Self { document, operation, deciding: found, programs: Mutex::default(), cost: ArcSwapOption::empty() }
    }

    /// The certificates that a request with these variables, defaults put in, can at most ask for.
    pub(in crate::graphql) fn nodes(&self, registry: &Registry, variables: &Variables) -> u64 {
        let kept = self.cost.load();
        match kept.as_deref() {
            Some((revision, cost)) if *revision == registry.revision() => cost.nodes(variables),
            _ => {
                let cost = Cost::of(&self.document, &self.operation, registry);
                let nodes = cost.nodes(variables);
                self.cost.store(Some(Arc::new((registry.revision(), cost))));
                nodes
            }
        }
    }

    /// The program for these rights and variables, made by `make` when there is none yet, and kept unless `make` has nothing to say.
    /// None: the library answers.
    pub(in crate::graphql) fn program(
        &self,
        revision: u64,
        actor: &Actor,
        variables: &Variables,
        make: impl FnOnce() -> Option<Option<Program>>,
    ) -> Option<Arc<Program>> {
        // A condition that is no boolean is an error, which the library tells.
        let decisions = self.deciding.iter().map(|name| match variables.get(name) {
            Some(Value::Boolean(decision)) => Some(*decision),
            _ => None,
        });
        let decisions = decisions.collect::<Option<Vec<_>>>()?;
        let fits = |kept: &Compiled| kept.revision == revision && kept.decisions == decisions && kept.view.is_of(actor);
        let kept =
            self.programs.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|kept| fits(kept)).map(|kept| kept.program.clone());
        if let Some(program) = kept {
            return program;
        }
        let program = make()?.map(Arc::new);
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        programs.retain(|kept| kept.revision >= revision);
        if programs.len() >= PROGRAMS {
            programs.remove(0);
        }
        programs.push(Compiled { revision, view: View::of(actor), decisions, program: program.clone() });
        program
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Arc<Known> {
        let document = async_graphql::parser::parse_query("{ a }").unwrap();
        let operation = document.operations.iter().next().unwrap().1.node.clone();
        Arc::new(Known::new(document, operation))
    }

    #[test]
    fn what_anybody_sends_is_kept_within_a_budget() {
        let kept = Kept::default();
        let key = |number: usize| (format!("{number:>16000}"), None);
        for number in 0..100 {
            kept.put(key(number), known());
            kept.put(key(number), known());
        }
        let shelf = kept.0.lock().unwrap();
        assert_eq!((shelf.text, shelf.documents.len()), (TEXT / 16_000 * 16_000, TEXT / 16_000));
        drop(shelf);
        assert!(kept.get(&key(99)).is_some() && kept.get(&key(0)).is_none());
        kept.put((" ".repeat(LONGEST + 1), None), known());
        assert_eq!(kept.0.lock().unwrap().documents.len(), TEXT / 16_000);
    }
}
