//! Point reads from memory: as right as from the database, and recorded like them.

use serde_json::json;

use super::{prepare, replica, until};
use crate::support::each::on_each;
use crate::support::hub::TestHub;
use crate::support::redis::RedisServer;

const READ: &str = "query($id: ID!) { certificate(id: $id) { id status statusCode { label } issuer { name } } }";
const PERSONAL: &str = "query($id: ID!) { safetyOfficerCertificate(id: $id) { personName status } }";

async fn read(hub: &TestHub, query: &str, id: &str) -> String {
    hub.data("department", query, json!({ "id": id })).await.to_string()
}

async fn queries(hub: &TestHub) -> usize {
    // The journal may follow behind.
    let mut seen = 0;
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let now = hub.hub.store.access_events(10_000).await.unwrap().iter().filter(|event| event.kind == "query").count();
        if now == seen {
            return now;
        }
        seen = now;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_read_from_memory_is_right_and_recorded_each_time() {
    on_each(|url| async move {
        let redis = RedisServer::start();
        let id = prepare(&url, 1).await.to_string();
        let (one, other) = (replica(&url, Some(&redis)).await, replica(&url, Some(&redis)).await);
        for query in [READ, PERSONAL] {
            let first = read(&other, query, &id).await;
            assert!(first.contains("VALID"), "{first}");
            let kept = until("kept", async || {
                let answers = other.hub.answers.weight();
                read(&other, query, &id).await;
                other.hub.answers.weight() == answers && answers > 0
            });
            kept.await;
            let before = queries(&other).await;
            for _ in 0..20 {
                assert_eq!(read(&other, query, &id).await, first);
            }
            assert_eq!(queries(&other).await - before, 20, "each hit is recorded");
            // A hit is nobody's without a purpose, and nobody's without the right.
            let without = other.send("department", &json!({ "query": query, "variables": { "id": id } })).await;
            assert_eq!(without["errors"][0]["extensions"]["code"], "PURPOSE_REQUIRED", "{without}");
            other.refused("", query, json!({ "id": id }), "UNAUTHENTICATED").await;
        }
        let suspend = "mutation($id: ID!) { suspendCertificate(id: $id, reason: \"test\") { status } }";
        one.data("issuer", suspend, json!({ "id": id })).await;
        assert!(read(&one, READ, &id).await.contains("SUSPENDED"), "at once where it was done");
        for query in [READ, PERSONAL] {
            let delay = until("the new status", async || read(&other, query, &id).await.contains("SUSPENDED")).await;
            println!("seen by the other replica after {delay:?}");
        }
    })
    .await;
}
