//! `sealCertificates`, `refuseSealing`: an officer's decisions on what waits in the queue.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use uuid::Uuid;

use crate::files::FileError;
use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::types::queue::{SEALED, SealedCell};

/// Certificates of one request.
const MOST: usize = 100;

pub(super) fn fields(mutation: Object) -> Object {
    mutation
        .field(
            Field::new("sealCertificates", TypeRef::named_nn_list_nn(SEALED), |context| answer(context, seal))
                .description("以颁发机构的印章签章，制作 PDF 与 OFD；逐份给出结果，至多100份 / puts the authority's seal to each")
                .argument(InputValue::new("ids", TypeRef::named_nn_list_nn(TypeRef::ID))),
        )
        .field(
            Field::new("refuseSealing", TypeRef::named_nn(SEALED), |context| answer(context, refuse))
                .description("拒绝签章并说明原因 / takes a certificate out of the queue without a seal")
                .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)))
                .argument(InputValue::new("reason", TypeRef::named_nn(TypeRef::STRING)).description("原因，至多500字")),
        )
}

async fn seal<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let ids = context
        .args
        .try_get("ids")
        .and_then(|ids| ids.list())
        .map(|ids| ids.iter().filter_map(|id| id.string().ok().map(str::to_owned)).collect::<Vec<_>>());
    let ids = ids.map_err(|error| ApiError::Bug(error.message))?;
    if ids.is_empty() || ids.len() > MOST {
        return Err(ApiError::Input {
            path: "ids".into(), zh: format!("须有1到{MOST}项"), en: format!("must have 1 to {MOST} entries")
        });
    }
    let mut cells = Vec::with_capacity(ids.len());
    for id in ids {
        let outcome = match id.parse::<Uuid>() {
            Ok(version) => ask.hub.files.seal(&ask.caller, version, ask.now).await,
            Err(_) => Err(FileError::Unknown),
        };
        cells.push(cell(&ask, id, outcome)?);
    }
    Ok(Some(FieldValue::list(cells.into_iter().map(FieldValue::owned_any))))
}

async fn refuse<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let (id, reason) = (arguments::text(args, "id").unwrap_or_default(), arguments::text(args, "reason").unwrap_or_default());
    let outcome = match id.parse::<Uuid>() {
        Ok(version) => ask.hub.files.refuse(&ask.caller, version, &reason, ask.now).await,
        Err(_) => Err(FileError::Unknown),
    };
    Ok(Some(FieldValue::owned_any(cell(&ask, id, outcome)?)))
}

/// What became of one: of several each is told, also where the fault is ours, since those before it are sealed.
fn cell(ask: &Ask, id: String, outcome: Result<(), FileError>) -> Result<SealedCell, ApiError> {
    match outcome {
        Ok(()) => Ok(SealedCell { id, refused: None }),
        Err(FileError::Store(error)) => Err(error.into()),
        Err(error) => match error.told(ask.lang) {
            Some(told) => Ok(SealedCell { id, refused: Some(told) }),
            None => {
                tracing::error!(%error, id, "a certificate cannot be sealed");
                let sentence = match ask.lang {
                    verify::Lang::Zh => "系统内部错误，已记录",
                    verify::Lang::En => "an internal error; it has been logged",
                };
                Ok(SealedCell { id, refused: Some(("INTERNAL", sentence.to_owned())) })
            }
        },
    }
}
