//! Conditions of a plan as SQL over `certificate_index i`. Nothing there is null, so every condition is true or false.

use model::plan::{Column, Comparison, Predicate, Value, absent};

use crate::store::error::Fault;
use crate::store::index::{Lying, head, known, lying, misfit, numbers};
use crate::store::opaque::IndexKey;
use crate::store::sql::{Dialect, Sql, text};

/// What a condition is written with.
#[derive(Clone, Copy)]
pub(in crate::store) struct Writer<'a> {
    pub(in crate::store) dialect: Dialect,
    pub(in crate::store) key: &'a IndexKey,
}

impl Writer<'_> {
    pub(in crate::store) fn predicate(self, sql: &mut Sql, predicate: &Predicate) -> Result<(), Fault> {
        match predicate {
            Predicate::All => {
                sql.push("1 = 1");
            }
            Predicate::And(parts) => self.joined(sql, parts, " AND ", "1 = 1")?,
            Predicate::Or(parts) => self.joined(sql, parts, " OR ", "1 = 0")?,
            Predicate::Not(part) => {
                sql.push("NOT (");
                self.predicate(sql, part)?;
                sql.push(")");
            }
            Predicate::Column(Column::Holder, comparison) => self.holder(sql, comparison)?,
            Predicate::Column(Column::Number, Comparison::Eq(value)) => self.number(sql, std::slice::from_ref(value), " IN ")?,
            Predicate::Column(Column::Number, Comparison::In(values)) => self.number(sql, values, " IN ")?,
            Predicate::Column(Column::Number, Comparison::Ne(value)) => self.number(sql, std::slice::from_ref(value), " NOT IN ")?,
            Predicate::Column(column, comparison) => self.column(sql, *column, comparison)?,
        }
        Ok(())
    }

    fn joined(self, sql: &mut Sql, parts: &[Predicate], by: &str, none: &str) -> Result<(), Fault> {
        if parts.is_empty() {
            sql.push(none);
        }
        for (place, part) in parts.iter().enumerate() {
            sql.push(if place == 0 { "(" } else { by });
            self.predicate(sql, part)?;
        }
        sql.push(if parts.is_empty() { "" } else { ")" });
        Ok(())
    }

    fn column(self, sql: &mut Sql, column: Column, comparison: &Comparison) -> Result<(), Fault> {
        let name = format!("i.{}", known(column)?);
        let one = |value: &Value| lying(self.key, column, value).map(Lying::into_sql);
        let mut compare = |operator: &str, value: &Value| -> Result<(), Fault> {
            sql.push(&name).push(operator);
            match (column, value) {
                (Column::EventStatus, Value::Text(status)) => sql.word(status),
                _ => sql.bind(one(value)?),
            };
            Ok(())
        };
        match comparison {
            Comparison::Eq(value) => compare(" = ", value)?,
            Comparison::Ne(value) => compare(" <> ", value)?,
            Comparison::Gt(value) => compare(" > ", value)?,
            Comparison::Gte(value) => compare(" >= ", value)?,
            Comparison::Lt(value) => compare(" < ", value)?,
            Comparison::Lte(value) => compare(" <= ", value)?,
            // A version always has an id.
            Comparison::Absent if column == Column::Id => {
                sql.push("1 = 0");
            }
            Comparison::Present if column == Column::Id => {
                sql.push("1 = 1");
            }
            Comparison::Absent => compare(" = ", &absent(column))?,
            // What is absent lies before everything, so that this is one range.
            Comparison::Present => compare(" > ", &absent(column))?,
            Comparison::In(values) if values.is_empty() => {
                sql.push("1 = 0");
            }
            Comparison::In(values) => {
                let values = values.iter().map(one).collect::<Result<Vec<_>, _>>()?;
                sql.push(&name).push(" IN ").list(values);
            }
            Comparison::Prefix(_) | Comparison::Contains(_) if column == Column::Id || absent(column) != Value::Text(String::new()) => {
                return Err(misfit(column).into());
            }
            Comparison::Prefix(prefix) => {
                let prefix = if prefix.len() > head(prefix).len() { head(prefix) } else { prefix };
                sql.push("(").push(&name).push(" >= ").bind(text(prefix));
                if let Some(next) = successor(prefix) {
                    sql.push(" AND ").push(&name).push(" < ").bind(text(&next));
                }
                sql.push(")");
            }
            Comparison::Contains(part) => match self.dialect {
                Dialect::Postgres => {
                    sql.push("position(").bind(text(part)).push(" in ").push(&name).push(") > 0");
                }
                Dialect::Sqlite => {
                    sql.push("instr(").push(&name).push(", ").bind(text(part)).push(") > 0");
                }
            },
        }
        Ok(())
    }

    /// Numbers lie in clear or as opaque keys, as their type says: either form is the number.
    fn number(self, sql: &mut Sql, values: &[Value], operator: &str) -> Result<(), Fault> {
        let mut forms = Vec::new();
        for value in values {
            let Value::Text(number) = value else { return Err(misfit(Column::Number).into()) };
            forms.extend(numbers(self.key, number));
        }
        if forms.is_empty() {
            sql.push("1 = 0");
        } else {
            sql.push("i.number_key").push(operator).list(forms.iter().map(|form| text(form)));
        }
        Ok(())
    }

    /// Conditions on a certificate's holders: true when one of them fits, `ne` when none does.
    fn holder(self, sql: &mut Sql, comparison: &Comparison) -> Result<(), Fault> {
        let one = |value: &Value| lying(self.key, Column::Holder, value).map(Lying::into_sql);
        let held = "SELECT h.id FROM certificate_holder h WHERE h.holder_key";
        match comparison {
            Comparison::Eq(value) => {
                sql.push("i.id IN (").push(held).push(" = ").bind(one(value)?).push(")");
            }
            Comparison::Ne(value) => {
                sql.push("i.id NOT IN (").push(held).push(" = ").bind(one(value)?).push(")");
            }
            Comparison::In(values) => {
                let values = values.iter().map(one).collect::<Result<Vec<_>, _>>()?;
                sql.push("i.id IN (").push(held).push(" IN ").list(values).push(")");
            }
            Comparison::Absent => {
                sql.push("NOT EXISTS (SELECT 1 FROM certificate_holder h WHERE h.id = i.id)");
            }
            Comparison::Present => {
                sql.push("EXISTS (SELECT 1 FROM certificate_holder h WHERE h.id = i.id)");
            }
            _ => return Err(misfit(Column::Holder).into()),
        }
        Ok(())
    }
}

