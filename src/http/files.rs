//! `/certificates/<identifier>.pdf`, `.ofd`, `.json`: a certificate's file, or its signed data, to a caller with the right and a
//! purpose.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use model::actor::Caller;
use model::plan::{ById, PlanError, Request, evidence_by_keys, plan};
use uuid::Uuid;
use verify::messages::Lang;

use super::error::Refusal;
use super::{auth, caller};
use crate::audit::{Entry, Kind};
use crate::files::{FileError, Format};
use crate::hub::Hub;
use crate::store::rows::CertificateRow;
use crate::store::{Answer, StoreError};

pub(super) async fn certificate(State(hub): State<Arc<Hub>>, headers: HeaderMap, Path(file): Path<String>) -> Response {
    answer(&hub, &headers, &file).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(hub: &Arc<Hub>, headers: &HeaderMap, file: &str) -> Result<Response, Refusal> {
    // No suffix routes: the identifier itself has dots.
    let (identifier, wanted) = match file.rsplit_once('.') {
        Some((identifier, "json")) => (identifier, None),
        Some((identifier, extension)) if Format::of(extension).is_some() => (identifier, Format::of(extension)),
        _ => return Err(Refusal::new("NOT_FOUND", "只有 .pdf、.ofd 和 .json / there are .pdf, .ofd and .json")),
    };
    let lang = caller::lang(headers);
    let caller = Caller { actor: auth::actor(hub, headers).await?, purpose: caller::purpose(headers, None)? };
    // The file holds everything: whoever reads it says what for.
    if caller.actor.administers() && caller.purpose.is_none() {
        return Err(Refusal::new("PURPOSE_REQUIRED", PlanError::PurposeRequired.message(lang)));
    }
    let now = Utc::now();
    let row = readable(hub, &caller, identifier, lang, now).await?;
    let (media_type, bytes) = match wanted {
        Some(format) => {
            let made = hub.files.file(row.id, format, now).await.map_err(|error| no_file(&error, row.id, lang))?;
            (format.media_type(), made.bytes.to_vec())
        }
        None => ("application/json; charset=utf-8", signed_data(hub, &row, now).await?.into_bytes()),
    };
    hub.audit.append(Entry::new(&caller, Kind::Download, now).of_version(&row.type_name, row.id)).await.map_err(failed)?;
    let extension = wanted.map_or("json", Format::as_str);
    let name = format!("attachment; filename=\"{}.{extension}\"", row.identifier);
    Ok(([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// `/copies/<id>.pdf`, `.ofd`: a copy for one use, to whoever had it made.
pub(super) async fn copy(State(hub): State<Arc<Hub>>, headers: HeaderMap, Path(file): Path<String>) -> Response {
    copied(&hub, &headers, &file).await.unwrap_or_else(IntoResponse::into_response)
}

async fn copied(hub: &Arc<Hub>, headers: &HeaderMap, file: &str) -> Result<Response, Refusal> {
    let (id, format) = file
        .rsplit_once('.')
        .and_then(|(id, extension)| Some((id.parse::<Uuid>().ok()?, Format::of(extension)?)))
        .ok_or_else(|| Refusal::new("NOT_FOUND", "只有 <加注件>.pdf 与 .ofd / there are <copy>.pdf and .ofd"))?;
    let (lang, now) = (caller::lang(headers), Utc::now());
    let caller = Caller { actor: auth::actor(hub, headers).await?, purpose: caller::purpose(headers, None)? };
    let (made, copy) = hub.files.copy_file(&caller, id, format, now).await.map_err(|error| no_file(&error, id, lang))?;
    hub.audit.append(Entry::new(&caller, Kind::Download, now).of_many(None, 1).about(copy.version_id)).await.map_err(failed)?;
    let name = format!("attachment; filename=\"{id}.{}\"", format.as_str());
    let headers = [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, made.bytes.to_vec()).into_response())
}

/// The certificate, where the caller may read it; otherwise no difference to one that is not there.
async fn readable(hub: &Hub, caller: &Caller, identifier: &str, lang: Lang, now: DateTime<Utc>) -> Result<CertificateRow, Refusal> {
    let request = Request::ById(ById::of(vec![identifier.to_owned()]));
    let readable = plan(&request, &hub.registry.load(), caller, now).map_err(|error| refused(&error, lang))?;
    let Answer::Rows(rows) = hub.store.run(&readable).await.map_err(failed)? else { return Err(unknown()) };
    rows.into_iter().next().ok_or_else(unknown)
}

async fn signed_data(hub: &Hub, row: &CertificateRow, now: DateTime<Utc>) -> Result<String, Refusal> {
    let plan = evidence_by_keys(vec![row.id.to_string()]).map_err(|error| refused(&error, Lang::Zh))?;
    let evidence = hub.store.evidence(&plan).await.map_err(failed)?;
    let envelope = hub.verification.export(evidence.first().ok_or_else(unknown)?, now);
    envelope.to_json().map_err(|error| {
        tracing::error!(%error, id = %row.id, "a stored certificate cannot be exported");
        internal()
    })
}

fn refused(error: &PlanError, lang: Lang) -> Refusal {
    let code = match error {
        PlanError::Unauthenticated => "UNAUTHENTICATED",
        PlanError::Forbidden { .. } => "FORBIDDEN",
        PlanError::PurposeRequired => "PURPOSE_REQUIRED",
        PlanError::Input { .. } => "INVALID_INPUT",
        PlanError::Limit { .. } => "LIMIT_EXCEEDED",
    };
    Refusal::new(code, error.message(lang))
}

fn unknown() -> Refusal {
    Refusal::new("NOT_FOUND", "没有这份证照，或无权读取 / there is no such certificate, or no right to read it")
}

fn failed(error: StoreError) -> Refusal {
    tracing::error!(%error, "store failed");
    Refusal::new("UNAVAILABLE", "数据库暂时不可用 / the database cannot answer now")
}

fn internal() -> Refusal {
    Refusal::new("INTERNAL", "系统内部错误，已记录 / an internal error; it has been logged")
}

/// What a caller is told; what only the operator can mend goes to the log.
fn no_file(error: &FileError, id: Uuid, lang: Lang) -> Refusal {
    if let Some((code, message)) = error.told(lang) {
        return Refusal::new(code, message);
    }
    tracing::error!(%error, %id, "a certificate file cannot be made");
    internal()
}
