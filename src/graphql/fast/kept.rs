//! Documents that were parsed, measured and compiled before: bounded, dropped when the registry changes.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Name, Value, Variables};
use lru::LruCache;
use model::actor::Actor;

use super::collect::deciding;
use super::program::Program;
use crate::graphql::view::View;

/// How many documents are kept, and how long one may be, in bytes: together at most some tens of megabytes.
const DOCUMENTS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();
const LONGEST: usize = 16_384;
/// Rights classes and outcomes of conditions for which one document is kept compiled.
const PROGRAMS: usize = 16;

/// Documents by text and operation name.
pub(in crate::graphql) struct Kept(Mutex<LruCache<Asked, Arc<Known>>>);

/// The document's text and the name of the operation wanted.
pub(in crate::graphql) type Asked = (String, Option<String>);

impl Default for Kept {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(DOCUMENTS)))
    }
}

impl Kept {
    pub(in crate::graphql) fn get(&self, key: &Asked) -> Option<Arc<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(in crate::graphql) fn put(&self, key: Asked, known: Arc<Known>) {
        if key.0.len() <= LONGEST {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, known);
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
        Self { document, operation, deciding: found, programs: Mutex::default() }
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
