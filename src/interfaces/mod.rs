//! Interface documents (对接文档) for a department: a type as its grants show it, with requests that were run with its rights.
//!
//! ```text
//! department's rights ─▶ type as shown ─▶ requests ─▶ rehearsal (a hub of its own, one synthetic certificate a type) ─▶ answers
//!                             └──────────────┴─▶ model::docs::department ─▶ Document ─▶ page.rs HTML | print.rs PDF
//! ```

mod error;
mod page;
mod print;
mod rehearsal;

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use model::actor::{Actor, Caller, Department, Granted, Purpose, Role};
use model::docs::department::{Handed, Limits, for_department, requests};
use model::docs::document::Document;
use model::grant::Grant;
use model::plan::MAX_PAGE;
use model::registry::{CertificateType, Registry, State};
use tokio::sync::Mutex;
use verify::messages::Lang;

pub use error::InterfaceError;
pub use page::page;
pub use print::pdf;

use crate::graphql::MAX_DEPTH;
use crate::hub::Hub;
use crate::store::ClientState;
use rehearsal::Rehearsal;

/// Documents state local time.
const BEIJING: i32 = 8 * 3600;

/// Makes them; keeps what their requests are run on.
#[derive(Default)]
pub struct Interfaces {
    rehearsal: Mutex<Option<Rehearsal>>,
}

/// Which document.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// GraphQL name.
    pub type_name: String,
    /// Credit code, which an administrator names.
    pub department: Option<String>,
    /// 事项编码 that the samples are for; None: the first that a grant names.
    pub item: Option<String>,
    pub lang: Lang,
}

impl Interfaces {
    /// The document of a type for whoever asks, or for the department that an administrator names.
    ///
    /// # Errors
    /// As [`InterfaceError`] says.
    pub async fn document(
        &self,
        hub: &Arc<Hub>,
        actor: &Arc<Actor>,
        wanted: &Wanted,
        now: DateTime<Utc>,
    ) -> Result<Document, InterfaceError> {
        let registry = hub.registry.load_full();
        let known = registry.get(&wanted.type_name).filter(|known| known.state != State::Draft);
        let whole = &known.ok_or_else(|| InterfaceError::unknown_type(&wanted.type_name))?.ty;
        let reader = reader(hub, actor, wanted, now).await?;
        let grants: Vec<_> = reader.actor.matters.iter().flat_map(|matters| matters.grants().iter().cloned()).collect();
        let grants: Vec<&Grant> = grants.iter().map(|grant| &**grant).filter(|grant| *grant.type_name == *whole.name).collect();
        if reader.whole.is_empty() && grants.is_empty() {
            return Err(InterfaceError::not_granted(&wanted.type_name));
        }
        // Everything that any matter allows; the samples are for one.
        let shown = shown(&registry, &reader.actor, None, whole);
        let item = if reader.whole.is_empty() { wanted.item.clone().or_else(|| first_item(&grants)) } else { wanted.item.clone() };
        let for_item =
            shown_for(&registry, &reader.actor, item.as_deref(), whole).ok_or_else(|| InterfaceError::no_such_matter(item.as_deref()))?;

        let mut place = self.rehearsal.lock().await;
        let rehearsal = Rehearsal::of(&registry, &mut place).await?;
        let identifier = rehearsal.certificate(whole).await?;
        let mut exchanges = Vec::new();
        for request in requests(&for_item, &identifier, item.as_deref()) {
            exchanges.push(rehearsal.run(&reader.actor, request, wanted.lang, now).await?);
        }
        drop(place);

        let made = now.with_timezone(&FixedOffset::east_opt(BEIJING).unwrap_or_else(|| now.fixed_offset().timezone()));
        Ok(for_department(&Handed {
            ty: &shown,
            department: &reader.department,
            whole: &reader.whole,
            grants: &grants,
            hub: &hub.settings.public_url,
            limits: limits(hub, &reader),
            exchanges: &exchanges,
            made: &made.format("%Y-%m-%d %H:%M").to_string(),
            lang: wanted.lang,
        }))
    }
}

/// For whom the document is.
struct Reader {
    actor: Arc<Actor>,
    department: Department,
    /// Clients and tokens that read the type whole.
    whole: Vec<String>,
    rate: Option<u32>,
    daily: Option<u32>,
}

