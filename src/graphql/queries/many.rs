//! `safetyOfficerCertificates(where, orderBy, …)`: a Relay connection.

use std::sync::Arc;

use async_graphql::dynamic::{Field, InputValue, ResolverContext, TypeRef};
use model::plan::{Many, PageArgs, Request};
use model::registry::{CertificateType, names};

use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::graphql::inputs::filters;
use crate::graphql::types::connection;

pub(super) fn field(ty: &CertificateType) -> Field {
    let name = ty.name.clone();
    Field::new(names::root_many(ty), TypeRef::named(names::connection(ty)), move |context| {
        let name = name.clone();
        answer(context, move |context, ask| resolve(context, ask, name))
    })
    .description(format!("{}列表；缺省20条，最多100条 / default 20, at most 100 a page", ty.title.zh))
    .argument(InputValue::new("where", TypeRef::named(names::filter(ty))))
    .argument(InputValue::new("orderBy", TypeRef::named_nn_list(names::order(ty))))
    .argument(InputValue::new("first", TypeRef::named(TypeRef::INT)))
    .argument(InputValue::new("after", TypeRef::named(TypeRef::STRING)))
    .argument(InputValue::new("last", TypeRef::named(TypeRef::INT)))
    .argument(InputValue::new("before", TypeRef::named(TypeRef::STRING)))
}

/// What is asked; `total`: is `totalCount` selected?
pub(crate) fn request(args: &Arguments, type_name: &str, total: bool) -> Result<Request, ApiError> {
    let page = PageArgs {
        first: arguments::integer(args, "first"),
        after: arguments::text(args, "after"),
        last: arguments::integer(args, "last"),
        before: arguments::text(args, "before"),
        total,
    };
    Ok(Request::Many(Many { type_name: type_name.to_owned(), filter: filters::filter(args)?, order_by: filters::order(args), page }))
}

async fn resolve<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, type_name: Arc<str>) -> Resolved<'a> {
    let total = context.ctx.look_ahead().field("totalCount").exists();
    connection::page(&ask, &request(context.args.as_index_map(), &type_name, total)?).await
}
