//! What was found → the answer's bytes.

mod certificate;
mod plain;
mod property;

use std::collections::HashSet;
use std::io::Write;
use std::ops::{Deref, DerefMut};

use model::plan::{Column, Cursor, Direction, Value};
use uuid::Uuid;

pub(super) use certificate::day;

use super::Stop::{self, Slow};
use super::program::{Asks, Connection, ConnectionTake, EdgeTake, HolderTake, Key, Load, Picks, Program, Root, Verify};
use super::run::{Child, Filled, Loaded, PageFilled, Run};
use crate::graphql::budget::Budget;
use crate::graphql::inputs::arguments;
use crate::graphql::types::connection::{DEFAULT_PAGE, PAGE_INFO};
use crate::graphql::types::holder::{Cell, HOLDER};

/// What most answers fit into.
const USUAL: usize = 4096;

pub(super) fn write(program: &Program, run: &Run<'_>, filled: &[Filled]) -> Result<Vec<u8>, Stop> {
    let mut out = Out { bytes: Vec::with_capacity(USUAL), budget: &run.ask.budget };
    out.extend_from_slice(b"{\"data\":{");
    for (place, (root, filled)) in program.roots.iter().zip(filled).enumerate() {
        if place > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&root.key);
        run.root_value(&mut out, root, filled)?;
    }
    out.push(b'}');
    if !program.masked.is_empty() {
        out.extend_from_slice(b",\"extensions\":{\"masked\":");
        serde_json::to_writer(&mut *out, &program.masked)?;
        out.push(b'}');
    }
    out.push(b'}');
    out.within()?;
    Ok(out.bytes)
}

/// The answer so far.
pub(super) struct Out<'a> {
    bytes: Vec<u8>,
    budget: &'a Budget,
}

impl Out<'_> {
    /// Is it still within its budget? Asked wherever something may be repeated.
    fn within(&self) -> Result<(), Stop> {
        Ok(self.budget.holds(self.bytes.len())?)
    }
}

impl Deref for Out<'_> {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

impl DerefMut for Out<'_> {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// `{"key":value,…}`.
fn object<T>(out: &mut Out<'_>, members: &[(Key, T)], mut value: impl FnMut(&mut Out<'_>, &T) -> Result<(), Stop>) -> Result<(), Stop> {
    out.push(b'{');
    for (place, (key, member)) in members.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        out.extend_from_slice(key);
        value(out, member)?;
        out.within()?;
    }
    out.push(b'}');
    Ok(())
}

/// `[value,…]`.
fn list<T>(
    out: &mut Out<'_>,
    items: impl IntoIterator<Item = T>,
    mut value: impl FnMut(&mut Out<'_>, T) -> Result<(), Stop>,
) -> Result<(), Stop> {
    out.push(b'[');
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        value(out, item)?;
        out.within()?;
    }
    out.push(b']');
    Ok(())
}

fn text(out: &mut Out<'_>, text: &str) -> Result<(), Stop> {
    Ok(serde_json::to_writer(out, text)?)
}

fn optional(out: &mut Out<'_>, value: Option<&str>) -> Result<(), Stop> {
    match value {
        Some(value) => text(out, value),
        None => null(out),
    }
}

fn null(out: &mut Out<'_>) -> Result<(), Stop> {
    out.extend_from_slice(b"null");
    Ok(())
}

fn flag(out: &mut Out<'_>, flag: bool) -> Result<(), Stop> {
    out.extend_from_slice(if flag { b"true" } else { b"false" });
    Ok(())
}

/// A page's rows and what is known of their places, as a connection writes them.
struct Shown<'a> {
    loaded: &'a Loaded,
    /// Which of the rows, in order.
    rows: Vec<usize>,
    order: &'a [(Column, Direction)],
    /// None: the place of a row is its id.
    places: Option<&'a [Vec<Value>]>,
    at: chrono::DateTime<chrono::Utc>,
    has_next: bool,
    has_previous: bool,
    total: Option<u32>,
}

impl Shown<'_> {
    fn cursor(&self, row: usize) -> Result<String, Stop> {
        let values = match self.places {
            Some(places) => places[row].clone(),
            None => vec![Value::Text(self.loaded.rows[row].id()?.to_string())],
        };
        Ok(Cursor::new(self.at, self.order, values).encode())
    }
}

