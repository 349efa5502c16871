//! One request, asked of plan and library; and what each of them left in the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use chrono::{DateTime, Utc};
use model::actor::{Actor, Caller, Purpose};
use serde_json::{Map, Value as Json};
use verify::messages::Lang;
use zhengzhao::audit::{Entry, Kind};
use zhengzhao::graphql::{Asked, Body, Parameters, Path};
use zhengzhao::hub::Hub;

use crate::support::each::execute;

/// A request but for its variables' place in a row of them.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub text: String,
    pub operation_name: Option<String>,
    pub variables: Map<String, Json>,
    pub actor: Actor,
    pub purpose: bool,
    pub lang: Lang,
    pub now: DateTime<Utc>,
    pub queries_only: bool,
}

impl Question {
    /// As this caller asks, with a purpose, in English.
    pub(super) fn of(actor: &Actor, text: &str) -> Self {
        let variables = Map::new();
        let (text, actor) = (text.to_owned(), actor.clone());
        Self { text, operation_name: None, variables, actor, purpose: true, lang: Lang::En, now: Utc::now(), queries_only: false }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub body: Vec<u8>,
    pub executed: bool,
    pub method_not_allowed: bool,
}

impl Told {
    pub(super) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Asks in the name of `name`, so that the journal tells who asked. Was it a plan that answered?
pub(super) async fn ask(hub: &Arc<Hub>, question: &Question, name: &str, path: Path) -> (Told, bool) {
    let mut actor = question.actor.clone();
    actor.name = name.into();
    let purpose = question.purpose.then(|| Purpose { use_for: "test".into(), ..Purpose::default() });
    let asked = Asked {
        parameters: Parameters {
            query: question.text.clone(),
            operation_name: question.operation_name.clone(),
            variables: question.variables.clone(),
        },
        caller: Caller::new(Arc::new(actor), purpose),
        from: None,
        lang: question.lang,
        now: question.now,
        queries_only: question.queries_only,
    };
    let answered = hub.graph.execute(hub, asked, path).await;
    let planned = matches!(answered.body, Body::Written(_));
    let body = match answered.body {
        Body::Written(body) => body.to_vec(),
        Body::Json(mut body) => {
            // Validation tells its faults in no fixed order.
            if let (false, Some(errors)) = (answered.executed, body.get_mut("errors").and_then(Json::as_array_mut)) {
                errors.sort_by_key(ToString::to_string);
            }
            body.to_string().into_bytes()
        }
    };
    (Told { body, executed: answered.executed, method_not_allowed: answered.method_not_allowed }, planned)
}

/// An entry of the journal: kind, type, version and count.
pub(super) type Read = (String, Option<String>, Option<uuid::Uuid>, i32);

/// What each caller left in the journal, sorted.
pub(super) type Recorded = BTreeMap<String, Vec<Read>>;

/// Everything recorded since the last time, by caller.
pub(super) async fn recorded(hub: &Arc<Hub>, url: &str) -> Recorded {
    // Behind it everything is on disk: entries are committed in the order in which they were handed over.
    let caller = Caller { actor: Arc::new(Actor::anonymous()), purpose: None };
    hub.audit.append(Entry::new(&caller, Kind::Verify, Utc::now())).await.unwrap();
    let mut found = Recorded::new();
    for event in hub.store.access_events(u32::MAX).await.unwrap() {
        found.entry(event.actor).or_default().push((event.kind, event.type_name, event.version_id, event.count));
    }
    for entries in found.values_mut() {
        entries.sort();
    }
    execute::sql(url, "DELETE FROM access_event").await;
    found
}

/// Where the two begin to differ, with something around it.
pub(super) fn difference(usual: &Told, library: &Told) -> String {
    let at = usual.body.iter().zip(&library.body).take_while(|(a, b)| a == b).count();
    let around =
        |body: &[u8]| String::from_utf8_lossy(&body[at.saturating_sub(160).min(body.len())..(at + 200).min(body.len())]).into_owned();
    format!(
        "at byte {at} of {} and {}; executed {} {}\n  usual:   …{}\n  library: …{}",
        usual.body.len(),
        library.body.len(),
        usual.executed,
        library.executed,
        around(&usual.body),
        around(&library.body)
    )
}

/// Does a response key stand twice at the root of an operation?
pub(super) fn selects_a_root_twice(text: &str) -> bool {
    fn keys(set: &SelectionSet, document: &ExecutableDocument, found: &mut Vec<String>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => found.push(field.node.response_key().node.to_string()),
                Selection::InlineFragment(fragment) => keys(&fragment.node.selection_set.node, document, found),
                Selection::FragmentSpread(spread) => {
                    let fragment = &document.fragments[&spread.node.fragment_name.node];
                    keys(&fragment.node.selection_set.node, document, found);
                }
            }
        }
    }
    let document = parse_query(text).unwrap();
    document.operations.iter().any(|(_, operation)| {
        let mut found = Vec::new();
        keys(&operation.node.selection_set.node, &document, &mut found);
        let distinct: BTreeSet<_> = found.iter().collect();
        distinct.len() < found.len()
    })
}
