//! Keyset pages: what lies behind a row, in an order that ends with the id.

use std::sync::Arc;

use model::plan::{CANDIDATES, Column, Comparison, Direction, PageStep, Predicate, TOTAL_LIMIT, TypeScope, Value, absent};
use uuid::Uuid;

use super::FEW;
use super::predicate::{Writer, candidates, selected};
use crate::store::decode::{Reader, Shape};
use crate::store::error::Fault;
use crate::store::index::{Lying, known, lying, misfit};
use crate::store::record::With;
use crate::store::sql::{Dialect, Sql, text};
use crate::store::{PageRows, Store, StoreError};

impl Store {
    pub(super) async fn page<R: Shape>(&self, page: &PageStep, types: &TypeScope, with: With) -> Result<PageRows<R>, Fault> {
        if let Some(bound) = &page.bounded_by
            && self.count(types, bound, CANDIDATES).await?.is_none()
        {
            return Err(StoreError::TooMany { bound: CANDIDATES }.into());
        }
        let total = if page.total { self.count(types, &page.predicate, TOTAL_LIMIT).await? } else { None };
        let statement = statement::<R>(page, types, self.writer(), with)?;
        let mut rows = Vec::new();
        for row in self.reading().all(statement).await? {
            let mut reader = Reader::new(&row);
            let values = page.order.iter().map(|(column, _)| ordered(&mut reader, *column)).collect::<Result<_, _>>()?;
            let first = reader.place();
            rows.push((R::read(row, first, with)?, values));
        }
        let size = page.size as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        if page.backwards {
            rows.reverse();
        }
        Ok(PageRows { rows, more, total })
    }

    /// How many rows fit; None where it is more than `limit`.
    async fn count(&self, types: &TypeScope, predicate: &Predicate, limit: u32) -> Result<Option<u32>, Fault> {
        let mut sql = Sql::new("SELECT count(*) FROM (SELECT 1 FROM certificate_index i WHERE ");
        candidates(&mut sql, self.writer(), types, predicate)?;
        sql.push(&format!(" LIMIT {}) c", u64::from(limit) + 1));
        let Some(row) = self.reading().first(sql).await? else { return Err(Fault::nonsense("a count without a row")) };
        let found = Reader::new(&row).integer()?;
        Ok(u32::try_from(found).ok().filter(|found| *found <= limit))
    }

    pub(in crate::store) fn writer(&self) -> Writer<'_> {
        Writer { dialect: self.inner.dialect, key: &self.inner.key }
    }
}

/// The index is walked by itself; versions are fetched for the page alone.
fn statement<R: Shape>(page: &PageStep, types: &TypeScope, writer: Writer<'_>, with: With) -> Result<Sql, Fault> {
    let mut sql = Sql::new("SELECT ");
    for (place, _) in page.order.iter().enumerate() {
        sql.push(&format!("p.o{place}, "));
    }
    sql.push(&R::columns("v.id", with)).push(" FROM (");
    match source(page, types) {
        Source::Holder { key, rest } => held(&mut sql, writer, page, types, key, &rest)?,
        Source::Index => {
            walk(&mut sql, writer, page, true, |sql| candidates(sql, writer, types, &page.predicate))?;
        }
        Source::Merged(along) if writer.dialect == Dialect::Postgres => merged(&mut sql, writer, page, types, &along)?,
        Source::Merged(_) => {
            walk(&mut sql, writer, page, true, |sql| candidates(sql, writer, types, &page.predicate))?;
        }
    }
    sql.push(") p JOIN certificate_version v ON v.id = p.id").push(R::joined(with));
    sql.push(" ORDER BY ").push(&ordered_by(page, |place, _| Ok(format!("p.o{place}")))?);
    Ok(sql)
}

