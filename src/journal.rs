//! The journal of reads: entries are on disk before an answer leaves that holds anything of a person; any other answer waits for them
//! a moment and leaves without, and one that came from memory does not wait. Many callers share one commit.
//!
//! A caller who is alone is written at once. Where others are being answered at that moment, their entries are waited for, a
//! thousandth of a second at most, since a commit costs more than what it writes: under load the groups are as large as the load.

mod company;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::actor::Caller;
use model::plan::{Plan, Step, TypeScope};
use tokio::sync::{mpsc, oneshot};

use crate::audit::{Entry, Kind};
use crate::store::commands::AccessEvent;
use crate::store::{Answer, Answered, Store, StoreError};
pub use company::Answering;
use company::{Company, Crowd};

/// About how many entries one commit takes; one answer's entries are never parted.
const GROUP: usize = 256;
/// How long to wait before what could not be written is tried again.
const AGAIN: Duration = Duration::from_millis(200);
/// With so many entries late, nothing is taken from the queue any more: it fills, and whoever reads has to wait.
const MOST_LATE: usize = 64 * GROUP;

/// How long an answer without anything of a person is held up by its entry.
const PATIENCE: Duration = Duration::from_millis(100);

/// The role of callers without a token, as entries name it.
const NOBODY: &str = "anonymous";

/// Entries of one request, and who waits for them.
struct Waiting {
    events: Vec<AccessEvent>,
    /// Their answer leaves whatever comes: they are tried until they are on disk.
    again: bool,
    written: oneshot::Sender<Result<(), StoreError>>,
}

/// Appends access events in groups.
#[derive(Debug, Clone)]
pub struct Journal {
    queue: mpsc::Sender<Waiting>,
    crowd: Crowd,
    late: Arc<AtomicUsize>,
    held: Arc<AtomicBool>,
}

impl Journal {
    /// Starts the task that commits the groups; it ends when the last handle is dropped.
    pub fn start(store: Store) -> Self {
        let (queue, entries) = mpsc::channel(4 * GROUP);
        let (crowd, late) = (Crowd::default(), Arc::default());
        tokio::spawn(commit_groups(store, entries, Company::of(crowd.clone()), Arc::clone(&late)));
        Self { queue, crowd, late, held: Arc::default() }
    }

    /// Entries of answers that have left and that could not be written yet.
    pub fn late(&self) -> usize {
        self.late.load(Ordering::Relaxed)
    }

    /// Nothing that must be recorded before it is answered is recorded any more, or is again: while what is recorded does not get into the
    /// signed log, nobody could show it to be unaltered.
    pub fn hold(&self, held: bool) {
        if self.held.swap(held, Ordering::Relaxed) != held {
            if held {
                tracing::error!("access events wait too long for their place in the signed log: answers about persons stop");
            } else {
                tracing::info!("access events are in the signed log again: answers about persons go on");
            }
        }
    }

    /// Whether [`Self::hold`] holds.
    pub fn is_held(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }

    /// Says that a question is being answered that may bring entries, for as long as the guard lives.
    pub fn answering(&self) -> Answering {
        self.crowd.one_more()
    }

    /// Records what a plan answered.
    ///
    /// # Errors
    /// The entry could not be written: then the answer must not leave.
    pub async fn read<R: Answered>(&self, caller: &Caller, plan: &Plan, answer: &Answer<R>, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.append(Self::entry_of(caller, plan, answer, now)).await
    }

    /// The entry for what a plan answered; nothing is recorded yet.
    pub fn entry_of<R: Answered>(caller: &Caller, plan: &Plan, answer: &Answer<R>, now: DateTime<Utc>) -> Entry {
        let kind = if matches!(plan.step(), Step::Statistics { .. }) { Kind::Statistics } else { Kind::Query };
        let only = match plan.types() {
            TypeScope::Only(names) if names.len() == 1 => names.first().map(|name| &**name),
            _ => None,
        };
        let entry = Entry::new(caller, kind, now).by(plan.rules());
        match answer {
            Answer::Rows(rows) => match &rows[..] {
                [row] => match row.named() {
                    Some((type_name, id)) => entry.of_version(type_name, id),
                    None => entry.of_many(only, 1),
                },
                rows => entry.of_many(only, count(rows.len())),
            },
            Answer::Page(page) => entry.of_many(only, count(page.rows.len())),
            Answer::Reached(lists) => entry.of_many(only, count(lists.iter().map(Vec::len).sum())),
            Answer::Groups(groups) => entry.of_many(only, count(groups.len())),
        }
    }

