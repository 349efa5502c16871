//! `Authority`: 颁发机构.

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, ResolverContext, TypeRef};
use serde_json::Value as Json;

use super::certificate::loaders;
use crate::graphql::ask::{Cert, Resolved, answer, read};
use crate::graphql::errors::ApiError;
use crate::graphql::loaders::AuthorityKey;
use crate::graphql::values::{self, CodeCell};
use crate::store::AuthorityRow;

pub(crate) const AUTHORITY: &str = "Authority";

pub(crate) fn object() -> Object {
    Object::new(AUTHORITY)
        .description("机构 / a body that issues certificates")
        .field(
            Field::new("code", TypeRef::named_nn(TypeRef::STRING), |context| {
                read::<AuthorityRow>(&context, |row| Some(Value::from(row.code.as_str())))
            })
            .description("统一社会信用代码 / credit code (GB 32100)"),
        )
        .field(Field::new("name", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<AuthorityRow>(&context, |row| Some(Value::from(row.name.as_str())))
        }))
        .field(
            Field::new("level", TypeRef::named(values::CODE_VALUE), |context| code(context, "AuthorityLevel", |row| row.level.clone()))
                .description("机构级别"),
        )
        .field(
            Field::new("division", TypeRef::named(values::CODE_VALUE), |context| code(context, "Division", |row| row.division.clone()))
                .description("行政区划（GB/T 2260）"),
        )
        .field(
            Field::new("parent", TypeRef::named(AUTHORITY), |context| answer(context, |context, _| parent(context)))
                .description("上级机构"),
        )
}

fn code<'a>(context: ResolverContext<'a>, table: &'static str, get: fn(&AuthorityRow) -> Option<String>) -> FieldFuture<'a> {
    let code = context.parent_value.downcast_ref::<AuthorityRow>().and_then(get);
    FieldFuture::Value(code.map(|code| FieldValue::owned_any(CodeCell { table: table.into(), code })))
}

async fn parent<'a>(context: ResolverContext<'a>) -> Resolved<'a> {
    let code = context.parent_value.downcast_ref::<AuthorityRow>().and_then(|row| row.parent.clone());
    match code {
        Some(code) => Ok(loaders(&context)?.load_one(AuthorityKey(code)).await?.map(FieldValue::owned_any)),
        None => Ok(None),
    }
}

/// The issuer of a certificate; where it is not registered (a collected certificate), what the statement says of it.
pub(crate) async fn of<'a>(context: &ResolverContext<'a>, cert: &Cert) -> Result<Option<FieldValue<'a>>, ApiError> {
    let known = loaders(context)?.load_one(AuthorityKey(cert.row.issuer.clone())).await?;
    let row = known.unwrap_or_else(|| {
        let name = cert.statement.get("issuer").and_then(|issuer| issuer.get("name")).and_then(Json::as_str).unwrap_or_default();
        AuthorityRow {
            code: cert.row.issuer.clone(),
            name: name.to_owned(),
            level: None,
            division: None,
            parent: None,
            updated_at: cert.row.updated_at,
        }
    });
    Ok(Some(FieldValue::owned_any(row)))
}
