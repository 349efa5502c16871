//! Rules across a holder's certificates, checked while the holders' guard rows are locked.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::QueryResult;
use uuid::Uuid;

use super::ready::{Entry, Ready, columns};
use crate::store::commands::{CommitFault, RuleCheck};
use crate::store::decode::Reader;
use crate::store::error::Fault;
use crate::store::index::name;
use crate::store::session::Session;
use crate::store::sql::{Sql, text};

/// Locks the guards, in the order of their keys, then looks at what the holders have: one statement whatever the number of rules.
pub(super) async fn check(session: &Session, rows: &[(usize, &Ready)]) -> Result<(), Fault> {
    let holders = holders(rows);
    if holders.is_empty() {
        return Ok(());
    }
    for holder in &holders {
        lock(session, holder).await?;
    }
    judge(rows, &held(session, &holders, rows).await?)
}

/// The holders that rules speak about, in the order of their keys.
pub(super) fn holders<'r>(rows: &[(usize, &'r Ready)]) -> BTreeSet<&'r str> {
    rows.iter().flat_map(|(_, row)| &row.rules).map(|rule| rule.holder.as_str()).collect()
}

/// The types that the rules speak about.
pub(super) fn types<'r>(rows: &[(usize, &'r Ready)]) -> BTreeSet<&'r str> {
    rows.iter().flat_map(|(_, row)| &row.rules).map(|rule| rule.check.type_name.as_str()).collect()
}

/// The rows that what the holders have stands against.
pub(super) fn judge(rows: &[(usize, &Ready)], held: &[Held]) -> Result<(), Fault> {
    // Versions replaced in this very transaction stand against nobody.
    let replaced: HashSet<Uuid> = rows.iter().map(|(_, row)| row.new.row.record_id).collect();
    let mut of_holder: HashMap<&str, Vec<&Held>> = HashMap::new();
    for held in held.iter().filter(|held| !replaced.contains(&held.record_id)) {
        of_holder.entry(&held.holder).or_default().push(held);
    }
    let broken = |row: &Ready| {
        let mut rules = row.rules.iter();
        rules
            .find(|rule| of_holder.get(rule.holder.as_str()).is_some_and(|held| held.iter().any(|other| rule.broken_by(&other.entry))))
            .map(|rule| refusal(&rule.check))
    };
    let faults: Vec<_> = rows.iter().filter_map(|(place, row)| Some((*place, broken(row)?))).collect();
    if faults.is_empty() { Ok(()) } else { Err(Fault::Rows(faults)) }
}

pub(super) fn refusal(check: &RuleCheck) -> CommitFault {
    let (zh, en) = check.message.clone();
    CommitFault::Rule { code: check.code.clone(), zh, en }
}

async fn lock(session: &Session, holder: &str) -> Result<(), Fault> {
    let mut sql = Sql::new("UPDATE holder_guard SET n = n + 1 WHERE holder_key = ");
    sql.bind(text(holder));
    if session.run(sql).await? == 0 {
        session.insert("holder_guard", &["holder_key", "n"], vec![vec![text(holder), 1i64.into()]]).await.map_err(Fault::raced)?;
    }
    Ok(())
}

/// A certificate that a holder has.
pub(super) struct Held {
    holder: String,
    record_id: Uuid,
    entry: Entry,
}

impl Held {
    /// Reads a row of [`select`].
    pub(super) fn read(row: &QueryResult) -> Result<Self, Fault> {
        let mut reader = Reader::new(row);
        Ok(Self { holder: reader.text()?, record_id: reader.uuid()?, entry: Entry::read(&mut reader)? })
    }
}

/// The statement up to its conditions.
pub(super) fn select() -> String {
    let names: Vec<String> = columns().filter_map(name).map(|name| format!("i.{name}")).collect();
    let names = names.join(", ");
    format!("SELECT h.holder_key, h.record_id, {names} FROM certificate_holder h JOIN certificate_index i ON i.id = h.id WHERE ")
}

/// What the holders have of the types that the rules speak about.
async fn held(session: &Session, holders: &BTreeSet<&str>, rows: &[(usize, &Ready)]) -> Result<Vec<Held>, Fault> {
    let mut sql = Sql::new(&select());
    sql.push("h.holder_key IN ").list(holders.iter().map(|holder| text(holder)));
    sql.push(" AND h.type_name IN ").list(types(rows).into_iter().map(text));
    session.all(sql).await?.iter().map(Held::read).collect()
}
