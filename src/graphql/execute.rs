//! One GraphQL request: parsed, validated and executed against the schema of the caller's rights class.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_graphql::dynamic::Schema;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Positioned, Request, Response, Variables};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use lru::LruCache;
use model::actor::{Actor, Caller, Role};
use model::registry::Registry;
use serde_json::{Map, Value as Json, json};
use tokio::sync::Semaphore;
use verify::messages::Lang;

use super::ask::{self, Ask};
use super::bounds::{self, Bounds};
use super::budget::{Budget, Spent};
use super::document::{self, in_query_order};
use super::driver::Batches;
use super::fast::{self, Kept, Key, Known, Stop};
use super::masked;
use super::schema::{self, SchemaFault};
use super::shown::Shown;
use super::view::View;
use crate::audit::{Entry, Kind, Outcome};
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

/// An answer's body: as data, or written already.
#[derive(Debug)]
pub enum Body {
    Json(Json),
    Written(Bytes),
}

/// An answer: `data` is absent when the request never executed.
#[derive(Debug)]
pub struct Answered {
    pub body: Body,
    /// Did execution begin? If not, the request itself was at fault.
    pub executed: bool,
    /// A mutation that came where only queries may.
    pub method_not_allowed: bool,
}

/// Schemas by rights class, built on first use, dropped at a swap of the registry; and documents that were met before.
pub struct Graph {
    schemas: Mutex<LruCache<(u64, View), Schema>>,
    shown: Shown,
    kept: Kept,
    by_plan: AtomicU64,
    bounds: Bounds,
    /// A permit for each certificate that the large requests under way may ask for.
    room: Semaphore,
}

impl Graph {
    /// Of a hub whose requests keep to these bounds.
    pub fn new(bounds: Bounds) -> Self {
        let room = Semaphore::new(bounds.at_once());
        Self {
            schemas: Mutex::new(LruCache::new(CLASSES)),
            shown: Shown::default(),
            kept: Kept::default(),
            by_plan: AtomicU64::new(0),
            bounds,
            room,
        }
    }
}

/// Who executes a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// A kept plan where there can be one, else the library.
    Usual,
    /// The library: what plans are compared with.
    Library,
}

/// One request, as its caller made it.
pub struct Asked {
    pub parameters: Parameters,
    pub caller: Caller,
    /// Where it comes from, as far as that is known.
    pub from: Option<IpAddr>,
    pub lang: Lang,
    pub now: DateTime<Utc>,
    pub queries_only: bool,
}

impl Graph {
    /// Executes one request.
    pub async fn execute(&self, hub: &Arc<Hub>, asked: Asked, path: Path) -> Answered {
        self.run(hub, asked, path, false).await
    }

    /// Carries out a mutation that a second person has agreed to, as whoever asked for it.
    ///
    /// # Errors
    /// Code and sentence of the refusal.
    pub async fn carry_out(
        &self,
        hub: &Arc<Hub>,
        caller: Caller,
        (lang, now): (Lang, DateTime<Utc>),
        mutation: &str,
        arguments: &Json,
    ) -> Result<(), (String, String)> {
        let bug = |detail: String| {
            tracing::error!(detail, "what was approved cannot be carried out");
            ("INTERNAL".to_owned(), "an internal error; it has been logged / 系统内部错误，已记录".to_owned())
        };
        let schema = self.schema(&hub.registry.load_full(), &View::of(&caller.actor)).map_err(|fault| bug(fault.to_string()))?;
        let Some(variables) = arguments.as_object().cloned() else { return Err(bug(format!("{mutation}: no arguments"))) };
        let query = call(&schema, mutation, &variables).ok_or_else(|| bug(format!("{mutation}: not as the schema has it")))?;
        let parameters = Parameters { query, operation_name: None, variables };
        let asked = Asked { parameters, caller, from: None, lang, now, queries_only: false };
        let Answered { body: Body::Json(body), .. } = self.run(hub, asked, Path::Library, true).await else { return Ok(()) };
        match body.pointer("/errors/0") {
            None => Ok(()),
            Some(error) => {
                let text = |pointer: &str| error.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
                Err((text("/extensions/code"), text("/message")))
            }
        }
    }

