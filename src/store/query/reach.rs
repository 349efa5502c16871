//! What many keys reach, by one statement: certificates numbered a key, newest first.

use std::collections::HashMap;

use model::plan::{Column, Predicate, ReachBy, TypeScope, Value, absent};
use uuid::Uuid;

use super::predicate::Writer;
use super::{FEW, only, scope};
use crate::store::Store;
use crate::store::decode::{Reader, Shape};
use crate::store::error::Fault;
use crate::store::index::{Lying, known, lying, numbers};
use crate::store::record::With;
use crate::store::sql::{Dialect, Sql, text};

impl Store {
    pub(super) async fn reach<R: Shape>(
        &self,
        by: &ReachBy,
        keys: &[String],
        first: u32,
        rows: Option<&Predicate>,
        types: &TypeScope,
        with: With,
    ) -> Result<Vec<Vec<R>>, Fault> {
        // Once for all: a form may be an HMAC. A key reaches by one form, but for numbers and for columns that differ in kind from type to type.
        let forms: Vec<Vec<String>> = keys.iter().map(|key| forms(self.writer(), by, key)).collect();
        let asked = Reach { writer: self.writer(), by, keys, forms: &forms, first, rows, types };
        let mut found: Vec<Vec<R>> = keys.iter().map(|_| Vec::new()).collect();
        let Some(sql) = asked.statement::<R>(with)? else { return Ok(found) };
        let mut reached: HashMap<String, Vec<(Uuid, R)>> = HashMap::new();
        for row in self.reading().all(sql).await? {
            let mut reader = Reader::new(&row);
            let (reach, first, id) = (reader.text()?, reader.place(), reader.uuid()?);
            reached.entry(reach).or_default().push((id, R::read(row, first, with)?));
        }
        for (forms, rows) in forms.iter().zip(&mut found) {
            let mut reached: Vec<&(Uuid, R)> = forms.iter().filter_map(|form| reached.get(form)).flatten().collect();
            reached.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
            reached.truncate(first as usize);
            rows.extend(reached.into_iter().map(|(_, row)| row.clone()));
        }
        Ok(found)
    }
}

/// What is to be reached.
struct Reach<'a> {
    writer: Writer<'a>,
    by: &'a ReachBy,
    keys: &'a [String],
    /// What each key is looked for by, as it stands in the answer's first column.
    forms: &'a [Vec<String>],
    first: u32,
    rows: Option<&'a Predicate>,
    types: &'a TypeScope,
}

