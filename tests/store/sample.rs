//! Fictitious certificates, as commands to the store and as the rows that a test expects.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use model::actor::{Actor, Caller, Granted, Role};
use model::plan::{Column, Plan, Request, Value, absent, indexed, plan, stored};
use model::registry::{CertificateType, Registry, SourceFile, State, resolve};
use serde_json::{Map, Value as Json};
use uuid::Uuid;
use verify::status::CertificateStatus;
use zhengzhao::store::commands::{AccessEvent, NewVersion, OutboxMessage, StatusChange, Succession};
use zhengzhao::store::{Answer, CertificateRow, EventRow, PageRows, Record, Store, StoreSettings, With};

pub(super) const PERMIT: &str = "StorePermit";
pub(super) const ISSUER: &str = "11990000000000GX2C";

pub(super) fn settings(url: &str) -> StoreSettings {
    StoreSettings { url: url.to_owned(), max_connections: 6, statement_cache: true, index_key: [9; 32] }
}

/// A migrated store on an empty database.
pub(super) async fn open(url: &str) -> Store {
    let store = Store::open(&settings(url)).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// The type of these tests; made once, since checking a type file costs more than most statements.
pub(super) fn registry() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
        let file = SourceFile { name: "permit.json".into(), text: include_str!("permit.json").into() };
        let resolved = resolve(&[file], &Registry::empty()).unwrap_or_else(|faults| panic!("{faults:#?}"));
        resolved.types.into_iter().fold(Registry::empty(), |registry, ty| registry.with(ty, State::Published))
    });
    &REGISTRY
}

pub(super) fn permit() -> Arc<CertificateType> {
    registry().get(PERMIT).unwrap().ty.clone()
}

/// The store's tests ask as an administrator: who may see what is the plan's business.
pub(super) fn planned(request: &Request, now: DateTime<Utc>) -> Plan {
    try_plan(request, now).unwrap()
}

pub(super) fn try_plan(request: &Request, now: DateTime<Utc>) -> Result<Plan, model::plan::PlanError> {
    plan_with(registry(), request, now)
}

pub(super) fn plan_with(registry: &Registry, request: &Request, now: DateTime<Utc>) -> Result<Plan, model::plan::PlanError> {
    let actor = Actor::new(Role::Administrator, "test", None, Granted::All, Granted::none());
    plan(request, registry, &Caller { actor: Arc::new(actor), purpose: None }, now)
}

pub(super) async fn rows(store: &Store, request: &Request) -> Vec<CertificateRow> {
    match answered(store, &planned(request, now())).await {
        Answer::Rows(rows) => rows,
        other => panic!("rows expected, not {other:?}"),
    }
}

pub(super) async fn page(store: &Store, plan: &Plan) -> PageRows {
    match answered(store, plan).await {
        Answer::Page(page) => page,
        other => panic!("a page expected, not {other:?}"),
    }
}

/// What the store answers, which is the same whether it decodes the rows or leaves that to their reader.
pub(super) async fn answered(store: &Store, plan: &Plan) -> Answer {
    let decoded = store.run(plan).await.unwrap();
    for with in [With::default(), With { issuer: true, ..With::default() }] {
        let row = |record: Record| record.to_row().unwrap();
        let later: Answer = match store.records(plan, with).await.unwrap() {
            Answer::Rows(rows) => Answer::Rows(rows.into_iter().map(row).collect()),
            Answer::Page(page) => Answer::Page(PageRows {
                rows: page.rows.into_iter().map(|(record, order)| (row(record), order)).collect(),
                more: page.more,
                total: page.total,
            }),
            Answer::Reached(lists) => Answer::Reached(lists.into_iter().map(|list| list.into_iter().map(row).collect()).collect()),
            Answer::Groups(groups) => Answer::Groups(groups),
        };
        // Found by several keys, by identifier or number, rows come in no order.
        let sorted = |answer: &Answer| match answer {
            Answer::Rows(rows) => {
                let mut rows: Vec<_> = rows.iter().map(|row| format!("{row:?}")).collect();
                rows.sort_unstable();
                rows
            }
            other => vec![format!("{other:?}")],
        };
        assert_eq!(sorted(&decoded), sorted(&later));
    }
    decoded
}

