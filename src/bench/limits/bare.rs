//! A bare axum handler with prepared statements through the hub's driver, on the hub's own tables; and a constant answer.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::registry::Registry;
use sqlx::postgres::{PgPool, PgPoolOptions, PgRow};
use sqlx::{Row as _, query};
use uuid::Uuid;

use super::rows::{Leaves, Out};
use crate::bench::BenchError;
use crate::store::{Store, StoreSettings};

const TYPE: &str = "SafetyOfficerCertificate";
/// As the hub's own default.
const CONNECTIONS: u32 = 16;

pub(super) const POINT: &str =
    "SELECT id, identifier, number, version, issued_on, valid_from, valid_to, statement FROM certificate_version WHERE id = $1";
pub(super) const HELD: &str = "SELECT v.id, v.identifier, v.number, v.valid_to, v.issuer, a.name, v.statement FROM certificate_holder h \
    JOIN certificate_version v ON v.id = h.id JOIN authority a ON a.code = v.issuer \
    WHERE h.holder_key = $1 AND h.type_name = 'SafetyOfficerCertificate' ORDER BY h.id LIMIT 20";
const EMPLOYERS: &str = "SELECT h.holder_key, v.id, v.number, v.valid_to, v.statement FROM certificate_holder h \
    JOIN certificate_version v ON v.id = h.id WHERE h.holder_key = ANY($1) \
    AND h.type_name IN ('ConstructionEnterpriseQualification', 'SafetyProductionLicence', 'BusinessLicence') ORDER BY h.holder_key, h.id DESC";

struct Bare {
    pool: PgPool,
    /// For its opaque keys.
    store: Store,
    /// The page of W3, on the slot that the category lies in.
    page: String,
    /// The statistics of W4, on the same slot.
    statistics: String,
    /// Spaces and a zero: JSON of any length, cut from its end.
    constant: Bytes,
}

/// Longest constant answer, in bytes.
const CONSTANT: usize = 1 << 20;

type Answer = Result<Response, Refused>;

/// Serves until the process ends.
///
/// # Errors
/// The address or the database.
pub async fn serve(address: SocketAddr, database: &str, settings: StoreSettings) -> Result<(), BenchError> {
    let store = Store::open(&settings).await?;
    let category = slot(&crate::registration::load(&store, &Registry::empty()).await?, "categoryCode")?;
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(database).await;
    let pool = pool.map_err(|error| BenchError::Database(error.to_string()))?;
    let page = page(&category);
    let statistics = format!(
        "SELECT {category}, substr(valid_to, 1, 4), count(*) FROM certificate_index WHERE type_name = 'SafetyOfficerCertificate' GROUP BY 1, 2"
    );
    let constant = Bytes::from([vec![b' '; CONSTANT - 1], vec![b'0']].concat());
    let state = Arc::new(Bare { pool, store, page, statistics, constant });
    let router = Router::new()
        .route("/ready", get(async || "ready"))
        .route("/constant/{size}", get(constant_answer))
        .route("/w1/{id}", get(point))
        .route("/w2/{holder}", get(held))
        .route("/w3/{category}/{after}", get(page_after))
        .route("/w4", get(counted))
        .with_state(state);
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| BenchError::tool(address.to_string(), error))?;
    axum::serve(listener, router).await.map_err(|error| BenchError::tool("serving", error))
}

/// The statement of W3, with the column of the category.
pub(super) fn page(category: &str) -> String {
    format!(
        "SELECT v.id, v.identifier, v.number, v.valid_to, v.issuer, a.name, v.statement FROM certificate_index i \
         JOIN certificate_version v ON v.id = i.id JOIN authority a ON a.code = v.issuer \
         WHERE i.type_name = 'SafetyOfficerCertificate' AND i.{category} = $1 AND i.id > $2 ORDER BY i.id LIMIT 51"
    )
}

/// The column in which a property of the officers' certificates lies.
///
/// # Errors
/// It is not searchable.
pub(in crate::bench) fn slot(registry: &Registry, property: &str) -> Result<String, BenchError> {
    let missing = || BenchError::Foreign(format!("{TYPE} has no searchable {property}"));
    let ty = registry.get(TYPE).ok_or_else(missing)?.ty.clone();
    let model::plan::Column::Slot(slot) = model::plan::indexed(&ty, property).ok_or_else(missing)?.column else { return Err(missing()) };
    let family = match slot.family {
        model::registry::SlotFamily::Text => 't',
        model::registry::SlotFamily::Date => 'd',
        model::registry::SlotFamily::Number => 'n',
    };
    Ok(format!("{family}{}", slot.number))
}

