//! A test of behaviour runs on SQLite and, where `ZHENGZHAO_TEST_POSTGRES` names a server, on PostgreSQL: each in a database of
//! its own.

use sea_orm::{ConnectionTrait, Database};
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
    pub async fn sql(url: &str, sql: &str) -> u64 {
        super::run(url, sql).await
    }
}