/// What a page is read along.
enum Source<'a> {
    /// One range of an index of `certificate_index`.
    Index,
    /// One holder's certificates, with what else is asked of them.
    Holder { key: &'a Value, rest: Predicate },
    /// Several ranges which are each in order: of these types, of these values of a column.
    Merged(Along<'a>),
}

#[derive(Default)]
struct Along<'a> {
    types: Option<&'a [Arc<str>]>,
    values: Option<(Column, &'a [Value])>,
}

/// Most ranges that are merged: each costs a descent into the index.
const RANGES: usize = 1000;

fn source<'a>(page: &'a PageStep, types: &'a TypeScope) -> Source<'a> {
    let parts = match &page.predicate {
        Predicate::And(parts) => &parts[..],
        one => std::slice::from_ref(one),
    };
    let by_id = page.order.len() == 1;
    let of = |wanted: Column, parts: &'a [Predicate]| {
        parts.iter().find_map(|part| match part {
            Predicate::Column(column, comparison) if *column == wanted => Some(comparison),
            _ => None,
        })
    };
    if by_id && let Some(Comparison::Eq(key)) = of(Column::Holder, parts) {
        let held = |part: &&Predicate| matches!(part, Predicate::Column(Column::Holder, Comparison::Eq(other)) if other == key);
        let rest: Vec<_> = parts.iter().filter(|part| !held(part)).cloned().collect();
        return Source::Holder { key, rest: if rest.is_empty() { Predicate::All } else { Predicate::And(rest) } };
    }
    // What is equal to one value is one range, and few have a number or a holder in common.
    let narrow = parts.iter().any(|part| match part {
        Predicate::Column(Column::Number | Column::Holder, comparison) => matches!(comparison, Comparison::Eq(_) | Comparison::In(_)),
        _ => false,
    });
    let single = parts.iter().any(|part| matches!(part, Predicate::Column(_, Comparison::Eq(_) | Comparison::Absent)));
    let ordered = |column: Column| match &page.order[..] {
        [_] => true,
        [(first, _), _] => *first == column,
        _ => false,
    };
    let values = parts.iter().find_map(|part| match part {
        Predicate::Column(column, Comparison::In(values)) if !single && *column != Column::Id && ordered(*column) => {
            Some((*column, &values[..]))
        }
        _ => None,
    });
    let several = match types {
        TypeScope::Only(names) if names.len() > 1 && page.order.len() <= 2 => Some(&names[..]),
        _ => None,
    };
    let ranges = several.map_or(1, <[_]>::len) * values.map_or(1, |(_, values)| values.len());
    if narrow || (several.is_none() && values.is_none()) || ranges > RANGES {
        return Source::Index;
    }
    Source::Merged(Along { types: several, values })
}

/// One walk along `certificate_index i` under what `condition` writes, which says itself where to begin unless it is `plain`.
fn walk(
    sql: &mut Sql,
    writer: Writer<'_>,
    page: &PageStep,
    plain: bool,
    condition: impl FnOnce(&mut Sql) -> Result<(), Fault>,
) -> Result<(), Fault> {
    sql.push("SELECT i.id");
    for (place, (column, _)) in page.order.iter().enumerate() {
        sql.push(&format!(", {} AS o{place}", selected(*column)?));
    }
    sql.push(" FROM certificate_index i WHERE ");
    condition(sql)?;
    if let Some(after) = &page.after
        && plain
    {
        sql.push(" AND ");
        behind(sql, writer, &page.order, after)?;
    }
    sql.push(" ORDER BY ").push(&ordered_by(page, |_, column| selected(column))?).push(&limit(page));
    Ok(())
}

