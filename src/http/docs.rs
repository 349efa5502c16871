//! Interface documents (对接文档) of the registered types.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::error::not_found;
use crate::documents;
use crate::hub::Hub;

pub(super) async fn index(State(hub): State<Arc<Hub>>) -> Response {
    html(documents::index(&hub.registry.load()))
}

/// `/docs/types/<TypeName>` as HTML, `/docs/types/<TypeName>.md` as Markdown.
pub(super) async fn of_type(State(hub): State<Arc<Hub>>, Path(name): Path<String>) -> Response {
    let registry = hub.registry.load();
    let shown = |name: &str| registry.get(name).filter(|known| known.state != model::registry::State::Draft).cloned();
    if let Some(known) = name.strip_suffix(".md").and_then(shown) {
        return (
            [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")],
            documents::markdown(&known.ty, &registry, &hub.settings.public_url),
        )
            .into_response();
    }
    match shown(&name) {
        Some(known) => html(documents::page(&documents::markdown(&known.ty, &registry, &hub.settings.public_url))),
        None => not_found().await.into_response(),
    }
}

fn html(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}