async fn constant_answer(State(bare): State<Arc<Bare>>, Path(size): Path<usize>) -> Response {
    let body = bare.constant.slice(CONSTANT - size.clamp(1, CONSTANT)..);
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn counted(State(bare): State<Arc<Bare>>) -> Answer {
    let rows = query(sqlx::AssertSqlSafe(bare.statistics.as_str())).fetch_all(&bare.pool).await?;
    let mut out = Out::new();
    out.open('[');
    for row in &rows {
        out.item('{')
            .text("categoryCode", row.try_get(0)?)
            .text("validToYear", row.try_get(1)?)
            .number("count", row.try_get(2)?)
            .close('}');
    }
    out.close(']');
    Ok(json(out))
}

async fn point(State(bare): State<Arc<Bare>>, Path(id): Path<Uuid>) -> Answer {
    let row = query(POINT).bind(id).fetch_one(&bare.pool).await?;
    let leaves = Leaves::read(row.try_get("statement")?)?;
    let mut out = Out::new();
    out.open('{').uuid("id", row.try_get("id")?).text("identifier", row.try_get("identifier")?).text("number", row.try_get("number")?);
    out.number("version", row.try_get("version")?);
    for name in ["issued_on", "valid_from", "valid_to"] {
        out.text(name, row.try_get(name)?);
    }
    out.raw("personName", leaves.person_name).raw("birthDate", leaves.birth_date).raw("employerName", leaves.employer_name);
    out.raw("employerCreditCode", Some(leaves.employer_credit_code)).raw("major", leaves.major).close('}');
    Ok(json(out))
}

async fn held(State(bare): State<Arc<Bare>>, Path(holder): Path<String>) -> Answer {
    let rows = query(HELD).bind(&holder).fetch_all(&bare.pool).await?;
    with_employers(&bare, &rows).await
}

async fn page_after(State(bare): State<Arc<Bare>>, Path((category, after)): Path<(String, Uuid)>) -> Answer {
    let rows = query(sqlx::AssertSqlSafe(bare.page.as_str())).bind(&category).bind(after).fetch_all(&bare.pool).await?;
    with_employers(&bare, &rows[..rows.len().min(50)]).await
}

/// The rows, each with its issuer and its employer's certificates, which a second statement finds for all.
async fn with_employers(bare: &Bare, rows: &[PgRow]) -> Answer {
    let leaves = rows.iter().map(|row| Leaves::read(row.try_get("statement")?)).collect::<Result<Vec<_>, Refused>>()?;
    let keys: Vec<String> = leaves.iter().map(|one| bare.store.opaque(one.employer_credit_code.get().trim_matches('"'))).collect();
    let mut distinct = keys.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let found = query(EMPLOYERS).bind(&distinct).fetch_all(&bare.pool).await?;
    let mut by_employer: HashMap<&str, Vec<&PgRow>> = HashMap::new();
    for row in &found {
        by_employer.entry(row.try_get("holder_key")?).or_default().push(row);
    }
    let mut out = Out::new();
    out.open('[');
    for ((row, leaves), key) in rows.iter().zip(&leaves).zip(&keys) {
        out.item('{').uuid("id", row.try_get("id")?).text("identifier", row.try_get("identifier")?).text("number", row.try_get("number")?);
        out.raw("personName", leaves.person_name).text("validTo", row.try_get("valid_to")?);
        out.key("issuer").open('{').text("code", row.try_get("issuer")?).text("name", row.try_get("name")?).close('}');
        out.key("employerCertificates").open('[');
        for employer in by_employer.get(key.as_str()).into_iter().flatten().take(3) {
            let leaves = Leaves::type_name(employer.try_get("statement")?)?;
            out.item('{').uuid("id", employer.try_get("id")?).raw("name", Some(leaves)).text("number", employer.try_get("number")?);
            out.text("validTo", employer.try_get("valid_to")?).close('}');
        }
        out.close(']').close('}');
    }
    out.close(']');
    Ok(json(out))
}

fn json(out: Out) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], out.into_bytes()).into_response()
}

pub(super) struct Refused(String);

impl<E: std::error::Error> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}
