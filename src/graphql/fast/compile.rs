//! Document → [`Program`]. What is not covered here goes to the library whole.

mod certificate;
mod plain;
mod property;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, SelectionSet};
use model::registry::{CertificateType, Registry, names};

use super::NotCovered;
use super::arguments::{Args, Declared};
use super::collect::{Collector, Picked};
use super::program::{Asks, Certificates, Connection, ConnectionTake, EdgeTake, Key, Program, Root, Verify};
use crate::graphql::masked;
use crate::graphql::queries::readable;
use crate::graphql::types::{connection, report, statistics};
use crate::graphql::view::View;
use crate::store::Wanted;

/// Compiles a validated operation. `variables` decide its conditions and nothing else.
///
/// # Errors
/// [`NotCovered`]: the library is to answer.
pub(in crate::graphql) fn compile(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    registry: &Arc<Registry>,
    view: &View,
    touches_personal: bool,
    name: [u8; 32],
) -> Result<Program, NotCovered> {
    if operation.ty != OperationType::Query || !operation.directives.is_empty() {
        return Err(NotCovered);
    }
    let collector = Collector { fragments: &document.fragments, variables };
    let mut compiler = Compiler { collector, registry, view, answers_personal: false, reads: false };
    let picked = compiler.collector.collect(&[&operation.selection_set.node], &|on| on == "Query")?;
    let roots = picked.iter().map(|picked| compiler.root(picked)).collect::<Result<Vec<_>, _>>()?;
    Ok(Program {
        name,
        roots,
        variables: Declared::all(operation),
        reads: compiler.reads,
        touches_personal,
        masked: masked::paths(document, operation, variables, registry),
        // Who asks by a person's number learns of that person, whatever he has shown to him.
        answers_personal: compiler.answers_personal || touches_personal,
    })
}

struct Compiler<'a> {
    collector: Collector<'a>,
    registry: &'a Arc<Registry>,
    view: &'a View,
    answers_personal: bool,
    reads: bool,
}

impl<'a> Compiler<'a> {
    fn root(&mut self, picked: &Picked<'a>) -> Result<Root, NotCovered> {
        let field = picked.field();
        let asks = match field.name.node.as_str() {
            "__typename" => Asks::TypeName,
            "certificate" | "node" => Asks::Node { below: kept(self.any(&picked.below(), None)?) },
            "certificates" => {
                let (connection, below) = self.across(&picked.below())?;
                Asks::Across { connection, below }
            }
            "holder" | "holders" => {
                let mut loads = Vec::new();
                let members = self.holder(&picked.below(), &mut loads)?;
                Asks::Holders { several: field.name.node == "holders", members, loads }
            }
            "verifyCertificate" => self.verify(Verify::One, picked)?,
            "verifyCertificates" => self.verify(Verify::Several, picked)?,
            "verifyInformation" => self.verify(Verify::Information, picked)?,
            "verifyFile" => self.verify(Verify::File, picked)?,
            "verifyCode" => self.verify(Verify::Code, picked)?,
            name => self.of_type(name, picked)?,
        };
        self.reads |= !matches!(asks, Asks::TypeName | Asks::Verify { .. });
        Ok(Root { key: key(picked.key), asks, args: Args::of(field) })
    }

    /// The root fields of one type.
    fn of_type(&mut self, name: &str, picked: &Picked<'a>) -> Result<Asks, NotCovered> {
        for known in readable(self.registry, self.view) {
            let ty = &known.ty;
            if name == names::root_one(ty) {
                let below = kept(self.only(ty, &picked.below())?);
                return Ok(Asks::One { type_name: ty.name.clone(), below });
            }
            if name == names::root_many(ty) {
                let (connection, below) = self.connection(&names::connection(ty), &names::edge(ty), Some(ty), &picked.below())?;
                return Ok(Asks::Many { type_name: ty.name.clone(), connection, below });
            }
            if name == names::root_statistics(ty) {
                let below = self.picks(statistics::STATISTICS, &picked.below())?;
                return Ok(Asks::Statistics { ty: ty.clone(), below });
            }
        }
        Err(NotCovered)
    }