impl Run<'_> {
    fn root_value(&self, out: &mut Out<'_>, root: &Root, filled: &Filled) -> Result<(), Stop> {
        match (&root.asks, filled) {
            (Asks::TypeName, _) => text(out, "Query"),
            (Asks::One { below, .. } | Asks::Node { below }, Filled::Certificates(loaded)) => match loaded.rows.len() {
                0 => null(out),
                _ => self.certificate(out, below, loaded, 0),
            },
            (Asks::Many { connection, below, .. } | Asks::Across { connection, below }, Filled::Page(page)) => {
                self.connection(out, connection, below, &shown(page))
            }
            (Asks::Holders { several, members, loads }, Filled::Holders { cells, children }) => {
                let holder = |out: &mut Out<'_>, cell: &Option<Cell>| match cell {
                    Some(cell) => self.holder(out, members, cell, loads, children),
                    None => null(out),
                };
                if *several { list(out, cells, holder) } else { holder(out, cells.first().unwrap_or(&None)) }
            }
            (Asks::Statistics { below, .. }, Filled::Groups(groups)) => plain::statistics(out, below, groups),
            (Asks::Verify { what: Verify::Several, below }, Filled::Reports(reports)) => {
                list(out, reports, |out, report| self.report(out, below, report))
            }
            (Asks::Verify { below, .. }, Filled::Reports(reports)) => match reports.first() {
                Some(report) => self.report(out, below, report),
                None => null(out),
            },
            _ => Err(Slow),
        }
    }

    fn connection(
        &self,
        out: &mut Out<'_>,
        connection: &Connection,
        below: &super::program::Certificates,
        shown: &Shown<'_>,
    ) -> Result<(), Stop> {
        let [name, edge] = &connection.names;
        object(out, &connection.members, |out, take| match take {
            ConnectionTake::TypeName => text(out, name),
            ConnectionTake::Nodes => list(out, &shown.rows, |out, row| self.certificate(out, below, shown.loaded, *row)),
            ConnectionTake::Edges(members) => list(out, &shown.rows, |out, row| {
                object(out, members, |out, take| match take {
                    EdgeTake::TypeName => text(out, edge),
                    EdgeTake::Node => self.certificate(out, below, shown.loaded, *row),
                    EdgeTake::Cursor => text(out, &shown.cursor(*row)?),
                })
            }),
            ConnectionTake::PageInfo(picks) => page_info(out, picks, shown),
            ConnectionTake::Total => match shown.total {
                Some(total) => Ok(serde_json::to_writer(out, &total)?),
                None => null(out),
            },
        })
    }

    fn holder(
        &self,
        out: &mut Out<'_>,
        members: &[(Key, HolderTake)],
        cell: &Cell,
        loads: &[Load],
        children: &[Child],
    ) -> Result<(), Stop> {
        object(out, members, |out, take| match take {
            HolderTake::TypeName => text(out, HOLDER),
            HolderTake::Name => optional(out, cell.shown_name().as_deref()),
            HolderTake::Code => optional(out, cell.shown_code().as_deref()),
            HolderTake::CodeType(picks) => match &cell.code_type {
                Some(code) => self.code(out, picks, "HolderCodeType", code),
                None => null(out),
            },
            HolderTake::CodeAbsent => optional(out, cell.code_absent.as_deref()),
            HolderTake::Certificates { load, args, connection } => {
                let (load, child) = (&loads[*load], &children[*load]);
                // One row more than asked tells whether there are others.
                let mut rows = cell.reaching().and_then(|code| child.by_key.get(code)).cloned().unwrap_or_default();
                let size = arguments::integer(&*args.bind(self.variables)?, "first").and_then(|first| usize::try_from(first).ok());
                let size = size.unwrap_or(DEFAULT_PAGE);
                let has_next = rows.len() > size;
                rows.truncate(size);
                let order = [(Column::Id, Direction::Desc)];
                let (loaded, at) = (&child.loaded, self.ask.now);
                let shown = Shown { loaded, rows, order: &order, places: None, at, has_next, has_previous: false, total: None };
                self.connection(out, connection, &load.below, &shown)
            }
        })
    }

    /// What a relation reached, newest first by key, each once and never the certificate itself.
    fn relation(&self, out: &mut Out<'_>, load: &Load, child: &Child, keys: &[String], own: Uuid, first: i64) -> Result<(), Stop> {
        let mut seen = HashSet::from([own]);
        let mut rows = Vec::new();
        for row in keys.iter().filter_map(|key| child.by_key.get(key)).flatten() {
            if seen.insert(child.loaded.rows[*row].id()?) {
                rows.push(*row);
            }
        }
        rows.truncate(usize::try_from(first).unwrap_or(0));
        list(out, rows, |out, row| self.certificate(out, &load.below, &child.loaded, row))
    }
}

fn shown(page: &PageFilled) -> Shown<'_> {
    let PageFilled { loaded, places, order, at, has_next, has_previous, total } = page;
    let rows = (0..loaded.rows.len()).collect();
    Shown { loaded, rows, order, places: Some(places), at: *at, has_next: *has_next, has_previous: *has_previous, total: *total }
}

fn page_info(out: &mut Out<'_>, picks: &Picks, shown: &Shown<'_>) -> Result<(), Stop> {
    let end = |out: &mut Out<'_>, row: Option<&usize>| match row {
        Some(row) => text(out, &shown.cursor(*row)?),
        None => null(out),
    };
    plain::object(out, picks, PAGE_INFO, |out, pick| match &*pick.name {
        "hasNextPage" => flag(out, shown.has_next),
        "hasPreviousPage" => flag(out, shown.has_previous),
        "startCursor" => end(out, shown.rows.first()),
        "endCursor" => end(out, shown.rows.last()),
        _ => Err(Slow),
    })
}
