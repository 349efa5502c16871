//! One request: who asks, when, in which language, and the loaders that batch its relations.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use async_graphql::{Name, Value};
use chrono::{DateTime, Utc};
use model::actor::Caller;
use model::plan::{self, Plan, PlanError, Request};
use model::registry::{CertificateType, Registry};
use serde_json::Value as Json;
use verify::messages::Lang;

use super::budget::Budget;
use super::driver::Batches;
use super::errors::ApiError;
use super::loaders::Loaders;
use crate::hub::Hub;
use crate::store::{Answer, CertificateRow};

/// What every resolver has at hand.
pub(super) struct Ask {
    pub hub: Arc<Hub>,
    pub registry: Arc<Registry>,
    pub caller: Caller,
    /// Where it comes from, as far as that is known.
    pub from: Option<IpAddr>,
    /// The request's single now.
    pub now: DateTime<Utc>,
    pub lang: Lang,
    /// Does the document select a personal field of any type? Then administrators, too, say what for.
    pub personal: bool,
    /// Has a second person agreed to it?
    pub approved: bool,
    /// What may be read for it, and written.
    pub budget: Arc<Budget>,
    /// Items of root lists that are null: key and place.
    pub nobody: Mutex<Vec<(Name, usize)>>,
}

impl Ask {
    /// These places of a root list are to be null.
    pub(super) fn nobody(&self, key: Name, places: impl Iterator<Item = usize>) {
        self.nobody.lock().unwrap_or_else(PoisonError::into_inner).extend(places.map(|place| (key.clone(), place)));
    }

    /// Makes them null: the library would answer an object of nulls.
    pub(super) fn without_nobody(&self, data: &mut Value) {
        let Value::Object(members) = data else { return };
        for (key, place) in self.nobody.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            if let Some(Value::List(items)) = members.get_mut(&key)
                && let Some(item) = items.get_mut(place)
            {
                *item = Value::Null;
            }
        }
    }

    /// Checks and runs one question.
    pub(super) async fn run(&self, request: &Request) -> Result<Answer, ApiError> {
        self.run_plan(&plan::plan(request, &self.registry, &self.caller, self.now)?).await
    }

    /// Runs a plan and records the read, before the answer leaves.
    pub(super) async fn run_plan(&self, plan: &Plan) -> Result<Answer, ApiError> {
        if self.personal && !self.caller.says_what_for() {
            return Err(PlanError::PurposeRequired.into());
        }
        let answer = self.hub.store.run(plan).await?;
        // Whoever drives the request looks whether that was too much.
        let _ = self.budget.read(answer.certificates());
        self.hub.audit.read(&self.caller, plan, &answer, self.now).await?;
        Ok(answer)
    }

    /// Reads a row's statement; a type that this snapshot does not know is left out by the caller.
    pub(super) fn certificate(&self, row: CertificateRow) -> Result<Cert, ApiError> {
        let registered = self
            .registry
            .get(&row.type_name)
            .ok_or_else(|| ApiError::Bug(format!("type {} of a stored certificate is not registered", row.type_name)))?;
        let statement: Json = serde_json::from_str(&row.statement)
            .map_err(|error| ApiError::Bug(format!("statement of {} does not read: {error}", row.id)))?;
        Ok(Cert(Arc::new(CertInner { ty: registered.ty.clone(), row, statement })))
    }

    pub(super) fn certificates(&self, rows: Vec<CertificateRow>) -> Result<Vec<Cert>, ApiError> {
        rows.into_iter().map(|row| self.certificate(row)).collect()
    }
}

/// A certificate on its way into an answer. Cheap to clone.
#[derive(Clone)]
pub(super) struct Cert(Arc<CertInner>);

pub(super) struct CertInner {
    pub ty: Arc<CertificateType>,
    pub row: CertificateRow,
    /// The signed statement, read.
    pub statement: Json,
}

impl std::ops::Deref for Cert {
    type Target = CertInner;

    fn deref(&self) -> &CertInner {
        &self.0
    }
}

impl Cert {
    pub(super) fn data(&self) -> Option<&serde_json::Map<String, Json>> {
        self.statement.get("data").and_then(Json::as_object)
    }

    /// Where the field's type is the certificate's own.
    pub(super) fn typed(self) -> FieldValue<'static> {
        FieldValue::owned_any(self)
    }

    /// Where the field's type is an interface.
    pub(super) fn into_interface(self) -> FieldValue<'static> {
        let name = self.ty.name.to_string();
        FieldValue::owned_any(self).with_type(name)
    }
}

/// Puts an `Ask` and its loaders into a request; the loaders' batches go to `batches`.
pub(super) fn attach(request: async_graphql::Request, ask: Arc<Ask>, batches: Batches) -> async_graphql::Request {
    let loaders = DataLoader::new(Loaders(ask.clone()), move |batch| batches.add(batch)).delay(Duration::ZERO).max_batch_size(10_000);
    request.data(ask.budget.clone()).data(ask).data(loaders)
}

/// What a resolver answers.
pub(super) type Resolved<'a> = Result<Option<FieldValue<'a>>, ApiError>;

/// Makes an async function a resolver. An error becomes an entry of `errors` with its path, and null here: 7.2.1 would leave
/// the key out and the path unset.
pub(super) fn answer<'a, F>(
    context: ResolverContext<'a>,
    resolve: impl FnOnce(ResolverContext<'a>, Arc<Ask>) -> F + Send + 'a,
) -> FieldFuture<'a>
where
    F: Future<Output = Resolved<'a>> + Send + 'a,
{
    FieldFuture::new(async move {
        let ask = context.ctx.data::<Arc<Ask>>()?.clone();
        let field = context.ctx;
        let lang = ask.lang;
        match resolve(context, ask).await {
            Ok(value) => Ok(value),
            Err(error) => {
                let error = error.graphql(lang).into_server_error(field.item.pos);
                field.add_error(field.set_error_path(error));
                Ok(None)
            }
        }
    })
}

/// A resolver that only reads its parent.
pub(super) fn read<'a, T: 'static>(context: &ResolverContext<'a>, get: impl FnOnce(&T) -> Option<Value>) -> FieldFuture<'a> {
    match context.parent_value.try_downcast_ref::<T>() {
        Ok(parent) => FieldFuture::from_value(get(parent)),
        Err(error) => FieldFuture::new(async move { Err::<Option<Value>, _>(error) }),
    }
}