    fn verify(&self, what: Verify, picked: &Picked<'a>) -> Result<Asks, NotCovered> {
        Ok(Asks::Verify { what, below: self.picks(report::REPORT, &picked.below())? })
    }

    fn across(&mut self, sets: &[&'a SelectionSet]) -> Result<(Connection, Certificates), NotCovered> {
        self.connection(connection::ACROSS, connection::EDGE, None, sets)
    }

    /// A connection of one type, or across types.
    fn connection(
        &mut self,
        name: &str,
        edge: &str,
        ty: Option<&Arc<CertificateType>>,
        sets: &[&'a SelectionSet],
    ) -> Result<(Connection, Certificates), NotCovered> {
        let mut of_certificates: Option<Vec<&'a SelectionSet>> = None;
        let mut once = |sets: Vec<&'a SelectionSet>| if of_certificates.replace(sets).is_some() { Err(NotCovered) } else { Ok(()) };
        let mut members = Vec::new();
        for picked in self.collector.collect(sets, &|on| on == name)? {
            let take = match picked.field().name.node.as_str() {
                "__typename" => ConnectionTake::TypeName,
                "totalCount" => ConnectionTake::Total,
                "pageInfo" => ConnectionTake::PageInfo(self.picks(connection::PAGE_INFO, &picked.below())?),
                "nodes" => {
                    once(picked.below())?;
                    ConnectionTake::Nodes
                }
                "edges" => {
                    let mut takes = Vec::new();
                    for part in self.collector.collect(&picked.below(), &|on| on == edge)? {
                        let take = match part.field().name.node.as_str() {
                            "__typename" => EdgeTake::TypeName,
                            "cursor" => EdgeTake::Cursor,
                            "node" => {
                                once(part.below())?;
                                EdgeTake::Node
                            }
                            _ => return Err(NotCovered),
                        };
                        takes.push((key(part.key), take));
                    }
                    ConnectionTake::Edges(takes)
                }
                _ => return Err(NotCovered),
            };
            members.push((key(picked.key), take));
        }
        let total = members.iter().any(|(_, take)| matches!(take, ConnectionTake::Total));
        let sets = of_certificates.unwrap_or_default();
        let certificates = match ty {
            Some(ty) => self.only(ty, &sets)?,
            None => self.any(&sets, None)?,
        };
        Ok((Connection { members, names: [name.to_owned(), edge.to_owned()], total }, certificates))
    }

    /// Certificates of one type.
    fn only(&mut self, ty: &Arc<CertificateType>, sets: &[&'a SelectionSet]) -> Result<Certificates, NotCovered> {
        let mut selection = certificate::Selection::among(vec![ty.clone()]);
        let variant = self.variant(Some(ty), sets, &mut selection)?;
        Ok(selection.finish([(ty.name.clone(), variant)].into(), None))
    }

    /// Certificates of any type, or of those that a relation reaches: those that a fragment is on are compiled for themselves.
    fn any(&mut self, sets: &[&'a SelectionSet], to: Option<&[Arc<str>]>) -> Result<Certificates, NotCovered> {
        let among = readable(self.registry, self.view).map(|known| known.ty.clone());
        let among: Vec<_> = among.filter(|ty| to.is_none_or(|to| to.contains(&ty.name))).collect();
        let mut conditions = BTreeSet::new();
        self.collector.conditions(sets, &mut conditions);
        let mut selection = certificate::Selection::among(among.clone());
        let mut own = std::collections::HashMap::new();
        for ty in among.iter().filter(|ty| conditions.contains(&*ty.name)) {
            let variant = self.variant(Some(ty), sets, &mut selection)?;
            own.insert(ty.name.clone(), variant);
        }
        let other = self.variant(None, sets, &mut selection)?;
        Ok(selection.finish(own, Some(other)))
    }
}

/// A point read may be kept: what its keeping depends on is read with it.
fn kept(mut selection: Certificates) -> Certificates {
    selection.columns = selection.columns.and(Wanted::RECORD_ID).and(Wanted::ISSUER).and(Wanted::STATUS);
    selection
}

/// `"key":`. Names of GraphQL need no escapes.
pub(super) fn key(name: &str) -> Key {
    format!("\"{name}\":").into_bytes().into()
}