impl Reach<'_> {
    /// Rows with the form that reached them before their own columns; None where no key can reach anything.
    fn statement<R: Shape>(&self, with: With) -> Result<Option<Sql>, Fault> {
        let mut sql = Sql::new("SELECT n.reach, ");
        let columns = R::columns("v.id", with);
        match self.writer.dialect {
            Dialect::Sqlite => {
                let Some(reached) = self.in_all()? else { return Ok(None) };
                sql.push(&columns)
                    .push(" FROM (SELECT k.reach, k.id, row_number() OVER (PARTITION BY k.reach ORDER BY k.id DESC) AS place FROM (");
                sql.adopt(reached)
                    .push(") k) n JOIN certificate_version v ON v.id = n.id")
                    .push(R::joined(with))
                    .push(" WHERE n.place <= ")
                    .bind(i64::from(self.first));
            }
            Dialect::Postgres => {
                let Some(reached) = self.laterally()? else { return Ok(None) };
                // Fenced off by OFFSET 0: many keys must not tempt it to read all versions.
                sql.push(&columns)
                    .push(" FROM (")
                    .adopt(reached)
                    .push(") n CROSS JOIN LATERAL (SELECT * FROM certificate_version x WHERE x.id = n.id OFFSET 0) v");
                sql.push(R::joined(with));
            }
        }
        Ok(Some(sql))
    }

    /// Pairs of form and id: of each form the newest, read along an index, however many it has.
    fn laterally(&self) -> Result<Option<Sql>, Fault> {
        let mut sql = Sql::default();
        match self.by {
            ReachBy::Holder => {
                let several = match self.types {
                    TypeScope::Only(names) if (2..=FEW).contains(&names.len()) => Some(names),
                    _ => None,
                };
                self.newest(&mut sql, self.texts(), "k.key", |sql| {
                    sql.push("h.id FROM ");
                    if let Some(names) = several {
                        sql.push("unnest(").array(distinct(names.iter()).map(|name| text(name))).push(") AS t(name) CROSS JOIN LATERAL (");
                        sql.push("SELECT x.id FROM certificate_holder x");
                        sql.push(if self.rows.is_some() { " JOIN certificate_index i ON i.id = x.id" } else { "" });
                        sql.push(" WHERE x.holder_key = k.key AND x.type_name = t.name");
                        self.of_rows(sql)?;
                        sql.push(&format!(" ORDER BY x.id DESC LIMIT {}) h WHERE 1 = 1", self.first));
                    } else {
                        sql.push("certificate_holder h");
                        sql.push(if self.rows.is_some() { " JOIN certificate_index i ON i.id = h.id" } else { "" });
                        sql.push(" WHERE h.holder_key = k.key AND ");
                        scope(sql, "h.type_name", self.types);
                        self.of_rows(sql)?;
                    }
                    Ok("h.id")
                })?;
            }
            ReachBy::Number => {
                self.newest(&mut sql, self.texts(), "k.key", |sql| {
                    sql.push("i.id FROM certificate_index i WHERE i.number_key = k.key AND ");
                    scope(sql, "i.type_name", self.types);
                    self.of_rows(sql)?;
                    Ok("i.id")
                })?;
            }
            ReachBy::Columns(columns) => {
                for (name, column, opaque) in columns.iter().filter(|(name, ..)| self.types.contains(name)) {
                    let forms: Vec<_> = distinct(self.keys.iter().filter_map(|key| form(self.writer, *column, *opaque, key))).collect();
                    let reach = told(matches!(forms.first(), Some(Lying::Number(_))), "k.key");
                    let column = known(*column)?;
                    self.newest(&mut sql, forms.into_iter().map(Lying::into_sql).collect(), &reach, |sql| {
                        sql.push("i.id FROM certificate_index i WHERE ");
                        only(sql, "i.type_name", std::slice::from_ref(name)).push(&format!(" AND i.{column} = k.key"));
                        self.of_rows(sql)?;
                        Ok("i.id")
                    })?;
                }
            }
        }
        Ok((!sql.is_empty()).then_some(sql))
    }

    /// All pairs of form and id; None where no key can reach anything.
    fn in_all(&self) -> Result<Option<Sql>, Fault> {
        let Self { writer, rows, types, .. } = *self;
        if self.keys.is_empty() {
            return Ok(None);
        }
        let mut sql = Sql::default();
        match self.by {
            ReachBy::Holder => {
                sql.push("SELECT h.holder_key AS reach, h.id FROM certificate_holder h");
                sql.push(if rows.is_some() { " JOIN certificate_index i ON i.id = h.id" } else { "" });
                sql.push(" WHERE h.holder_key IN ").list(self.texts()).push(" AND ");
                scope(&mut sql, "h.type_name", types);
            }
            ReachBy::Number => {
                sql.push("SELECT i.number_key AS reach, i.id FROM certificate_index i WHERE i.number_key IN ");
                sql.list(self.texts()).push(" AND ");
                scope(&mut sql, "i.type_name", types);
            }
            ReachBy::Columns(columns) => {
                let mut parts = 0;
                for (name, column, opaque) in columns.iter().filter(|(name, ..)| types.contains(name)) {
                    let values: Vec<_> = self.keys.iter().filter_map(|key| form(writer, *column, *opaque, key)).collect();
                    if values.is_empty() {
                        continue;
                    }
                    let column = known(*column)?;
                    let reach = told(matches!(values.first(), Some(Lying::Number(_))), &format!("i.{column}"));
                    sql.push(if parts == 0 { "" } else { " UNION ALL " })
                        .push(&format!("SELECT {reach} AS reach, i.id FROM certificate_index i WHERE "));
                    only(&mut sql, "i.type_name", std::slice::from_ref(name)).push(&format!(" AND i.{column} IN "));
                    sql.list(distinct(values.into_iter()).map(Lying::into_sql));
                    if let Some(rows) = rows {
                        sql.push(" AND ");
                        writer.predicate(&mut sql, rows)?;
                    }
                    parts += 1;
                }
                return Ok((parts > 0).then_some(sql));
            }
        }
        if let Some(rows) = rows {
            sql.push(" AND ");
            writer.predicate(&mut sql, rows)?;
        }
        Ok(Some(sql))
    }

    fn of_rows(&self, sql: &mut Sql) -> Result<(), Fault> {
        let Some(rows) = self.rows else { return Ok(()) };
        sql.push(" AND ");
        self.writer.predicate(sql, rows)
    }

    /// The forms of all keys, each once.
    fn texts(&self) -> Vec<sea_orm::Value> {
        distinct(self.forms.iter().flatten()).map(|form| text(form)).collect()
    }

    /// Adds one part: `candidates` writes what is selected, from where, under which condition, and names the id.
    fn newest(
        &self,
        sql: &mut Sql,
        forms: Vec<sea_orm::Value>,
        reach: &str,
        candidates: impl Fn(&mut Sql) -> Result<&'static str, Fault>,
    ) -> Result<(), Fault> {
        if forms.is_empty() {
            return Ok(());
        }
        sql.push(if sql.is_empty() { "" } else { " UNION ALL " });
        sql.push("SELECT ").push(reach).push(" AS reach, r.id FROM unnest(").array(forms).push(") AS k(key) CROSS JOIN LATERAL (SELECT ");
        let id = candidates(sql)?;
        // Written out, not given as a parameter: a plan for any limit would prepare for a tenth of the table.
        sql.push(&format!(" ORDER BY {id} DESC LIMIT {}) r", self.first));
        Ok(())
    }
}