/// The moment of all tests: noon in Shanghai.
pub(super) fn now() -> DateTime<Utc> {
    "2026-06-15T04:00:00Z".parse().unwrap()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The nth certificate, whose data decide its index values.
pub(super) fn version(n: u32, data: &Json) -> NewVersion {
    let (id, record_id) = (Uuid::now_v7(), Uuid::now_v7());
    let updated_at = now() + TimeDelta::seconds(i64::from(n));
    let row = CertificateRow {
        id,
        record_id,
        type_name: PERMIT.into(),
        type_version: "1.0.0".into(),
        schema_digest: "0".repeat(64),
        identifier: format!("1.2.156.3005.2.11990000000000GX2C901.{ISSUER}.{n:05}.001.X"),
        version: 1,
        number: format!("测许（2026）{n:05}"),
        issuer: ISSUER.into(),
        issued_on: day("2026-01-01") + TimeDelta::days(i64::from(n % 7)),
        valid_from: Some(day("2026-01-01")),
        valid_to: Some(day("2029-01-01")),
        event_status: CertificateStatus::Valid,
        status_scheme: "GeneralStatus".into(),
        status_code: "01".into(),
        event_seq: 0,
        updated_at,
        current_id: id,
        previous_id: None,
        statement: format!("{{\"number\":{n},\"note\":\"字节 \u{0001} 原样\"}}").into(),
        signature: vec![0x30, 0, 0xff, (n % 256) as u8].into(),
        signer: "signer-one".into(),
    };
    NewVersion {
        event: event(&row, 0, "issue", CertificateStatus::Valid, updated_at),
        attachments: Vec::new(),
        number_is_personal: false,
        holder_codes: vec!["91990000MAH0TEXT1J".into()],
        slots: slots(data.as_object().unwrap()),
        succeeds: None,
        rules: Vec::new(),
        idempotency: None,
        reservations: Vec::new(),
        raises: None,
        outbox: vec![OutboxMessage { id: Uuid::now_v7(), kind: "certificate.issued".into(), version_id: id, at: updated_at }],
        audit: access(id, updated_at),
        row,
    }
}

pub(super) fn slots(data: &Map<String, Json>) -> Vec<(Column, Value)> {
    slots_of(&permit(), data)
}

pub(super) fn slots_of(ty: &CertificateType, data: &Map<String, Json>) -> Vec<(Column, Value)> {
    let searchable = ty.fields.iter().filter_map(|field| Some((indexed(ty, &field.name)?, data.get(&field.name))));
    searchable
        .map(|(found, value)| {
            (found.column, value.and_then(|value| stored(found.form, found.opaque, value)).unwrap_or_else(|| absent(found.column)))
        })
        .collect()
}

/// The next version of a certificate that stands at `event_seq`.
pub(super) fn successor(old: &NewVersion, n: u32) -> NewVersion {
    let mut new = version(n, &serde_json::json!({}));
    new.slots.clone_from(&old.slots);
    new.row.record_id = old.row.record_id;
    new.row.version = old.row.version + 1;
    new.row.number.clone_from(&old.row.number);
    new.row.previous_id = Some(old.row.id);
    new.event = event(&new.row, 0, "amend", CertificateStatus::Valid, new.row.updated_at);
    let mut superseded = event(&old.row, 1, "amend", CertificateStatus::Superseded, new.row.updated_at);
    superseded.statement = Some("{\"seq\":1}".into());
    superseded.signature = Some(vec![1, 2, 3].into());
    superseded.signer = Some("signer-two".into());
    new.succeeds = Some(Succession { version_id: old.row.id, event_seq: 0, event: superseded });
    new
}

pub(super) fn change(of: &NewVersion, seq: i32, status: CertificateStatus) -> StatusChange {
    let at = now() + TimeDelta::hours(i64::from(seq));
    let mut event = event(&of.row, seq, "suspend", status, at);
    event.code = "02".into();
    event.reason = Some("测试".into());
    StatusChange {
        version_id: of.row.id,
        record_id: of.row.record_id,
        expected_seq: seq - 1,
        event,
        outbox: Vec::new(),
        audit: access(of.row.id, at),
    }
}

fn event(row: &CertificateRow, seq: i32, operation: &str, status: CertificateStatus, at: DateTime<Utc>) -> EventRow {
    EventRow {
        id: Uuid::now_v7(),
        version_id: row.id,
        record_id: row.record_id,
        seq,
        operation: operation.into(),
        operation_code: None,
        scheme: row.status_scheme.clone(),
        code: row.status_code.clone(),
        status,
        reason: None,
        actor: "test".into(),
        at,
        statement: None,
        signature: None,
        signer: None,
    }
}

pub(super) fn access(version_id: Uuid, at: DateTime<Utc>) -> AccessEvent {
    AccessEvent {
        id: Uuid::now_v7(),
        at,
        actor: "test".into(),
        role: "issuer".into(),
        kind: "issue".into(),
        type_name: Some(PERMIT.into()),
        version_id: Some(version_id),
        purpose: None,
        outcome: "ok".into(),
        count: 1,
        wrote: None,
        rules: None,
        salt: Some([7; 32]),
    }
}

/// Commits one version that must be sound.
pub(super) async fn put(store: &Store, version: &NewVersion) -> Uuid {
    let mut answers = store.commit(vec![version.clone()], false).await.unwrap();
    answers.remove(0).unwrap()
}

/// Chance that comes out the same each time.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % end as u64) as usize
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
