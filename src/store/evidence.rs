//! What the hub has on record, for verification and for the history of a certificate.

use std::collections::HashMap;
use std::sync::Arc;

use model::plan::{EvidencePlan, Lookup, MAX_VERIFIED};
use sea_orm::QueryResult;
use uuid::Uuid;
use verify::attachment::named_in;
use verify::statement::Statement;

use super::decode::{COLUMNS, EVENT_COLUMNS, Nonsense, Reader, certificate_as_it_lies, certificate_columns, event, event_as_it_lies};
use super::error::Fault;
use super::index::numbers;
use super::query::{keyed, only};
use super::sql::{Sql, text};
use super::{CertificateRow, EventRow, Evidence, Store, StoreError};

impl Store {
    /// Everything on record about the versions looked up: one statement whatever their number, another for signers that were not
    /// met before, another where photos are named. What is not found is left out; what a row holds that nobody wrote is named in
    /// that row.
    ///
    /// # Errors
    /// The database.
    pub async fn evidence(&self, plan: &EvidencePlan) -> Result<Vec<Evidence>, StoreError> {
        let mut found = self.looked_up(plan.lookup()).await?;
        if found.is_empty() {
            return Ok(found);
        }
        let named = |evidence: &Evidence| -> Vec<Arc<str>> {
            let of_events = evidence.events.iter().filter_map(|event| event.signer.clone());
            let mut ids: Vec<_> = std::iter::once(evidence.row.signer.clone()).chain(of_events).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let signers = self.signers(&found.iter().flat_map(named).collect::<Vec<_>>()).await?;
        for evidence in &mut found {
            let ids = named(evidence);
            evidence.signers = signers.iter().filter(|signer| ids.contains(&signer.id)).cloned().collect();
        }
        self.attach(&mut found).await?;
        Ok(found)
    }

    async fn attach(&self, found: &mut [Evidence]) -> Result<(), StoreError> {
        let named: Vec<Vec<String>> = found.iter().map(|evidence| named(&evidence.row.statement)).collect();
        let attachments = self.attachments(&named.concat()).await?;
        for (evidence, named) in found.iter_mut().zip(named) {
            evidence.attachments = attachments.iter().filter(|attachment| named.contains(&attachment.name)).cloned().collect();
        }
        Ok(())
    }

    /// All events of these certificates' records, the issue of each version included, in the order of versions and events.
    ///
    /// # Errors
    /// The database.
    pub async fn events_of(&self, rows: &[&CertificateRow]) -> Result<Vec<EventRow>, StoreError> {
        let mut records: Vec<Uuid> = rows.iter().map(|row| row.record_id).collect();
        records.sort_unstable();
        records.dedup();
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new("SELECT ");
        sql.push(EVENT_COLUMNS).push(" FROM certificate_event e JOIN certificate_version v ON v.id = e.version_id WHERE e.record_id IN ");
        sql.list(records.into_iter().map(Into::into)).push(" ORDER BY e.record_id, v.version, e.seq");
        let events = self.reading().all(sql).await?.iter().map(|row| event(&mut Reader::new(row))).collect::<Result<_, Fault>>();
        Ok(events?)
    }

    async fn looked_up(&self, lookup: &Lookup) -> Result<Vec<Evidence>, Fault> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&certificate_columns("r.current_id"))
            .push(", s.identifier, ")
            .push(EVENT_COLUMNS)
            .push(" FROM certificate_version v JOIN certificate r ON r.id = v.record_id")
            .push(" LEFT JOIN certificate_version s ON s.previous_id = v.id")
            .push(" LEFT JOIN certificate_event e ON e.version_id = v.id AND e.seq > 0 WHERE ");
        match lookup {
            Lookup::Keys(keys) => {
                if !keyed(&mut sql, keys) {
                    return Ok(Vec::new());
                }
            }
            Lookup::Number { types, number } => {
                sql.push("v.id IN (SELECT i.id FROM certificate_index i WHERE ");
                only(&mut sql, "i.type_name", types)
                    .push(" AND i.number_key IN ")
                    .list(numbers(&self.inner.key, number).iter().map(|form| text(form)));
                sql.push(" ORDER BY i.id DESC LIMIT ").bind(MAX_VERIFIED as i64).push(")");
            }
            Lookup::Holder { types, code } => {
                sql.push("v.id IN (SELECT h.id FROM certificate_holder h WHERE h.holder_key = ")
                    .bind(text(&self.inner.key.holder(code)))
                    .push(" AND ");
                only(&mut sql, "h.type_name", types).push(" ORDER BY h.id DESC LIMIT ").bind(MAX_VERIFIED as i64).push(")");
            }
        }
        let mut found: Vec<Evidence> = Vec::new();
        let mut places: HashMap<Uuid, usize> = HashMap::new();
        // A row for each event: the certificate is read from the first of them.
        for row in self.reading().all(sql).await? {
            let id = Reader::new(&row).uuid().unwrap_or_default();
            let place = *places.entry(id).or_insert_with(|| {
                found.push(version(&row));
                found.len() - 1
            });
            let evidence = &mut found[place];
            if let Some((event, nonsense)) = joined_event(&row)
                && !evidence.events.iter().any(|known| known.id == event.id)
            {
                if !nonsense.members.is_empty() {
                    evidence.unreadable.push("events");
                }
                evidence.events.push(event);
            }
        }
        for evidence in &mut found {
            evidence.events.sort_by_key(|event| event.seq);
        }
        found.sort_by_key(|found| std::cmp::Reverse(found.row.id));
        Ok(found)
    }
}

fn version(row: &QueryResult) -> Evidence {
    let mut reader = Reader::new(row);
    let (row, mut nonsense) = certificate_as_it_lies(&mut reader);
    let superseded_by = nonsense.or_default("supersededBy", reader.value());
    let (events, signers, attachments) = (Vec::new(), Vec::new(), Vec::new());
    Evidence { row, events, signers, superseded_by, attachments, unreadable: nonsense.members }
}

/// The event that the row was joined with.
fn joined_event(row: &QueryResult) -> Option<(EventRow, Nonsense)> {
    let first = COLUMNS + 1;
    // Only what was joined with nothing has no id: it is the table's key.
    let none = matches!(Reader::at(row, first).value::<Option<Uuid>>(), Ok(None));
    (!none).then(|| event_as_it_lies(&mut Reader::at(row, first)))
}

/// The names of photos in a statement's data. One that does not read fails every check without them.
fn named(statement: &str) -> Vec<String> {
    if !statement.contains("\"sm3:") {
        return Vec::new();
    }
    let stated = Statement::from_text(statement);
    stated.map(|stated| named_in(&stated.data).into_iter().map(str::to_owned).collect()).unwrap_or_default()
}
