//! The statements of one transaction.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::Value;
use uuid::Uuid;

use super::ready::{Ready, columns};
use super::rules;
use crate::store::commands::{CommitFault, Succession};
use crate::store::error::Fault;
use crate::store::index::{Lying, name};
use crate::store::rows::{Attachment, EventRow};
use crate::store::session::Session;
use crate::store::sql::{Sql, optional_text, text};
use crate::store::status::overtaken;
use crate::store::{OPEN, access, attachments, outbox, reserve};

pub(super) const RECORD: [&str; 6] = ["id", "type_name", "issuer", "number_key", "current_id", "current_version"];
pub(super) const VERSION: [&str; 23] = [
    "id",
    "record_id",
    "type_name",
    "type_version",
    "schema_digest",
    "identifier",
    "version",
    "number",
    "issuer",
    "issued_on",
    "valid_from",
    "valid_to",
    "event_status",
    "status_scheme",
    "status_code",
    "event_seq",
    "updated_at",
    "previous_id",
    "statement",
    "signature",
    "signer",
    "known_from",
    "known_to",
];
/// Columns of [`event_values`].
pub(in crate::store) const EVENT: [&str; 17] = [
    "id",
    "version_id",
    "record_id",
    "seq",
    "operation",
    "operation_code",
    "scheme",
    "code",
    "status",
    "reason",
    "actor",
    "at",
    "statement",
    "signature",
    "signer",
    "known_from",
    "known_to",
];

pub(super) const IDEMPOTENCY: [&str; 5] = ["actor", "key", "digest", "version_id", "created_at"];
pub(super) const HOLDER: [&str; 5] = ["id", "record_id", "position", "holder_key", "type_name"];

/// Rows of a chunk with their places in it.
type Rows<'a, 'r> = &'a [(usize, &'r Ready)];

/// Writes these rows, or none.
pub(super) async fn rows(session: Session, ready: &[Ready], now: &[usize]) -> Result<(), Fault> {
    let rows: Vec<(usize, &Ready)> = now.iter().filter_map(|place| Some((*place, ready.get(*place)?))).collect();
    rules::check(&session, &rows).await?;
    // Keys first: a retry is told its first result, and not that its number is taken.
    session.insert("idempotency", &IDEMPOTENCY, keys(&rows)).await?;
    successions(&session, &rows).await?;
    let first: Vec<_> = rows.iter().filter(|(_, row)| row.new.succeeds.is_none()).copied().collect();
    session.insert("certificate", &RECORD, each(&first, record)).await?;
    attachments::put(&session, apart(&rows)).await?;
    session.insert("certificate_version", &VERSION, each(&rows, version)).await?;
    session.insert("certificate_event", &EVENT, events(&rows)).await?;
    session.insert("certificate_index", &index_columns(), each(&rows, entry)).await?;
    session.insert("certificate_holder", &HOLDER, holding(&rows)).await?;
    used(&session, &rows).await?;
    reserve::raise(&session, &raised(&rows)).await?;
    session.insert("outbox", &outbox::COLUMNS, messages(&rows)).await?;
    session.insert("access_event", &access::COLUMNS, each(&rows, audited)).await
}

pub(super) fn each(rows: Rows<'_, '_>, values: fn(&Ready) -> Vec<Value>) -> Vec<Vec<Value>> {
    rows.iter().map(|(_, row)| values(row)).collect()
}

pub(super) fn keys(rows: Rows<'_, '_>) -> Vec<Vec<Value>> {
    let keyed = rows.iter().filter_map(|(_, row)| Some((row.new.idempotency.as_ref()?, &row.new.row)));
    keyed
        .map(|(key, row)| {
            let at = row.updated_at.timestamp_micros();
            vec![text(&key.actor), text(&key.key), text(&key.digest), row.id.into(), at.into()]
        })
        .collect()
}

