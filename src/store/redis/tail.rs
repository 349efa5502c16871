//! Listening to what other replicas announce.

use std::sync::Weak;
use std::time::{Duration, Instant};

use redis::streams::{StreamId, StreamReadReply};

use super::{Kind, Redis, STREAM, position};
use crate::fresh::{Ledger, Source, Tags};
use crate::store::changes::Changes;

/// Announcements read at once. So many new ones mean that the stream's end may have been cut off meanwhile.
const MOST: usize = STREAM / 2;
/// Pause before Redis is tried again.
const PAUSE: Duration = Duration::from_millis(250);

/// Writes what is announced into the ledger and renews its lease, until nobody has the [`Changes`] any more.
pub(in crate::store) async fn tail(redis: Redis, changes: Weak<Changes>) {
    let mut away = false;
    while changes.strong_count() > 0 {
        let error = match listen(&redis, &changes, &mut away).await {
            Ok(()) => return,
            Err(error) => error,
        };
        if let Some(changes) = changes.upgrade() {
            changes.ledger.lapse(Source::Announcements);
        }
        if !std::mem::replace(&mut away, true) {
            tracing::warn!(%error, "Redis does not answer: nothing is served from memory until it does");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One connection. When it breaks, announcements may have been lost, so the next one begins anew.
async fn listen(redis: &Redis, changes: &Weak<Changes>, away: &mut bool) -> Result<(), redis::RedisError> {
    let Some(wait) = changes.upgrade().map(|changes| changes.ledger.lease() / 3) else { return Ok(()) };
    let config = redis::AsyncConnectionConfig::new()
        .set_connection_timeout(Some(Duration::from_secs(1)))
        .set_response_timeout(Some(wait + Duration::from_millis(500)));
    let mut connection = redis.client.get_multiplexed_async_connection_with_config(&config).await?;
    // A mark gives a position that is surely the last one, in an empty stream too.
    let mut last: String = redis.entry(Kind::Mark, 0, 0, &Tags::none()).query_async(&mut connection).await?;
    let Some(begun) = changes.upgrade() else { return Ok(()) };
    begun.ledger.restart(position(&last));
    drop(begun);
    loop {
        let sent = Instant::now();
        let mut command = redis::cmd("XREAD");
        command.arg("COUNT").arg(MOST).arg("BLOCK").arg(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1));
        command.arg("STREAMS").arg(redis.stream()).arg(&last);
        let read: Option<StreamReadReply> = command.query_async(&mut connection).await?;
        let entries = read.into_iter().flat_map(|read| read.keys).flat_map(|stream| stream.ids).collect::<Vec<_>>();
        let Some(changes) = changes.upgrade() else { return Ok(()) };
        for entry in &entries {
            write_down(&changes.ledger, changes.writer, entry);
        }
        if let Some(entry) = entries.last() {
            last.clone_from(&entry.id);
        }
        if entries.len() >= MOST {
            changes.ledger.restart(position(&last));
            continue;
        }
        changes.ledger.heard(position(&last));
        changes.ledger.renew(Source::Announcements, sent);
        if std::mem::take(away) {
            tracing::info!("Redis answers again");
        }
    }
}

/// What this process announced itself is in its ledger already.
fn write_down(ledger: &Ledger, own: u64, entry: &StreamId) {
    let at = position(&entry.id);
    let number = |name: &str| entry.get::<u64>(name).unwrap_or_default();
    let tags = || Tags::from_bytes(&entry.get::<Vec<u8>>("tags").unwrap_or_default());
    let (writer, count) = (number("writer"), number("count"));
    match entry.get::<String>("kind").as_deref().and_then(Kind::from_str) {
        Some(Kind::Mark) => {}
        Some(Kind::Begun | Kind::Ended) if writer == own => {}
        Some(Kind::Begun) => ledger.open(writer, count, at, &tags()),
        Some(Kind::Ended) => ledger.close(writer, count, at, &tags()),
        Some(Kind::Changed) => ledger.changed(at, &tags()),
        // Another version's announcement is never passed over.
        None => ledger.changed(at, &Tags::Everything),
    }
}
