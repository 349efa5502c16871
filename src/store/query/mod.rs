//! Plans → SQL → rows.

mod page;
pub(super) mod predicate;
mod reach;
mod statistics;

use std::sync::Arc;

use model::plan::{Plan, Predicate, Step, TypeScope};
use uuid::Uuid;

use super::decode::Shape;
use super::error::Fault;
use super::record::{Record, With};
use super::sql::{Sql, text};
use super::{Answer, Store, StoreError, index};

/// Longest key that is looked up as an identifier.
const LONGEST_IDENTIFIER: usize = 200;

/// Of so many types each is looked up by itself; of more, a holder's certificates are gone through, whatever their type.
const FEW: usize = 8;

impl Store {
    /// Answers a plan.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] where the plan bounds its candidates or groups; [`StoreError::Misfit`] for a forged cursor;
    /// the database.
    pub async fn run(&self, plan: &Plan) -> Result<Answer, StoreError> {
        Ok(self.answer(plan, With::default()).await?)
    }

    /// Answers a plan by the same statements, with its certificates as the database sent them.
    ///
    /// # Errors
    /// As [`Self::run`]; what a column should not hold is found when it is read.
    pub async fn records(&self, plan: &Plan, with: With) -> Result<Answer<Record>, StoreError> {
        Ok(self.answer(plan, with).await?)
    }

    async fn answer<R: Shape>(&self, plan: &Plan, with: With) -> Result<Answer<R>, Fault> {
        let types = plan.types();
        match plan.step() {
            Step::Versions { keys, rows, current } => self.versions(keys, rows.as_ref(), *current, types, with).await.map(Answer::Rows),
            Step::Number { type_name, number, issuer, rows } => {
                self.numbered(type_name, number, issuer.as_deref(), rows.as_ref(), types, with).await.map(Answer::Rows)
            }
            Step::Page(page) => self.page(page, types, with).await.map(Answer::Page),
            Step::Reach { by, keys, first, rows } => self.reach(by, keys, *first, rows.as_ref(), types, with).await.map(Answer::Reached),
            Step::Statistics { predicate, group_by, columns } => {
                self.grouped(predicate, group_by, columns, types, plan.now()).await.map(Answer::Groups)
            }
        }
    }

    async fn versions<R: Shape>(
        &self,
        keys: &[String],
        rows: Option<&Predicate>,
        current: bool,
        types: &TypeScope,
        with: With,
    ) -> Result<Vec<R>, Fault> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&R::columns("r.current_id", with))
            .push(" FROM certificate_version v")
            .push(if R::current(with) { " JOIN certificate r ON r.id = v.record_id" } else { "" })
            .push(R::joined(with))
            .push(" WHERE ");
        if !keyed(&mut sql, keys) {
            return Ok(Vec::new());
        }
        sql.push(" AND ");
        scope(&mut sql, "v.type_name", types);
        if let Some(rows) = rows {
            // An earlier version is shown to whom the current one is.
            sql.push(
                " AND EXISTS (SELECT 1 FROM certificate o JOIN certificate_index i ON i.id = o.current_id WHERE o.id = v.record_id AND ",
            );
            self.writer().predicate(&mut sql, rows)?;
            sql.push(")");
        }
        if current {
            sql.push(" AND EXISTS (SELECT 1 FROM certificate o WHERE o.current_id = v.id)");
        }
        self.certificates(sql, with).await
    }

    async fn numbered<R: Shape>(
        &self,
        type_name: &Arc<str>,
        number: &str,
        issuer: Option<&str>,
        rows: Option<&Predicate>,
        types: &TypeScope,
        with: With,
    ) -> Result<Vec<R>, Fault> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&R::columns("v.id", with))
            .push(" FROM certificate_index i JOIN certificate_version v ON v.id = i.id")
            .push(R::joined(with))
            .push(" WHERE i.type_name = ");
        sql.word(type_name).push(" AND i.number_key IN ").list(index::numbers(&self.inner.key, number).iter().map(|form| text(form)));
        if let Some(issuer) = issuer {
            sql.push(" AND i.issuer = ").bind(text(&index::short(issuer)));
        }
        sql.push(" AND ");
        scope(&mut sql, "i.type_name", types);
        if let Some(rows) = rows {
            sql.push(" AND ");
            self.writer().predicate(&mut sql, rows)?;
        }
        sql.push(" ORDER BY i.id DESC LIMIT 100");
        self.certificates(sql, with).await
    }

    async fn certificates<R: Shape>(&self, sql: Sql, with: With) -> Result<Vec<R>, Fault> {
        self.reading().all(sql).await?.into_iter().map(|row| R::read(row, 0, with)).collect()
    }
}

/// `(v.id IN … OR v.identifier IN …)`; false where no key can be either.
pub(super) fn keyed(sql: &mut Sql, keys: &[String]) -> bool {
    let mut ids: Vec<Uuid> = Vec::new();
    let mut identifiers: Vec<&str> = Vec::new();
    for key in keys.iter().map(|key| key.trim()) {
        match key.parse() {
            Ok(id) => ids.push(id),
            Err(_) if !key.is_empty() && key.len() <= LONGEST_IDENTIFIER => identifiers.push(key),
            Err(_) => {}
        }
    }
    if ids.is_empty() && identifiers.is_empty() {
        return false;
    }
    sql.push("(");
    if !ids.is_empty() {
        sql.push("v.id IN ").list(ids.iter().map(|id| (*id).into()));
    }
    if !identifiers.is_empty() {
        sql.push(if ids.is_empty() { "" } else { " OR " }).push("v.identifier IN ").list(identifiers.iter().map(|key| text(key)));
    }
    sql.push(")");
    true
}

/// The types an answer may contain.
pub(super) fn scope(sql: &mut Sql, column: &str, types: &TypeScope) {
    match types {
        TypeScope::All => sql.push("1 = 1"),
        TypeScope::Only(names) => only(sql, column, names),
    };
}

pub(super) fn only<'a>(sql: &'a mut Sql, column: &str, names: &[Arc<str>]) -> &'a mut Sql {
    match names {
        [] => sql.push("1 = 0"),
        [one] => sql.push(column).push(" = ").word(one),
        several => sql.push(column).push(" IN ").list(several.iter().map(|name| text(name))),
    }
}
