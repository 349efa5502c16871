//! Relay connections: of one type, and across types.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, Object, SchemaBuilder, TypeRef};
use chrono::{DateTime, Utc};
use model::plan::{Column, Cursor, Direction, Request, Value as Stored, plan};
use model::registry::names;

use super::certificate::CERTIFICATE;
use crate::graphql::ask::{Ask, Cert, Resolved, read};
use crate::graphql::errors::ApiError;
use crate::store::Answer;

pub(crate) const ACROSS: &str = "CertificateConnection";
pub(crate) const EDGE: &str = "CertificateEdge";
/// Certificates of a page when nothing is said.
pub(crate) const DEFAULT_PAGE: usize = 20;
pub(crate) const PAGE_INFO: &str = "PageInfo";

/// One page on its way into an answer.
#[derive(Clone)]
pub(crate) struct Page {
    edges: Vec<Edge>,
    has_next: bool,
    has_previous: bool,
    total: Option<u32>,
}

#[derive(Clone)]
struct Edge {
    cert: Cert,
    cursor: String,
}

struct PageInfo(Page);

impl Page {
    pub(crate) fn empty() -> Self {
        Self { edges: Vec::new(), has_next: false, has_previous: false, total: Some(0) }
    }

    /// The head of a holder's list, which came with one more row than asked.
    pub(crate) fn head(mut found: Vec<Cert>, first: Option<i64>, now: DateTime<Utc>) -> Self {
        let size = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(DEFAULT_PAGE);
        let has_next = found.len() > size;
        found.truncate(size);
        let order = [(Column::Id, Direction::Desc)];
        let edges = found.into_iter().map(|cert| {
            let cursor = Cursor::new(now, &order, vec![Stored::Text(cert.row.id.to_string())]).encode();
            Edge { cert, cursor }
        });
        Self { edges: edges.collect(), has_next, has_previous: false, total: None }
    }
}

/// Plans, runs and packs a page.
pub(crate) async fn page<'a>(ask: &Arc<Ask>, request: &Request) -> Resolved<'a> {
    let plan = plan(request, &ask.registry, &ask.caller, ask.now)?;
    let model::plan::Step::Page(step) = plan.step().clone() else { return Err(ApiError::Bug("a page request made no page plan".into())) };
    let Answer::Page(answer) = ask.run_plan(&plan).await? else { return Err(ApiError::Bug("a page plan got another answer".into())) };
    let order: Vec<_> = if step.backwards {
        step.order.iter().map(|(column, direction)| (*column, direction.turned())).collect()
    } else {
        step.order.clone()
    };
    let mut edges = Vec::with_capacity(answer.rows.len());
    for (row, values) in answer.rows {
        edges.push(Edge { cert: ask.certificate(row)?, cursor: Cursor::new(step.at, &order, values).encode() });
    }
    let (has_next, has_previous) = if step.backwards { (step.after.is_some(), answer.more) } else { (answer.more, step.after.is_some()) };
    Ok(Some(FieldValue::owned_any(Page { edges, has_next, has_previous, total: answer.total })))
}

/// The connection types of one certificate type.
pub(crate) fn register(schema: SchemaBuilder, ty: &model::registry::CertificateType) -> SchemaBuilder {
    pair(schema, &names::connection(ty), &names::edge(ty), &ty.name, true)
}

/// The connection across types, and `PageInfo`.
pub(crate) fn register_shared(schema: SchemaBuilder) -> SchemaBuilder {
    let info = Object::new(PAGE_INFO)
        .field(Field::new("hasNextPage", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
            read::<PageInfo>(&context, |info| Some(Value::from(info.0.has_next)))
        }))
        .field(Field::new("hasPreviousPage", TypeRef::named_nn(TypeRef::BOOLEAN), |context| {
            read::<PageInfo>(&context, |info| Some(Value::from(info.0.has_previous)))
        }))
        .field(Field::new("startCursor", TypeRef::named(TypeRef::STRING), |context| {
            read::<PageInfo>(&context, |info| info.0.edges.first().map(|edge| Value::from(edge.cursor.as_str())))
        }))
        .field(Field::new("endCursor", TypeRef::named(TypeRef::STRING), |context| {
            read::<PageInfo>(&context, |info| info.0.edges.last().map(|edge| Value::from(edge.cursor.as_str())))
        }));
    pair(schema.register(info), ACROSS, EDGE, CERTIFICATE, false)
}

fn pair(schema: SchemaBuilder, connection: &str, edge: &str, node: &str, typed: bool) -> SchemaBuilder {
    let give = move |cert: &Cert| if typed { cert.clone().typed() } else { cert.clone().into_interface() };
    let connection = Object::new(connection)
        .field(Field::new("edges", TypeRef::named_nn_list_nn(edge), |context| {
            let page = context.parent_value.downcast_ref::<Page>();
            FieldFuture::Value(page.map(|page| FieldValue::list(page.edges.iter().cloned().map(FieldValue::owned_any))))
        }))
        .field(Field::new("nodes", TypeRef::named_nn_list_nn(node), move |context| {
            let page = context.parent_value.downcast_ref::<Page>();
            FieldFuture::Value(page.map(|page| FieldValue::list(page.edges.iter().map(|edge| give(&edge.cert)))))
        }))
        .field(Field::new("pageInfo", TypeRef::named_nn(PAGE_INFO), |context| {
            let page = context.parent_value.downcast_ref::<Page>();
            FieldFuture::Value(page.map(|page| FieldValue::owned_any(PageInfo(page.clone()))))
        }))
        .field(
            Field::new("totalCount", TypeRef::named(TypeRef::INT), |context| read::<Page>(&context, |page| page.total.map(Value::from)))
                .description("总数；超过10000时为空 / null above 10,000"),
        );
    let edge = Object::new(edge)
        .field(Field::new("node", TypeRef::named_nn(node), move |context| {
            FieldFuture::Value(context.parent_value.downcast_ref::<Edge>().map(|edge| give(&edge.cert)))
        }))
        .field(Field::new("cursor", TypeRef::named_nn(TypeRef::STRING), |context| {
            read::<Edge>(&context, |edge| Some(Value::from(edge.cursor.as_str())))
        }));
    schema.register(connection).register(edge)
}