/// What is kept apart from the statements, with the time of the version that names it.
pub(super) fn apart<'r>(rows: Rows<'_, 'r>) -> Vec<(&'r Attachment, i64)> {
    rows.iter().flat_map(|(_, row)| row.new.attachments.iter().map(|one| (one, row.new.row.updated_at.timestamp_micros()))).collect()
}

/// The events of the versions, each behind that of the version it replaces.
pub(super) fn events(rows: Rows<'_, '_>) -> Vec<Vec<Value>> {
    let events = rows.iter().flat_map(|(_, row)| row.new.succeeds.iter().map(|old| &old.event).chain([&row.new.event]));
    events.map(event_values).collect()
}

pub(super) fn index_columns() -> Vec<&'static str> {
    ["id", "record_id"].into_iter().chain(columns().filter_map(name)).chain(["known_from", "known_to"]).collect()
}

pub(super) fn holding(rows: Rows<'_, '_>) -> Vec<Vec<Value>> {
    rows.iter().flat_map(|(_, row)| holders(row)).collect()
}

pub(super) fn messages(rows: Rows<'_, '_>) -> Vec<Vec<Value>> {
    rows.iter().flat_map(|(_, row)| &row.new.outbox).map(outbox::encoded).collect()
}

pub(super) fn audited(row: &Ready) -> Vec<Value> {
    access::encoded(&row.new.audit)
}

/// How many numbers each reservation is used for.
pub(super) fn reserved(rows: Rows<'_, '_>) -> BTreeMap<Uuid, i64> {
    let mut counts = BTreeMap::new();
    for id in rows.iter().flat_map(|(_, row)| &row.new.reservations) {
        *counts.entry(*id).or_default() += 1;
    }
    counts
}

/// The counters that numbers of these rows lie ahead of, with what each is to give next at least; in the order of their names,
/// as all lock them.
pub(super) fn raised(rows: Rows<'_, '_>) -> BTreeMap<String, i64> {
    let mut counters = BTreeMap::new();
    for (scope, next) in rows.iter().filter_map(|(_, row)| row.new.raises.as_ref()) {
        let known = counters.entry(scope.clone()).or_insert(*next);
        *known = (*known).max(*next);
    }
    counters
}

/// Replaces the old versions, in the order of their records.
async fn successions(session: &Session, rows: Rows<'_, '_>) -> Result<(), Fault> {
    let mut replacing: Vec<(usize, &Ready, &Succession)> =
        rows.iter().filter_map(|(place, row)| Some((*place, *row, row.new.succeeds.as_ref()?))).collect();
    replacing.sort_by_key(|(_, row, _)| row.new.row.record_id);
    let mut faults = Vec::new();
    for (place, row, old) in replacing {
        if let Some(fault) = replace(session, row, old).await? {
            faults.push((place, fault));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Fault::Rows(faults)) }
}

async fn replace(session: &Session, row: &Ready, old: &Succession) -> Result<Option<CommitFault>, Fault> {
    let new = &row.new.row;
    let mut record = Sql::new("UPDATE certificate SET current_id = ");
    record.bind(new.id).push(", current_version = ").bind(i64::from(new.version)).push(", issuer = ").bind(text(&new.issuer));
    record.push(", number_key = ").bind(text(&row.number_key));
    record.push(" WHERE id = ").bind(new.record_id).push(" AND current_id = ").bind(old.version_id);
    if session.run(record).await? == 0 {
        return overtaken(session, new.record_id).await.map(Some);
    }
    let event = &old.event;
    let at = event.at.timestamp_micros();
    let mut version = Sql::new("UPDATE certificate_version SET event_status = ");
    version
        .bind(text(event.status.as_str()))
        .push(", status_scheme = ")
        .bind(text(&event.scheme))
        .push(", status_code = ")
        .bind(text(&event.code));
    version.push(", event_seq = ").bind(i64::from(event.seq)).push(", updated_at = ").bind(at).push(", known_to = ").bind(at);
    version.push(" WHERE id = ").bind(old.version_id).push(" AND event_seq = ").bind(i64::from(old.event_seq));
    if session.run(version).await? == 0 {
        // The record was current, so an event came first. What was just written is rolled back with the fault.
        return Ok(Some(CommitFault::Superseded { current: old.version_id }));
    }
    for table in ["certificate_index", "certificate_holder"] {
        let mut sql = Sql::new("DELETE FROM ");
        sql.push(table).push(" WHERE id = ").bind(old.version_id);
        session.run(sql).await?;
    }
    Ok(None)
}

