//! Selections on certificates and their holders.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::{Field, SelectionSet};
use model::registry::{CertificateType, RelationFrom, Sensitivity, Source};

use super::{Compiler, key};
use crate::graphql::fast::NotCovered;
use crate::graphql::fast::arguments::Args;
use crate::graphql::fast::collect::Picked;
use crate::graphql::fast::program::{Certificates, HolderTake, Key, Load, LoadBy, Metadata, Shape, Take, Variant, Which};
use crate::graphql::queries::readable;
use crate::graphql::types::{authority, certificate, file, holder, signature, status_code};
use crate::graphql::values;
use crate::store::Wanted;

/// What the variants of a selection share.
pub(super) struct Selection {
    /// The types it may meet.
    among: Vec<Arc<CertificateType>>,
    columns: Wanted,
    loads: Vec<Load>,
    /// Loads of the fields that every type has, by where they stand in the document: one statement serves all types.
    shared: HashMap<Vec<*const Field>, usize>,
    issuer: bool,
}

impl Selection {
    pub(super) fn among(among: Vec<Arc<CertificateType>>) -> Self {
        Self { among, columns: Wanted::NAMED, loads: Vec::new(), shared: HashMap::new(), issuer: false }
    }

    fn wants(&mut self, columns: Wanted) {
        self.columns = self.columns.and(columns);
    }

    pub(super) fn finish(self, own: HashMap<Arc<str>, Variant>, other: Option<Variant>) -> Certificates {
        Certificates { own, other, loads: self.loads, issuer: self.issuer, columns: self.columns }
    }
}