    /// Records a public verification; the answer leaves whether or not that succeeds at once.
    pub async fn verification(&self, caller: &Caller, count: usize, now: DateTime<Utc>) {
        self.accompany(vec![Self::entry_of_verification(caller, count, now)]).await;
    }

    /// The entry for so many public verifications; nothing is recorded yet.
    pub fn entry_of_verification(caller: &Caller, count: usize, now: DateTime<Utc>) -> Entry {
        Entry::new(caller, Kind::Verify, now).of_many(None, self::count(count))
    }

    /// Appends one entry and waits until it is on disk.
    ///
    /// # Errors
    /// The store refused it, or the hub is shutting down.
    pub async fn append(&self, entry: Entry) -> Result<(), StoreError> {
        self.append_all(vec![entry]).await
    }

    /// Appends the entries of one answer, in one transaction, and waits until they are on disk.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn append_all(&self, entries: Vec<Entry>) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        if self.is_held() {
            return Err(StoreError::Unavailable("access events do not get into the signed log".into()));
        }
        self.hand_over(entries, false).await?.await.map_err(gone)?
    }

    /// Waits until everything handed over before is on disk, what is late included, however long that takes.
    ///
    /// # Errors
    /// The journal has stopped.
    pub async fn settle(&self) -> Result<(), StoreError> {
        self.hand_over(Vec::new(), false).await?.await.map_err(gone)?
    }

    /// Hands entries over without which the answer may leave: it waits for them a moment, and where they cannot be written they
    /// are tried until they are. While that does not succeed the queue fills, and then it is waited.
    pub async fn accompany(&self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        let count = entries.len();
        match self.hand_over(entries, true).await {
            // What became of them is the journal's business from here on.
            Ok(written) => drop(tokio::time::timeout(PATIENCE, written).await),
            Err(_) => tracing::warn!("the journal has stopped: {count} entries are not recorded"),
        }
    }

    /// Hands entries over whose answer came from memory and waits for nothing. Otherwise as [`Self::accompany`].
    pub async fn follow_behind(&self, entries: Vec<Entry>) {
        let count = entries.len();
        if count > 0 && self.hand_over(entries, true).await.is_err() {
            tracing::warn!("the journal has stopped: {count} entries are not recorded");
        }
    }

    async fn hand_over(&self, entries: Vec<Entry>, again: bool) -> Result<oneshot::Receiver<Result<(), StoreError>>, StoreError> {
        let (done, written) = oneshot::channel();
        let events = entries.into_iter().map(Into::into).collect();
        self.queue.send(Waiting { events, again, written: done }).await.map_err(gone)?;
        Ok(written)
    }
}