async fn reader(hub: &Hub, actor: &Arc<Actor>, wanted: &Wanted, now: DateTime<Utc>) -> Result<Reader, InterfaceError> {
    let code = match (actor.role, &wanted.department) {
        (Role::Anonymous, _) => return Err(InterfaceError::unauthenticated()),
        (Role::Administrator, Some(code)) => code.clone(),
        (Role::Administrator, None) => return Err(InterfaceError::department_missing()),
        (_, Some(code)) if actor.department.as_ref().is_none_or(|own| own.code != *code) => return Err(InterfaceError::other_department()),
        _ => {
            let department = actor.department.clone();
            // Tokens made by hand may have no department behind them: then it is for the token.
            let department = department.unwrap_or_else(|| Department { code: "-".into(), name: actor.name.to_string(), division: None });
            let names_it = actor.reads(&wanted.type_name) && actor.types.contains(&wanted.type_name);
            let whole = names_it.then(|| actor.name.to_string()).into_iter().collect();
            let row = hub.store.department(&department.code).await?;
            let (rate, daily) = row.map(|row| (row.rate, row.daily)).unwrap_or_default();
            return Ok(Reader { actor: actor.clone(), department, whole, rate, daily });
        }
    };
    let row = hub.store.department(&code).await?;
    let department = row.as_ref().map_or_else(
        || Department { code: code.clone(), name: code.clone(), division: None },
        |row| Department { code: code.clone(), name: row.name.clone(), division: row.division.clone() },
    );
    let clients = hub.clients.register.clients(Some(&code)).await?;
    let reading = clients.iter().filter(|client| client.role == Role::Department && client.state(now) == ClientState::Active);
    let whole: Vec<_> = reading.filter(|client| client.types.contains(&wanted.type_name)).map(|client| client.id.clone()).collect();
    let types = if whole.is_empty() { Granted::none() } else { Granted::Only([wanted.type_name.clone()].into()) };
    let matters = hub.granting.matters(&department, &types, &Granted::All, now).await?;
    let mut actor = Actor::new(Role::Department, code.as_str(), Some(department.clone()), types, Granted::none());
    actor.matters = matters.any().is_some().then(|| Arc::new(matters));
    let (rate, daily) = row.map(|row| (row.rate, row.daily)).unwrap_or_default();
    Ok(Reader { actor: Arc::new(actor), department, whole, rate, daily })
}

/// The type as this actor's grants show it; without a purpose, what any matter allows.
fn shown(registry: &Registry, actor: &Arc<Actor>, purpose: Option<Purpose>, whole: &Arc<CertificateType>) -> Arc<CertificateType> {
    let caller = Caller::new(actor.clone(), purpose);
    match caller.actor.granted(&whole.name).and(caller.actor.rights.as_ref()) {
        Some(rights) => registry.as_shown(rights).get(&whole.name).map_or_else(|| whole.clone(), |known| known.ty.clone()),
        None => whole.clone(),
    }
}

/// The type as it is shown for this matter; None where nothing of it is.
fn shown_for(registry: &Registry, actor: &Arc<Actor>, item: Option<&str>, whole: &Arc<CertificateType>) -> Option<Arc<CertificateType>> {
    let purpose = Purpose { use_for: "对接文档".into(), item_code: item.map(str::to_owned), ..Purpose::default() };
    let reads = Caller::new(actor.clone(), Some(purpose.clone())).actor.reads(&whole.name);
    reads.then(|| shown(registry, actor, Some(purpose), whole))
}

fn first_item(grants: &[&Grant]) -> Option<String> {
    // A grant for any matter makes none necessary.
    let named = grants.iter().all(|grant| grant.items.is_some());
    grants.iter().filter(|_| named).find_map(|grant| grant.items.as_ref()?.first().cloned())
}

fn limits(hub: &Hub, reader: &Reader) -> Limits {
    let (bounds, callers) = (&hub.settings.bounds, &hub.settings.callers);
    Limits {
        certificates: bounds.nodes,
        page: MAX_PAGE,
        depth: MAX_DEPTH,
        answer: bounds.answer_bytes,
        token: callers.token_lifetime.as_secs(),
        client: (callers.client.rate, callers.client.daily),
        department: (reader.rate.or(callers.department.rate), reader.daily.or(callers.department.daily)),
    }
}
