//! The journal of reads: entries are on disk before an answer leaves, many callers sharing one commit.

use std::time::Duration;

use chrono::{DateTime, Utc};
use model::actor::Caller;
use model::plan::{Plan, Step, TypeScope};
use tokio::sync::{mpsc, oneshot};

use crate::audit::{Entry, Kind};
use crate::store::commands::AccessEvent;
use crate::store::{Answer, Store, StoreError};

/// How many entries one commit takes, and how long the first of them waits for company.
const GROUP: usize = 256;
const WAIT: Duration = Duration::from_millis(5);

type Waiting = (AccessEvent, oneshot::Sender<Result<(), StoreError>>);

/// Appends access events in groups.
#[derive(Debug, Clone)]
pub struct Journal {
    queue: mpsc::Sender<Waiting>,
}

impl Journal {
    /// Starts the task that commits the groups; it ends when the last handle is dropped.
    pub fn start(store: Store) -> Self {
        let (queue, entries) = mpsc::channel(4 * GROUP);
        tokio::spawn(commit_groups(store, entries));
        Self { queue }
    }

    /// Records what a plan answered.
    ///
    /// # Errors
    /// The entry could not be written: then the answer must not leave.
    pub async fn read(&self, caller: &Caller, plan: &Plan, answer: &Answer, now: DateTime<Utc>) -> Result<(), StoreError> {
        let kind = if matches!(plan.step(), Step::Statistics { .. }) { Kind::Statistics } else { Kind::Query };
        let only = match plan.types() {
            TypeScope::Only(names) if names.len() == 1 => names.first().map(|name| &**name),
            _ => None,
        };
        let entry = Entry::new(caller, kind, now);
        let entry = match answer {
            Answer::Rows(rows) if rows.len() == 1 => entry.of_version(&rows[0].type_name, rows[0].id),
            Answer::Rows(rows) => entry.of_many(only, count(rows.len())),
            Answer::Page(page) => entry.of_many(only, count(page.rows.len())),
            Answer::Reached(lists) => entry.of_many(only, count(lists.iter().map(Vec::len).sum())),
            Answer::Groups(groups) => entry.of_many(only, count(groups.len())),
        };
        self.append(entry).await
    }

    /// Records a public verification; the answer does not wait for it.
    pub async fn verification(&self, caller: &Caller, count: usize, now: DateTime<Utc>) {
        let entry = Entry::new(caller, Kind::Verify, now).of_many(None, self::count(count));
        let (done, _) = oneshot::channel();
        if self.queue.send((entry.into(), done)).await.is_err() {
            tracing::warn!("the journal has stopped: a verification is not recorded");
        }
    }

    /// Appends one entry and waits until it is on disk.
    ///
    /// # Errors
    /// The store refused it, or the hub is shutting down.
    pub async fn append(&self, entry: Entry) -> Result<(), StoreError> {
        let gone = || StoreError::Unavailable("the journal has stopped".into());
        let (done, written) = oneshot::channel();
        self.queue.send((entry.into(), done)).await.map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

async fn commit_groups(store: Store, mut entries: mpsc::Receiver<Waiting>) {
    while let Some(first) = entries.recv().await {
        let mut group = vec![first];
        let deadline = tokio::time::Instant::now() + WAIT;
        while group.len() < GROUP {
            match tokio::time::timeout_at(deadline, entries.recv()).await {
                Ok(Some(next)) => group.push(next),
                Ok(None) | Err(_) => break,
            }
        }
        let (events, waiting): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let failed = store.append_access(&events).await.err().map(|error| error.to_string());
        for done in waiting {
            // A caller that has gone away no longer waits for its entry.
            let _ = done.send(failed.clone().map_or(Ok(()), |error| Err(StoreError::Unavailable(error))));
        }
    }
}
