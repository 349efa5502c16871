//! One GraphQL request: parsed, validated and executed against the schema of the caller's rights class.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use async_graphql::dynamic::Schema;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Positioned, Request, Response, Variables};
use chrono::{DateTime, Utc};
use lru::LruCache;
use model::actor::{Actor, Caller, Role};
use model::registry::Registry;
use serde_json::{Map, Value as Json, json};
use verify::messages::Lang;

use super::ask::{self, Ask};
use super::bounds;
use super::document::{in_query_order, touches_personal};
use super::driver::Batches;
use super::schema::{self, SchemaFault};
use super::view::View;
use crate::hub::Hub;

/// Longest document taken, in bytes.
const MAX_DOCUMENT: usize = 200_000;
/// How many rights classes keep their schema.
const CLASSES: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// The parameters of a GraphQL request.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: Map<String, Json>,
}

/// An answer: `data` is absent when the request never executed.
#[derive(Debug)]
pub struct Answered {
    pub body: Json,
    /// Did execution begin? If not, the request itself was at fault.
    pub executed: bool,
    /// A mutation that came where only queries may.
    pub method_not_allowed: bool,
}

/// Schemas by rights class, built on first use, dropped at a swap of the registry.
pub struct Graph {
    schemas: Mutex<LruCache<(u64, View), Schema>>,
}

impl Default for Graph {
    fn default() -> Self {
        Self { schemas: Mutex::new(LruCache::new(CLASSES)) }
    }
}

impl Graph {
    /// Executes one request.
    pub async fn execute(
        &self,
        hub: &Arc<Hub>,
        parameters: Parameters,
        caller: Caller,
        lang: Lang,
        now: DateTime<Utc>,
        queries_only: bool,
    ) -> Answered {
        let registry = hub.registry.load_full();
        if parameters.query.len() > MAX_DOCUMENT {
            return refused("INVALID_INPUT", &format!("the document has more than {MAX_DOCUMENT} bytes"));
        }
        if let Err(beyond) = bounds::text(&parameters.query) {
            return refused("LIMIT_EXCEEDED", beyond.message(lang));
        }
        let document = match async_graphql::parser::parse_query(&parameters.query) {
            Ok(document) => document,
            Err(error) => return parse_failure(&error),
        };
        let operation = match operation(&document, parameters.operation_name.as_deref()) {
            Ok(operation) => operation.node.clone(),
            Err(sentence) => return refused("INVALID_INPUT", &sentence),
        };
        if let Err(beyond) = bounds::size(&document, &operation) {
            return refused("LIMIT_EXCEEDED", beyond.message(lang));
        }
        if queries_only && operation.ty != OperationType::Query {
            return Answered {
                method_not_allowed: true,
                ..refused("INVALID_INPUT", "only queries may come by GET: send mutations by POST")
            };
        }
        let schema = match self.schema(&registry, &View::of(&caller.actor.rights_class())) {
            Ok(schema) => schema,
            Err(fault) => return bug(&fault.to_string()),
        };
        let anonymous = caller.actor.role == Role::Anonymous;
        let personal = touches_personal(&document, &parameters.variables, &registry);
        let ask = Arc::new(Ask { hub: hub.clone(), registry: registry.clone(), caller, now, lang, personal });
        let variables = Variables::from_json(Json::Object(parameters.variables));
        let mut request = Request::new(parameters.query).variables(variables.clone());
        request.operation_name = parameters.operation_name.clone();
        request.set_parsed_query(document.clone());
        let batches = Batches::default();
        let response = batches.clone().drive(schema.execute(ask::attach(request, ask, batches))).await;
        let executed = response.errors.iter().all(|error| !error.path.is_empty()) || response.data != async_graphql::Value::Null;
        if executed {
            return finish(response, &document, &operation);
        }
        let body = if self.would_hold(&registry, &document, variables, parameters.operation_name) {
            json!({ "errors": [hidden(anonymous, lang)] })
        } else {
            errors_only(&response)
        };
        Answered { body, executed: false, method_not_allowed: false }
    }

    /// The SDL as callers of this class see it.
    pub fn sdl(&self, registry: &Registry, actor: &Actor) -> Result<String, SchemaFault> {
        Ok(self.schema(registry, &View::of(&actor.rights_class()))?.sdl())
    }

