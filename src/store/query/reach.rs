//! What many keys reach, by one statement: certificates numbered a key, newest first.

use std::collections::HashMap;

use model::plan::{Column, Predicate, ReachBy, TypeScope, Value, absent};
use uuid::Uuid;

use super::predicate::Writer;
use super::{only, scope};
use crate::store::Store;
use crate::store::decode::{Reader, Shape};
use crate::store::error::Fault;
use crate::store::index::{Lying, known, lying, numbers};
use crate::store::record::With;
use crate::store::sql::{Sql, text};

impl Store {
    pub(super) async fn reach<R: Shape>(
        &self,
        by: &ReachBy,
        keys: &[String],
        first: u32,
        status: Option<&Predicate>,
        types: &TypeScope,
        with: With,
    ) -> Result<Vec<Vec<R>>, Fault> {
        let mut found: Vec<Vec<R>> = keys.iter().map(|_| Vec::new()).collect();
        let writer = self.writer();
        let Some(reached) = reached(writer, by, keys, status, types)? else { return Ok(found) };
        let mut sql = Sql::new("SELECT n.reach, ");
        sql.push(&R::columns("v.id", with))
            .push(" FROM (SELECT k.reach, k.id, row_number() OVER (PARTITION BY k.reach ORDER BY k.id DESC) AS place FROM (");
        sql.adopt(reached)
            .push(") k) n JOIN certificate_version v ON v.id = n.id")
            .push(R::joined(with))
            .push(" WHERE n.place <= ")
            .bind(i64::from(first))
            .push(" ORDER BY n.place");
        let mut by_reach: HashMap<String, Vec<(Uuid, R)>> = HashMap::new();
        for row in self.reading().all(sql).await? {
            let mut reader = Reader::new(&row);
            let reach = reader.text()?;
            let first = reader.place();
            let id = reader.uuid()?;
            by_reach.entry(reach).or_default().push((id, R::read(row, first, with)?));
        }
        for (key, rows) in keys.iter().zip(&mut found) {
            // A key reaches by its forms: one, but for numbers and for columns that differ in kind from type to type.
            let mut forms = forms(writer, by, key);
            forms.sort_unstable();
            forms.dedup();
            let mut reached: Vec<&(Uuid, R)> = forms.iter().filter_map(|form| by_reach.get(form)).flatten().collect();
            if forms.len() > 1 {
                reached.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
                reached.truncate(first as usize);
            }
            rows.extend(reached.into_iter().map(|(_, row)| row.clone()));
        }
        Ok(found)
    }
}

/// Pairs of key and id; None where no key can reach anything.
fn reached(writer: Writer<'_>, by: &ReachBy, keys: &[String], status: Option<&Predicate>, types: &TypeScope) -> Result<Option<Sql>, Fault> {
    if keys.is_empty() {
        return Ok(None);
    }
    let mut sql = Sql::default();
    match by {
        ReachBy::Holder => {
            sql.push("SELECT h.holder_key AS reach, h.id FROM certificate_holder h");
            sql.push(if status.is_some() { " JOIN certificate_index i ON i.id = h.id" } else { "" });
            sql.push(" WHERE h.holder_key IN ")
                .list(distinct(keys.iter().map(|key| writer.key.holder(key))).map(|key| text(&key)))
                .push(" AND ");
            scope(&mut sql, "h.type_name", types);
        }
        ReachBy::Number => {
            sql.push("SELECT i.number_key AS reach, i.id FROM certificate_index i WHERE i.number_key IN ");
            sql.list(distinct(keys.iter().flat_map(|key| numbers(writer.key, key))).map(|key| text(&key))).push(" AND ");
            scope(&mut sql, "i.type_name", types);
        }
        ReachBy::Columns(columns) => {
            let mut parts = 0;
            for (name, column, opaque) in columns.iter().filter(|(name, ..)| types.contains(name)) {
                let values: Vec<_> = keys.iter().filter_map(|key| form(writer, *column, *opaque, key)).collect();
                if values.is_empty() {
                    continue;
                }
                let column = known(*column)?;
                let number = matches!(values.first(), Some(Lying::Number(_)));
                let reach = if number { format!("CAST(i.{column} AS text)") } else { format!("i.{column}") };
                sql.push(if parts == 0 { "" } else { " UNION ALL " })
                    .push(&format!("SELECT {reach} AS reach, i.id FROM certificate_index i WHERE "));
                only(&mut sql, "i.type_name", std::slice::from_ref(name)).push(&format!(" AND i.{column} IN "));
                sql.list(distinct(values.into_iter()).map(Lying::into_sql));
                if let Some(status) = status {
                    sql.push(" AND ");
                    writer.predicate(&mut sql, status)?;
                }
                parts += 1;
            }
            return Ok((parts > 0).then_some(sql));
        }
    }
    if let Some(status) = status {
        sql.push(" AND ");
        writer.predicate(&mut sql, status)?;
    }
    Ok(Some(sql))
}

/// How a key stands in the answer's first column.
fn forms(writer: Writer<'_>, by: &ReachBy, key: &str) -> Vec<String> {
    match by {
        ReachBy::Holder => vec![writer.key.holder(key)],
        ReachBy::Number => numbers(writer.key, key).to_vec(),
        ReachBy::Columns(columns) => {
            let lying = columns.iter().filter_map(|(_, column, opaque)| form(writer, *column, *opaque, key));
            lying
                .map(|lying| match lying {
                    Lying::Text(text) => text,
                    Lying::Number(number) => number.to_string(),
                    Lying::Uuid(id) => id.to_string(),
                })
                .collect()
        }
    }
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
