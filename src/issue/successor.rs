//! Amend and renew: a new version takes the place of the current one, which is marked SUPERSEDED in the same transaction.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use model::actor::Caller;
use model::registry::{CertificateType, Operation, Transition};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;
use verify::attachment::named_in;
use verify::identifier::Identifier;
use verify::statement::Statement;

use super::idempotency::idempotency;
use super::numbering::Counters;
use super::prepare::{Draft, Given, Predecessor, prepare};
use super::statement::{Notary, Verified};
use super::status::{allowed, reason};
use super::version::{Context, Ids, Replaced, compose};
use super::{IssueError, Issuing, access, attachments, day, must_be_current};
use crate::sign::Signer;
use crate::store::commands::{Idempotency, NewVersion};
use crate::store::rows::Evidence;

/// What is given to amend or renew.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SuccessorInput {
    /// The whole of the new data. A renewal without data keeps the old.
    pub data: Option<Value>,
    /// Else today, or what the data say.
    pub issued_on: Option<NaiveDate>,
    /// Amend: else as before. Renew: else by the type's rule.
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    /// Kept with the events; at most [`super::MAX_REASON`] characters.
    pub reason: Option<String>,
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Issuing {
    /// Replaces the data of a certificate: number, serial and, unless given, the term stay. Returns the id of the new version.
    ///
    /// # Errors
    /// As [`IssueError`] says; CONFLICT names the current version where `id` is not it.
    pub async fn amend(&self, caller: &Caller, id: &str, input: SuccessorInput, now: DateTime<Utc>) -> Result<Uuid, IssueError> {
        self.succeed(caller, id, Operation::Amend, input, now).await
    }

    /// Begins a new term under the same number. Returns the id of the new version.
    ///
    /// # Errors
    /// As [`Self::amend`].
    pub async fn renew(&self, caller: &Caller, id: &str, input: SuccessorInput, now: DateTime<Utc>) -> Result<Uuid, IssueError> {
        self.succeed(caller, id, Operation::Renew, input, now).await
    }

    async fn succeed(
        &self,
        caller: &Caller,
        id: &str,
        operation: Operation,
        input: SuccessorInput,
        now: DateTime<Utc>,
    ) -> Result<Uuid, IssueError> {
        let now = now.trunc_subsecs(6);
        let evidence = self.evidence(id).await?;
        let registered = access::granted(&self.registry.load_full(), &caller.actor, &evidence.row.type_name)?;
        access::acts_for(&caller.actor, &evidence.row.issuer)?;
        let command = json!({"operation": operation.as_str(), "version": evidence.row.id.to_string(), "input": &input});
        let key = idempotency(&caller.actor.name, input.idempotency_key.as_deref(), &command)?;
        // Before anything else is judged: after the first call the version is no longer current.
        if let Some(first) = self.replayed(key.as_ref()).await? {
            return Ok(first);
        }
        access::published(&registered)?;
        must_be_current(&evidence)?;
        let transition = allowed(&registered.ty, &evidence.row, operation)?.clone();
        let reason = input.reason.as_deref().map(reason).transpose()?.map(str::to_owned);
        let authority = self.authority(&evidence.row.issuer).await?;
        let signer = self.signer(&evidence.row.issuer)?;
        let stated = Statement::from_text(&evidence.row.statement)
            .map_err(|fault| IssueError::Bug(format!("the stored statement of {} cannot be read: {fault}", evidence.row.id)))?;
        let mut data = match (&input.data, operation) {
            (Some(data), _) => data.clone(),
            (None, Operation::Renew) => Value::Object(stated.data.clone()),
            (None, _) => return Err(IssueError::fault("data", "须给出变更后的全部数据", "give the whole of the new data")),
        };
        same_photos(&registered.ty, &mut data, &stated, &evidence)?;
        let given = Given { data: &data, number: None, issued_on: input.issued_on, valid_from: input.valid_from, valid_to: input.valid_to };
        let predecessor = predecessor(&evidence, operation)?;
        let draft = prepare(&registered.ty, &authority, given, Some(&predecessor), day(now)).map_err(IssueError::InvalidInput)?;
        let version = self
            .successor(caller, Signed { draft, evidence, operation, transition, reason, key: key.clone(), signer: signer.clone() }, now)
            .await?;
        self.record_signer(signer.as_ref()).await?;
        let committed = self.store.commit(vec![version.into_command()], false).await?;
        match committed.into_iter().next() {
            Some(Ok(id)) => Ok(id),
            Some(Err(fault)) => self.settled(fault, key.as_ref(), id).await,
            None => Err(IssueError::Bug("the store gave no answer to a commit".into())),
        }
    }

    async fn successor(&self, caller: &Caller, signed: Signed, now: DateTime<Utc>) -> Result<Verified<NewVersion>, IssueError> {
        let (caller, trust, policy) = (caller.clone(), self.trust.load_full(), self.policy.clone());
        let work = tokio::task::spawn_blocking(move || {
            let Signed { draft, evidence, operation, transition, reason, key, signer } = signed;
            // A later event never bears an earlier time than the one before it.
            let now = evidence.events.last().map_or(now, |last| now.max(last.at));
            let context = Context {
                caller: &caller,
                ids: Ids::fresh(),
                counters: Counters::default(),
                reservations: Vec::new(),
                idempotency: key,
                succeeds: Some(Replaced { evidence: &evidence, operation, transition: &transition, reason: reason.as_deref() }),
                today: day(now),
                now,
            };
            let notary = Notary { signer: signer.as_ref(), trust: &trust, policy: &policy, now };
            compose(&draft, context, &notary)
        });
        work.await.map_err(|fault| IssueError::Bug(fault.to_string()))?
    }
}

/// The name of a photo of the version replaced stands for that photo. Any other name is no Base64, and refused as that.
fn same_photos(ty: &CertificateType, data: &mut Value, stated: &Statement, evidence: &Evidence) -> Result<(), IssueError> {
    attachments::put_back(&ty.fields, data, &evidence.attachments);
    let named = named_in(&stated.data);
    match attachments::names(&ty.fields, data).into_iter().find(|name| named.contains(name.as_str())) {
        Some(gone) => Err(IssueError::Bug(format!("the attachment {gone} of {} is gone or was changed", evidence.row.id))),
        None => Ok(()),
    }
}

/// Everything the signing thread needs.
struct Signed {
    draft: Draft,
    evidence: Evidence,
    operation: Operation,
    transition: Transition,
    reason: Option<String>,
    key: Option<Idempotency>,
    signer: Arc<dyn Signer>,
}

fn predecessor(evidence: &Evidence, operation: Operation) -> Result<Predecessor, IssueError> {
    let row = &evidence.row;
    let identifier = Identifier::parse(&row.identifier).map_err(|fault| IssueError::Bug(fault.to_string()))?.identifier;
    let term = (operation == Operation::Amend).then_some((row.valid_from, row.valid_to));
    let data = Statement::from_text(&row.statement).map_err(|fault| IssueError::Bug(fault.to_string()))?.data;
    Ok(Predecessor { number: row.number.clone(), serial: identifier.serial().to_owned(), term, data })
}
