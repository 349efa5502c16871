//! Properties: copied out of the statement by the kind of the field.

use model::grant::masked;

use super::{Out, null, object, text};
use crate::graphql::fast::Stop::{self, Slow};
use crate::graphql::fast::program::{ObjectTake, Shape};
use crate::graphql::fast::raw::{Kind, Raw};
use crate::graphql::fast::run::Run;

impl Run<'_> {
    pub(super) fn property_or_null(&self, out: &mut Out<'_>, shape: &Shape, value: Raw<'_>) -> Result<(), Stop> {
        if self.property(out, shape, value)? { Ok(()) } else { null(out) }
    }

    /// False, and nothing written: null, or a value of another shape than the present version of the type says.
    fn property(&self, out: &mut Out<'_>, shape: &Shape, value: Raw<'_>) -> Result<bool, Stop> {
        match (shape, value.kind()) {
            (Shape::Text | Shape::Decimal, Kind::Text) => value.copy_text(out)?,
            (Shape::Decimal, Kind::Number) => {
                out.push(b'"');
                value.copy_number(out)?;
                out.push(b'"');
            }
            (Shape::Number, Kind::Number) => value.copy_number(out)?,
            (Shape::Flag, Kind::Bool) => super::flag(out, value.is_true())?,
            (Shape::Code { table, picks }, Kind::Text) => {
                let code = value.text()?.ok_or(Slow)?;
                self.code(out, picks, table, &code)?;
            }
            (Shape::Object { name, wanted, members }, Kind::Object) => {
                let picked = value.pick(wanted)?;
                object(out, members, |out, take| match take {
                    ObjectTake::TypeName => text(out, name),
                    ObjectTake::Property(place, shape) => match picked[*place] {
                        Some(value) => self.property_or_null(out, shape, value),
                        None => null(out),
                    },
                })?;
            }
            (Shape::Masked(field), _) => match masked(field, &value.read()?) {
                Some(shown) => serde_json::to_writer(&mut *out, &shown)?,
                None => return Ok(false),
            },
            // Items that are null, or of another shape, are left out.
            (Shape::List(shape), Kind::List) => {
                out.push(b'[');
                let mut written = false;
                for item in value.items()? {
                    let before = out.len();
                    if written {
                        out.push(b',');
                    }
                    if self.property(out, shape, item)? {
                        written = true;
                        out.within()?;
                    } else {
                        out.truncate(before);
                    }
                }
                out.push(b']');
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}
