//! Selections on properties: by the kind of the field.

use async_graphql::parser::types::SelectionSet;
use model::registry::{FieldKind, Sensitivity};

use super::{Compiler, key};
use crate::graphql::fast::NotCovered;
use crate::graphql::fast::program::{ObjectTake, Shape};
use crate::graphql::values;

impl<'a> Compiler<'a> {
    pub(super) fn shape(&mut self, kind: &FieldKind, sets: &[&'a SelectionSet]) -> Result<Shape, NotCovered> {
        Ok(match kind {
            FieldKind::Text | FieldKind::Date | FieldKind::DateTime => Shape::Text,
            FieldKind::Decimal => Shape::Decimal,
            FieldKind::Int | FieldKind::Long | FieldKind::Float => Shape::Number,
            FieldKind::Bool => Shape::Flag,
            FieldKind::Code(table) => Shape::Code { table: table.clone(), picks: self.picks(values::CODE_VALUE, sets)? },
            // Photos lie apart.
            FieldKind::Base64 => return Err(NotCovered),
            FieldKind::List(item) => Shape::List(Box::new(self.shape(item, sets)?)),
            FieldKind::Object(object) => {
                let mut wanted: Vec<Box<str>> = Vec::new();
                let mut members = Vec::new();
                for picked in self.collector.collect(sets, &|on| on == object.name)? {
                    let name = picked.field().name.node.as_str();
                    let take = if name == "__typename" {
                        ObjectTake::TypeName
                    } else {
                        let field = object.fields.iter().find(|field| field.name == name).ok_or(NotCovered)?;
                        self.answers_personal |= field.sensitivity == Sensitivity::Personal;
                        let shape = self.shape(&field.kind, &picked.below())?;
                        let place = wanted.iter().position(|known| **known == *name).unwrap_or_else(|| {
                            wanted.push(name.into());
                            wanted.len() - 1
                        });
                        ObjectTake::Property(place, shape)
                    };
                    members.push((key(picked.key), take));
                }
                Shape::Object { name: object.name.clone(), wanted, members }
            }
        })
    }
}
