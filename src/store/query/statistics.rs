//! Counted groups over the index.

use chrono::{DateTime, Utc};
use model::plan::{Column, GroupKey, Predicate, TypeScope, Unit, Value, absent, today};

use super::predicate::{candidates, status};
use crate::store::decode::Reader;
use crate::store::error::Fault;
use crate::store::index::known;
use crate::store::sql::{Dialect, Sql};
use crate::store::{Group, Store, StoreError};

/// Most groups of one answer.
const GROUPS: u32 = 1000;

impl Store {
    pub(super) async fn grouped(
        &self,
        predicate: &Predicate,
        group_by: &[GroupKey],
        columns: &[Column],
        types: &TypeScope,
        now: DateTime<Utc>,
    ) -> Result<Vec<Group>, Fault> {
        // The limit stands outside: within, PostgreSQL would hope to stop early and walk an index row by row.
        let mut sql = Sql::new("WITH counted AS MATERIALIZED (SELECT ");
        let names: Vec<String> = (0..columns.len()).map(|place| format!("g.k{place}")).collect();
        sql.push(&names.join(", ")).push(", count(*) AS n FROM (SELECT ");
        for (place, (key, column)) in group_by.iter().zip(columns).enumerate() {
            sql.push(if place == 0 { "" } else { ", " });
            self.group(&mut sql, key, *column, now)?;
            sql.push(&format!(" AS k{place}"));
        }
        sql.push(" FROM certificate_index i WHERE ");
        candidates(&mut sql, self.writer(), types, predicate)?;
        sql.push(") g GROUP BY ").push(&names.join(", ")).push(") ");
        self.shown(&mut sql, group_by, columns);
        sql.push(&format!(" LIMIT {}", GROUPS + 1));
        let rows = self.reading().all(sql).await?;
        if rows.len() > GROUPS as usize {
            return Err(StoreError::TooMany { bound: GROUPS }.into());
        }
        let mut groups = rows
            .iter()
            .map(|row| {
                let mut reader = Reader::new(row);
                let keys = columns.iter().map(|_| reader.text()).collect::<Result<_, _>>()?;
                Ok(Group { keys, count: reader.integer()? })
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        groups.sort_by(|one, other| one.keys.cmp(&other.keys));
        Ok(groups)
    }

    /// Reads the counted groups: days become the days, months or years that they are asked for by.
    fn shown(&self, sql: &mut Sql, group_by: &[GroupKey], columns: &[Column]) {
        if !columns.contains(&Column::Updated) {
            sql.push("SELECT * FROM counted");
            return;
        }
        let keys = group_by.iter().zip(columns).enumerate().map(|(place, (key, column))| match column {
            Column::Updated => self.called(&format!("k{place}"), key.unit),
            _ => format!("k{place}"),
        });
        let places: Vec<String> = (1..=columns.len()).map(|place| place.to_string()).collect();
        sql.push(&format!(
            "SELECT {}, CAST(sum(n) AS bigint) FROM counted GROUP BY {}",
            keys.collect::<Vec<_>>().join(", "),
            places.join(", ")
        ));
    }

    /// What the day of this number, counted from 1970, is called, or its month or year.
    fn called(&self, day: &str, unit: Option<Unit>) -> String {
        let sqlite = match unit {
            Some(Unit::Year) => "%Y",
            Some(Unit::Month) => "%Y-%m",
            None => "%Y-%m-%d",
        };
        match self.inner.dialect {
            Dialect::Sqlite => format!("strftime('{sqlite}', {day} * 86400, 'unixepoch')"),
            Dialect::Postgres => {
                let postgres = sqlite.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD");
                format!("to_char(to_timestamp(({day} * 86400)::double precision) AT TIME ZONE 'UTC', '{postgres}')")
            }
        }
    }

    /// One key, as text but for a day of change; what is absent is the empty text.
    fn group(&self, sql: &mut Sql, key: &GroupKey, column: Column, now: DateTime<Utc>) -> Result<(), Fault> {
        let name = format!("i.{}", known(column)?);
        match (column, key.unit, absent(column)) {
            (Column::EventStatus, ..) => status(sql, &today(now)),
            // Numbers of days of Asia/Shanghai, UTC+08:00: what they are called is told once for each and not once a row.
            (Column::Updated, ..) => {
                sql.push(&format!("({name} / 1000000 + 28800) / 86400"));
            }
            (_, Some(Unit::Year), Value::Text(_)) => {
                sql.push(&format!("substr({name}, 1, 4)"));
            }
            (_, Some(Unit::Month), Value::Text(_)) => {
                sql.push(&format!("substr({name}, 1, 7)"));
            }
            (_, _, Value::Number(_)) => {
                sql.push(&format!("CASE WHEN {name} = "))
                    .bind(model::plan::ABSENT_NUMBER)
                    .push(&format!(" THEN '' ELSE CAST({name} AS text) END"));
            }
            _ => {
                sql.push(&name);
            }
        }
        Ok(())
    }
}
