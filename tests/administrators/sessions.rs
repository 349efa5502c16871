//! When sessions end: by idleness, by age, by being ended.

use chrono::{TimeDelta, Utc};
use serde_json::json;
use verify::digest::sm3_hex;
use zhengzhao::administrators::{Looked, Over};
use zhengzhao::store::EndedWhy;

use super::{account, is_refused, opened, operator, signed_in};
use crate::support::each::{execute, on_each};
use crate::support::hub::TestHub;

/// How a session stands; None: it is good.
async fn over(hub: &TestHub, token: &str, at: chrono::DateTime<Utc>) -> Option<Over> {
    match hub.hub.administrators.session(&sm3_hex(token.as_bytes()), at).await.unwrap() {
        Looked::Good(_) => None,
        Looked::Over(over) => Some(over),
        Looked::Unknown => panic!("unknown"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_not_used_and_when_it_is_old() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let one = account(&hub, "li.wei").await;
        let began = Utc::now();
        let used = opened(&hub, &one, began).await.unwrap();
        let left = opened(&hub, &one, began + TimeDelta::seconds(30)).await.unwrap();
        // Used every twenty minutes it goes on, and is over after twelve hours all the same.
        let mut at = began;
        while at < began + TimeDelta::hours(12) {
            assert_eq!(over(&hub, &used, at).await, None, "{at}");
            at += TimeDelta::minutes(20);
        }
        assert_eq!(over(&hub, &used, began + TimeDelta::hours(12)).await, Some(Over::Term));
        assert_eq!(over(&hub, &left, began + TimeDelta::minutes(30)).await, None, "never used, but not for so long");
        assert_eq!(over(&hub, &left, began + TimeDelta::minutes(63)).await, Some(Over::Idle));
        // Over is over, whatever the clock says of the time before; and the API says why.
        execute::sql(
            &url,
            &format!("UPDATE administrator_session SET used_at = {}", (Utc::now() - TimeDelta::hours(1)).timestamp_micros()),
        )
        .await;
        let told = hub.ask(&left, "{ me { name } }", json!({})).await;
        assert!(is_refused(&told) && told["errors"][0]["message"].as_str().unwrap().contains("长时间未使用"), "{told:#}");
        assert_eq!(hub.data("admin", "{ sessions { id } }", json!({})).await["sessions"], json!([]));
        hub.ask("zza_0000", "{ me { name } }", json!({})).await["errors"][0]["message"].as_str().unwrap().find("没有这个会话").unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_of_an_account_are_ended_at_once() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let (one, other) = (account(&hub, "li.wei").await, account(&hub, "wang.fang").await);
        let now = Utc::now();
        let first = signed_in(&hub, &one, now - TimeDelta::seconds(30)).await;
        let second = signed_in(&hub, &one, now).await;
        let others = signed_in(&hub, &other, now).await;
        let ended = hub.data(&others, "mutation { endAllSessions(name: \"li.wei\") }", json!({})).await;
        assert_eq!(ended["endAllSessions"], 2);
        for token in [&first, &second] {
            assert_eq!(over(&hub, token, now).await, Some(Over::Ended(EndedWhy::Ended)));
        }
        hub.data(&others, "{ me { name } }", json!({})).await;
        hub.refused(&others, "mutation { endAllSessions(name: \"nobody\") }", json!({}), "NOT_FOUND").await;
        // His own, where none is named; and each change of what sessions are opened with ends them.
        assert_eq!(hub.data(&others, "mutation { endAllSessions }", json!({})).await["endAllSessions"], 1);
        let again = signed_in(&hub, &other, now + TimeDelta::seconds(30)).await;
        let made = hub.hub.administrators.accounts.totp("wang.fang", &operator(), now).await.unwrap();
        assert_ne!(*made.secret, *other.totp.secret);
        assert_eq!(over(&hub, &again, now).await, Some(Over::Ended(EndedWhy::Changed)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_that_is_opened_while_the_account_is_disabled_outlives_it() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        for round in 0..6 {
            let one = account(&hub, &format!("person-{round}")).await;
            let (name, now) = (one.account.name.clone(), Utc::now());
            let accounts = &hub.hub.administrators.accounts;
            let caller = operator();
            let open = (-1..=1).map(|step| opened(&hub, &one, now + TimeDelta::seconds(30 * step)));
            let (opened, disabled) = tokio::join!(futures_util::future::join_all(open), accounts.disable(&name, true, &caller, now));
            disabled.unwrap();
            for token in opened.into_iter().flatten() {
                assert!(over(&hub, &token, now).await.is_some(), "round {round}");
            }
        }
    })
    .await;
}
