//! Keys that make a retry return the first result. They hold ids, never data, and live seven days.

use std::collections::HashMap;

use chrono::{Days, Utc};
use uuid::Uuid;

use super::commands::{Idempotency, Replay};
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

/// How long a key is remembered.
const LIFE: Days = Days::new(7);

/// A remembered key.
#[derive(Debug)]
pub(super) struct Remembered {
    pub(super) digest: String,
    pub(super) version_id: Uuid,
    pub(super) lapsed: bool,
}

impl Remembered {
    /// What it answers to another use of the key.
    pub(super) fn replay(&self, digest: &str) -> Replay {
        match self {
            Self { lapsed: true, .. } => Replay::New,
            known if known.digest == digest => Replay::Same(known.version_id),
            _ => Replay::Other,
        }
    }
}

impl Store {
    /// What each key answers, in their order.
    ///
    /// # Errors
    /// The database.
    pub async fn replay(&self, keys: &[Idempotency]) -> Result<Vec<Replay>, StoreError> {
        let known = self.remembered(keys.iter()).await?;
        let replay =
            |key: &Idempotency| known.get(&(key.actor.clone(), key.key.clone())).map_or(Replay::New, |known| known.replay(&key.digest));
        Ok(keys.iter().map(replay).collect())
    }

    /// Forgets keys older than seven days; how many they were.
    ///
    /// # Errors
    /// The database.
    pub async fn forget_keys(&self) -> Result<u64, StoreError> {
        let forgotten = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("DELETE FROM idempotency WHERE created_at < ");
            sql.bind(horizon());
            session.run(sql).await
        });
        Ok(forgotten.await?)
    }

    pub(super) async fn remembered(
        &self,
        keys: impl Iterator<Item = &Idempotency>,
    ) -> Result<HashMap<(String, String), Remembered>, Fault> {
        let (mut actors, names): (Vec<&str>, Vec<&str>) = keys.map(|key| (key.actor.as_str(), key.key.as_str())).unzip();
        actors.sort_unstable();
        actors.dedup();
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let mut sql = Sql::new("SELECT actor, key, digest, version_id, created_at FROM idempotency WHERE actor IN ");
        sql.list(actors.into_iter().map(text)).push(" AND key IN ").list(names.into_iter().map(text));
        let horizon = horizon();
        let mut known = HashMap::new();
        for row in self.reading().all(sql).await? {
            let mut reader = Reader::new(&row);
            let key = (reader.text()?, reader.text()?);
            let remembered = Remembered { digest: reader.text()?, version_id: reader.uuid()?, lapsed: reader.integer()? < horizon };
            known.insert(key, remembered);
        }
        Ok(known)
    }
}

/// Keys made before this are forgotten; microseconds.
pub(super) fn horizon() -> i64 {
    Utc::now().checked_sub_days(LIFE).map_or(i64::MIN, |at| at.timestamp_micros())
}