impl<'a> Compiler<'a> {
    /// The selection as certificates of `ty` answer it; None: of a type that no fragment is on.
    pub(super) fn variant(
        &mut self,
        ty: Option<&Arc<CertificateType>>,
        sets: &[&'a SelectionSet],
        selection: &mut Selection,
    ) -> Result<Variant, NotCovered> {
        let on = |condition: &str| {
            matches!(condition, certificate::CERTIFICATE | certificate::NODE) || ty.is_some_and(|ty| *ty.name == *condition)
        };
        let mut variant = Variant::default();
        for picked in self.collector.collect(sets, &on)? {
            let field = picked.field();
            let below = picked.below();
            let take = match field.name.node.as_str() {
                "__typename" => Take::Metadata(Metadata::TypeName),
                "id" => Take::Metadata(Metadata::Id),
                "identifier" => Take::Metadata(Metadata::Identifier),
                "typeCode" => Take::Metadata(Metadata::TypeCode),
                "typeName" => Take::Metadata(Metadata::Title),
                "name" => Take::Metadata(Metadata::Name),
                "issuedOn" => Take::Metadata(Metadata::IssuedOn),
                "validFrom" => Take::Metadata(Metadata::ValidFrom),
                "validTo" => Take::Metadata(Metadata::ValidTo),
                "status" => Take::Metadata(Metadata::Status),
                "version" => Take::Metadata(Metadata::Version),
                "updatedAt" => Take::Metadata(Metadata::UpdatedAt),
                "number" => {
                    let of = ty.map_or(&*selection.among, std::slice::from_ref);
                    self.answers_personal |= of.iter().any(|ty| ty.number_is_personal());
                    Take::Metadata(Metadata::Number)
                }
                "statusCode" => Take::StatusCode(self.picks(status_code::STATUS_CODE, &below)?),
                "signature" => Take::Signature(self.picks(signature::SIGNATURE, &below)?),
                "files" => Take::Files(self.picks(file::FILE, &below)?),
                "issuer" => {
                    selection.issuer = true;
                    Take::Issuer(self.picks(authority::AUTHORITY, &below)?)
                }
                "holders" => {
                    let before = selection.loads.len();
                    let members = self.holder(&below, &mut selection.loads)?;
                    variant.loads.extend(before..selection.loads.len());
                    Take::Holders(members)
                }
                "current" => self.version(Which::Current, &picked, selection, &mut variant)?,
                "previous" => self.version(Which::Previous, &picked, selection, &mut variant)?,
                // Events are the library's.
                "history" => return Err(NotCovered),
                name => self.own(ty.ok_or(NotCovered)?, name, field, &below, selection, &mut variant)?,
            };
            let of = ty.map_or(&*selection.among, std::slice::from_ref);
            let columns = columns(&take, of);
            selection.wants(columns);
            variant.members.push((key(picked.key), take));
        }
        Ok(variant)
    }

    /// A property or a relation.
    fn own(
        &mut self,
        ty: &Arc<CertificateType>,
        name: &str,
        field: &Field,
        below: &[&'a SelectionSet],
        selection: &mut Selection,
        variant: &mut Variant,
    ) -> Result<Take, NotCovered> {
        if let Some(property) = ty.field(name) {
            self.answers_personal |= property.sensitivity == Sensitivity::Personal;
            let shape = if property.masked { Shape::Masked(Box::new(property.clone())) } else { self.shape(&property.kind, below)? };
            let place = variant.wanted.iter().position(|known| **known == *name).unwrap_or_else(|| {
                variant.wanted.push(name.into());
                variant.wanted.len() - 1
            });
            return Ok(Take::Property(place, shape));
        }
        let relation = ty.relations.iter().find(|relation| relation.name == name).ok_or(NotCovered)?.clone();
        let typed = match relation.to.as_slice() {
            [only] => Some(readable(self.registry, self.view).find(|known| known.ty.name == *only).ok_or(NotCovered)?.ty.clone()),
            _ => None,
        };
        let below = match typed {
            Some(ty) => self.only(&ty, below)?,
            None => self.any(below, Some(&relation.to))?,
        };
        selection.wants(match relation.from {
            RelationFrom::Number => Wanted::NUMBER,
            RelationFrom::Holder | RelationFrom::Property(_) => Wanted::STATEMENT,
        });
        let load = selection.loads.len();
        selection.loads.push(Load { by: LoadBy::Relation { relation, args: Args::of(field) }, below: Box::new(below) });
        variant.loads.push(load);
        Ok(Take::Relation { load })
    }

    fn version(&mut self, which: Which, picked: &Picked<'a>, selection: &mut Selection, variant: &mut Variant) -> Result<Take, NotCovered> {
        let place: Vec<_> = picked.fields.iter().map(|field| std::ptr::from_ref(*field)).collect();
        let load = match selection.shared.get(&place) {
            Some(load) => *load,
            None => {
                let below = Box::new(self.any(&picked.below(), None)?);
                // A row that is current itself is not read again: what is selected of it must come with it.
                if which == Which::Current {
                    selection.issuer |= below.issuer;
                    selection.wants(below.columns);
                }
                selection.loads.push(Load { by: LoadBy::Version(which), below });
                selection.shared.insert(place, selection.loads.len() - 1);
                selection.loads.len() - 1
            }
        };
        variant.loads.push(load);
        Ok(Take::Version { load, which })
    }

    /// A selection on a holder; what brings its certificates goes to `loads`.
    pub(super) fn holder(&mut self, sets: &[&'a SelectionSet], loads: &mut Vec<Load>) -> Result<Vec<(Key, HolderTake)>, NotCovered> {
        let mut members = Vec::new();
        for picked in self.collector.collect(sets, &|on| on == holder::HOLDER)? {
            let take = match picked.field().name.node.as_str() {
                "__typename" => HolderTake::TypeName,
                "name" => HolderTake::Name,
                "code" => HolderTake::Code,
                "codeType" => HolderTake::CodeType(self.picks(values::CODE_VALUE, &picked.below())?),
                "codeAbsent" => HolderTake::CodeAbsent,
                "certificates" => {
                    let (connection, below) = self.across(&picked.below())?;
                    // Pages behind the first, and counts, are asked holder by holder.
                    if connection.total || picked.field().arguments.iter().any(|(name, _)| name.node == "after") {
                        return Err(NotCovered);
                    }
                    let args = || Args::of(picked.field());
                    loads.push(Load { by: LoadBy::Holder(args()), below: Box::new(below) });
                    HolderTake::Certificates { load: loads.len() - 1, args: args(), connection }
                }
                _ => return Err(NotCovered),
            };
            self.answers_personal |= matches!(take, HolderTake::Name | HolderTake::Code);
            members.push((key(picked.key), take));
        }
        Ok(members)
    }
}

/// What of a row of these types a member is written from. Where it is less than is needed after all, the library answers.
fn columns(take: &Take, of: &[Arc<CertificateType>]) -> Wanted {
    match take {
        Take::Metadata(metadata) => match metadata {
            Metadata::TypeName | Metadata::Id | Metadata::Title => Wanted::NAMED,
            Metadata::Identifier => Wanted::IDENTIFIER,
            Metadata::TypeCode => Wanted::STATEMENT,
            Metadata::Name if of.iter().any(|ty| matches!(ty.metadata.name, Source::From(_))) => Wanted::STATEMENT,
            Metadata::Name => Wanted::NAMED,
            // What tells something of a person stands in the statement alone.
            Metadata::Number if of.iter().any(|ty| ty.number_is_personal()) => Wanted::NUMBER.and(Wanted::STATEMENT),
            Metadata::Number => Wanted::NUMBER,
            Metadata::IssuedOn => Wanted::ISSUED_ON,
            Metadata::ValidFrom => Wanted::VALID_FROM,
            Metadata::ValidTo => Wanted::VALID_TO,
            Metadata::Status => Wanted::STATUS,
            Metadata::Version => Wanted::VERSION,
            Metadata::UpdatedAt => Wanted::UPDATED_AT,
        },
        Take::Holders(_) | Take::Property(..) => Wanted::STATEMENT,
        // Where the authority is not registered, the statement names it.
        Take::Issuer(_) => Wanted::ISSUER.and(Wanted::STATEMENT),
        Take::StatusCode(_) => Wanted::STATUS_CODE,
        Take::Signature(_) => Wanted::SIGNATURE.and(Wanted::STATEMENT).and(Wanted::ISSUER),
        Take::Files(_) => Wanted::IDENTIFIER,
        // What it starts from was noted where it was compiled.
        Take::Relation { .. } => Wanted::NAMED,
        Take::Version { which: Which::Current, .. } => Wanted::CURRENT_ID,
        Take::Version { which: Which::Previous, .. } => Wanted::PREVIOUS_ID,
    }
}