/// Counts the numbers used of each reservation.
async fn used(session: &Session, rows: Rows<'_, '_>) -> Result<(), Fault> {
    for (id, count) in reserved(rows) {
        let mut sql = Sql::new("UPDATE reservation SET used = used + ");
        sql.bind(count).push(" WHERE id = ").bind(id);
        session.run(sql).await?;
    }
    Ok(())
}

pub(super) fn record(row: &Ready) -> Vec<Value> {
    let new = &row.new.row;
    vec![new.record_id.into(), text(&new.type_name), text(&new.issuer), text(&row.number_key), new.id.into(), i64::from(new.version).into()]
}

pub(super) fn version(row: &Ready) -> Vec<Value> {
    let new = &row.new.row;
    let day = |day: Option<NaiveDate>| Value::from(day.map(|day| day.to_string()).unwrap_or_default());
    vec![
        new.id.into(),
        new.record_id.into(),
        text(&new.type_name),
        text(&new.type_version),
        text(&new.schema_digest),
        text(&new.identifier),
        i64::from(new.version).into(),
        // A personal number is read back from the statement.
        text(if row.new.number_is_personal { "" } else { &new.number }),
        text(&new.issuer),
        day(Some(new.issued_on)),
        day(new.valid_from),
        day(new.valid_to),
        text(new.event_status.as_str()),
        text(&new.status_scheme),
        text(&new.status_code),
        i64::from(new.event_seq).into(),
        new.updated_at.timestamp_micros().into(),
        Value::Uuid(new.previous_id),
        new.statement.as_bytes().to_vec().into(),
        new.signature.to_vec().into(),
        text(&new.signer),
        // A status event that came since leaves the version's beginning as it is.
        row.new.event.at.timestamp_micros().into(),
        OPEN.into(),
    ]
}

pub(in crate::store) fn event_values(event: &EventRow) -> Vec<Value> {
    let at = event.at.timestamp_micros();
    vec![
        event.id.into(),
        event.version_id.into(),
        event.record_id.into(),
        i64::from(event.seq).into(),
        text(&event.operation),
        optional_text(event.operation_code.as_deref()),
        text(&event.scheme),
        text(&event.code),
        text(event.status.as_str()),
        optional_text(event.reason.as_deref()),
        text(&event.actor),
        at.into(),
        Value::Bytes(event.statement.as_ref().map(|statement| statement.as_bytes().to_vec())),
        Value::Bytes(event.signature.as_ref().map(|signature| signature.to_vec())),
        optional_text(event.signer.as_deref()),
        at.into(),
        OPEN.into(),
    ]
}

pub(super) fn entry(row: &Ready) -> Vec<Value> {
    let mut values: Vec<Value> = vec![row.new.row.id.into(), row.new.row.record_id.into()];
    values.extend(row.entry.0.iter().cloned().map(Lying::into_sql));
    values.extend([row.new.row.updated_at.timestamp_micros().into(), OPEN.into()]);
    values
}

fn holders(row: &Ready) -> Vec<Vec<Value>> {
    let new = &row.new.row;
    let holder =
        |(place, holder): (i64, &String)| vec![new.id.into(), new.record_id.into(), place.into(), text(holder), text(&new.type_name)];
    (0i64..).zip(&row.holders).map(holder).collect()
}