/// A page of each range, and of these the page.
fn merged(sql: &mut Sql, writer: Writer<'_>, page: &PageStep, types: &TypeScope, along: &Along<'_>) -> Result<(), Fault> {
    sql.push("SELECT m.* FROM ");
    if let Some(names) = along.types {
        let mut names: Vec<&str> = names.iter().map(|name| &**name).collect();
        names.sort_unstable();
        names.dedup();
        sql.push("unnest(").array(names.into_iter().map(text)).push(") AS t(name) CROSS JOIN ");
    }
    let mut begin = None;
    if let Some((column, values)) = along.values {
        let mut values = values.iter().map(|value| lying(writer.key, column, value)).collect::<Result<Vec<Lying>, _>>()?;
        values.sort_unstable();
        values.dedup();
        if let (Some(after), [(ordered, direction), (_, last)]) = (&page.after, &page.order[..])
            && direction == last
        {
            let [value, id] = &after[..] else { return Err(misfit(*ordered).into()) };
            let (value, id) = (lying(writer.key, *ordered, value)?, lying(writer.key, Column::Id, id)?);
            values.retain(|other| if *direction == Direction::Asc { *other >= value } else { *other <= value });
            if values.is_empty() {
                // Behind all of them, where there is nothing.
                values.push(value.clone());
            }
            begin = Some((value, id, *direction));
        }
        sql.push("unnest(").array(values.into_iter().map(Lying::into_sql)).push(") AS x(value) CROSS JOIN ");
    }
    sql.push("LATERAL (");
    walk(sql, writer, page, begin.is_none(), |sql| {
        match along.types {
            Some(_) => {
                sql.push("i.type_name = t.name");
            }
            None => super::scope(sql, "i.type_name", types),
        }
        if let Some((column, _)) = along.values {
            sql.push(&format!(" AND {} = x.value", selected(column)?));
        }
        if let Some((value, id, direction)) = begin {
            // A comparison of rows would begin with each value's first certificate: within a value the id alone says where.
            let (operator, all) = if direction == Direction::Asc { (" > ", Uuid::nil()) } else { (" < ", Uuid::max()) };
            sql.push(" AND i.id").push(operator).push("CASE WHEN x.value = ").bind(value.into_sql());
            sql.push(" THEN ").bind(id.into_sql()).push(" ELSE ").bind(all).push(" END");
        }
        if page.predicate != Predicate::All {
            sql.push(" AND ");
            writer.predicate(sql, &page.predicate)?;
        }
        Ok(())
    })?;
    sql.push(") m ORDER BY ").push(&ordered_by(page, |place, _| Ok(format!("m.o{place}")))?).push(&limit(page));
    Ok(())
}

/// One holder's certificates along the holder's own index, of few types each by itself; the certificate's row is looked at where
/// something else is asked of it. OFFSET 0 keeps PostgreSQL from joining what it should look up row by row, in order.
fn held(sql: &mut Sql, writer: Writer<'_>, page: &PageStep, types: &TypeScope, key: &Value, rest: &Predicate) -> Result<(), Fault> {
    let (_, direction) = page.order.first().copied().ok_or_else(|| misfit(Column::Id))?;
    let one = |sql: &mut Sql, of_type: &dyn Fn(&mut Sql)| -> Result<(), Fault> {
        sql.push("SELECT h.id FROM certificate_holder h WHERE h.holder_key = ").bind(lying(writer.key, Column::Holder, key)?.into_sql());
        sql.push(" AND ");
        of_type(sql);
        if let Some(after) = &page.after {
            let [id] = &after[..] else { return Err(misfit(Column::Id).into()) };
            sql.push(if direction == Direction::Asc { " AND h.id > " } else { " AND h.id < " });
            sql.bind(lying(writer.key, Column::Id, id)?.into_sql());
        }
        if *rest != Predicate::All {
            sql.push(" AND EXISTS (SELECT 1 FROM certificate_index i WHERE i.id = h.id AND ");
            writer.predicate(sql, rest)?;
            sql.push(" LIMIT 1 OFFSET 0)");
        }
        sql.push(&format!(" ORDER BY {}", ordered_by(page, |_, _| Ok("h.id".to_owned()))?)).push(&limit(page));
        Ok(())
    };
    sql.push("SELECT m.id, m.id AS o0 FROM ");
    match types {
        TypeScope::Only(names) if writer.dialect == Dialect::Postgres && (2..=FEW).contains(&names.len()) => {
            let mut names: Vec<&str> = names.iter().map(|name| &**name).collect();
            names.sort_unstable();
            names.dedup();
            sql.push("unnest(").array(names.into_iter().map(text)).push(") AS t(name) CROSS JOIN LATERAL (");
            one(sql, &|sql| {
                sql.push("h.type_name = t.name");
            })?;
        }
        _ => {
            sql.push("(");
            one(sql, &|sql| super::scope(sql, "h.type_name", types))?;
        }
    }
    sql.push(&format!(") m ORDER BY {}", ordered_by(page, |_, _| Ok("m.id".to_owned()))?)).push(&limit(page));
    Ok(())
}

