//! A test of behaviour runs on SQLite and, where `ZHENGZHAO_TEST_POSTGRES` names a server, on PostgreSQL: each in a database of
//! its own.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use uuid::Uuid;

/// Runs `test` with the URL of an empty database, once for each kind.
pub async fn on_each<F: Future<Output = ()>>(test: impl Fn(String) -> F) {
    let folder = tempfile::tempdir().unwrap();
    test(format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    match std::env::var("ZHENGZHAO_TEST_POSTGRES") {
        Err(_) => println!("PostgreSQL left out: ZHENGZHAO_TEST_POSTGRES is not set"),
        Ok(server) => {
            let name = format!("test_{}", Uuid::now_v7().simple());
            run(&server, &format!("CREATE DATABASE {name}")).await;
            test(in_database(&server, &name)).await;
            run(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// The URL with another database name; options behind `?` stay.
fn in_database(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, String::new()), |(address, options)| (address, format!("?{options}")));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    format!("{base}/{name}{options}")
}

async fn run(url: &str, sql: &str) -> u64 {
    let database = Database::connect(url).await.unwrap();
    let done = database.execute_unprepared(sql).await.unwrap().rows_affected();
    database.close().await.unwrap();
    done
}

/// Changes what is stored behind the hub's back, as an insider with the database password could.
pub mod execute {
    use super::{ConnectionTrait, Database, DatabaseConnection, Statement};

    pub async fn sql(url: &str, sql: &str) -> u64 {
        super::run(url, sql).await
    }

    /// What a tampering test puts back.
    pub struct Kept {
        statement: Vec<u8>,
        signature: Vec<u8>,
        number: String,
        valid_to: String,
    }

    pub async fn snapshot(url: &str, identifier: &str) -> Kept {
        let database = Database::connect(url).await.unwrap();
        let sql = format!("SELECT statement, signature, number, valid_to FROM certificate_version WHERE identifier = '{identifier}'");
        let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap().unwrap();
        let kept = Kept {
            statement: row.try_get("", "statement").unwrap(),
            signature: row.try_get("", "signature").unwrap(),
            number: row.try_get("", "number").unwrap(),
            valid_to: row.try_get("", "valid_to").unwrap(),
        };
        close(database).await;
        kept
    }

    pub async fn restore(url: &str, identifier: &str, kept: &Kept) {
        let database = Database::connect(url).await.unwrap();
        let values = [kept.statement.clone().into(), kept.signature.clone().into(), kept.number.clone().into(), kept.valid_to.clone().into()];
        let sql = format!("UPDATE certificate_version SET statement = $1, signature = $2, number = $3, valid_to = $4 WHERE identifier = '{identifier}'");
        database.execute_raw(Statement::from_sql_and_values(database.get_database_backend(), sql, values)).await.unwrap();
        close(database).await;
    }

    async fn close(database: DatabaseConnection) {
        database.close().await.unwrap();
    }
}
