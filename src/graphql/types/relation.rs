//! From one certificate to others: batched by value, one statement a level.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::dynamic::{FieldValue, ResolverContext};
use model::registry::{RelationFrom, path};
use serde_json::Value as Json;

use super::certificate::loaders;
use super::holder;
use crate::graphql::ask::{Ask, Cert, Resolved};
use crate::graphql::errors::ApiError;
use crate::graphql::loaders::RelationKey;

/// Certificates of a relation when nothing is said.
pub(crate) const DEFAULT_FIRST: i64 = 20;

/// The certificates that relation `name` reaches from the parent, newest first, each once.
pub(crate) async fn resolve<'a>(
    context: ResolverContext<'a>,
    _ask: Arc<Ask>,
    type_name: Arc<str>,
    name: String,
    typed: bool,
) -> Resolved<'a> {
    let cert = context.parent_value.downcast_ref::<Cert>().ok_or_else(|| ApiError::Bug("the parent is no certificate".into()))?;
    let relation =
        cert.ty.relations.iter().find(|relation| relation.name == name).ok_or_else(|| ApiError::Bug(format!("no relation {name}")))?;
    let first = context.args.get("first").and_then(|value| value.i64().ok()).unwrap_or(DEFAULT_FIRST);
    let keys = values(cert, &relation.from).into_iter().map(|value| RelationKey {
        type_name: type_name.clone(),
        relation: name.clone(),
        first,
        value,
    });
    let keys: Vec<_> = keys.collect();
    let mut loaded = loaders(&context)?.load_many(keys.clone()).await?;
    let mut seen = HashSet::from([cert.row.id]);
    let reached = keys.iter().filter_map(|key| loaded.remove(key)).flatten().filter(|found| seen.insert(found.row.id));
    let limit = usize::try_from(first).unwrap_or(0);
    let answers = reached.take(limit).map(|found| if typed { found.typed() } else { found.into_interface() });
    Ok(Some(FieldValue::list(answers)))
}

/// The distinct values a relation starts from.
fn values(cert: &Cert, from: &RelationFrom) -> Vec<String> {
    let mut seen = HashSet::new();
    let found: Vec<String> = match from {
        RelationFrom::Number => vec![cert.row.number.clone()],
        RelationFrom::Holder => holder::of(cert).into_iter().filter_map(|holder| holder.code).collect(),
        RelationFrom::Property(steps) => {
            let data = cert.data();
            data.map(|data| path::values(data, steps).into_iter().filter_map(Json::as_str).map(str::to_owned).collect()).unwrap_or_default()
        }
    };
    found.into_iter().filter(|value| !value.is_empty() && seen.insert(value.clone())).collect()
}
