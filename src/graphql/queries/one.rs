//! `safetyOfficerCertificate(id, number, issuer)`: one certificate of a type.

use std::sync::Arc;

use async_graphql::dynamic::{Field, InputValue, ResolverContext, TypeRef};
use model::plan::{ById, ByNumber, Request};
use model::registry::{CertificateType, Sight, names};

use crate::graphql::ask::{Ask, Cert, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::store::Answer;

pub(super) fn field(ty: &CertificateType) -> Field {
    let name = ty.name.clone();
    let field = Field::new(names::root_one(ty), TypeRef::named(&*ty.name), move |context| {
        let name = name.clone();
        answer(context, move |context, ask| resolve(context, ask, name))
    })
    .description(format!(
        "{}：按标识（恰为该版本）或编号（现行版本） / by id: exactly that version; by number: the current one",
        ty.title.zh
    ))
    .argument(InputValue::new("id", TypeRef::named(TypeRef::ID)).description("不透明标识或电子证照标识 / opaque id or identifier"));
    if ty.number_sight() == Sight::Denied {
        return field;
    }
    field.argument(InputValue::new("number", TypeRef::named(TypeRef::STRING)).description("证照编号")).argument(
        InputValue::new("issuer", TypeRef::named(TypeRef::STRING))
            .description("颁发机构代码，编号不唯一时需要 / where a number is not unique"),
    )
}

/// What is asked: by id or by number.
pub(crate) fn request(args: &Arguments, type_name: &str) -> Result<Request, ApiError> {
    match (arguments::text(args, "id"), arguments::text(args, "number")) {
        (Some(id), None) => Ok(Request::ById(ById { keys: vec![id], type_name: Some(type_name.to_owned()) })),
        (None, Some(number)) => {
            Ok(Request::ByNumber(ByNumber { type_name: type_name.to_owned(), number, issuer: arguments::text(args, "issuer") }))
        }
        _ => Err(ApiError::Input {
            path: "id".into(),
            zh: "id 与 number 须恰好给出一个".into(),
            en: "give exactly one of id and number".into(),
        }),
    }
}

async fn resolve<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, type_name: Arc<str>) -> Resolved<'a> {
    let request = request(context.args.as_index_map(), &type_name)?;
    let Answer::Rows(rows) = ask.run(&request).await? else { return Err(ApiError::Bug("rows expected".into())) };
    let mut found: Vec<_> = rows.into_iter().filter(|row| row.type_name == type_name).collect();
    if found.len() > 1 {
        return Err(ApiError::Input {
            path: "issuer".into(),
            zh: format!("有{}个颁发机构使用该编号：请同时给出 issuer", found.len()),
            en: format!("{} authorities use this number: give issuer as well", found.len()),
        });
    }
    let found = found.pop().map(|row| ask.certificate(row)).transpose()?;
    Ok(found.map(Cert::typed))
}
