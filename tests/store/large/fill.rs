//! A large database, made by SQL: skewed, several types, no certificate of it signed.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use zhengzhao::store::Store;

use crate::store::sample::{ISSUER, PERMIT};
use crate::support::each::execute;

/// Types beside [`PERMIT`]: half as many, and one in a thousand.
pub(super) const OTHER: &str = "StorePermitB";
pub(super) const RARE: &str = "StorePermitC";
/// Holds a tenth of all, the newest among them but a few.
pub(super) const GREAT: &str = "91990000MAH0GREAT1";
/// Holds three.
pub(super) const SMALL: &str = "91990000MAH0SMALL1";

/// How many certificates; `ZHENGZHAO_TEST_ROWS` says otherwise.
pub(super) fn rows() -> u64 {
    std::env::var("ZHENGZHAO_TEST_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000)
}

/// One connection, so that settings hold.
pub(super) async fn connection(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// The nth certificate's id.
pub(super) fn id(n: u64) -> String {
    format!("01900000-0000-7000-8000-{n:012x}")
}

const BIG: [&str; 5] = ["certificate", "certificate_version", "certificate_event", "certificate_index", "certificate_holder"];

/// Fills the tables; indexes are laid over them afterwards, which is quicker.
pub(super) async fn fill(store: &Store, url: &str) {
    let rows = rows();
    let database = connection(url).await;
    let quoted = BIG.map(|table| format!("'{table}'")).join(", ");
    let indexes = format!(
        "SELECT string_agg(indexdef, '; '), string_agg('DROP INDEX ' || indexname, '; ') FROM pg_indexes \
         WHERE tablename IN ({quoted}) AND indexname NOT LIKE '%_pkey'"
    );
    let found = database.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, indexes)).await.unwrap().unwrap();
    let (lay, drop): (String, String) = (found.try_get_by_index(0).unwrap(), found.try_get_by_index(1).unwrap());
    let id = "CAST('01900000-0000-7000-8000-' || lpad(to_hex(g), 12, '0') AS uuid)";
    let record = "CAST('01900000-0000-7000-9000-' || lpad(to_hex(g), 12, '0') AS uuid)";
    let kind = format!("CASE WHEN g % 1000 = 0 THEN '{RARE}' WHEN g % 3 = 0 THEN '{OTHER}' ELSE '{PERMIT}' END");
    // Few values are frequent, many are rare.
    let label = "CASE WHEN g % 11 = 0 THEN '' ELSE '标' || lpad(CAST(floor(power(h, 4) * 50000) AS text), 5, '0') END";
    let day = "CASE WHEN g % 13 = 0 THEN '' ELSE CAST(date '2020-01-01' + CAST(floor(h * 4000) AS int) AS text) END";
    let area = "CASE WHEN g % 17 = 0 THEN -9223372036854775808 ELSE CAST(floor(power(h, 3) * 1000000) AS bigint) * 1000000 END";
    let event = "CASE WHEN g % 20 = 7 THEN 'REVOKED' WHEN g % 100 = 3 THEN 'SUSPENDED' WHEN g % 1000 = 9 THEN 'OTHER' ELSE 'VALID' END";
    let issuer = format!("CASE WHEN g % 7 = 0 THEN '11990000000000GX' || lpad(CAST(g % 50 AS text), 2, '0') ELSE '{ISSUER}' END");
    let from = "CAST(date '2020-01-01' + CAST(g % 2500 AS int) AS text)";
    let updated = "1780000000000000 + g * 1000000";
    // Chance that comes out the same each time.
    let source = format!("(SELECT g, (hashint8(g) & 2147483647) / 2147483648.0 AS h FROM generate_series(CAST(1 AS bigint), {rows}) g) s");
    let great = store.opaque_holder(GREAT);
    let small = store.opaque_holder(SMALL);
    let holder = format!(
        "CASE WHEN g % 10 = 0 THEN '{great}' WHEN g IN (5, {rows} / 2 + 1, {rows} - 3) THEN '{small}' ELSE md5(CAST(g / 3 AS text)) END"
    );
    let secret = format!("CASE WHEN g % 5 = 0 THEN '' WHEN g % 50000 = 1 THEN '{}' ELSE md5(CAST(g AS text)) END", store.opaque("s1"));
    let number = "'测许2026' || lpad(CAST(g AS text), 9, '0')";
    for statement in [
        "SET maintenance_work_mem = '512MB'; SET synchronous_commit = off".to_owned(),
        drop,
        format!(
            "INSERT INTO certificate_index (id, record_id, type_name, number_key, issuer, issued_on, valid_from, valid_to, event_status, status_code, \
             updated, t1, t2, t3, t4, t5, t6, t7, t8, d1, d2, d3, d4, n1, n2, n3, n4, known_from, known_to) \
             SELECT {id}, {record}, {kind}, {number}, {issuer}, {from}, {from}, {day}, {event}, CASE WHEN g % 100 = 3 THEN '02' ELSE '01' END, {updated}, \
             {label}, {secret}, '', '', '', '', '', '', {day}, '', '', '', {area}, -9223372036854775808, -9223372036854775808, -9223372036854775808, \
             {updated}, 9223372036854775807 FROM {source}"
        ),
        format!(
            "INSERT INTO certificate_version (id, record_id, type_name, type_version, schema_digest, identifier, version, number, issuer, issued_on, \
             valid_from, valid_to, event_status, status_scheme, status_code, event_seq, updated_at, previous_id, statement, signature, signer, known_from, \
             known_to) SELECT {id}, {record}, {kind}, '1.0.0', '', 'urn:' || g, 1, {number}, {issuer}, {from}, {from}, {day}, {event}, 'GeneralStatus', '01', \
             0, {updated}, NULL, '{{}}', '', 'signer', {updated}, 9223372036854775807 FROM {source}"
        ),
        format!(
            "INSERT INTO certificate (id, type_name, issuer, number_key, current_id, current_version) SELECT {record}, {kind}, {issuer}, {number}, {id}, 1 FROM {source}"
        ),
        format!(
            "INSERT INTO certificate_holder (id, record_id, position, holder_key, type_name) SELECT {id}, {record}, 0, {holder}, {kind} FROM {source}"
        ),
        format!(
            "INSERT INTO certificate_event (id, version_id, record_id, seq, operation, scheme, code, status, actor, at, known_from, known_to) \
             SELECT {id}, {id}, {record}, 0, 'issue', 'GeneralStatus', '01', 'VALID', 'test', {updated}, {updated}, 9223372036854775807 FROM {source}"
        ),
        lay,
        format!("VACUUM (ANALYZE) {}", BIG[0]),
        format!("VACUUM (ANALYZE) {}", BIG[1]),
        format!("VACUUM (ANALYZE) {}", BIG[2]),
        format!("VACUUM (ANALYZE) {}", BIG[3]),
        format!("VACUUM (ANALYZE) {}", BIG[4]),
    ] {
        database.execute_unprepared(&statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    database.close().await.unwrap();
    // Nothing of this is for the store's own writing.
    assert_eq!(execute::sql(url, "DELETE FROM outbox").await, 0);
}