/// Before a value that reached: `05` is the number 5, but not the text `5`, which another key may ask for.
const TEXT: char = 't';
const NUMBER: char = 'n';

/// What the answer's first column says of a value in a column of the index.
fn told(number: bool, value: &str) -> String {
    if number { format!("'{NUMBER}' || CAST({value} AS text)") } else { format!("'{TEXT}' || {value}") }
}

/// How a key stands in the answer's first column, each form once.
fn forms(writer: Writer<'_>, by: &ReachBy, key: &str) -> Vec<String> {
    let forms = match by {
        ReachBy::Holder => vec![writer.key.holder(key)],
        ReachBy::Number => numbers(writer.key, key).to_vec(),
        ReachBy::Columns(columns) => {
            let lying = columns.iter().filter_map(|(_, column, opaque)| form(writer, *column, *opaque, key));
            let text = |lying| match lying {
                Lying::Text(text) => format!("{TEXT}{text}"),
                Lying::Number(number) => format!("{NUMBER}{number}"),
                Lying::Uuid(id) => format!("{TEXT}{id}"),
            };
            lying.map(text).collect()
        }
    };
    distinct(forms.into_iter()).collect()
}

/// A key as it lies in the column; None where it cannot lie there. What is absent reaches nothing.
fn form(writer: Writer<'_>, column: Column, opaque: bool, key: &str) -> Option<Lying> {
    if key.is_empty() {
        return None;
    }
    let value = match absent(column) {
        Value::Number(nothing) => Value::Number(key.parse().ok().filter(|number| *number != nothing)?),
        _ if opaque => Value::Opaque(key.to_owned()),
        _ => Value::Text(key.to_owned()),
    };
    lying(writer.key, column, &value).ok()
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values.into_iter()
}
