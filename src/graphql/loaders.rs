//! Batches: one statement for all parents of a level. Made anew for each request, never shared between actors.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use model::plan::{ById, HolderHeads, Related, Request};
use model::registry::Relation;
use uuid::Uuid;
use verify::attachment::name_of;
use verify::status::CertificateStatus;

use super::ask::{Ask, Cert};
use super::errors::ApiError;
use crate::store::{Answer, AuthorityRow, EventRow};

pub(super) struct Loaders(pub Arc<Ask>);

/// Loaders hand the same error to every waiting field.
type Shared = Arc<ApiError>;

impl From<Arc<Self>> for ApiError {
    fn from(shared: Arc<Self>) -> Self {
        match Arc::try_unwrap(shared) {
            Ok(error) => error,
            Err(shared) => match &*shared {
                Self::Plan(error) => Self::Plan(error.clone()),
                Self::Forbidden { zh, en } => Self::Forbidden { zh: zh.clone(), en: en.clone() },
                other => Self::Store(crate::store::StoreError::Unavailable(format!("{other:?}"))),
            },
        }
    }
}

/// An authority by its credit code.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct AuthorityKey(pub String);

impl Loader<AuthorityKey> for Loaders {
    type Value = AuthorityRow;
    type Error = Shared;

    async fn load(&self, keys: &[AuthorityKey]) -> Result<HashMap<AuthorityKey, AuthorityRow>, Shared> {
        let codes: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = self.0.hub.store.authorities_by(&codes).await.map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (AuthorityKey(row.code.clone()), row)).collect())
    }
}

/// A version by its opaque id.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct VersionKey(pub Uuid);

impl Loader<VersionKey> for Loaders {
    type Value = Cert;
    type Error = Shared;

    async fn load(&self, keys: &[VersionKey]) -> Result<HashMap<VersionKey, Cert>, Shared> {
        let keys = keys.iter().map(|key| key.0.to_string()).collect();
        let found = rows(&self.0, &Request::ById(ById::of(keys))).await?;
        Ok(found.into_iter().map(|cert| (VersionKey(cert.row.id), cert)).collect())
    }
}

async fn rows(ask: &Ask, request: &Request) -> Result<Vec<Cert>, Shared> {
    match ask.run(request).await? {
        Answer::Rows(rows) => Ok(ask.certificates(rows)?),
        other => Err(Arc::new(ApiError::Bug(format!("rows expected, not {other:?}")))),
    }
}

/// The bytes that a statement names.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct AttachmentKey(pub String);

impl Loader<AttachmentKey> for Loaders {
    type Value = Arc<[u8]>;
    type Error = Shared;

    /// Bytes that are gone, or that are no longer those that were signed, are left out.
    async fn load(&self, keys: &[AttachmentKey]) -> Result<HashMap<AttachmentKey, Arc<[u8]>>, Shared> {
        let names: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let found = self.0.hub.store.attachments(&names).await.map_err(|error| Arc::new(error.into()))?;
        let genuine = found.into_iter().filter(|found| name_of(&found.bytes) == found.name);
        Ok(genuine.map(|found| (AttachmentKey(found.name), found.bytes.into())).collect())
    }
}

/// The events of a certificate's record.
#[derive(Clone)]
pub(super) struct EventsKey(pub Cert);

impl PartialEq for EventsKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.row.record_id == other.0.row.record_id
    }
}

impl Eq for EventsKey {}

impl Hash for EventsKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.row.record_id.hash(state);
    }
}

impl Loader<EventsKey> for Loaders {
    type Value = Vec<EventRow>;
    type Error = Shared;

    async fn load(&self, keys: &[EventsKey]) -> Result<HashMap<EventsKey, Vec<EventRow>>, Shared> {
        let certificates: Vec<_> = keys.iter().map(|key| &key.0.row).collect();
        let events = self.0.hub.store.events_of(&certificates).await.map_err(|error| Arc::new(error.into()))?;
        let mut by_record: HashMap<Uuid, Vec<EventRow>> = HashMap::new();
        for event in events {
            by_record.entry(event.record_id).or_default().push(event);
        }
        Ok(keys.iter().map(|key| (key.clone(), by_record.get(&key.0.row.record_id).cloned().unwrap_or_default())).collect())
    }
}

/// What one value reaches by a relation.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct RelationKey {
    pub type_name: Arc<str>,
    pub relation: String,
    pub first: i64,
    pub value: String,
}

impl Loader<RelationKey> for Loaders {
    type Value = Vec<Cert>;
    type Error = Shared;

    async fn load(&self, keys: &[RelationKey]) -> Result<HashMap<RelationKey, Vec<Cert>>, Shared> {
        let mut groups: HashMap<(Arc<str>, String, i64), Vec<&RelationKey>> = HashMap::new();
        for key in keys {
            groups.entry((key.type_name.clone(), key.relation.clone(), key.first)).or_default().push(key);
        }
        let mut found = HashMap::new();
        for ((type_name, name, first), members) in groups {
            let relation = relation(&self.0, &type_name, &name)?;
            let values = members.iter().map(|key| key.value.clone()).collect();
            let request = Request::Related(Related { to: relation.to, by: relation.by, keys: values, first });
            for (key, reached) in members.into_iter().zip(reached(&self.0, &request).await?) {
                found.insert(key.clone(), reached);
            }
        }
        Ok(found)
    }
}

fn relation(ask: &Ask, type_name: &str, name: &str) -> Result<Relation, Shared> {
    let registered = ask.registry.get(type_name);
    let relation = registered.and_then(|known| known.ty.relations.iter().find(|relation| relation.name == name).cloned());
    relation.ok_or_else(|| Arc::new(ApiError::Bug(format!("{type_name} has no relation {name}"))))
}

async fn reached(ask: &Ask, request: &Request) -> Result<Vec<Vec<Cert>>, Shared> {
    match ask.run(request).await? {
        Answer::Reached(lists) => Ok(lists.into_iter().map(|rows| ask.certificates(rows)).collect::<Result<_, _>>()?),
        other => Err(Arc::new(ApiError::Bug(format!("lists expected, not {other:?}")))),
    }
}

/// The first certificates of one holder, one more than asked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct HolderKey {
    pub code: String,
    pub types: Option<Vec<String>>,
    pub status: Option<Vec<CertificateStatus>>,
    pub first: Option<i64>,
}

impl Loader<HolderKey> for Loaders {
    type Value = Vec<Cert>;
    type Error = Shared;

    async fn load(&self, keys: &[HolderKey]) -> Result<HashMap<HolderKey, Vec<Cert>>, Shared> {
        let mut groups: HashMap<HolderKey, Vec<&HolderKey>> = HashMap::new();
        for key in keys {
            // Keys that differ in the code alone go together.
            groups.entry(HolderKey { code: String::new(), ..key.clone() }).or_default().push(key);
        }
        let mut found = HashMap::new();
        for (HolderKey { types, status, first, .. }, members) in groups {
            let codes = members.iter().map(|key| key.code.clone()).collect();
            let request = Request::HolderHeads(HolderHeads { codes, types, status, first });
            for (key, reached) in members.into_iter().zip(reached(&self.0, &request).await?) {
                found.insert(key.clone(), reached);
            }
        }
        Ok(found)
    }
}