fn gone<T>(_: T) -> StoreError {
    StoreError::Unavailable("the journal has stopped".into())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

async fn commit_groups(store: Store, mut queue: mpsc::Receiver<Waiting>, mut company: Company, told: Arc<AtomicUsize>) {
    // Of answers that have left: tried until they are on disk.
    let mut late: Vec<AccessEvent> = Vec::new();
    // Those who wait until nothing is late.
    let mut settling = Vec::new();
    loop {
        let next = if late.is_empty() {
            let Some(next) = queue.recv().await else { return };
            Some(next)
        } else {
            tokio::time::sleep(AGAIN).await;
            if store.append_late(&late).await.is_ok() {
                tracing::info!("{} access events that were late are recorded", late.len());
                late.clear();
            }
            if late.len() < MOST_LATE { queue.try_recv().ok() } else { None }
        };
        if let Some(next) = next {
            let group = company.gather(next, &mut queue).await;
            let (settle, group): (Vec<_>, Vec<_>) = group.into_iter().partition(|waiting| waiting.events.is_empty());
            settling.extend(settle);
            late.extend(commit(group, &store).await);
        }
        told.store(late.len(), Ordering::Relaxed);
        if late.is_empty() {
            for Waiting { written, .. } in settling.drain(..) {
                // Whoever no longer waits need not know.
                let _ = written.send(Ok(()));
            }
        }
    }
}

/// Public verifications of one group, which nobody is named by, are one entry with their number: they differ in nothing else.
fn counted_together(events: Vec<AccessEvent>) -> Vec<AccessEvent> {
    let mut kept: Vec<AccessEvent> = Vec::with_capacity(events.len());
    let mut nameless: Vec<usize> = Vec::new();
    for event in events {
        if event.kind != Kind::Verify.as_str() || event.role != NOBODY || event.purpose.is_some() || event.version_id.is_some() {
            kept.push(event);
            continue;
        }
        let alike =
            |known: &AccessEvent| (&known.actor, &known.type_name, &known.outcome) == (&event.actor, &event.type_name, &event.outcome);
        match nameless.iter().copied().find(|place| kept.get(*place).is_some_and(alike)).and_then(|place| kept.get_mut(place)) {
            Some(known) => known.count = known.count.saturating_add(event.count),
            None => {
                nameless.push(kept.len());
                kept.push(event);
            }
        }
    }
    kept
}

/// Commits one group; what nobody waits for comes back where it could not be written.
async fn commit(mut group: Vec<Waiting>, store: &Store) -> Vec<AccessEvent> {
    if group.is_empty() {
        return Vec::new();
    }
    let events: Vec<AccessEvent> = group
        .iter_mut()
        .flat_map(|waiting| if waiting.again { waiting.events.clone() } else { std::mem::take(&mut waiting.events) })
        .collect();
    let events = counted_together(events);
    let failed = store.append_access(&events).await.err().map(|error| error.to_string());
    if let Some(error) = &failed {
        tracing::error!("{} access events are not recorded: {error}", events.len());
    }
    let mut late = Vec::new();
    for Waiting { events, again, written } in group {
        // A caller that has gone away no longer waits for its entry.
        let _ = written.send(failed.as_ref().map_or(Ok(()), |error| Err(StoreError::Unavailable(error.clone()))));
        if again && failed.is_some() {
            late.extend(events);
        }
    }
    // As they were tried: should that have succeeded unheard, they are known by their keys.
    counted_together(late)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::actor::{Actor, Granted, Purpose, Role};

    use super::*;

    #[test]
    fn nameless_verifications_are_counted_together_and_nothing_else_is() {
        let nobody = Caller { actor: Arc::new(Actor::anonymous()), purpose: None };
        let said = Caller { purpose: Some(Purpose { use_for: "资质审查".into(), ..Purpose::default() }), ..nobody.clone() };
        let actor = Actor::new(Role::Department, "d", None, Granted::All, Granted::All);
        let somebody = Caller { actor: Arc::new(actor), purpose: None };
        let verified = |caller: &Caller, count| AccessEvent::from(Journal::entry_of_verification(caller, count, Utc::now()));
        let asked = AccessEvent::from(Entry::new(&nobody, Kind::Query, Utc::now()));
        let events =
            vec![asked, verified(&nobody, 1), verified(&said, 1), verified(&nobody, 3), verified(&somebody, 1), verified(&nobody, 1)];
        let kept = counted_together(events.clone());
        let expected = [0, 1, 2, 4].map(|place: usize| events[place].clone());
        assert_eq!(kept.iter().map(|event| event.id).collect::<Vec<_>>(), expected.map(|event| event.id));
        assert_eq!(kept.iter().map(|event| event.count).sum::<i32>(), events.iter().map(|event| event.count).sum::<i32>());
    }
}
