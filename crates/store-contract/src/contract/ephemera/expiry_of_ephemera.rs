//! [`Ephemera`](countersign_ports::Ephemera): expired values. Every method treats them as absent, even if they have not
//! been removed, and a call with an expired key changes nothing.

use super::{find, insert};
use crate::fixtures::{NOW, ephemeral_key, later};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, Ephemeral, EphemeralKey, EphemeralKind, Race, Store, Transfer};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Expiry time of the keys in these properties. They are expired at this second.
const END: Timestamp = later(100);

const BEFORE: Timestamp = later(99);

const fn key(kind: EphemeralKind, number: u64) -> EphemeralKey {
    EphemeralKey {
        expires_at: END,
        ..ephemeral_key(kind, number)
    }
}

/// Inserts the value `old` with a total of 2.
async fn insert_old(store: &impl Store, tenant: TenantId, key: &EphemeralKey) {
    insert(store, tenant, key, b"old").await;
    let totals = store.add(tenant, &[*key], 2, NOW).await.unwrap();
    assert_eq!(totals, [2]);
}

/// Asserts that the value is unchanged.
async fn is_still_old(store: &impl Store, tenant: TenantId, key: &EphemeralKey) {
    let old = Ephemeral {
        value: b"old".to_vec(),
        version: 1,
        total: 2,
    };
    assert_eq!(find(store, tenant, key).await, Some(old));
}

/// A value is found until the second before it expires.
pub async fn expired_value_is_not_found<S: Store>(store: Arc<S>, tenant: TenantId) {
    for kind in EphemeralKind::ALL {
        let key = key(*kind, 1);
        insert_old(&*store, tenant, &key).await;
        for (now, is_found) in [(BEFORE, true), (END, false), (later(9999), false)] {
            let found = store.get(tenant, &key, now).await.unwrap();
            assert_eq!(found.is_some(), is_found);
        }
    }
}

/// Inserting an expired key returns `Lost`, whether it exists or not.
pub async fn inserting_expired_key_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    for kind in EphemeralKind::ALL {
        let (there, absent) = (key(*kind, 1), key(*kind, 2));
        insert_old(&*store, tenant, &there).await;
        for key in [there, absent] {
            let inserted = store.insert(tenant, &key, b"new", END).await;
            assert_eq!(inserted.unwrap(), Race::Lost);
        }
        is_still_old(&*store, tenant, &there).await;
        assert_eq!(find(&*store, tenant, &absent).await, None);
        let in_time = store.insert(tenant, &absent, b"new", BEFORE).await;
        assert_eq!(in_time.unwrap(), Race::Won);
    }
}

/// An expired value is not replaced.
pub async fn expired_value_is_not_replaced<S: Store>(store: Arc<S>, tenant: TenantId) {
    let key = key(EphemeralKind::SignInStep, 1);
    insert_old(&*store, tenant, &key).await;
    let late = store.replace(tenant, &key, 1, b"new", END).await;
    assert_eq!(late.unwrap(), Race::Lost);
    is_still_old(&*store, tenant, &key).await;
    let in_time = store.replace(tenant, &key, 1, b"new", BEFORE).await;
    assert_eq!(in_time.unwrap(), Race::Won);
}

/// An expired value is not taken.
pub async fn expired_value_is_not_taken<S: Store>(store: Arc<S>, tenant: TenantId) {
    let key = key(EphemeralKind::SignInStep, 1);
    insert_old(&*store, tenant, &key).await;
    assert_eq!(store.take(tenant, &key, END).await.unwrap(), None);
    is_still_old(&*store, tenant, &key).await;
    let in_time = store.take(tenant, &key, BEFORE).await.unwrap();
    assert!(in_time.is_some());
}

/// The total of an expired key is 0. Its stored total does not change, and the other keys are added to.
pub async fn expired_total_is_zero<S: Store>(store: Arc<S>, tenant: TenantId) {
    let kind = EphemeralKind::Attempts;
    let (there, absent, live) = (key(kind, 1), key(kind, 2), ephemeral_key(kind, 1));
    insert_old(&*store, tenant, &there).await;
    let keys = [there, live, absent];
    for (now, expected) in [(END, [0, 5, 0]), (later(9999), [0, 0, 0])] {
        let totals = store.add(tenant, &keys, 5, now).await.unwrap();
        assert_eq!(totals, expected);
    }
    is_still_old(&*store, tenant, &there).await;
    assert_eq!(find(&*store, tenant, &absent).await, None);
    let totals = store.add(tenant, &keys, 5, BEFORE).await.unwrap();
    assert_eq!(totals, [7, 10, 5]);
}

/// Expired keys are not counted.
pub async fn expired_keys_are_not_counted<S: Store>(store: Arc<S>, tenant: TenantId) {
    let kind = EphemeralKind::SignInStep;
    for number in 1..=2 {
        insert(&*store, tenant, &key(kind, number), b"").await;
    }
    insert(&*store, tenant, &ephemeral_key(kind, 1), b"").await;
    for (now, expected) in [(BEFORE, 3), (END, 1), (later(7200), 0)] {
        let wait = async {
            while store.count(tenant, kind, now).await.unwrap() != expected {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(30), wait).await.unwrap();
    }
}

/// [`Transfer::list_ephemera`] includes expired values.
pub async fn expired_value_is_listed<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let key = EphemeralKey {
        expires_at: Timestamp::from_unix_seconds(0),
        ..key(EphemeralKind::DeniedToken, 1)
    };
    let value = Ephemeral {
        value: b"old".to_vec(),
        version: 3,
        total: 9,
    };
    let added = store.insert_ephemeral(tenant, &key, &value).await;
    assert_eq!(added.unwrap(), Race::Won);
    let listed = store.list_ephemera(tenant, After::start()).await.unwrap();
    assert_eq!(listed.items, [(key, value)]);
    assert_eq!(find(&*store, tenant, &key).await, None);
}
