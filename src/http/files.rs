//! `/certificates/<identifier>.json`: a certificate's signed data, to a caller with the right and a purpose.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use model::actor::Caller;
use model::plan::{ById, PlanError, Request, evidence_by_keys, plan};

use super::error::Refusal;
use super::{auth, caller};
use crate::audit::{Entry, Kind};
use crate::hub::Hub;
use crate::store::{Answer, StoreError};

pub(super) async fn certificate(State(hub): State<Arc<Hub>>, headers: HeaderMap, Path(file): Path<String>) -> Response {
    answer(&hub, &headers, &file).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(hub: &Arc<Hub>, headers: &HeaderMap, file: &str) -> Result<Response, Refusal> {
    // No suffix routes: the identifier itself has dots.
    let Some((identifier, "json")) = file.rsplit_once('.') else {
        return Err(Refusal::new("NOT_FOUND", "目前只有 .json（签名数据） / .json (signed data) so far"));
    };
    let lang = caller::lang(headers);
    let caller = Caller { actor: auth::actor(hub, headers).await?, purpose: caller::purpose(headers, None)? };
    // The file holds everything: whoever reads it says what for.
    if caller.actor.administers() && caller.purpose.is_none() {
        return Err(Refusal::new("PURPOSE_REQUIRED", PlanError::PurposeRequired.message(lang)));
    }
    let now = Utc::now();
    let refuse = |error: PlanError| {
        let code = match &error {
            PlanError::Unauthenticated => "UNAUTHENTICATED",
            PlanError::Forbidden { .. } => "FORBIDDEN",
            PlanError::PurposeRequired => "PURPOSE_REQUIRED",
            PlanError::Input { .. } => "INVALID_INPUT",
            PlanError::Limit { .. } => "LIMIT_EXCEEDED",
        };
        Refusal::new(code, error.message(lang))
    };
    let failed = |error: StoreError| {
        tracing::error!(%error, "store failed");
        Refusal::new("UNAVAILABLE", "数据库暂时不可用 / the database cannot answer now")
    };
    let request = Request::ById(ById::of(vec![identifier.to_owned()]));
    let readable = plan(&request, &hub.registry.load(), &caller, now).map_err(refuse)?;
    let unknown = || Refusal::new("NOT_FOUND", "没有这份证照，或无权读取 / there is no such certificate, or no right to read it");
    let Answer::Rows(rows) = hub.store.run(&readable).await.map_err(failed)? else { return Err(unknown()) };
    let row = rows.first().ok_or_else(unknown)?;
    let evidence = hub.store.evidence(&evidence_by_keys(vec![row.id.to_string()]).map_err(refuse)?).await.map_err(failed)?;
    let envelope = hub.verification.export(evidence.first().ok_or_else(unknown)?, now);
    hub.audit.append(Entry::new(&caller, Kind::Download, now).of_version(&row.type_name, row.id)).await.map_err(failed)?;
    let name = format!("attachment; filename=\"{}.json\"", row.identifier);
    let text = envelope.to_json().map_err(|error| {
        tracing::error!(%error, id = %row.id, "a stored certificate cannot be exported");
        Refusal::new("INTERNAL", "系统内部错误，已记录 / an internal error; it has been logged")
    })?;
    Ok(([(header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response())
}
