//! One certificate as the answer sees it: its row, its type, and its signed statement where it lies.

use std::collections::HashSet;

use model::registry::{CertificateType, RelationFrom, Sight, Source};

use super::{Which, type_of};
use crate::graphql::ask::Ask;
use crate::graphql::fast::Stop;
use crate::graphql::fast::raw::{Kind, Raw};
use crate::graphql::types::holder::Cell;
use crate::store::Record;

pub(in crate::graphql::fast) struct Face<'a> {
    pub record: &'a Record,
    pub ty: &'a CertificateType,
}

impl<'a> Face<'a> {
    pub(in crate::graphql::fast) fn of(ask: &'a Ask, record: &'a Record) -> Result<Self, Stop> {
        Ok(Self { record, ty: type_of(ask, record)? })
    }

    /// A member of the statement, with all that follows it.
    pub(in crate::graphql::fast) fn member(&self, name: &str) -> Result<Option<Raw<'a>>, Stop> {
        Ok(Raw::open(self.record.statement()?, name)?)
    }

    /// The data, where they are an object.
    pub(in crate::graphql::fast) fn data(&self) -> Result<Option<Raw<'a>>, Stop> {
        match self.member("data")? {
            Some(data) if data.kind() == Kind::Object => Ok(Some(data)),
            Some(other) => Ok(other.alone().map(|_| None)?),
            None => Ok(None),
        }
    }

    pub(in crate::graphql::fast) fn holders(&self) -> Result<Vec<Cell>, Stop> {
        if self.ty.holders_sight() == Sight::Denied {
            return Ok(Vec::new());
        }
        let masked = self.ty.holders_sight() == Sight::Masked;
        let Some(holders) = self.member("holders")? else { return Ok(Vec::new()) };
        let wanted: [Box<str>; 4] = ["name".into(), "code".into(), "codeType".into(), "codeAbsent".into()];
        let cells = holders.items()?.into_iter().map(|holder| {
            let picked = holder.pick(&wanted)?;
            let text = |place: usize| picked[place].map_or(Ok(None), Raw::text);
            Ok(Cell { name: text(0)?, code: text(1)?, code_type: text(2)?, code_absent: text(3)?, masked, named: false })
        });
        cells.collect()
    }

    /// 证照名称, as [`crate::graphql::types::certificate::certificate_name`] finds it.
    pub(in crate::graphql::fast) fn name(&self) -> Result<String, Stop> {
        let found = match &self.ty.metadata.name {
            Source::Constant(text) => Some(text.clone()),
            Source::From(steps) => match self.reach(steps)?.first() {
                Some(value) => value.text()?,
                None => None,
            },
            _ => None,
        };
        Ok(found.unwrap_or_else(|| self.ty.title.zh.clone()))
    }

    /// The name by which the statement knows the issuer.
    pub(in crate::graphql::fast) fn issuer_name(&self) -> Result<Option<String>, Stop> {
        let Some(issuer) = self.member("issuer")? else { return Ok(None) };
        Ok(issuer.pick(&["name".into()])?[0].map_or(Ok(None), Raw::text)?)
    }

    /// The distinct values that a relation starts from.
    pub(in crate::graphql::fast) fn starts(&self, from: &RelationFrom) -> Result<Vec<String>, Stop> {
        let found = match from {
            RelationFrom::Number => vec![self.record.number()?.to_owned()],
            RelationFrom::Holder => self.holders()?.into_iter().filter_map(|holder| holder.code).collect(),
            RelationFrom::Property(steps) => {
                let mut found = Vec::new();
                for value in self.reach(steps)? {
                    found.extend(value.text()?);
                }
                found
            }
        };
        let mut seen = HashSet::new();
        Ok(found.into_iter().filter(|value| !value.is_empty() && seen.insert(value.clone())).collect())
    }

    /// The id of another version.
    pub(in crate::graphql::fast) fn version(&self, which: Which) -> Result<Option<String>, Stop> {
        Ok(match which {
            Which::Current => Some(self.record.current_id()?.to_string()),
            Which::Previous => self.record.previous_id()?.map(|id| id.to_string()),
        })
    }

    fn reach(&self, steps: &[String]) -> Result<Vec<Raw<'a>>, Stop> {
        let mut found = Vec::new();
        if let Some(data) = self.data()? {
            data.reach(steps, &mut found)?;
        }
        Ok(found)
    }
}
