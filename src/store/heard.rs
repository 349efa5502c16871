//! What a question is asked of the database: its statements, for tests of their plans.

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::Value;

use super::Store;
use super::sql::{Dialect, Parameter, Sql};

/// Statements of one store handle, in their order.
pub(super) type Heard = Arc<Mutex<Vec<Sql>>>;

impl Store {
    /// Runs `ask` with a handle whose reads are noted, and gives the texts as PostgreSQL gets them, each with its parameters as
    /// literals of SQL (`'a'::text`). For tests.
    #[doc(hidden)]
    pub async fn heard<F: Future>(&self, ask: impl FnOnce(Self) -> F) -> (F::Output, Vec<(String, Vec<String>)>) {
        let heard = Heard::default();
        let answer = ask(Self { heard: Some(heard.clone()), ..self.clone() }).await;
        let statements = std::mem::take(&mut *heard.lock().unwrap_or_else(PoisonError::into_inner));
        let written = statements.into_iter().map(|sql| {
            let (text, parameters) = sql.finish(Dialect::Postgres);
            (text, parameters.iter().map(literal).collect())
        });
        (answer, written.collect())
    }
}

fn literal(parameter: &Parameter) -> String {
    match parameter {
        Parameter::One(value) => format!("{}::{}", plain(value), kind(value)),
        Parameter::Array(values) => {
            let plain: Vec<String> = values.iter().map(plain).collect();
            format!("ARRAY[{}]::{}[]", plain.join(", "), values.first().map_or("text", kind))
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::BigInt(_) => "bigint",
        Value::Uuid(_) => "uuid",
        Value::Bytes(_) => "bytea",
        _ => "text",
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(Some(text)) => format!("'{}'", text.replace('\'', "''")),
        Value::BigInt(Some(number)) => format!("'{number}'"),
        Value::Uuid(Some(id)) => format!("'{id}'"),
        Value::Bytes(Some(bytes)) => format!("'\\x{}'", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        _ => "NULL".into(),
    }
}
