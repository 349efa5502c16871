//! Whose entries are worth waiting for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::{GROUP, Waiting};

/// How long those who wait for their entries are kept for others.
const FOR_OTHERS: Duration = Duration::from_millis(1);
/// How long entries lie that nobody waits for.
const UNHURRIED: Duration = Duration::from_millis(5);
/// After so many groups it is tried anew whether those who were slow still are.
const FORGET: u32 = 64;

/// How many questions are being answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowd(Arc<AtomicUsize>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct Answering(Crowd);

impl Crowd {
    pub(super) fn one_more(&self) -> Answering {
        self.0.fetch_add(1, Ordering::Relaxed);
        Answering(self.clone())
    }

    fn size(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Gathers groups.
pub(super) struct Company {
    crowd: Crowd,
    /// Of those being answered, so many brought no entry when they were waited for: long questions, that hold nobody up again.
    slow: usize,
    groups: u32,
}

impl Company {
    pub(super) fn of(crowd: Crowd) -> Self {
        Self { crowd, slow: 0, groups: 0 }
    }

    /// The group that begins with this entry.
    pub(super) async fn gather(&mut self, first: Waiting, queue: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
        let (mut size, mut hurried) = (first.events.len(), !first.written.is_closed());
        let mut until = Instant::now() + if hurried { FOR_OTHERS } else { UNHURRIED };
        let mut group = vec![first];
        self.groups += 1;
        if self.groups.is_multiple_of(FORGET) {
            self.slow = self.slow.saturating_sub(1);
        }
        while size < GROUP {
            let next = match queue.try_recv() {
                Ok(next) => next,
                // Everybody who is being answered is here.
                Err(_) if hurried && group.len() + self.slow >= self.crowd.size() => break,
                Err(_) => match timeout_at(until, queue.recv()).await {
                    Ok(Some(next)) => next,
                    Ok(None) => break,
                    Err(_) => {
                        if hurried {
                            self.slow = self.crowd.size().saturating_sub(group.len());
                        }
                        break;
                    }
                },
            };
            size += next.events.len();
            if !hurried && !next.written.is_closed() {
                (hurried, until) = (true, Instant::now() + FOR_OTHERS);
            }
            group.push(next);
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use tokio::sync::oneshot;

    use super::*;

    fn poll<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Poll<T> {
        Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn size(group: Poll<Vec<Waiting>>) -> Option<usize> {
        match group {
            Poll::Ready(group) => Some(group.len()),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn who_is_alone_waits_for_nobody_and_the_slow_are_waited_for_once() {
        let mut callers = Vec::new();
        let mut entry = || {
            let (done, written) = oneshot::channel();
            callers.push(written);
            Waiting { events: Vec::new(), again: false, written: done }
        };
        let crowd = Crowd::default();
        let (queue, mut entries) = mpsc::channel(8);
        let mut company = Company::of(crowd.clone());
        let _one = crowd.one_more();
        let alone = poll(&mut Box::pin(company.gather(entry(), &mut entries)));
        assert_eq!(size(alone), Some(1));

        let _another = crowd.one_more();
        let mut both = Box::pin(company.gather(entry(), &mut entries));
        assert!(poll(&mut both).is_pending(), "the other one may come");
        queue.try_send(entry()).unwrap_or_else(|_| panic!("the queue is full"));
        assert_eq!(size(poll(&mut both)), Some(2));
        drop(both);

        assert_eq!(company.gather(entry(), &mut entries).await.len(), 1);
        assert_eq!(company.slow, 1);
        let again = poll(&mut Box::pin(company.gather(entry(), &mut entries)));
        assert_eq!(size(again), Some(1), "who did not come is not waited for again");

        let left = Waiting { events: Vec::new(), again: true, written: oneshot::channel().0 };
        let unhurried = poll(&mut Box::pin(company.gather(left, &mut entries)));
        assert_eq!(size(unhurried), None, "nobody waits for it");
    }
}
