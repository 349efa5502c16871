//! Rules across a holder's certificates, checked while the holders' guard rows are locked.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::ready::{Entry, Ready, columns};
use crate::store::commands::{CommitFault, RuleCheck};
use crate::store::decode::Reader;
use crate::store::error::Fault;
use crate::store::index::name;
use crate::store::session::Session;
use crate::store::sql::{Sql, text};

/// Locks the guards, in the order of their keys, then looks at what the holders have: one statement whatever the number of rules.
pub(super) async fn check(session: &Session, ready: &[Ready], now: &[usize]) -> Result<(), Fault> {
    let rows: Vec<(usize, &Ready)> = now.iter().filter_map(|place| Some((*place, ready.get(*place)?))).collect();
    let holders: BTreeSet<&str> = rows.iter().flat_map(|(_, row)| &row.rules).map(|rule| rule.holder.as_str()).collect();
    if holders.is_empty() {
        return Ok(());
    }
    for holder in &holders {
        lock(session, holder).await?;
    }
    // Versions replaced in this very transaction stand against nobody.
    let replaced: BTreeSet<Uuid> = rows.iter().map(|(_, row)| row.new.row.record_id).collect();
    let others = held(session, &holders, &rows).await?;
    let mut faults = Vec::new();
    for (place, row) in rows {
        let mut counted = others.iter().filter(|other| !replaced.contains(&other.record_id));
        if let Some(check) = counted.find_map(|other| row.rule_broken_by(&other.holder, &other.entry)) {
            faults.push((place, refusal(check)));
        }
    }
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

struct Held {
    holder: String,
    record_id: Uuid,
    entry: Entry,
}

/// What the holders have of the types that the rules speak about.
async fn held(session: &Session, holders: &BTreeSet<&str>, rows: &[(usize, &Ready)]) -> Result<Vec<Held>, Fault> {
    let types: BTreeSet<&str> = rows.iter().flat_map(|(_, row)| &row.rules).map(|rule| rule.check.type_name.as_str()).collect();
    let names: Vec<String> = columns().filter_map(name).map(|name| format!("i.{name}")).collect();
    let mut sql = Sql::new("SELECT h.holder_key, h.record_id, ");
    sql.push(&names.join(", ")).push(" FROM certificate_holder h JOIN certificate_index i ON i.id = h.id WHERE h.holder_key IN ");
    sql.list(holders.iter().map(|holder| text(holder))).push(" AND h.type_name IN ").list(types.into_iter().map(text));
    let found = session.all(sql).await?;
    let held = found.iter().map(|row| {
        let mut reader = Reader::new(row);
        Ok(Held { holder: reader.text()?, record_id: reader.uuid()?, entry: Entry::read(&mut reader)? })
    });
    held.collect()
}
