//! [`Ephemera::count_attempt`](countersign_ports::Ephemera::count_attempt).

use super::find;
use crate::contract::support::{CROWD, insert_users, user, winners};
use crate::fixtures::{NOW, ephemeral_key, later};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::Email;
use countersign_ports::{Attempt, Counter, EphemeralKey, EphemeralKind, Race, Store};
use std::sync::Arc;

const fn counter(number: u64, limit: u64) -> Counter {
    Counter {
        key: ephemeral_key(EphemeralKind::Attempts, number),
        limit,
    }
}

async fn count(store: &impl Store, tenant: TenantId, counters: &[Counter]) -> (Race, Vec<u64>) {
    let Attempt {
        counted, totals, ..
    } = store
        .count_attempt(tenant, counters, None, NOW)
        .await
        .unwrap();
    (counted, totals)
}

/// An attempt adds 1 to each counter. The totals have the order of the counters.
pub async fn attempt_adds_one_to_every_counter<S: Store>(store: Arc<S>, tenant: TenantId) {
    let [one, two, three] = [1, 2, 3].map(|number| counter(number, u64::MAX));
    let (counted, totals) = count(&*store, tenant, &[two]).await;
    assert_eq!((counted, totals), (Race::Won, vec![1]));
    let (counted, totals) = count(&*store, tenant, &[three, two, one]).await;
    assert_eq!((counted, totals), (Race::Won, vec![1, 2, 1]));
    let found = find(&*store, tenant, &one.key).await.unwrap();
    assert_eq!((found.value.len(), found.version, found.total), (0, 0, 1));
    let added = store.add(tenant, &[one.key, two.key], -1, NOW).await;
    assert_eq!(added.unwrap(), [0, 1]);
}

/// If one total has reached its limit, no counter changes.
pub async fn attempt_at_limit_changes_nothing<S: Store>(store: Arc<S>, tenant: TenantId) {
    let counters = [counter(1, 2), counter(2, 9), counter(3, 9)];
    for total in [1, 2] {
        let (counted, totals) = count(&*store, tenant, &counters[..2]).await;
        assert_eq!((counted, totals), (Race::Won, vec![total; 2]));
    }
    for _ in 0..2 {
        let (counted, totals) = count(&*store, tenant, &counters).await;
        assert_eq!((counted, totals), (Race::Lost, vec![2, 2, 0]));
    }
    assert_eq!(find(&*store, tenant, &counters[2].key).await, None);
    let (counted, totals) = count(&*store, tenant, &counters[1..]).await;
    assert_eq!((counted, totals), (Race::Won, vec![3, 1]));
}

/// An attempt also returns the user with the email address, whether it was counted or not.
pub async fn attempt_finds_user_with_email<S: Store>(store: Arc<S>, tenant: TenantId) {
    let [jane, joe] = [(1, "jane@b.example"), (2, "joe@b.example")];
    let users = [jane, joe].map(|(number, email)| user(number, email));
    insert_users(&*store, tenant, &users).await;
    let counters = [counter(1, 1), counter(2, 1)];
    for expected in [Race::Won, Race::Lost] {
        let email = &users[1].email;
        let attempt = store
            .count_attempt(tenant, &counters, Some(email), NOW)
            .await
            .unwrap();
        assert_eq!(attempt.counted, expected);
        assert_eq!(attempt.user.unwrap().id, users[1].id);
    }
    let counter = counter(3, 9);
    let nobody = Email::parse("nobody@b.example").unwrap();
    for email in [Some(&nobody), None] {
        let attempt = store.count_attempt(tenant, &[counter], email, NOW).await;
        assert!(attempt.unwrap().user.is_none());
    }
}

/// The total of an expired counter is 0 and does not change. It rejects no attempt, and the user is found.
pub async fn attempt_of_expired_counter_is_not_counted<S: Store>(store: Arc<S>, tenant: TenantId) {
    let jane = user(1, "jane@b.example");
    insert_users(&*store, tenant, std::slice::from_ref(&jane)).await;
    let live = counter(1, 9);
    let ended = Counter {
        key: EphemeralKey {
            expires_at: later(100),
            ..live.key
        },
        limit: 1,
    };
    assert_eq!(count(&*store, tenant, &[ended]).await.1, [1]);
    for (counters, totals) in [(&[ended, live][..], &[0, 1][..]), (&[ended], &[0])] {
        let attempt = store
            .count_attempt(tenant, counters, Some(&jane.email), later(100))
            .await
            .unwrap();
        assert_eq!(attempt.counted, Race::Won);
        assert_eq!(attempt.totals, totals);
        assert!(attempt.user.is_some());
    }
    let stored = find(&*store, tenant, &ended.key).await.unwrap();
    assert_eq!(stored.total, 1);
}

/// Concurrent attempts on the same counters are all counted.
pub async fn concurrent_attempts_are_all_counted<S: Store>(store: Arc<S>, tenant: TenantId) {
    let won = winners(&store, |store, number| async move {
        let mut counters = [counter(1, 1000), counter(2, 1000)];
        if number % 2 == 0 {
            counters.reverse();
        }
        let attempt = store.count_attempt(tenant, &counters, None, NOW).await?;
        Ok(attempt.counted)
    });
    assert_eq!(won.await, CROWD as usize);
    let (_, totals) = count(&*store, tenant, &[counter(1, 1000), counter(2, 1000)]).await;
    assert_eq!(totals, [u64::from(CROWD) + 1; 2]);
}
