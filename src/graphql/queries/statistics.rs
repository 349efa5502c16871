//! `safetyOfficerCertificateStatistics(where, groupBy)`.

use std::sync::Arc;

use async_graphql::dynamic::{Field, InputValue, ResolverContext, TypeRef};
use model::plan::{Request, Statistics};
use model::registry::{CertificateType, names};

use crate::graphql::ask::{Ask, Resolved, answer};
use crate::graphql::errors::ApiError;
use crate::graphql::inputs::arguments::{self, Arguments};
use crate::graphql::inputs::filters;
use crate::graphql::types::statistics;
use crate::store::Answer;

pub(super) fn field(ty: &Arc<CertificateType>) -> Field {
    let known = ty.clone();
    Field::new(names::root_statistics(ty), TypeRef::named(statistics::STATISTICS), move |context| {
        let ty = known.clone();
        answer(context, move |context, ask| resolve(context, ask, ty))
    })
    .description(format!("{}统计：至多3个分组字段、1000个组 / at most three fields and 1,000 groups", ty.title.zh))
    .argument(InputValue::new("where", TypeRef::named(names::filter(ty))))
    .argument(InputValue::new("groupBy", TypeRef::named_nn_list_nn(names::group_by(ty))))
}

/// What is to be counted.
pub(crate) fn asked(args: &Arguments, ty: &CertificateType) -> Result<Statistics, ApiError> {
    let items = filters::group_items(ty);
    let asked = arguments::texts(args, "groupBy").unwrap_or_default();
    let group_by = asked.iter().filter_map(|name| items.iter().find(|(item, _)| item == name).map(|(_, key)| key.clone())).collect();
    Ok(Statistics { type_name: ty.name.to_string(), filter: filters::filter(args)?, group_by })
}

async fn resolve<'a>(context: ResolverContext<'a>, ask: Arc<Ask>, ty: Arc<CertificateType>) -> Resolved<'a> {
    let statistics = asked(context.args.as_index_map(), &ty)?;
    let answer = ask.run(&Request::Statistics(statistics.clone())).await?;
    let Answer::Groups(groups) = answer else { return Err(ApiError::Bug("groups expected".into())) };
    Ok(Some(statistics::value(&ty, &statistics, groups, ask.lang)))
}
