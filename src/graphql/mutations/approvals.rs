//! Approving and refusing what another person asked for: the administrators'.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use serde_json::Value as Json;
use uuid::Uuid;
use verify::messages::Lang;

use crate::approvals::ApprovalError;
use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::sensitive::{Basis, basis};
use crate::graphql::types::{approval, own};
use crate::store::ApprovalRow;

pub(super) fn fields(mutation: Object) -> Object {
    mutation
        .field(
            Field::new("approve", TypeRef::named(approval::APPROVAL), |context| answer(context, approve))
                .description(
                    "批准他人的申请，随即按其原样办理一次 / carries out what another person asked for, exactly as it was asked, once",
                )
                .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID))),
        )
        .field(
            Field::new("refuseApproval", TypeRef::named(approval::APPROVAL), |context| answer(context, refuse))
                .description("拒绝申请；申请人可以此撤回自己的 / refuses it, or takes one's own back")
                .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)))
                .argument(InputValue::new("reason", TypeRef::named_nn(TypeRef::STRING)).description("理由，至多500字")),
        )
}

fn id(context: &ResolverContext<'_>) -> Result<Uuid, ApiError> {
    own::id(arguments::text(context.args.as_index_map(), "id")).ok_or_else(|| ApiError::Input {
        path: "id".into(),
        zh: "不是申请的 id".into(),
        en: "is no id of a request".into(),
    })
}

async fn approve<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let approvals = &ask.hub.approvals;
    let row = approvals.to_decide(id(&context)?, &ask.caller, ask.now).await?;
    let asker = approvals.asker(&row).await?;
    let arguments: Json = serde_json::from_str(&row.arguments).map_err(|error| ApiError::Bug(format!("{}: {error}", row.id)))?;
    if !is_as_it_was(&ask, &row, &arguments).await? {
        let changed = ApprovalError::changed();
        let by = ask.caller.actor.person.as_ref().map(|person| person.name.to_string()).unwrap_or_default();
        approvals.lapse(&row, &changed.message(Lang::Zh), &by, &ask.caller, ask.now).await?;
        return Err(changed.into());
    }
    approvals.approve(&row, &ask.caller, ask.now).await?;
    let done = ask.hub.graph.carry_out(&ask.hub, asker, (ask.lang, ask.now), &row.mutation, &arguments).await;
    approvals.ended(row.id, done.as_ref().err().map(|(_, message)| message.as_str())).await?;
    match done {
        Ok(()) => Ok(Some(FieldValue::owned_any(approvals.of(row.id).await?))),
        Err((code, message)) => Err(ApiError::NotDone { code, message }),
    }
}

/// Does what it was asked upon still stand as it did?
async fn is_as_it_was(ask: &Ask, row: &ApprovalRow, arguments: &Json) -> Result<bool, ApiError> {
    let Ok(Value::Object(args)) = Value::from_json(arguments.clone()) else {
        return Err(ApiError::Bug(format!("{}: the arguments are no object", row.id)));
    };
    match basis(ask, &row.mutation, &args).await {
        Ok(Basis::Of(basis)) => Ok(basis == row.basis),
        Ok(Basis::Faulty(_)) => Ok(false),
        Err(error @ (ApiError::Store(_) | ApiError::Bug(_))) => Err(error),
        // It cannot be done any more.
        Err(_) => Ok(false),
    }
}

async fn refuse<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let reason = arguments::text(context.args.as_index_map(), "reason").unwrap_or_default();
    let id = id(&context)?;
    ask.hub.approvals.refuse(id, &reason, &ask.caller, ask.now).await?;
    Ok(Some(FieldValue::owned_any(ask.hub.approvals.of(id).await?)))
}
