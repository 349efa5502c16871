//! Whole answers: made once, kept while they hold, in memory and where replicas share them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use uuid::Uuid;

use super::{Kept, Ledger, Stamp, Tag};

/// What an answer is an answer to. All parts are compared, so nobody can make two questions meet in one key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(Arc<[u8]>);

impl Key {
    /// Plan, variables, rights class, language, revision of the registry: whatever the answer depends on and no tag names.
    pub fn new(parts: &[&[u8]]) -> Self {
        let mut key = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
        for part in parts {
            key.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            key.extend_from_slice(part);
        }
        Self(key.into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What goes with an answer and is needed again at every hit, such as what the access log says of it.
pub trait Facts: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Bytes it takes in memory, roughly.
    fn weight(&self) -> usize;
}

/// Types and versions.
impl Facts for Vec<(String, Uuid)> {
    fn weight(&self) -> usize {
        self.iter().map(|(name, _)| name.len() + size_of::<(String, Uuid)>()).sum()
    }
}

impl Facts for () {
    fn weight(&self) -> usize {
        0
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    pub bytes: Bytes,
    pub facts: T,
}

/// An answer, and whether it may be kept.
#[derive(Debug)]
pub struct Made<T> {
    pub answer: Answer<T>,
    /// None: it is nobody else's and is forgotten at once.
    pub keep: Option<Keep>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keep {
    /// Everything whose change would change the answer.
    pub tags: Vec<Tag>,
    /// When time alone changes it: see [`verify::status::next_boundary`].
    pub until: Option<DateTime<Utc>>,
    /// It holds nothing personal and may lie in Redis too.
    pub shared: bool,
}

/// Where replicas share what they keep. Bytes in, the same bytes out or none: who implements it sees to that.
pub trait SecondLevel: Send + Sync {
    fn get<'a>(&'a self, key: &'a [u8]) -> BoxFuture<'a, Option<Vec<u8>>>;
    /// Keeps it for `life` at most; does not wait.
    fn put(&self, key: &[u8], value: Vec<u8>, life: Duration);
}

/// The answers of a hub. A hit asks no database and no network.
pub struct Answers<T> {
    kept: Kept<Key, Arc<Answer<T>>>,
    second: Option<Arc<dyn SecondLevel>>,
    flights: Mutex<HashMap<Key, Flight<T>>>,
}

type Flight<T> = watch::Receiver<Option<Arc<Answer<T>>>>;

impl<T: Facts> Answers<T> {
    /// At most about `weight` bytes, none older than `lifetime`.
    pub fn new(ledger: Arc<Ledger>, weight: u64, lifetime: Duration, second: Option<Arc<dyn SecondLevel>>) -> Self {
        Self { kept: Kept::new(ledger, weight, lifetime), second, flights: Mutex::default() }
    }

    /// The answer in memory, where it holds at `now`.
    pub fn get(&self, key: &Key, now: DateTime<Utc>) -> Option<Arc<Answer<T>>> {
        self.kept.get(key, now)
    }

    /// The kept answer, or else the one that `make` makes; of those who ask for one at the same time, one makes it for all.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn get_or_make<E, F>(&self, key: Key, now: DateTime<Utc>, make: F) -> Result<Arc<Answer<T>>, E>
    where
        F: AsyncFnOnce() -> Result<Made<T>, E>,
    {
        if let Some(found) = self.get(&key, now) {
            return Ok(found);
        }
        // Whoever waits for one that came to nothing makes his own: all at once is no slower than without a cache.
        match self.take_off(&key) {
            Turn::Follow(mut flight) => {
                let landed = flight.wait_for(Option::is_some).await.ok().and_then(|answer| answer.clone());
                match landed.or_else(|| self.get(&key, now)) {
                    Some(answer) => Ok(answer),
                    None => Ok(Arc::new(make().await?.answer)),
                }
            }
            Turn::Alone => Ok(Arc::new(make().await?.answer)),
            Turn::Lead(lead, stamp) => {
                if let Some(found) = self.shared_one(&key, now).await {
                    lead.land(found.clone());
                    return Ok(found);
                }
                let Made { answer, keep } = make().await?;
                let answer = Arc::new(answer);
                // What changed meanwhile is told to whoever asked before the change, and to nobody else.
                if keep.is_some_and(|keep| self.keep(&key, &answer, stamp, &keep)) {
                    lead.land(answer.clone());
                }
                Ok(answer)
            }
        }
    }

    /// Bytes that all answers in memory take, roughly.
    pub fn weight(&self) -> u64 {
        self.kept.weight()
    }

    fn keep(&self, key: &Key, answer: &Arc<Answer<T>>, stamp: Stamp, keep: &Keep) -> bool {
        let Keep { tags, until, shared } = keep;
        let kept = self.kept.keep(key.clone(), answer.clone(), stamp, tags, *until, weight(key, answer));
        if let Some(second) = self.second.as_ref().filter(|_| kept && *shared) {
            // Half the life there and half the life here: nothing lives longer than the whole.
            second.put(key.as_bytes(), encoded(answer, stamp, keep), self.kept.lifetime() / 2);
        }
        kept
    }

    async fn shared_one(&self, key: &Key, now: DateTime<Utc>) -> Option<Arc<Answer<T>>> {
        let value = self.second.as_ref()?.get(key.as_bytes()).await?;
        let (position, Keep { tags, until, .. }, answer) = decoded(value.into())?;
        if until.is_some_and(|until| until <= now) {
            return None;
        }
        let stamp = self.kept.ledger().stamp_at(position)?;
        let (answer, life) = (Arc::new(answer), self.kept.lifetime() / 2);
        self.kept.keep_for(life, key.clone(), answer.clone(), stamp, &tags, until, weight(key, &answer)).then_some(answer)
    }

    fn take_off(&self, key: &Key) -> Turn<'_, T> {
        let Some(stamp) = self.kept.stamp() else { return Turn::Alone };
        let mut flights = self.flights();
        if let Some(flight) = flights.get(key) {
            return Turn::Follow(flight.clone());
        }
        let (sender, receiver) = watch::channel(None);
        flights.insert(key.clone(), receiver);
        Turn::Lead(Lead { answers: self, key: key.clone(), sender }, stamp)
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<Key, Flight<T>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Answers<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Answers").finish_non_exhaustive()
    }
}

enum Turn<'a, T: Facts> {
    Lead(Lead<'a, T>, Stamp),
    Follow(Flight<T>),
    /// Nothing may be kept now, so nothing may be shared either.
    Alone,
}

/// The one who makes the answer. However he ends, nobody waits for him afterwards.
struct Lead<'a, T: Facts> {
    answers: &'a Answers<T>,
    key: Key,
    sender: watch::Sender<Option<Arc<Answer<T>>>>,
}

impl<T: Facts> Lead<'_, T> {
    fn land(self, answer: Arc<Answer<T>>) {
        self.sender.send_replace(Some(answer));
    }
}

impl<T: Facts> Drop for Lead<'_, T> {
    fn drop(&mut self) {
        self.answers.flights().remove(&self.key);
    }
}

