use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Instant;

use super::*;
use crate::fresh::Source;

fn answers(second: Option<Arc<dyn SecondLevel>>) -> Arc<Answers<()>> {
    let ledger = Arc::new(Ledger::new(Duration::from_secs(60), false));
    ledger.renew(Source::Database, Instant::now());
    Arc::new(Answers::new(ledger, 1 << 20, Duration::from_secs(60), second))
}

fn key(name: &str) -> Key {
    Key::new(&[b"plan", name.as_bytes()])
}

fn made(text: &str, keep: Option<Keep>) -> Made<()> {
    Made { answer: Answer { bytes: Bytes::copy_from_slice(text.as_bytes()), facts: () }, keep }
}

fn tagged(tag: u64) -> Option<Keep> {
    Some(Keep { tags: vec![Tag(tag)], until: None, shared: true })
}

#[test]
fn parts_of_a_key_do_not_run_into_one_another() {
    assert_ne!(Key::new(&[b"ab", b"c"]), Key::new(&[b"a", b"bc"]));
    assert_ne!(Key::new(&[b"a"]), Key::new(&[b"a", b""]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_who_ask_at_once_get_what_one_makes() {
    let answers = answers(None);
    let (count, now) = (Arc::new(AtomicUsize::new(0)), Utc::now());
    let asked: Vec<_> = (0..100)
        .map(|_| {
            let (answers, count) = (answers.clone(), count.clone());
            tokio::spawn(async move {
                answers
                    .get_or_make(key("a"), now, async || {
                        count.fetch_add(1, SeqCst);
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        Ok::<_, ()>(made("one", tagged(1)))
                    })
                    .await
            })
        })
        .collect();
    for one in asked {
        assert_eq!(one.await.unwrap().unwrap().bytes, "one");
    }
    assert_eq!(count.load(SeqCst), 1);
    assert!(answers.get(&key("a"), now).is_some() && answers.flights().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_one_that_fails_or_is_broken_off_makes_his_own() {
    let answers = answers(None);
    let now = Utc::now();
    for broken_off in [false, true] {
        let name = format!("broken off: {broken_off}");
        let (leader, started) = (answers.clone(), Arc::new(tokio::sync::Notify::new()));
        let lead = tokio::spawn({
            let (name, started) = (name.clone(), started.clone());
            async move {
                leader
                    .get_or_make(key(&name), now, async || {
                        started.notify_one();
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        Err::<Made<()>, _>("failed")
                    })
                    .await
            }
        });
        started.notified().await;
        let follower = answers.get_or_make(key(&name), now, async || Ok::<_, &str>(made("mine", tagged(1))));
        if broken_off {
            lead.abort();
        }
        assert_eq!(follower.await.unwrap().bytes, "mine");
    }
}

#[tokio::test]
async fn an_answer_read_before_a_change_is_answered_once_and_not_kept() {
    let answers = answers(None);
    let ledger = answers.kept.ledger();
    let now = Utc::now();
    let stale = answers
        .get_or_make(key("a"), now, async || {
            let read = made("old", tagged(1));
            ledger.changed(ledger.next(), &Tag(1).into());
            Ok::<_, ()>(read)
        })
        .await;
    assert_eq!(stale.unwrap().bytes, "old");
    assert_eq!(answers.get_or_make(key("a"), now, async || Ok::<_, ()>(made("new", tagged(1)))).await.unwrap().bytes, "new");
    assert_eq!(answers.get_or_make(key("a"), now, async || Err(())).await.unwrap().bytes, "new");
    // Not to be kept; not to be served while nobody makes sure.
    assert!(answers.get_or_make(key("b"), now, async || Ok::<_, ()>(made("x", None))).await.is_ok());
    assert!(answers.get(&key("b"), now).is_none());
    ledger.lapse(Source::Database);
    assert_eq!(answers.get_or_make(key("a"), now, async || Ok::<_, ()>(made("made", tagged(1)))).await.unwrap().bytes, "made");
}

/// What two replicas share.
#[derive(Default)]
struct Shelf(Mutex<HashMap<Vec<u8>, Vec<u8>>>);

impl SecondLevel for Shelf {
    fn get<'a>(&'a self, key: &'a [u8]) -> BoxFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move { self.0.lock().unwrap().get(key).cloned() })
    }

    fn put(&self, key: &[u8], value: Vec<u8>, _: Duration) {
        self.0.lock().unwrap().insert(key.to_vec(), value);
    }
}

#[tokio::test]
async fn replicas_share_what_holds_for_both() {
    let shelf = Arc::new(Shelf::default());
    let listening = |position| {
        let replica = answers(Some(shelf.clone()));
        replica.kept.ledger().restart(position);
        replica.kept.ledger().renew(Source::Announcements, Instant::now());
        replica
    };
    let (one, other) = (listening(100), listening(100));
    let now = Utc::now();
    one.get_or_make(key("a"), now, async || Ok::<_, ()>(made("text", tagged(1)))).await.unwrap();
    let mine = Some(Keep { shared: false, ..tagged(1).unwrap() });
    one.get_or_make(key("personal"), now, async || Ok::<_, ()>(made("text", mine))).await.unwrap();
    assert_eq!(shelf.0.lock().unwrap().len(), 1, "what is personal is not shared");
    assert_eq!(other.get_or_make(key("a"), now, async || Err(())).await.unwrap().bytes, "text");
    // The other has heard of a change that came after.
    let late = listening(100);
    late.kept.ledger().changed(101, &Tag(1).into());
    assert!(late.get_or_make(key("a"), now, async || Err(())).await.is_err());
    // A replica that started later does not know what changed between.
    let later = listening(101);
    assert!(later.get_or_make(key("a"), now, async || Err(())).await.is_err());
}

#[test]
fn what_is_shared_reads_back_and_anything_else_is_nothing() {
    let answers = answers(None);
    let stamp = answers.kept.stamp().unwrap();
    let answer = Answer { bytes: Bytes::from_static(b"bytes"), facts: () };
    let until = DateTime::from_timestamp_micros(Utc::now().timestamp_micros());
    for keep in [Keep { until, ..tagged(5).unwrap() }, Keep { shared: true, ..Keep::default() }] {
        let value = encoded(&answer, stamp, &keep);
        assert_eq!(decoded::<()>(value.clone().into()), Some((stamp.position(), keep, answer.clone())));
        let whole = value.len() - answer.bytes.len();
        for length in 0..whole {
            assert_eq!(decoded::<()>(Bytes::copy_from_slice(&value[..length])), None, "{length}");
        }
    }
    assert_eq!(decoded::<()>(Bytes::from_static(&[FORM; 21])), None, "a count beyond the end");
    assert_eq!(decoded::<()>(Bytes::from_static(b"\x02anything")), None);
}
