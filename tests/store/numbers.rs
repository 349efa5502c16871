//! Reservations under load.

use super::sample::open;
use crate::support::each::on_each;

#[tokio::test(flavor = "multi_thread")]
async fn no_two_reservations_overlap() {
    on_each(|url| async move {
        let store = open(&url).await;
        let tasks = (0..12u32).map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                for round in 0..8u32 {
                    let count = 1 + (task + round) % 5;
                    let reserved = store.reserve("number/A/2026", count).await.unwrap();
                    assert_eq!(reserved.count, count);
                    taken.extend(reserved.first..reserved.first + i64::from(count));
                }
                taken
            })
        });
        let mut all = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            all.extend(task.await.unwrap());
        }
        all.sort_unstable();
        let gapless: Vec<i64> = (1..=all.len() as i64).collect();
        assert_eq!(all, gapless, "each number once, none left out");
        assert_eq!(store.reserve("another scope", 3).await.unwrap().first, 1);
        assert_eq!(store.reserve("another scope", 1).await.unwrap().first, 4);
        store.close().await.unwrap();
    })
    .await;
}
