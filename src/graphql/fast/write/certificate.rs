//! Certificates: metadata from the row's columns, properties from the signed statement.

use chrono::{NaiveDate, SecondsFormat};
use verify::status::derive;

use super::{Out, null, object, plain, text};
use crate::graphql::fast::Stop::{self, Slow};
use crate::graphql::fast::program::{Certificates, LoadBy, Metadata, Picks, Take, Variant, Which};
use crate::graphql::fast::raw::Kind;
use crate::graphql::fast::run::{Face, Loaded, Run, first};
use crate::graphql::types::{authority, file, signature, status_code};
use model::standards::Standards;

impl Run<'_> {
    pub(super) fn certificate(&self, out: &mut Out<'_>, selection: &Certificates, loaded: &Loaded, row: usize) -> Result<(), Stop> {
        let face = Face::of(self.ask, &loaded.rows[row])?;
        let variant: &Variant = selection.variant(&face.ty.name).ok_or(Slow)?;
        let data = if variant.wanted.is_empty() { None } else { face.data()? };
        let picked = data.map_or_else(|| Ok(vec![None; variant.wanted.len()]), |data| data.pick(&variant.wanted))?;
        object(out, &variant.members, |out, take| match take {
            Take::Metadata(metadata) => self.metadata(out, *metadata, &face),
            Take::Property(place, shape) => match picked[*place] {
                Some(value) => self.property_or_null(out, shape, value),
                None => null(out),
            },
            Take::Issuer(picks) => self.issuer(out, picks, &face),
            Take::Holders(members) => {
                super::list(out, face.holders()?, |out, cell| self.holder(out, members, &cell, &selection.loads, &loaded.children))
            }
            Take::StatusCode(picks) => self.status_code(out, picks, &face),
            Take::Signature(picks) => signature(out, picks, &face),
            Take::Files(picks) => files(out, picks, &face),
            Take::Relation { load } => {
                let (load, child) = (&selection.loads[*load], &loaded.children[*load]);
                let LoadBy::Relation { relation, args } = &load.by else { return Err(Slow) };
                let keys = face.starts(&relation.from)?;
                self.relation(out, load, child, &keys, face.record.id()?, first(args, self.variables)?)
            }
            Take::Version { load, which } => {
                let (load, child) = (&selection.loads[*load], &loaded.children[*load]);
                match face.version(*which)? {
                    None => null(out),
                    Some(id) => match child.by_key.get(&id).and_then(|rows| rows.first()) {
                        Some(row) => self.certificate(out, &load.below, &child.loaded, *row),
                        None if *which == Which::Previous => null(out),
                        None => Err(Slow),
                    },
                }
            }
        })
    }

    fn metadata(&self, out: &mut Out<'_>, metadata: Metadata, face: &Face<'_>) -> Result<(), Stop> {
        let record = face.record;
        match metadata {
            Metadata::TypeName => text(out, &face.ty.name),
            Metadata::Id => uuid(out, record.id()?),
            Metadata::Identifier => text(out, record.identifier()?),
            Metadata::TypeCode => {
                let code = face.member("typeCode")?.ok_or(Slow)?.alone()?;
                if code.kind() == Kind::Text { Ok(code.copy_text(out)?) } else { Err(Slow) }
            }
            Metadata::Title => text(out, &face.ty.title.zh),
            Metadata::Name => text(out, &face.name()?),
            Metadata::Number => text(out, &face.ty.shown_number(record.number()?)),
            Metadata::IssuedOn => date(out, record.issued_on()?).and_then(|known| known.map(|_| ()).ok_or(Slow)),
            Metadata::ValidFrom => date(out, record.valid_from()?).and_then(|known| known.map_or_else(|| null(out), |_| Ok(()))),
            Metadata::ValidTo => date(out, record.valid_to()?).and_then(|known| known.map_or_else(|| null(out), |_| Ok(()))),
            Metadata::Status => {
                let (from, to) = (day(record.valid_from()?)?, day(record.valid_to()?)?);
                text(out, derive(record.event_status()?, from, to, self.ask.now).as_str())
            }
            Metadata::Version => Ok(serde_json::to_writer(out, &record.version()?)?),
            Metadata::UpdatedAt => text(out, &record.updated_at()?.to_rfc3339_opts(SecondsFormat::Micros, true)),
        }
    }

    /// As it is registered; where it is not (a collected certificate), what the statement says of it.
    fn issuer(&self, out: &mut Out<'_>, picks: &Picks, face: &Face<'_>) -> Result<(), Stop> {
        let known = face.record.authority()?;
        plain::object(out, picks, authority::AUTHORITY, |out, pick| {
            let code = |out: &mut Out<'_>, table, code: Option<&str>| match code {
                Some(code) => self.code(out, &pick.below, table, code),
                None => null(out),
            };
            match (&*pick.name, &known) {
                ("code", Some(known)) => text(out, known.code),
                ("code", None) => text(out, face.record.issuer()?),
                ("name", Some(known)) => text(out, known.name),
                ("name", None) => text(out, &face.issuer_name()?.unwrap_or_default()),
                ("level", known) => code(out, "AuthorityLevel", known.as_ref().and_then(|known| known.level)),
                ("division", known) => code(out, "Division", known.as_ref().and_then(|known| known.division)),
                _ => Err(Slow),
            }
        })
    }

    fn status_code(&self, out: &mut Out<'_>, picks: &Picks, face: &Face<'_>) -> Result<(), Stop> {
        let (scheme, code) = (face.record.status_scheme()?, face.record.status_code()?);
        plain::object(out, picks, status_code::STATUS_CODE, |out, pick| match &*pick.name {
            "scheme" => text(out, scheme),
            "code" => text(out, code),
            "label" => {
                let lang = self.lang(pick)?;
                super::optional(out, Standards::embedded().scheme(scheme).and_then(|scheme| scheme.label(code, lang)))
            }
            _ => Err(Slow),
        })
    }
}

