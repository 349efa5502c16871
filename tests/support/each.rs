//! A test of behaviour runs on SQLite and, where `ZHENGZHAO_TEST_POSTGRES` names a server, on PostgreSQL: each in a database of
//! its own.

use sea_orm::{ConnectionTrait, Database};
use uuid::Uuid;

/// Runs `test` with the URL of an empty database, once for each kind.
pub(crate) async fn on_each<F: Future<Output = ()>>(test: impl Fn(String) -> F) {
    let folder = tempfile::tempdir().unwrap();
    test(format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    on_postgres(test).await;
}

/// Runs `test` with the URL of an empty PostgreSQL database, where there is a server.
pub(crate) async fn on_postgres<F: Future<Output = ()>>(test: impl Fn(String) -> F) {
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
pub(crate) mod execute {
    use sea_orm::{ConnectionTrait, Database, DbBackend, QueryResult, Statement};

    pub(crate) async fn sql(url: &str, sql: &str) -> u64 {
        super::run(url, sql).await
    }

    /// Every text of every table, whatever made it: table, column and value, bytes read as UTF-8.
    pub(crate) async fn dump(url: &str) -> Vec<(String, String, String)> {
        let database = Database::connect(url).await.unwrap();
        let ask = async |sql: &str| database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
        let tables = match database.get_database_backend() {
            DbBackend::Postgres => "SELECT CAST(table_name AS text) FROM information_schema.tables WHERE table_schema = 'public'",
            _ => "SELECT name FROM sqlite_master WHERE type = 'table'",
        };
        let mut found = Vec::new();
        for table in ask(tables).await {
            let table: String = table.try_get_by_index(0).unwrap();
            for row in ask(&format!("SELECT * FROM {table}")).await {
                for column in row.column_names() {
                    let bytes =
                        |row: &QueryResult| row.try_get::<Vec<u8>>("", &column).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                    if let Ok(text) = row.try_get::<String>("", &column).or_else(|_| bytes(&row)) {
                        found.push((table.clone(), column, text));
                    }
                }
            }
        }
        database.close().await.unwrap();
        found
    }
}