/// The answered status on the day `today` (ISO), as SQL over `certificate_index i`: the twin of [`verify::status::derive`].
pub(in crate::store) fn status(sql: &mut Sql, today: &str) {
    sql.push("CASE WHEN i.event_status IN ('REVOKED', 'CANCELLED', 'TRANSFERRED', 'SUPERSEDED') THEN i.event_status");
    sql.push(" WHEN i.valid_to <> '' AND i.valid_to < ").bind(text(today)).push(" THEN 'EXPIRED'");
    sql.push(" WHEN i.event_status = 'VALID' AND i.valid_from > ").bind(text(today)).push(" THEN 'NOT_YET_VALID'");
    sql.push(" ELSE i.event_status END");
}

/// The least text behind everything that begins with `prefix`; None where there is none. UTF-8 keeps the order of code points.
fn successor(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        let next = match last {
            char::MAX => None,
            '\u{d7ff}' => Some('\u{e000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

/// The scope and condition of a plan over `certificate_index i`.
pub(super) fn candidates(sql: &mut Sql, writer: Writer<'_>, types: &model::plan::TypeScope, predicate: &Predicate) -> Result<(), Fault> {
    super::scope(sql, "i.type_name", types);
    if *predicate != Predicate::All {
        sql.push(" AND ");
        writer.predicate(sql, predicate)?;
    }
    Ok(())
}

/// Columns of an order as they are selected.
pub(super) fn selected(column: Column) -> Result<String, Fault> {
    Ok(format!("i.{}", known(column)?))
}

#[cfg(test)]
mod tests {
    use model::registry::{Slot, SlotFamily};

    use super::*;
    use crate::store::sql::Parameter;

    const TEXT: Column = Column::Slot(Slot { family: SlotFamily::Text, number: 1 });
    const NUMBER: Column = Column::Slot(Slot { family: SlotFamily::Number, number: 2 });

    fn rendered(dialect: Dialect, predicate: &Predicate) -> (String, Vec<Parameter>) {
        let key = IndexKey::new(&[0; 32]);
        let mut sql = Sql::default();
        Writer { dialect, key: &key }.predicate(&mut sql, predicate).unwrap();
        sql.finish(Dialect::Postgres)
    }

    fn given<const N: usize>(values: [sea_orm::Value; N]) -> Vec<Parameter> {
        values.map(Parameter::One).into()
    }

    #[test]
    fn conditions_become_parameters() {
        let predicate = Predicate::And(vec![
            Predicate::Column(TEXT, Comparison::Eq(Value::Text("x' OR 1=1".into()))),
            Predicate::Not(Box::new(Predicate::Or(vec![Predicate::Column(NUMBER, Comparison::Lt(Value::Number(5))), Predicate::All]))),
        ]);
        let (text, values) = rendered(Dialect::Postgres, &predicate);
        assert_eq!(text, "(i.t1 = $1 AND NOT ((i.n2 < $2 OR 1 = 1)))");
        assert_eq!(values, given(["x' OR 1=1".into(), 5i64.into()]));
    }

    #[test]
    fn empty_groups_are_constants() {
        assert_eq!(rendered(Dialect::Sqlite, &Predicate::And(vec![])).0, "1 = 1");
        assert_eq!(rendered(Dialect::Sqlite, &Predicate::Or(vec![])).0, "1 = 0");
        assert_eq!(rendered(Dialect::Sqlite, &Predicate::Column(TEXT, Comparison::In(vec![]))).0, "1 = 0");
    }

    #[test]
    fn texts_are_searched_without_like() {
        let contains = Predicate::Column(TEXT, Comparison::Contains("%".into()));
        assert_eq!(rendered(Dialect::Postgres, &contains).0, "position($1 in i.t1) > 0");
        assert_eq!(rendered(Dialect::Sqlite, &contains).0, "instr(i.t1, $1) > 0");
        let prefix = Predicate::Column(TEXT, Comparison::Prefix("建".into()));
        assert_eq!(rendered(Dialect::Postgres, &prefix), ("(i.t1 >= $1 AND i.t1 < $2)".into(), given(["建".into(), "廻".into()])));
        let endless = Predicate::Column(TEXT, Comparison::Prefix("\u{10ffff}".into()));
        assert_eq!(rendered(Dialect::Postgres, &endless).0, "(i.t1 >= $1)");
    }

    #[test]
    fn the_successor_is_behind_every_text_with_the_prefix() {
        for prefix in ["a", "az", "a\u{10ffff}", "\u{d7ff}", "证", "a\u{7f}"] {
            let next = successor(prefix).unwrap();
            assert!(next.as_str() > prefix && !next.starts_with(prefix));
            assert!(format!("{prefix}\u{10ffff}\u{10ffff}") < next);
        }
        assert_eq!(successor("\u{10ffff}"), None);
    }

    #[test]
    fn personal_values_never_stand_in_a_statement() {
        let held = Predicate::Column(Column::Holder, Comparison::Eq(Value::Opaque("990000190001010016".into())));
        let (text, values) = rendered(Dialect::Sqlite, &held);
        assert_eq!(text, "i.id IN (SELECT h.id FROM certificate_holder h WHERE h.holder_key = $1)");
        assert!(!format!("{values:?}").contains("990000190001010016"));
    }

    #[test]
    fn a_number_is_found_in_clear_and_as_an_opaque_key() {
        let opaque = IndexKey::new(&[0; 32]).opaque("A1");
        let number = |comparison| rendered(Dialect::Postgres, &Predicate::Column(Column::Number, comparison));
        let both = vec![Parameter::Array(vec!["A1".into(), opaque.into()])];
        assert_eq!(number(Comparison::Eq(Value::Text("A1".into()))), ("i.number_key = ANY($1)".into(), both));
        assert_eq!(number(Comparison::Ne(Value::Text("A1".into()))).0, "i.number_key <> ALL($1)");
        assert_eq!(number(Comparison::In(vec![])).0, "1 = 0");
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let key = IndexKey::new(&[0; 32]);
        let writer = Writer { dialect: Dialect::Sqlite, key: &key };
        for (column, comparison) in [
            (NUMBER, Comparison::Prefix("1".into())),
            (TEXT, Comparison::Eq(Value::Number(1))),
            (Column::Holder, Comparison::Gt(Value::Opaque("a".into()))),
            (Column::Slot(Slot { family: SlotFamily::Number, number: 9 }), Comparison::Absent),
        ] {
            assert!(writer.predicate(&mut Sql::default(), &Predicate::Column(column, comparison)).is_err());
        }
    }
}