fn signature(out: &mut Out<'_>, picks: &Picks, face: &Face<'_>) -> Result<(), Stop> {
    let record = face.record;
    plain::object(out, picks, signature::SIGNATURE, |out, pick| match &*pick.name {
        "algorithm" => text(out, verify::signature::ALGORITHM),
        "value" => text(out, &signature::value(face.ty, record.signature()?)),
        "signer" => match face.issuer_name()? {
            Some(name) => text(out, &name),
            None => text(out, record.issuer()?),
        },
        "certificateDigest" => text(out, record.signer()?),
        "statementDigest" => text(out, &signature::statement_digest(face.ty, record.statement()?)),
        _ => Err(Slow),
    })
}

fn files(out: &mut Out<'_>, picks: &Picks, face: &Face<'_>) -> Result<(), Stop> {
    super::list(out, file::of(face.record.identifier()?, face.ty), |out, cell| {
        plain::object(out, picks, file::FILE, |out, pick| match &*pick.name {
            "format" => text(out, cell.format),
            "mediaType" => text(out, cell.media_type),
            "path" => text(out, &cell.path),
            _ => Err(Slow),
        })
    })
}

fn uuid(out: &mut Out<'_>, id: uuid::Uuid) -> Result<(), Stop> {
    let mut buffer = uuid::Uuid::encode_buffer();
    text(out, id.hyphenated().encode_lower(&mut buffer))
}

/// Writes a stored date; None, and nothing written, where it is absent.
fn date(out: &mut Out<'_>, stored: &str) -> Result<Option<()>, Stop> {
    match day(stored)? {
        Some(day) => text(out, &day.to_string()).map(Some),
        None => Ok(None),
    }
}

/// A stored date; None where it is absent.
pub(in crate::graphql::fast) fn day(stored: &str) -> Result<Option<NaiveDate>, Stop> {
    if stored.is_empty() { Ok(None) } else { Ok(Some(stored.parse()?)) }
}