    async fn run(&self, hub: &Arc<Hub>, asked: Asked, path: Path, approved: bool) -> Answered {
        let Asked { parameters, caller, from, lang, now, queries_only } = asked;
        let Parameters { query, operation_name, variables } = parameters;
        let registry = hub.registry.load_full();
        let key = (query, operation_name);
        let known = match self.known(&key, lang) {
            Ok(known) => known,
            Err(refused) => return *refused,
        };
        if queries_only && known.operation.ty != OperationType::Query {
            return Answered {
                method_not_allowed: true,
                ..refused("INVALID_INPUT", "only queries may come by GET: send mutations by POST")
            };
        }
        let variables = with_defaults(Variables::from_json(Json::Object(variables)), &known.operation);
        if let Some(missing) = missing(&variables, &known.operation) {
            return refused("INVALID_INPUT", &format!("the variable ${missing} is required and was not given"));
        }
        let nodes = known.nodes(&registry, &variables);
        if let Err(beyond) = self.bounds.nodes(nodes) {
            return refused("LIMIT_EXCEEDED", beyond.message(lang));
        }
        let _room = match self.bounds.permits(nodes) {
            0 => None,
            permits => self.room.acquire_many(permits).await.ok(),
        };
        let _answering = (known.operation.ty == OperationType::Query).then(|| hub.audit.answering());
        let anonymous = caller.actor.role == Role::Anonymous;
        // A mutation is not given up halfway, nor is it left untold what it did.
        let budget = if known.operation.ty == OperationType::Query { Budget::new(&self.bounds) } else { Budget::endless() };
        let budget = Arc::new(budget);
        let (registry, nobody) = (self.shown.to(&caller.actor, &registry), Mutex::default());
        let mut ask =
            Ask { hub: hub.clone(), registry, caller, from, now, lang, personal: false, approved, budget: budget.clone(), nobody };
        let spent = |spent| refused("LIMIT_EXCEEDED", self.bounds.spent(spent).message(lang));
        if path == Path::Usual {
            match self.by_program(&known, &key, &ask, &variables).await {
                Ok(written) => {
                    self.by_plan.fetch_add(1, Ordering::Relaxed);
                    return Answered { body: Body::Written(written), executed: true, method_not_allowed: false };
                }
                Err(Stop::Spent(found)) => return spent(found),
                Err(Stop::Slow) => budget.anew(),
            }
        }
        let registry = ask.registry.clone();
        let schema = match self.schema(&registry, &View::of(&ask.caller.actor)) {
            Ok(schema) => schema,
            Err(fault) => return bug(&fault.to_string()),
        };
        let request = |schema: &Schema| request(schema, &known, &key, &variables);
        ask.personal = document::touches_personal(&known.document, &registry) || document::variables_touch_personal(&variables, &registry);
        let batches = Batches::default();
        let ask = Arc::new(ask);
        let execution = schema.execute(ask::attach(request(&schema), ask.clone(), batches.clone()));
        let response = batches.drive(execution, || budget.spent().is_some()).await;
        let Some(mut response) = response else { return spent(budget.spent().unwrap_or(Spent::Bytes)) };
        ask.without_nobody(&mut response.data);
        let executed = response.errors.iter().all(|error| !error.path.is_empty()) || response.data != async_graphql::Value::Null;
        if executed {
            let mut body = finish(response, &known, &variables);
            let masked = masked::paths(&known.document, &known.operation, &variables, &registry);
            if !masked.is_empty() {
                body["extensions"]["masked"] = masked.into();
            }
            if let Err(found) = budget.holds_all(&body) {
                return spent(found);
            }
            note_refusal(&ask, &body).await;
            return Answered { body: Body::Json(body), executed, method_not_allowed: false };
        }
        let body = if self.for_another_matter(&hub.registry.load_full(), &ask.caller, request) {
            json!({ "errors": [another_matter(lang)] })
        } else if self.would_hold(&registry, &ask.caller.actor, request) {
            json!({ "errors": [hidden(anonymous, lang)] })
        } else {
            errors_only(&response)
        };
        note_refusal(&ask, &body).await;
        Answered { body: Body::Json(body), executed: false, method_not_allowed: false }
    }

    /// How many answers a kept plan gave.
    pub fn by_plan(&self) -> u64 {
        self.by_plan.load(Ordering::Relaxed)
    }

