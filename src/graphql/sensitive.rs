//! Mutations that a second person must agree to, where the hub is configured so: asked for, they are kept and refused with the id of
//! what was kept; approved, they are carried out as they were kept.

use std::sync::Arc;

use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use async_graphql::{Name, Value};
use model::registry::{ChangeKind, Registry, SourceFile, State};

use super::ask::{Ask, Resolved, answer};
use super::errors::ApiError;
use super::inputs::arguments::{self, Arguments};
use crate::approvals::{Action, Wanted};
use crate::registration::Outcome;

/// A resolver of such a mutation.
pub(super) fn sensitive<'a, F>(
    context: ResolverContext<'a>,
    action: Action,
    resolve: impl FnOnce(ResolverContext<'a>, Arc<Ask>) -> F + Send + 'a,
) -> FieldFuture<'a>
where
    F: Future<Output = Resolved<'a>> + Send + 'a,
{
    answer(context, move |context, ask| async move {
        let needed = !ask.approved && ask.hub.approvals.needed(action);
        if needed && !changes_nothing(context.args.as_index_map()) {
            let mutation = context.ctx.item.node.name.node.to_string();
            let given = context.args.as_index_map().clone();
            return keep(&ask, action, mutation, given).await;
        }
        resolve(context, ask).await
    })
}

/// A dry run, a refusal.
fn changes_nothing(args: &Arguments) -> bool {
    arguments::flag(args, "dryRun") || args.get("grant").is_some_and(|grant| *grant == Value::Boolean(false))
}

async fn keep<'a>(ask: &Ask, action: Action, mutation: String, mut args: Arguments) -> Resolved<'a> {
    if mutation == "registerClient" {
        // A secret is shown once, to whoever asks for it: not to whoever approves.
        args.insert(Name::new("withSecret"), Value::Boolean(false));
    }
    let basis = match basis(ask, &mutation, &args).await? {
        Basis::Of(basis) => basis,
        Basis::Faulty(outcome) => return Ok(Some(FieldValue::owned_any(*outcome))),
    };
    let arguments = Value::Object(args).into_json().map_err(|error| ApiError::Bug(format!("arguments of {mutation}: {error}")))?;
    let wanted = Wanted { action, mutation, arguments: arguments.to_string(), basis };
    let row = ask.hub.approvals.ask(wanted, &ask.caller, ask.now).await?;
    Err(ApiError::ApprovalRequired { id: row.id, until: row.until })
}

/// What a mutation is asked upon.
pub(super) enum Basis {
    Of(String),
    /// A type file with faults: they are told, and nothing is asked for.
    Faulty(Box<Outcome>),
}

/// What a mutation with these arguments would act upon, as it is now. What could not be done at all is refused here already.
pub(super) async fn basis(ask: &Ask, mutation: &str, args: &Arguments) -> Result<Basis, ApiError> {
    let text = |name: &str| arguments::text(args, name).unwrap_or_default();
    let (hub, store) = (&ask.hub, &ask.hub.store);
    let basis = match mutation {
        "putGrant" => {
            let grant = hub.granting.checked(&text("source"), ask.now).await?;
            store.grant(&grant.name).await?.map_or_else(|| "none".to_owned(), |row| row.id.to_string())
        }
        "decideAccess" => {
            let id = text("id").parse().map_err(|_| missing("id"))?;
            let row = store.access_request(id).await?.filter(|row| row.decision.is_none());
            row.ok_or_else(|| missing("id"))?.id.to_string()
        }
        "registerClient" => match store.client(&text("id")).await? {
            Some(_) => return Err(missing("id")),
            None => "none".to_owned(),
        },
        "addClientCertificate" => {
            let row = hub.clients.register.of_id(&text("client")).await?;
            format!("{} {:?}", row.registered_at.timestamp_micros(), row.revoked_at)
        }
        "registerCertificateType" => {
            let name = arguments::text(args, "file").unwrap_or_else(|| "source.json".into());
            let files = vec![SourceFile { name, text: text("source") }];
            let outcome = hub.registration.register(files, &ask.caller.actor, State::Published, true).await?;
            if outcome.types.is_empty() || outcome.changes.iter().any(|change| change.kind == ChangeKind::StoredUnreadable) {
                return Ok(Basis::Faulty(Box::new(outcome)));
            }
            let registry = hub.registry.load();
            outcome.types.iter().map(|new| known(&registry, &new.ty.name)).collect::<Vec<_>>().join(" ")
        }
        "registerFace" => {
            hub.registration.register_face(&text("type"), &text("source"), &ask.caller.actor, true).await?;
            store.face(&text("type")).await?.map_or_else(|| "none".to_owned(), |row| row.digest)
        }
        "publishCertificateType" | "withdrawCertificateType" => {
            let name = text("name");
            if hub.registry.load().get(&name).is_none() {
                return Err(missing("name"));
            }
            known(&hub.registry.load(), &name)
        }
        "registerSeal" | "resumeSeal" | "destroySeal" => {
            let code = text("code");
            let seal = store.seal(&code).await?;
            if seal.is_none() && mutation != "registerSeal" {
                return Err(missing("code"));
            }
            seal.map_or_else(|| "none".to_owned(), |seal| format!("{} {:?}", seal.id, seal.status))
        }
        other => return Err(ApiError::Bug(format!("{other} asks for no second person"))),
    };
    Ok(Basis::Of(basis))
}

/// A type as it is registered.
fn known(registry: &Registry, name: &str) -> String {
    registry.get(name).map_or_else(|| "none".to_owned(), |known| format!("{} {:?}", known.ty.digest, known.state))
}

fn missing(path: &str) -> ApiError {
    ApiError::Input {
        path: path.into(),
        zh: "没有这样的对象，或其现状不允许该操作".into(),
        en: "there is none such, or it stands so that this cannot be done".into(),
    }
}
