//! What the hub has on record, for verification and for the history of a certificate.

use std::collections::HashMap;
use std::sync::Arc;

use model::plan::{EvidencePlan, Lookup, MAX_VERIFIED};
use uuid::Uuid;

use super::decode::{EVENT_COLUMNS, Reader, certificate, certificate_columns, event};
use super::error::Fault;
use super::index::short;
use super::query::{keyed, only};
use super::sql::{Sql, text};
use super::{CertificateRow, EventRow, Evidence, Store, StoreError};

impl Store {
    /// Everything on record about the versions looked up: three statements whatever their number. What is not found is left out.
    ///
    /// # Errors
    /// The database.
    pub async fn evidence(&self, plan: &EvidencePlan) -> Result<Vec<Evidence>, StoreError> {
        let mut found = self.looked_up(plan.lookup()).await?;
        let ids: Vec<Uuid> = found.iter().map(|evidence| evidence.row.id).collect();
        if ids.is_empty() {
            return Ok(found);
        }
        let mut events: HashMap<Uuid, Vec<EventRow>> = HashMap::new();
        for event in self.events_after_issue(&ids).await? {
            events.entry(event.version_id).or_default().push(event);
        }
        for evidence in &mut found {
            evidence.events = events.remove(&evidence.row.id).unwrap_or_default();
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
        Ok(found)
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
        Ok(self.events(sql).await?)
    }

    async fn looked_up(&self, lookup: &Lookup) -> Result<Vec<Evidence>, Fault> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&certificate_columns("r.current_id"))
            .push(", s.identifier FROM certificate_version v JOIN certificate r ON r.id = v.record_id");
        sql.push(" LEFT JOIN certificate_version s ON s.previous_id = v.id WHERE ");
        match lookup {
            Lookup::Keys(keys) => {
                if !keyed(&mut sql, keys) {
                    return Ok(Vec::new());
                }
            }
            Lookup::Number { types, number } => {
                sql.push("v.id IN (SELECT i.id FROM certificate_index i WHERE ");
                only(&mut sql, "i.type_name", types).push(" AND i.number_key = ").bind(text(&short(number)));
                sql.push(" ORDER BY i.id DESC LIMIT ").bind(MAX_VERIFIED as i64).push(")");
            }
            Lookup::Holder { types, code } => {
                sql.push("v.id IN (SELECT h.id FROM certificate_holder h WHERE h.holder_key = ")
                    .bind(text(&self.inner.key.holder(code)))
                    .push(" AND ");
                only(&mut sql, "h.type_name", types).push(" ORDER BY h.id DESC LIMIT ").bind(MAX_VERIFIED as i64).push(")");
            }
        }
        let mut found = Vec::new();
        for row in self.reading().all(sql).await? {
            let mut reader = Reader::new(&row);
            let row = certificate(&mut reader)?;
            found.push(Evidence { row, events: Vec::new(), signers: Vec::new(), superseded_by: reader.value()? });
        }
        found.sort_by_key(|found| std::cmp::Reverse(found.row.id));
        Ok(found)
    }

    async fn events_after_issue(&self, versions: &[Uuid]) -> Result<Vec<EventRow>, Fault> {
        let mut sql = Sql::new("SELECT ");
        sql.push(EVENT_COLUMNS).push(" FROM certificate_event e WHERE e.version_id IN ").list(versions.iter().map(|id| (*id).into()));
        sql.push(" AND e.seq > 0 ORDER BY e.version_id, e.seq");
        self.events(sql).await
    }

    async fn events(&self, sql: Sql) -> Result<Vec<EventRow>, Fault> {
        self.reading().all(sql).await?.iter().map(|row| event(&mut Reader::new(row))).collect()
    }
}
