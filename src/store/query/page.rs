//! Keyset pages: what lies behind a row, in an order that ends with the id.

use model::plan::{CANDIDATES, Column, Direction, PageStep, Predicate, TOTAL_LIMIT, TypeScope, Value, absent};

use super::predicate::{Writer, candidates, selected};
use crate::store::decode::{Reader, Shape};
use crate::store::error::Fault;
use crate::store::index::{known, lying, misfit};
use crate::store::record::With;
use crate::store::sql::Sql;
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
        sql.push(" LIMIT ").bind(i64::from(limit) + 1).push(") c");
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
    sql.push(&R::columns("v.id", with)).push(" FROM (SELECT i.id");
    for (place, (column, _)) in page.order.iter().enumerate() {
        sql.push(&format!(", {} AS o{place}", selected(*column)?));
    }
    sql.push(" FROM certificate_index i WHERE ");
    candidates(&mut sql, writer, types, &page.predicate)?;
    if let Some(after) = &page.after {
        sql.push(" AND ");
        behind(&mut sql, writer, &page.order, after)?;
    }
    let order = |of: &dyn Fn(usize, Column) -> Result<String, Fault>| -> Result<String, Fault> {
        let keys = page.order.iter().enumerate().map(|(place, (column, direction))| {
            let key = of(place, *column)?;
            Ok(if *direction == Direction::Desc { format!("{key} DESC") } else { key })
        });
        Ok(keys.collect::<Result<Vec<_>, Fault>>()?.join(", "))
    };
    sql.push(" ORDER BY ").push(&order(&|_, column| selected(column))?).push(" LIMIT ").bind(i64::from(page.size) + 1);
    sql.push(") p JOIN certificate_version v ON v.id = p.id").push(R::joined(with));
    sql.push(" ORDER BY ").push(&order(&|place, _| Ok(format!("p.o{place}")))?);
    Ok(sql)
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
    use crate::store::sql::Dialect;

    fn after(order: &[(Column, Direction)], values: &[Value]) -> Result<String, Fault> {
        let key = IndexKey::new(&[0; 32]);
        let mut sql = Sql::default();
        behind(&mut sql, Writer { dialect: Dialect::Postgres, key: &key }, order, values)?;
        Ok(sql.finish(Dialect::Postgres).0)
    }

    #[test]
    fn one_direction_is_one_row_comparison() {
        let id = Value::Text(uuid::Uuid::nil().to_string());
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
