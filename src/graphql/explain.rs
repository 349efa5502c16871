//! `explainAccess`: what a department would be answered, field by field, and the rule that says so. Nothing is read.

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use chrono::Utc;
use model::actor::{Actor, Caller, Department, Granted, Purpose, Role};
use model::registry::{CertificateType, Registry, names};

use super::ask::Ask;
use super::errors::ApiError;
use super::types::access::{Cell, field_rule, type_rule};

/// Most rules of one answer.
const MOST: usize = 2_000;

/// The rules for each type and field that the query names.
pub(super) async fn query(ask: &Ask, department: &str, query: &str, item: Option<&str>) -> Result<Vec<Cell>, ApiError> {
    let wrong = |zh: String, en: String| ApiError::Input { path: "query".into(), zh, en };
    super::bounds::text(query).map_err(|beyond| wrong(beyond.message(ask.lang).into(), beyond.message(ask.lang).into()))?;
    let document = async_graphql::parser::parse_query(query).map_err(|error| wrong(error.to_string(), error.to_string()))?;
    for (_, operation) in document.operations.iter() {
        super::bounds::size(&document, &operation.node)
            .map_err(|beyond| wrong(beyond.message(ask.lang).into(), beyond.message(ask.lang).into()))?;
    }
    let caller = as_if(ask, department, item).await?;
    let mut walk = Walk { ask, caller: &caller, document: &document, registry: &ask.registry, found: Vec::new() };
    for (_, operation) in document.operations.iter() {
        walk.set(&operation.node.selection_set.node, &[], &mut Vec::new(), 0);
    }
    walk.found.truncate(MOST);
    Ok(walk.found)
}

/// A call of that department for that matter, by a client that brings no rights of its own.
async fn as_if(ask: &Ask, department: &str, item: Option<&str>) -> Result<Caller, ApiError> {
    let (name, division) = ask.hub.store.department(department).await?.map(|row| (row.name, row.division)).unwrap_or_default();
    let department = Department { code: department.to_owned(), name, division };
    let matters = ask.hub.granting.matters(&department, &Granted::none(), &Granted::All, Utc::now()).await?;
    let mut actor = Actor::new(Role::Department, department.code.as_str(), Some(department.clone()), Granted::none(), Granted::none());
    actor.matters = Some(Arc::new(matters));
    let purpose = Purpose { use_for: "explainAccess".into(), item_code: item.map(str::to_owned), ..Purpose::default() };
    Ok(Caller::new(Arc::new(actor), Some(purpose)))
}

struct Walk<'a> {
    ask: &'a Ask,
    caller: &'a Caller,
    document: &'a ExecutableDocument,
    registry: &'a Registry,
    found: Vec<Cell>,
}

impl<'a> Walk<'a> {
    /// `of`: the types of which the selection is; none at the root.
    fn set(&mut self, set: &'a SelectionSet, of: &[Arc<CertificateType>], path: &mut Vec<&'a str>, depth: usize) {
        if depth > super::MAX_DEPTH * 2 || self.found.len() > MOST {
            return;
        }
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    path.push(field.node.response_key().node.as_str());
                    let below = self.field(name, of, path);
                    self.set(&field.node.selection_set.node, &below, path, depth + 1);
                    path.pop();
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.set(&fragment.node.selection_set.node, &self.narrowed(of, condition), path, depth + 1);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let of = self.narrowed(of, Some(fragment.node.type_condition.node.on.node.as_str()));
                        self.set(&fragment.node.selection_set.node, &of, path, depth + 1);
                    }
                }
            }
        }
    }

    fn field(&mut self, name: &str, of: &[Arc<CertificateType>], path: &[&str]) -> Vec<Arc<CertificateType>> {
        let lang = self.ask.lang;
        if path.len() == 1 {
            let roots = |ty: &CertificateType| [names::root_one(ty), names::root_many(ty), names::root_statistics(ty)];
            let of_type = self.registry.types().find(|known| roots(&known.ty).iter().any(|root| root == name));
            let types: Vec<_> = match (of_type, name) {
                (Some(known), _) => vec![known.ty.clone()],
                (None, "certificate" | "certificates" | "node" | "holder" | "holders") => self.all(),
                (None, _) => Vec::new(),
            };
            for ty in &types {
                self.found.push(Cell { path: Some(path.join(".")), ..type_rule(&self.caller.actor, &ty.name, lang) });
            }
            return types;
        }
        for ty in of {
            if ty.field(name).is_some() || matches!(name, "number" | "holders" | "files" | "signature") {
                self.found.push(Cell { path: Some(path.join(".")), ..field_rule(&self.caller.actor, &ty.name, name, lang) });
            }
        }
        match name {
            "nodes" | "edges" | "node" | "certificates" => of.to_vec(),
            "current" | "previous" => self.all(),
            name => {
                let relations = of.iter().filter_map(|ty| ty.relations.iter().find(|relation| relation.name == name));
                let to = relations.flat_map(|relation| &relation.to).filter_map(|name| self.registry.get(name));
                to.map(|known| known.ty.clone()).collect()
            }
        }
    }

    fn all(&self) -> Vec<Arc<CertificateType>> {
        self.registry.types().map(|known| known.ty.clone()).collect()
    }

    fn narrowed(&self, of: &[Arc<CertificateType>], condition: Option<&str>) -> Vec<Arc<CertificateType>> {
        match condition.and_then(|name| self.registry.get(name)) {
            Some(known) => vec![known.ty.clone()],
            None => of.to_vec(),
        }
    }
}