    fn schema(&self, registry: &Registry, view: &View) -> Result<Schema, SchemaFault> {
        let key = (registry.revision(), view.clone());
        let kept = self.schemas.lock().ok().and_then(|mut schemas| schemas.get(&key).cloned());
        if let Some(schema) = kept {
            return Ok(schema);
        }
        let built = schema::build(registry, view)?;
        if let Ok(mut schemas) = self.schemas.lock() {
            let stale: Vec<_> = schemas.iter().map(|(key, _)| key.clone()).filter(|(revision, _)| *revision < key.0).collect();
            for old in stale {
                schemas.pop(&old);
            }
            schemas.put(key, built.clone());
        }
        Ok(built)
    }

    /// Is the document sound for somebody with more rights? Then it is these that are missing, not the field.
    fn would_hold(&self, registry: &Registry, document: &ExecutableDocument, variables: Variables, operation_name: Option<String>) -> bool {
        self.schema(registry, &View::everything()).is_ok_and(|schema| {
            let mut request = Request::new("").variables(variables);
            request.operation_name = operation_name;
            request.set_parsed_query(document.clone());
            validates(&schema, request)
        })
    }
}

/// Validation without execution: introspection-only requests answer null for every other field, and run no resolver.
fn validates(schema: &Schema, request: Request) -> bool {
    let response = futures_util::FutureExt::now_or_never(schema.execute(request.only_introspection()));
    response.is_some_and(|response| response.errors.is_empty())
}

fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a Positioned<OperationDefinition>, String> {
    match (&document.operations, name.filter(|name| !name.is_empty())) {
        (DocumentOperations::Single(operation), None) => Ok(operation),
        (DocumentOperations::Single(_), Some(name)) => Err(format!("the document has no operation named {name:?}")),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).ok_or_else(|| format!("the document has no operation named {name:?}"))
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.values();
            match (all.next(), all.next()) {
                (Some(only), None) => Ok(only),
                _ => Err("the document has several operations: name one in operationName".into()),
            }
        }
    }
}

fn finish(response: Response, document: &ExecutableDocument, operation: &OperationDefinition) -> Answered {
    let mut body = Map::new();
    if !response.errors.is_empty() {
        body.insert("errors".into(), serde_json::to_value(&response.errors).unwrap_or_default());
    }
    let data = in_query_order(response.data, document, operation);
    body.insert("data".into(), data.into_json().unwrap_or_default());
    Answered { body: Json::Object(body), executed: true, method_not_allowed: false }
}

/// Validation errors, each with a code.
fn errors_only(response: &Response) -> Json {
    let errors = response.errors.iter().map(|error| {
        let mut error = serde_json::to_value(error).unwrap_or_default();
        let limit = error["message"].as_str().is_some_and(|message| message.contains("too complex") || message.contains("too deep"));
        if error["extensions"]["code"].is_null() {
            error["extensions"] = json!({ "code": if limit { "LIMIT_EXCEEDED" } else { "INVALID_INPUT" } });
        }
        error
    });
    json!({ "errors": errors.collect::<Vec<_>>() })
}

/// The document asks for what this caller's schema does not show.
fn hidden(anonymous: bool, lang: Lang) -> Json {
    let (code, message) = match (anonymous, lang) {
        (true, Lang::Zh) => ("UNAUTHENTICATED", "需要令牌（Authorization: Bearer …）：无令牌只能验证与查看目录"),
        (true, Lang::En) => ("UNAUTHENTICATED", "this needs a token: without one, verification and the catalogue only"),
        (false, Lang::Zh) => ("FORBIDDEN", "令牌的授权不包括所请求的类型或操作"),
        (false, Lang::En) => ("FORBIDDEN", "the token is not granted the types or operations asked for"),
    };
    json!({ "message": message, "extensions": { "code": code } })
}

fn parse_failure(error: &async_graphql::parser::Error) -> Answered {
    let locations: Vec<Json> = error.positions().map(|pos| json!({ "line": pos.line, "column": pos.column })).collect();
    let body = json!({ "errors": [{ "message": format!("the document does not parse: {error}"), "locations": locations, "extensions": { "code": "INVALID_INPUT" } }] });
    Answered { body, executed: false, method_not_allowed: false }
}

fn refused(code: &str, message: &str) -> Answered {
    Answered {
        body: json!({ "errors": [{ "message": message, "extensions": { "code": code } }] }),
        executed: false,
        method_not_allowed: false,
    }
}

fn bug(detail: &str) -> Answered {
    tracing::error!(detail, "schema");
    refused("INTERNAL", "an internal error; it has been logged / 系统内部错误，已记录")
}

/// The SDL of a registry with every right: what `type sdl` prints and `docs/schema.graphql` holds.
///
/// # Errors
/// [`SchemaFault`].
pub fn sdl_for(registry: &Registry) -> Result<String, SchemaFault> {
    Ok(schema::build(registry, &View::everything())?.sdl())
}
