//! Registry + view → one async-graphql schema.

use async_graphql::dynamic::{Schema, SchemaBuilder};
use model::registry::{FieldKind, Registry, State};
use thiserror::Error;

use super::budget::Metered;
use super::inputs::{data, filters};
use super::types::{
    access, account, approval, authority, catalogue, certificate, client, connection, enums, event, file, grant, holder, own, queue,
    registration, report, result, seal, sealed_file, signature, statistics, status_code, usage_copy,
};
use super::view::View;
use super::{mutations, queries, scalars, values};

/// How deep a query may nest, how many fields it may select.
pub const MAX_DEPTH: usize = 15;
pub const MAX_COMPLEXITY: usize = 2_000;

/// The registry has proved everything: a schema that cannot be built is a bug of ours.
#[derive(Debug, Error)]
#[error("the schema of {types} types cannot be built: {detail}")]
pub struct SchemaFault {
    types: usize,
    detail: String,
}

/// Builds the schema that this view shows.
///
/// # Errors
/// [`SchemaFault`], which names what async-graphql said.
pub(super) fn build(registry: &Registry, view: &View) -> Result<Schema, SchemaFault> {
    let mutation = mutations::root(registry, view);
    let mut schema = Schema::build("Query", mutation.as_ref().map(|_| "Mutation"), None)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .extension(Metered);
    schema = public(schema).register(queries::root(registry, view));
    if view.reads.is_some() {
        schema = grant::register(certificates(schema, registry, view));
    }
    if view.holds {
        schema = own::register(schema);
    }
    if view.vouches {
        schema = schema.register(own::session());
    }
    if view.signs_in {
        schema = schema.register(account::signed_in()).register(account::challenge());
    }
    if view.signs_in || view.person {
        schema = schema.register(account::account());
    }
    if view.person || view.administers {
        schema = schema.register(account::session());
    }
    if view.issues || view.administers {
        schema = queue::register(schema, view.issues);
    }
    if view.administers {
        schema = seal::register(registration::register(schema));
        schema = approval::register(mutations::clients::register_inputs(client::register(schema)));
    }
    if let Some(mutation) = mutation {
        schema = schema.register(mutation);
    }
    schema.finish().map_err(|error| SchemaFault { types: registry.types().count(), detail: error.0 })
}

/// What everybody sees: the catalogue and verification.
fn public(schema: SchemaBuilder) -> SchemaBuilder {
    let schema = scalars::register(enums::register(schema));
    let schema = schema.register(seal::status()).register(sealed_file::object());
    report::register(catalogue::register(schema.register(values::code_value())))
}

/// The interface and each granted type.
fn certificates(schema: SchemaBuilder, registry: &Registry, view: &View) -> SchemaBuilder {
    let (interface, node) = certificate::interfaces();
    let schema = schema
        .register(interface)
        .register(node)
        .register(authority::object())
        .register(holder::object())
        .register(status_code::object())
        .register(event::object())
        .register(signature::object())
        .register(file::object())
        .register(usage_copy::object())
        .register(access::object());
    let types = queries::readable(registry, view).map(|known| &*known.ty);
    let mut schema = filters::register_shared(connection::register_shared(schema), types);
    if queries::readable(registry, view).next().is_some() {
        schema = scalars::register_long(statistics::register(schema));
    }
    if queries::readable(registry, view).any(|known| known.ty.fields.iter().any(|field| has_decimals(&field.kind))) {
        schema = scalars::register_decimal(schema);
    }
    if view.issues {
        schema = result::register_shared(schema);
    }
    for known in queries::readable(registry, view) {
        let ty = &known.ty;
        schema =
            schema.register(certificate::object(ty, |target| queries::readable(registry, view).any(|known| *known.ty.name == *target)));
        schema = ty.fields.iter().fold(schema, |schema, field| values::register_nested(schema, &field.kind));
        schema = filters::register(connection::register(schema, ty), ty);
        if view.issues && known.state == State::Published {
            schema = result::register(data::register(schema, ty), ty);
        }
    }
    schema
}

fn has_decimals(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Decimal => true,
        FieldKind::List(item) => has_decimals(item),
        FieldKind::Object(object) => object.fields.iter().any(|field| has_decimals(&field.kind)),
        _ => false,
    }
}