    /// The document, parsed and within bounds, and its operation.
    fn known(&self, key: &Key, lang: Lang) -> Result<Arc<Known>, Box<Answered>> {
        if let Some(known) = self.kept.get(key) {
            return Ok(known);
        }
        let (query, operation_name) = key;
        if query.len() > MAX_DOCUMENT {
            return Err(refused("INVALID_INPUT", &format!("the document has more than {MAX_DOCUMENT} bytes")).into());
        }
        bounds::text(query).map_err(|beyond| refused("LIMIT_EXCEEDED", beyond.message(lang)))?;
        let document = async_graphql::parser::parse_query(query).map_err(|error| parse_failure(&error))?;
        let operation =
            operation(&document, operation_name.as_deref()).map_err(|sentence| refused("INVALID_INPUT", &sentence))?.node.clone();
        bounds::size(&document, &operation).map_err(|beyond| refused("LIMIT_EXCEEDED", beyond.message(lang)))?;
        let known = Arc::new(Known::new(document, operation));
        self.kept.put(key.clone(), known.clone());
        Ok(known)
    }

    /// The answer of a kept plan.
    async fn by_program(&self, known: &Known, key: &Key, ask: &Ask, variables: &Variables) -> Result<Bytes, Stop> {
        let registry = &ask.registry;
        let valid = || {
            let schema = self.schema(registry, &View::of(&ask.caller.actor));
            schema.is_ok_and(|schema| validates(&schema, request(&schema, known, key, variables)))
        };
        let program = known.program(registry.revision(), &ask.caller.actor, variables, || {
            // An invalid document is not remembered as uncovered: with other variables it may hold.
            valid().then(|| {
                let personal = document::touches_personal(&known.document, registry);
                let view = View::of(&ask.caller.actor);
                let name = name(key, &view, registry.revision());
                fast::compile(&known.document, &known.operation, variables, registry, &view, personal, name).ok()
            })
        });
        let program = program.ok_or(Stop::Slow)?;
        if !program.holds(variables) && !valid() {
            return Err(Stop::Slow);
        }
        // The library asks what for, and waits for the record.
        if !program.is_careful_with(ask) && document::variables_touch_personal(variables, registry) {
            return Err(Stop::Slow);
        }
        fast::answer(&program, ask, variables).await
    }

