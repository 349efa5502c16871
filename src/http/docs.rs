//! Interface documents (对接文档): of the registered types, for anybody; of a type as it is granted to a department, for the department.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::Utc;
use verify::messages::Lang;

use super::error::{Refusal, not_found};
use super::graphql::form;
use super::{auth, caller};
use crate::documents;
use crate::hub::Hub;
use crate::interfaces::{self, InterfaceError, Interfaces, Wanted};

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

/// `/docs/interfaces/<TypeName>` as HTML, `/docs/interfaces/<TypeName>.pdf`, to whoever calls with the department's token; administrators
/// add `?department=`. `?lang=en`, `?item=` (the matter that the samples are for).
pub(super) fn interfaces() -> Router<Arc<Hub>> {
    let made = Arc::new(Interfaces::default());
    Router::new().route(
        "/docs/interfaces/{file}",
        get(move |State(hub): State<Arc<Hub>>, headers: HeaderMap, Path(file): Path<String>, RawQuery(query): RawQuery| {
            let made = made.clone();
            async move {
                let query = query.unwrap_or_default();
                interface(&made, &hub, &headers, &file, &query).await.unwrap_or_else(IntoResponse::into_response)
            }
        }),
    )
}

async fn interface(made: &Interfaces, hub: &Arc<Hub>, headers: &HeaderMap, file: &str, query: &str) -> Result<Response, Refusal> {
    let actor = auth::actor(hub, headers).await?;
    let asked = |name: &str| form(query).find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value);
    let lang = match asked("lang").as_deref() {
        Some("en") => Lang::En,
        Some(_) => Lang::Zh,
        None => caller::lang(headers),
    };
    let (type_name, printed) = file.strip_suffix(".pdf").map_or((file, false), |name| (name, true));
    let wanted = Wanted { type_name: type_name.to_owned(), department: asked("department"), item: asked("item"), lang };
    let now = Utc::now();
    let failed = |error: InterfaceError| match error.told(lang) {
        Some((code, message)) => Refusal::new(code, message),
        None => {
            tracing::error!(%error, type_name, "an interface document cannot be made");
            Refusal::new("INTERNAL", "系统内部错误，已记录 / an internal error; it has been logged")
        }
    };
    let document = made.document(hub, &actor, &wanted, now).await.map_err(failed)?;
    if !printed {
        return Ok(html(interfaces::page(&document, lang)));
    }
    let pdf = interfaces::pdf(hub, &document, lang, now).await.map_err(failed)?;
    let name = format!("inline; filename=\"interface-{type_name}.pdf\"");
    Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)], pdf).into_response())
}

fn html(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}
