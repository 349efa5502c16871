//! Suspend, resume, revoke, cancel: status events on a current version, of any type the issuer holds.

use std::sync::Arc;

use async_graphql::dynamic::{Field, InputValue, Object, ResolverContext, TypeRef};
use model::registry::Operation;

use super::issue::written;
use crate::graphql::ask::{Ask, Cert, Resolved, answer};
use crate::graphql::inputs::arguments;
use crate::graphql::types::certificate::CERTIFICATE;

const FIELDS: [(Operation, &str, &str); 4] = [
    (Operation::Suspend, "suspendCertificate", "暂扣、暂停"),
    (Operation::Resume, "resumeCertificate", "恢复、发还"),
    (Operation::Revoke, "revokeCertificate", "撤销、吊销"),
    (Operation::Cancel, "cancelCertificate", "注销"),
];

pub(super) fn fields(mutation: Object) -> Object {
    FIELDS.into_iter().fold(mutation, |mutation, (operation, name, text)| {
        mutation.field(
            Field::new(name, TypeRef::named(CERTIFICATE), move |context| {
                answer(context, move |context, ask| change(context, ask, operation))
            })
            .description(format!("{text}：签名的状态变更 / a signed status event"))
            .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)))
            .argument(InputValue::new("reason", TypeRef::named_nn(TypeRef::STRING)).description("原因，至多500字"))
            .argument(
                InputValue::new("statusCode", TypeRef::named(TypeRef::STRING))
                    .description("该类型允许多个状态代码时选用 / where the type allows several"),
            ),
        )
    })
}

async fn change<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, operation: Operation) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let id = arguments::text(args, "id").unwrap_or_default();
    let reason = arguments::text(args, "reason").unwrap_or_default();
    let code = arguments::text(args, "statusCode");
    let id = ask.hub.issuing.change_status(&ask.caller, &id, operation, &reason, code, ask.now).await?;
    Ok(written(&ask, &[id]).await?.pop().map(Cert::into_interface))
}