    /// The SDL as callers of this class see it.
    pub fn sdl(&self, registry: &Arc<Registry>, actor: &Arc<Actor>) -> Result<String, SchemaFault> {
        let Caller { actor, .. } = Caller::new(actor.clone(), None);
        Ok(self.schema(&self.shown.to(&actor, registry), &View::of(&actor))?.sdl())
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

    /// Is the document sound for somebody with more rights? Then it is these that are missing, not the field. Of types that grants
    /// show in part nothing more is told: a field that is not granted is as one that is not there.
    fn would_hold(&self, registry: &Registry, actor: &Actor, request: impl Fn(&Schema) -> Request) -> bool {
        let view = View { rights: actor.rights.clone(), ..View::everything() };
        self.schema(registry, &view).is_ok_and(|schema| validates(&schema, request(&schema)))
    }

    /// Is it sound for the caller himself, had he said another matter?
    fn for_another_matter(&self, registry: &Arc<Registry>, caller: &Caller, request: impl Fn(&Schema) -> Request) -> bool {
        if caller.actor.matters.is_none() || caller.purpose.is_none() {
            return false;
        }
        let Caller { actor, .. } = Caller::new(caller.actor.clone(), None);
        let registry = self.shown.to(&actor, registry);
        self.schema(&registry, &View::of(&actor)).is_ok_and(|schema| validates(&schema, request(&schema)))
    }
}

/// Who asks for what he has no right to leaves an event, as who reads does: that is how walking and trying are seen.
async fn note_refusal(ask: &Ask, body: &Json) {
    let refused = |error: &Json| error["extensions"]["code"] == "FORBIDDEN";
    let any = body["errors"].as_array().is_some_and(|errors| errors.iter().any(refused));
    if any && ask.caller.actor.role != Role::Anonymous {
        let entry = Entry::new(&ask.caller, Kind::Refuse, ask.now).ended(Outcome::Refused);
        ask.hub.audit.accompany(vec![entry]).await;
    }
}

/// A document that calls a mutation with these variables.
fn call(schema: &Schema, mutation: &str, variables: &Map<String, Json>) -> Option<String> {
    let known = schema.registry().types.get("Mutation")?.field_by_name(mutation)?;
    let declared: Option<Vec<String>> =
        variables.keys().map(|name| known.args.get(name).map(|argument| format!("${name}: {}", argument.ty))).collect();
    let given: Vec<String> = variables.keys().map(|name| format!("{name}: ${name}")).collect();
    Some(format!("mutation({}) {{ {mutation}({}) {{ __typename }} }}", declared?.join(", "), given.join(", ")))
}

/// What a program is compiled from, as one digest. Releases write their answers each in their own way.
fn name(key: &Key, view: &View, revision: u64) -> [u8; 32] {
    verify::digest::sm3(format!("{} {revision} {key:?} {view:?}", env!("CARGO_PKG_VERSION")).as_bytes())
}

/// The request as the library takes it.
fn request(schema: &Schema, known: &Known, key: &Key, variables: &Variables) -> Request {
    let mut request = Request::new("").variables(variables.clone());
    request.operation_name = key.1.clone();
    let mut document = known.document.clone();
    document::keep_objects(&mut document);
    document::without_unknown_defaults(&mut document, |name| schema.registry().types.contains_key(name));
    request.set_parsed_query(document);
    request
}

/// Variables that were not given get their defaults: 7.2.1 forgets them where `@skip` and `@include` decide.
fn with_defaults(mut variables: Variables, operation: &OperationDefinition) -> Variables {
    for definition in operation.variable_definitions.iter().map(|definition| &definition.node) {
        if let Some(default) = definition.default_value()
            && !variables.contains_key(&definition.name.node)
        {
            variables.insert(definition.name.node.clone(), default.clone());
        }
    }
    variables
}

/// A variable that must be given and was not, or is null: 7.2.1 would tell only where it is used, in the midst of an answer.
fn missing<'a>(variables: &Variables, operation: &'a OperationDefinition) -> Option<&'a str> {
    let mut required = operation.variable_definitions.iter().map(|found| &found.node).filter(|found| !found.var_type.node.nullable);
    let absent = |name| variables.get(name).is_none_or(|value| *value == async_graphql::Value::Null);
    required.find(|found| absent(&found.name.node)).map(|found| found.name.node.as_str())
}

/// Validation without execution: introspection-only requests answer null for every other field, run no resolver, and stop before
/// the first field of introspection, since there is no budget for any.
fn validates(schema: &Schema, request: Request) -> bool {
    let request = request.only_introspection().data(Arc::new(Budget::nothing()));
    let response = futures_util::FutureExt::now_or_never(schema.execute(request));
    response.is_none_or(|response| response.errors.is_empty())
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

fn finish(response: Response, asked: &Known, variables: &Variables) -> Json {
    let mut body = Map::new();
    if !response.errors.is_empty() {
        body.insert("errors".into(), serde_json::to_value(&response.errors).unwrap_or_default());
    }
    let mut data = response.data;
    document::take_out(&mut data);
    let data = in_query_order(data, &asked.document, &asked.operation, variables);
    body.insert("data".into(), data.into_json().unwrap_or_default());
    Json::Object(body)
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

/// The document asks for what grants allow for matters other than the one that was said.
fn another_matter(lang: Lang) -> Json {
    let message = match lang {
        Lang::Zh => "授权只限于其他事项：请在用途中给出相应的事项编码（itemCode），见 myAccess",
        Lang::En => "this is granted for other matters: say the itemCode of one in the purpose, see myAccess",
    };
    json!({ "message": message, "extensions": { "code": "FORBIDDEN" } })
}

fn parse_failure(error: &async_graphql::parser::Error) -> Answered {
    let locations: Vec<Json> = error.positions().map(|pos| json!({ "line": pos.line, "column": pos.column })).collect();
    let body = json!({ "errors": [{ "message": format!("the document does not parse: {error}"), "locations": locations, "extensions": { "code": "INVALID_INPUT" } }] });
    Answered { body: Body::Json(body), executed: false, method_not_allowed: false }
}

fn refused(code: &str, message: &str) -> Answered {
    Answered {
        body: Body::Json(json!({ "errors": [{ "message": message, "extensions": { "code": code } }] })),
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
