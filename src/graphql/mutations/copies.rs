//! `createUsageCopy`: a copy for one use.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, InputValue, Object, ResolverContext, TypeRef};
use chrono::NaiveDate;

use crate::files::MOST_DAYS;
use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments;
use crate::graphql::scalars;
use crate::graphql::types::usage_copy::COPY;

pub(super) fn field(mutation: Object) -> Object {
    mutation.field(
        Field::new("createUsageCopy", TypeRef::named(COPY), |context| answer(context, create))
            .description(format!(
                "制作加注件：每页注明制作者、用途与期限，至多{MOST_DAYS}日且不晚于证照本身 / a copy marked with who may use it, for what and until when; at most {MOST_DAYS} days"
            ))
            .argument(InputValue::new("id", TypeRef::named_nn(TypeRef::ID)).description("不透明标识或电子证照标识 / opaque id or identifier"))
            .argument(InputValue::new("purpose", TypeRef::named_nn(TypeRef::STRING)).description("用途，至多100字，印在每一页"))
            .argument(InputValue::new("expiresOn", TypeRef::named_nn(scalars::DATE)).description("有效期截止，含当日")),
    )
}

async fn create<'a>(context: ResolverContext<'a>, ask: Arc<Ask>) -> Resolved<'a> {
    let args = context.args.as_index_map();
    let text = |name: &str| arguments::text(args, name).unwrap_or_default();
    let wrong =
        || ApiError::Input {
            path: "expiresOn".into(), zh: "不是日期，应如 2026-12-31".into(), en: "is no date such as 2026-12-31".into()
        };
    let expires_on: NaiveDate = text("expiresOn").parse().map_err(|_| wrong())?;
    let copy = ask.hub.files.create_copy(&ask.caller, &text("id"), &text("purpose"), expires_on, ask.now).await?;
    Ok(Some(FieldValue::owned_any(copy)))
}
