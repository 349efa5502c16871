//! HTTP: routes, who is calling, and what leaves.
//!
//! ```text
//! graphql.rs   GraphQL over HTTP      auth.rs      bearer token → actor
//! files.rs     certificate files     caller.rs    purpose and language of a call
//! pages.rs     the hub's own pages   headers.rs   security headers, CORS
//! health.rs    live, ready           error.rs     refusals as JSON
//! docs.rs      interface documents   well_known.rs who this hub is, signed
//! oauth.rs     access tokens         address.rs   where a call comes from
//! rate_limits.rs how a caller stands at his limits
//! serving.rs   connections            tls.rs       certificate and key of the listener
//! progress.rs  whoever takes no answer
//! share/       GB/T 36906 as JSON
//! ```

mod address;
mod auth;
mod bodies;
mod caller;
mod docs;
mod error;
mod files;
mod graphql;
mod headers;
mod health;
mod log;
mod oauth;
mod pages;
mod progress;
mod rate_limits;
mod revocations;
mod serving;
mod share;
mod tls;
mod well_known;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::hub::Hub;

pub use serving::{Patience, serve};
pub use tls::{Tls, TlsError, TlsFiles};

/// Largest request body, in bytes: the largest document that is verified, in Base64, and room for what stands around it.
const MAX_BODY: usize = 24 << 20;

/// How long a request may take, its body included: a batch of a thousand takes some seconds.
const DEADLINE: Duration = Duration::from_secs(60);

/// Every route of the hub.
pub fn router(hub: Arc<Hub>) -> Router {
    let cors = headers::cors(&hub.settings.cors_origins);
    let by_tls = hub.settings.public_url.starts_with("https://");
    // Together: each layer that a router is given by itself costs every request a box and a copy of all that lies within.
    let around = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http().make_span_with(headers::span))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, DEADLINE))
        .map_response(move |response| headers::secured(response, by_tls));
    Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::other_method))
        .route("/graphql/schema.graphql", get(graphql::sdl))
        .merge(share::routes())
        .route("/.well-known/zhengzhao.json", get(well_known::identity))
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/tile/{*path}", get(log::tile))
        .merge(oauth::published())
        .layer(cors)
        .merge(oauth::routes())
        .route("/log/receipt/{event}", get(log::receipt))
        .route("/certificates/{file}", get(files::certificate))
        .route("/copies/{file}", get(files::copy))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/docs", get(docs::index))
        .route("/docs/types/{name}", get(docs::of_type))
        .merge(docs::interfaces())
        .route("/revocations/{name}", get(revocations::list))
        .merge(pages::routes())
        .fallback(pages::missing)
        .layer(DefaultBodyLimit::disable())
        .layer(axum::middleware::from_fn(bodies::bounded))
        .layer(around)
        .with_state(hub)
}
