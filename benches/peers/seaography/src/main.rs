//! seaography as its own examples set it up: entities registered, relations through data loaders, axum in front.
//! PORT on 127.0.0.1, `DATABASE_URL`; prints "ready" when it serves. As many worker threads as the process may use cores.

mod entities;

use std::error::Error;
use std::sync::LazyLock;

use async_graphql_axum::GraphQL;
use axum::Router;
use axum::routing::post_service;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use seaography::async_graphql::dynamic::{Schema, SchemaError};
use seaography::{Builder, BuilderContext};
use tokio::net::TcpListener;

use entities::{authority, employer_certificate, safety_officer_certificate};

static CONTEXT: LazyLock<BuilderContext> = LazyLock::new(BuilderContext::default);

/// Connections to PostgreSQL, as many as the other peers have.
const CONNECTIONS: u32 = 10;

fn schema(database: DatabaseConnection) -> Result<Schema, SchemaError> {
    let mut builder = Builder::new(&CONTEXT, database.clone());
    seaography::register_entity!(builder, authority, mutation: false);
    seaography::register_entity!(builder, employer_certificate, mutation: false);
    seaography::register_entity!(builder, safety_officer_certificate, mutation: false);
    builder.schema_builder().data(database).finish()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut options = ConnectOptions::new(std::env::var("DATABASE_URL")?);
    options.max_connections(CONNECTIONS).sqlx_logging(false);
    let schema = schema(Database::connect(options).await?)?;
    if std::env::args().nth(1).as_deref() == Some("sdl") {
        println!("{}", schema.sdl());
        return Ok(());
    }
    let port: u16 = std::env::var("PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("ready");
    Ok(axum::serve(listener, Router::new().route("/graphql", post_service(GraphQL::new(schema)))).await?)
}