fn weight<T: Facts>(key: &Key, answer: &Answer<T>) -> usize {
    key.0.len() + answer.bytes.len() + answer.facts.weight()
}

/// First byte of what is shared: another version of the program makes nothing of it.
const FORM: u8 = 1;

/// Form, position, end (microseconds), tags behind their number, facts behind their length, bytes; numbers big-endian.
fn encoded<T: Facts>(answer: &Answer<T>, stamp: Stamp, keep: &Keep) -> Vec<u8> {
    let Ok(facts) = serde_json::to_vec(&answer.facts) else { return Vec::new() };
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let mut value = vec![FORM];
    value.extend(stamp.position().to_be_bytes());
    value.extend(keep.until.map_or(i64::MAX, |until| until.timestamp_micros()).to_be_bytes());
    value.extend(count(keep.tags.len()));
    keep.tags.iter().for_each(|tag| value.extend(tag.0.to_be_bytes()));
    value.extend(count(facts.len()));
    value.extend(facts);
    value.extend_from_slice(&answer.bytes);
    value
}

fn decoded<T: Facts>(mut value: Bytes) -> Option<(u64, Keep, Answer<T>)> {
    use bytes::Buf as _;
    if value.try_get_u8().ok()? != FORM {
        return None;
    }
    let position = value.try_get_u64().ok()?;
    let until = Some(value.try_get_i64().ok()?).filter(|until| *until != i64::MAX);
    let until = until.map(|until| DateTime::from_timestamp_micros(until).ok_or(())).transpose().ok()?;
    let count = value.try_get_u32().ok()?;
    let tags = (0..count).map(|_| value.try_get_u64().ok().map(Tag)).collect::<Option<_>>()?;
    let length = usize::try_from(value.try_get_u32().ok()?).ok()?;
    if value.remaining() < length {
        return None;
    }
    let facts = serde_json::from_slice(&value.split_to(length)).ok()?;
    Some((position, Keep { tags, until, shared: true }, Answer { bytes: value, facts }))
}

#[cfg(test)]
mod tests;
