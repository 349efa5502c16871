//! `/log/checkpoint`, `/log/tile/…`: the transparency log, open to everybody (C2SP tlog-tiles); it holds commitments and no event.
//! `/log/receipt/<event>`: the proof for one event, to who caused it and to administrators.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use model::actor::Role;
use serde_json::json;
use uuid::Uuid;

use super::error::{Refusal, not_found};
use super::{auth, caller};
use crate::hub::Hub;
use crate::transparency::LogError;

/// What never changes may be kept for ever; how wide a tile is stands in its name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const SHORTLY: &str = "public, max-age=1";

pub(super) async fn checkpoint(State(hub): State<Arc<Hub>>) -> Response {
    served(&hub, "checkpoint", "text/plain; charset=utf-8", SHORTLY).await
}

pub(super) async fn tile(State(hub): State<Arc<Hub>>, Path(path): Path<String>) -> Response {
    served(&hub, &format!("tile/{path}"), "application/octet-stream", FOR_EVER).await
}

async fn served(hub: &Hub, path: &str, media: &'static str, kept: &'static str) -> Response {
    match hub.transparency.served(path).await {
        Ok(Some(bytes)) => ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, kept)], bytes).into_response(),
        Ok(None) => not_found().await.into_response(),
        Err(error) => failed(&error).into_response(),
    }
}

pub(super) async fn receipt(State(hub): State<Arc<Hub>>, headers: HeaderMap, Path(event): Path<String>) -> Response {
    proved(&hub, &headers, &event).await.unwrap_or_else(IntoResponse::into_response)
}

async fn proved(hub: &Arc<Hub>, headers: &HeaderMap, event: &str) -> Result<Response, Refusal> {
    let actor = auth::actor(hub, headers).await?;
    let lang = caller::lang(headers);
    let unknown = || {
        Refusal::new(
            "NOT_FOUND",
            match lang {
                verify::Lang::Zh => "没有这一访问记录，或尚未入册，或无权查看",
                verify::Lang::En => "there is no such access event, it has no place in the log yet, or it is not yours",
            },
        )
    };
    let id: Uuid = event.parse().map_err(|_| unknown())?;
    let proved = hub.transparency.receipt(id).await.map_err(|error| failed(&error))?.ok_or_else(unknown)?;
    // Whoever caused it may show it, and a holder what was done with a certificate of his; nobody else learns that it is there.
    let holder = actor.holder.as_ref().filter(|_| actor.role == Role::Holder);
    let allowed = match holder {
        Some(key) => hub.store.is_about(key, id).await.map_err(|error| {
            tracing::error!(%error, "store failed");
            Refusal::new("UNAVAILABLE", "数据库暂时不可用 / the database cannot answer now")
        })?,
        None => {
            actor.administers()
                || (proved.event.actor == *actor.name && proved.event.role == role(&actor) && under(&actor, proved.event.rules.as_deref()))
        }
    };
    if !allowed {
        return Err(unknown());
    }
    Ok(Json(json!({ "event": proved.text, "receipt": proved.receipt })).into_response())
}

/// Agents of one portal share a name, and each has a mandate of its own.
fn under(actor: &model::actor::Actor, rules: Option<&str>) -> bool {
    actor.mandate.as_deref().is_none_or(|mandate| rules.is_some_and(|rules| rules.split(',').any(|rule| rule == mandate)))
}

fn role(actor: &model::actor::Actor) -> String {
    serde_json::to_value(actor.role).ok().and_then(|role| role.as_str().map(str::to_owned)).unwrap_or_default()
}

fn failed(error: &LogError) -> Refusal {
    tracing::error!(%error, "the transparency log cannot answer");
    Refusal::new("UNAVAILABLE", "日志暂时不可用 / the log cannot answer now")
}