fn ordered_by(page: &PageStep, of: impl Fn(usize, Column) -> Result<String, Fault>) -> Result<String, Fault> {
    let keys = page.order.iter().enumerate().map(|(place, (column, direction))| {
        let key = of(place, *column)?;
        Ok(if *direction == Direction::Desc { format!("{key} DESC") } else { key })
    });
    Ok(keys.collect::<Result<Vec<_>, Fault>>()?.join(", "))
}

/// Written out, not given as a parameter: a plan for any limit would prepare for a tenth of the table.
fn limit(page: &PageStep) -> String {
    format!(" LIMIT {}", page.size + 1)
}

/// The rows behind `after`: one row comparison where all directions agree, which is one range of the index; else the alternatives.
fn behind(sql: &mut Sql, writer: Writer<'_>, order: &[(Column, Direction)], after: &[Value]) -> Result<(), Fault> {
    if order.len() != after.len() {
        return Err(misfit(Column::Id).into());
    }
    let values = order.iter().zip(after).map(|((column, _), value)| Ok(lying(writer.key, *column, value)?.into_sql()));
    let values = values.collect::<Result<Vec<sea_orm::Value>, Fault>>()?;
    let operator = |direction: Direction| if direction == Direction::Asc { ">" } else { "<" };
    let Some((_, first)) = order.first().copied() else { return Err(misfit(Column::Id).into()) };
    if order.iter().all(|(_, direction)| *direction == first) {
        let names = order.iter().map(|(column, _)| selected(*column)).collect::<Result<Vec<_>, _>>()?.join(", ");
        sql.push(&format!("({names}) {} (", operator(first))).binds(values).push(")");
        return Ok(());
    }
    // The leading column alone bounds the range; the alternatives decide within it.
    let leading = order.first().map_or(Ok("id"), |(column, _)| known(*column))?;
    sql.push(&format!("(i.{leading} {}= ", operator(first))).bind(values[0].clone()).push(" AND (");
    for (place, (column, direction)) in order.iter().enumerate() {
        sql.push(if place == 0 { "(" } else { " OR (" });
        for ((equal, _), value) in order.iter().zip(&values).take(place) {
            sql.push(&selected(*equal)?).push(" = ").bind(value.clone()).push(" AND ");
        }
        sql.push(&format!("{} {} ", selected(*column)?, operator(*direction))).bind(values[place].clone()).push(")");
    }
    sql.push("))");
    Ok(())
}

/// A value of an order's column, for the cursor.
fn ordered(reader: &mut Reader<'_>, column: Column) -> Result<Value, Fault> {
    Ok(match absent(column) {
        _ if column == Column::Id => Value::Text(reader.uuid()?.to_string()),
        Value::Number(_) => Value::Number(reader.integer()?),
        _ => Value::Text(reader.text()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::opaque::IndexKey;

    fn after(order: &[(Column, Direction)], values: &[Value]) -> Result<String, Fault> {
        let key = IndexKey::new(&[0; 32]);
        let mut sql = Sql::default();
        behind(&mut sql, Writer { dialect: Dialect::Postgres, key: &key }, order, values)?;
        Ok(sql.finish(Dialect::Postgres).0)
    }

    #[test]
    fn one_direction_is_one_row_comparison() {
        let id = Value::Text(Uuid::nil().to_string());
        let order = [(Column::ValidTo, Direction::Desc), (Column::Id, Direction::Desc)];
        assert_eq!(after(&order, &[Value::Text("2030-01-01".into()), id.clone()]).unwrap(), "(i.valid_to, i.id) < ($1, $2)");
        let mixed = [(Column::ValidTo, Direction::Desc), (Column::Id, Direction::Asc)];
        assert_eq!(
            after(&mixed, &[Value::Text("2030-01-01".into()), id.clone()]).unwrap(),
            "(i.valid_to <= $1 AND ((i.valid_to < $2) OR (i.valid_to = $3 AND i.id > $4)))"
        );
        assert!(after(&order, &[id]).is_err());
    }
}
