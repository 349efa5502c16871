//! `/certificates/<identifier>.pdf`, `.ofd`, `.json`, `.p7m`: a certificate's file, or its signed data, to a caller with the right and
//! a purpose.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use model::actor::Caller;
use model::plan::{ById, PlanError, Request, evidence_by_keys, plan};
use uuid::Uuid;
use verify::Envelope;
use verify::messages::Lang;

use super::error::Refusal;
use super::{auth, caller};
use crate::audit::{Entry, Kind};
use crate::files::{FileError, Format};
use crate::hub::Hub;
use crate::store::rows::CertificateRow;
use crate::store::{Answer, StoreError};

/// What is asked for, by the extension.
#[derive(Clone, Copy)]
enum Wanted {
    /// Laid out and sealed.
    Document(Format),
    /// Signed data as JSON, with status and photos.
    Data,
    /// The signed statement alone, as a GB/T 35275 message.
    Message,
}

impl Wanted {
    fn of(extension: &str) -> Option<Self> {
        match extension {
            "json" => Some(Self::Data),
            "p7m" => Some(Self::Message),
            other => Format::of(other).map(Self::Document),
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Document(format) => format.as_str(),
            Self::Data => "json",
            Self::Message => "p7m",
        }
    }
}

pub(super) async fn certificate(State(hub): State<Arc<Hub>>, headers: HeaderMap, Path(file): Path<String>) -> Response {
    answer(&hub, &headers, &file).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(hub: &Arc<Hub>, headers: &HeaderMap, file: &str) -> Result<Response, Refusal> {
    // No suffix routes: the identifier itself has dots.
    let (identifier, wanted) = match file.rsplit_once('.') {
        Some((identifier, extension)) => (identifier, Wanted::of(extension)),
        None => (file, None),
    };
    let wanted =
        wanted.ok_or_else(|| Refusal::new("NOT_FOUND", "只有 .pdf、.ofd、.json 和 .p7m / there are .pdf, .ofd, .json and .p7m"))?;
    let lang = caller::lang(headers);
    let caller = caller::of(hub, auth::actor(hub, headers).await?, caller::purpose(headers, None)?, lang).await?;
    // The file holds everything: whoever reads it says what for.
    if caller.actor.administers() && caller.purpose.is_none() {
        return Err(Refusal::new("PURPOSE_REQUIRED", PlanError::PurposeRequired.message(lang)));
    }
    let now = Utc::now();
    let row = readable(hub, &caller, identifier, lang, now).await?;
    if !caller.actor.reads_whole(&row.type_name) {
        return Err(Refusal::new("FORBIDDEN", "授权只到字段，不含证照文件（files） / fields are granted, and no files: see myAccess"));
    }
    let (media_type, bytes) = match wanted {
        Wanted::Document(format) => {
            let made = hub.files.file(row.id, format, now).await.map_err(|error| no_file(&error, row.id, lang))?;
            (format.media_type(), made.bytes.to_vec())
        }
        Wanted::Data => ("application/json; charset=utf-8", signed_data(hub, &row, now, Envelope::to_json).await?.into_bytes()),
        Wanted::Message => ("application/pkcs7-mime; smime-type=signed-data", signed_data(hub, &row, now, Envelope::to_message).await?),
    };
    hub.audit
        .append(Entry::new(&caller, Kind::Download, now).of_version(&row.type_name, row.id).by(rules(&caller, &row.type_name)))
        .await
        .map_err(failed)?;
    let name = format!("attachment; filename=\"{}.{}\"", row.identifier, wanted.extension());
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
    let caller = caller::of(hub, auth::actor(hub, headers).await?, caller::purpose(headers, None)?, lang).await?;
    let (made, copy) = hub.files.copy_file(&caller, id, format, now).await.map_err(|error| no_file(&error, id, lang))?;
    hub.audit.append(Entry::new(&caller, Kind::Download, now).of_many(None, 1).about(copy.version_id)).await.map_err(failed)?;
    let name = format!("attachment; filename=\"{id}.{}\"", format.as_str());
    let headers = [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, made.bytes.to_vec()).into_response())
}

/// The grants, or the mandate, on which a reading of this type rests.
fn rules<'a>(caller: &'a Caller, type_name: &str) -> &'a [Arc<str>] {
    match &caller.actor.mandate {
        Some(mandate) => std::slice::from_ref(mandate),
        None => caller.actor.granted(type_name).map_or(&[], |rights| &rights.rules),
    }
}

/// The certificate, where the caller may read it; otherwise no difference to one that is not there.
async fn readable(hub: &Hub, caller: &Caller, identifier: &str, lang: Lang, now: DateTime<Utc>) -> Result<CertificateRow, Refusal> {
    let request = Request::ById(ById::of(vec![identifier.to_owned()]));
    let readable = plan(&request, &hub.registry.load(), caller, now).map_err(|error| refused(&error, lang))?;
    let Answer::Rows(rows) = hub.store.run(&readable).await.map_err(failed)? else { return Err(unknown()) };
    rows.into_iter().next().ok_or_else(unknown)
}

async fn signed_data<T, E: std::fmt::Display>(
    hub: &Hub,
    row: &CertificateRow,
    now: DateTime<Utc>,
    written: impl FnOnce(&Envelope) -> Result<T, E>,
) -> Result<T, Refusal> {
    let plan = evidence_by_keys(vec![row.id.to_string()]).map_err(|error| refused(&error, Lang::Zh))?;
    let evidence = hub.store.evidence(&plan).await.map_err(failed)?;
    let envelope = hub.verification.export(evidence.first().ok_or_else(unknown)?, now);
    written(&envelope).map_err(|error| {
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
