//! Selections on plain objects: those whose fields are all at hand.

use async_graphql::parser::types::SelectionSet;

use super::{Compiler, key};
use crate::graphql::fast::NotCovered;
use crate::graphql::fast::arguments::Args;
use crate::graphql::fast::program::{Pick, Picks};
use crate::graphql::types::{authority, report, statistics, status_code};
use crate::graphql::values;

impl<'a> Compiler<'a> {
    /// A selection on the plain object of that name.
    pub(super) fn picks(&self, name: &'static str, sets: &[&'a SelectionSet]) -> Result<Picks, NotCovered> {
        let mut picks = Picks::default();
        for picked in self.collector.collect(sets, &|on| on == name)? {
            let field = picked.field();
            let below = match object_below(name, &field.name.node) {
                Below::Nothing => Picks::default(),
                Below::Object(object) => self.picks(object, &picked.below())?,
                Below::Library => return Err(NotCovered),
            };
            picks.0.push(Pick { key: key(picked.key), name: field.name.node.as_str().into(), args: Args::of(field), below });
        }
        Ok(picks)
    }
}

enum Below {
    /// A value.
    Nothing,
    Object(&'static str),
    /// It is read from the database: the library's.
    Library,
}

/// What a field of a plain object holds.
fn object_below(object: &str, field: &str) -> Below {
    match (object, field) {
        (authority::AUTHORITY, "level" | "division") => Below::Object(values::CODE_VALUE),
        (authority::AUTHORITY, "parent") => Below::Library,
        (report::REPORT, "reasons") => Below::Object(report::REASON),
        (report::REPORT, "checks") => Below::Object(report::CHECK),
        (report::REPORT, "certificate") => Below::Object(report::SUBJECT),
        (statistics::STATISTICS, "groups") => Below::Object(statistics::GROUP),
        (statistics::GROUP, "keys") => Below::Object(statistics::KEY),
        (status_code::STATUS_CODE, _) | (_, _) => Below::Nothing,
    }
}
