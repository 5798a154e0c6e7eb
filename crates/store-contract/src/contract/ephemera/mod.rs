//! [`Ephemera`](countersign_ports::Ephemera): values that have not expired.

pub mod attempts;
pub mod ephemera_of_crowds;
pub mod expiry_of_ephemera;

use crate::fixtures::{NOW, ephemeral_key, later};
use countersign_domain::tenant::TenantId;
use countersign_ports::{Ephemeral, EphemeralKey, EphemeralKind, Race, Store};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Timeout for counts to become exact. They may be one second old, and the machine may be slow.
const PATIENCE: Duration = Duration::from_secs(30);

const KIND: EphemeralKind = EphemeralKind::SignInStep;

pub(super) async fn insert(store: &impl Store, tenant: TenantId, key: &EphemeralKey, value: &[u8]) {
    let inserted = store.insert(tenant, key, value, NOW).await;
    assert_eq!(inserted.unwrap(), Race::Won);
}

pub(super) async fn find(
    store: &impl Store,
    tenant: TenantId,
    key: &EphemeralKey,
) -> Option<Ephemeral> {
    store.get(tenant, key, NOW).await.unwrap()
}

fn value(bytes: &[u8], version: u64, total: u64) -> Ephemeral {
    Ephemeral {
        value: bytes.to_vec(),
        version,
        total,
    }
}

/// Returns keys that differ in only one part.
fn similar_keys() -> Vec<EphemeralKey> {
    let mut keys: Vec<EphemeralKey> = EphemeralKind::ALL
        .iter()
        .map(|kind| ephemeral_key(*kind, 1))
        .collect();
    keys.push(ephemeral_key(KIND, 2));
    keys.push(EphemeralKey {
        expires_at: later(7201),
        ..ephemeral_key(KIND, 1)
    });
    keys.push(EphemeralKey {
        id: [0xff; 16],
        ..ephemeral_key(KIND, 1)
    });
    keys
}

/// A value of any kind and any bytes is stored. Kind, ID and expiry time are all part of the key.
pub async fn value_is_found_only_by_full_key<S: Store>(store: Arc<S>, tenant: TenantId) {
    let odd: [&[u8]; 5] = [b"", b"\0", b"\xff\xfe", b"'; --", &[7; 4096]];
    let keys = similar_keys();
    let values = (0..keys.len()).map(|index| match odd.get(index) {
        Some(odd) => odd.to_vec(),
        None => index.to_string().into_bytes(),
    });
    let values: Vec<_> = values.collect();
    for (key, bytes) in keys.iter().zip(&values) {
        assert_eq!(find(&*store, tenant, key).await, None);
        insert(&*store, tenant, key, bytes).await;
    }
    for (key, bytes) in keys.iter().zip(&values) {
        let found = find(&*store, tenant, key).await;
        assert_eq!(found, Some(value(bytes, 1, 0)));
    }
}

/// Inserting an existing key returns `Lost`.
pub async fn inserting_existing_key_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    for kind in EphemeralKind::ALL {
        let key = ephemeral_key(*kind, 1);
        insert(&*store, tenant, &key, b"first").await;
        let again = store.insert(tenant, &key, b"second", NOW).await;
        assert_eq!(again.unwrap(), Race::Lost);
        let found = find(&*store, tenant, &key).await;
        assert_eq!(found, Some(value(b"first", 1, 0)));
    }
}

/// A value is replaced only if the given version is the current one. Otherwise, the call returns `Lost`.
pub async fn value_is_replaced_only_at_current_version<S: Store>(store: Arc<S>, tenant: TenantId) {
    let (key, other) = (ephemeral_key(KIND, 1), ephemeral_key(KIND, 2));
    insert(&*store, tenant, &key, b"first").await;
    insert(&*store, tenant, &other, b"other").await;
    let mut stored = value(b"first", 1, 0);
    for (version, bytes, race) in [
        (0, &b"lost"[..], Race::Lost),
        (2, b"lost", Race::Lost),
        (1, b"second", Race::Won),
        (1, b"lost", Race::Lost),
        (2, b"", Race::Won),
        (3, b"\0", Race::Won),
    ] {
        let replaced = store.replace(tenant, &key, version, bytes, NOW).await;
        assert_eq!(replaced.unwrap(), race, "{version}");
        if race == Race::Won {
            stored = value(bytes, version + 1, 0);
        }
        assert_eq!(find(&*store, tenant, &key).await.as_ref(), Some(&stored));
    }
    let untouched = find(&*store, tenant, &other).await;
    assert_eq!(untouched, Some(value(b"other", 1, 0)));
}

/// Replacing and taking have no effect on a key that does not exist, even if a similar key exists.
pub async fn unknown_key_is_not_replaced_or_taken<S: Store>(store: Arc<S>, tenant: TenantId) {
    let keys = similar_keys();
    insert(&*store, tenant, &keys[0], b"value").await;
    for key in &keys[1..] {
        for version in [0, 1] {
            let replaced = store.replace(tenant, key, version, b"new", NOW).await;
            assert_eq!(replaced.unwrap(), Race::Lost);
        }
        assert_eq!(store.take(tenant, key, NOW).await.unwrap(), None);
    }
    let found = find(&*store, tenant, &keys[0]).await;
    assert_eq!(found, Some(value(b"value", 1, 0)));
}

/// Taking a key returns its value once and removes no other key.
pub async fn value_is_taken_once<S: Store>(store: Arc<S>, tenant: TenantId) {
    let keys = similar_keys();
    for key in &keys {
        insert(&*store, tenant, key, b"value").await;
    }
    for (index, key) in keys.iter().enumerate() {
        let totals = store.add(tenant, &[*key], 3, NOW).await.unwrap();
        assert_eq!(totals, [3]);
        let taken = store.take(tenant, key, NOW).await.unwrap();
        assert_eq!(taken, Some(value(b"value", 1, 3)));
        assert_eq!(store.take(tenant, key, NOW).await.unwrap(), None);
        assert_eq!(find(&*store, tenant, key).await, None);
        for left in &keys[index + 1..] {
            assert!(find(&*store, tenant, left).await.is_some());
        }
    }
    // The key can be inserted again.
    insert(&*store, tenant, &keys[0], b"next").await;
    let found = find(&*store, tenant, &keys[0]).await;
    assert_eq!(found, Some(value(b"next", 1, 0)));
}

/// Adding returns the totals in the order of the keys. An absent key starts at 0.
pub async fn totals_are_returned_in_key_order<S: Store>(store: Arc<S>, tenant: TenantId) {
    let [one, two, three] =
        [11, 12, 13].map(|number| ephemeral_key(EphemeralKind::Attempts, number));
    let add = async |keys: &[EphemeralKey], n| store.add(tenant, keys, n, NOW).await.unwrap();
    assert_eq!(add(&[two], 5).await, [5]);
    assert_eq!(add(&[three, two, one], 2).await, [2, 7, 2]);
    assert_eq!(
        add(&[one, two, three], u32::MAX.into()).await,
        [4_294_967_297, 4_294_967_302, 4_294_967_297]
    );
    assert_eq!(add(&[one, three], 0).await, [4_294_967_297; 2]);
    assert_eq!(add(&[], 1).await, [] as [u64; 0]);
    let keys = similar_keys();
    assert_eq!(add(&keys, 1).await, vec![1; keys.len()]);
    assert_eq!(add(&keys, 1).await, vec![2; keys.len()]);
}

/// A negative number reduces the totals, at most to 0.
pub async fn totals_never_fall_below_zero<S: Store>(store: Arc<S>, tenant: TenantId) {
    let [one, two] = [21, 22].map(|number| ephemeral_key(EphemeralKind::Attempts, number));
    let add = async |keys: &[EphemeralKey], n| store.add(tenant, keys, n, NOW).await.unwrap();
    assert_eq!(add(&[one], 3).await, [3]);
    assert_eq!(add(&[one, two], -1).await, [2, 0]);
    assert_eq!(add(&[two, one], -5).await, [0, 0]);
    assert_eq!(add(&[one, two], 1).await, [1, 1]);
}

/// Adding to an absent key creates it with an empty value.
pub async fn adding_creates_key_with_empty_value<S: Store>(store: Arc<S>, tenant: TenantId) {
    let key = ephemeral_key(EphemeralKind::Attempts, 1);
    let totals = store.add(tenant, &[key], 3, NOW).await.unwrap();
    assert_eq!(totals, [3]);
    let found = find(&*store, tenant, &key).await.unwrap();
    assert_eq!((found.value.len(), found.total), (0, 3));
    let inserted = store.insert(tenant, &key, b"late", NOW).await.unwrap();
    assert_eq!(inserted, Race::Lost);
    let taken = store.take(tenant, &key, NOW).await.unwrap();
    assert_eq!(taken, Some(found));
    let totals = store.add(tenant, &[key], 1, NOW).await.unwrap();
    assert_eq!(totals, [1]);
}

/// Adding keeps value and version; replacing keeps the total.
pub async fn totals_and_versions_are_independent<S: Store>(store: Arc<S>, tenant: TenantId) {
    let key = ephemeral_key(KIND, 1);
    insert(&*store, tenant, &key, b"first").await;
    let totals = store.add(tenant, &[key], 2, NOW).await.unwrap();
    assert_eq!(totals, [2]);
    let found = find(&*store, tenant, &key).await;
    assert_eq!(found, Some(value(b"first", 1, 2)));
    let replaced = store.replace(tenant, &key, 1, b"second", NOW).await;
    assert_eq!(replaced.unwrap(), Race::Won);
    let found = find(&*store, tenant, &key).await;
    assert_eq!(found, Some(value(b"second", 2, 2)));
}

/// The approximate count of a kind becomes exact if there are few keys.
pub async fn keys_are_counted_by_kind<S: Store>(store: Arc<S>, tenant: TenantId) {
    let becomes = async |kind, expected: u64| {
        let wait = async {
            while store.count(tenant, kind, NOW).await.unwrap() != expected {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, wait).await.unwrap();
    };
    for kind in EphemeralKind::ALL {
        becomes(*kind, 0).await;
    }
    for number in 1..=3 {
        insert(&*store, tenant, &ephemeral_key(KIND, number), b"").await;
    }
    let attempts = [1, 2].map(|number| ephemeral_key(EphemeralKind::Attempts, number));
    store.add(tenant, &attempts, 9, NOW).await.unwrap();
    becomes(KIND, 3).await;
    becomes(EphemeralKind::Attempts, 2).await;
    becomes(EphemeralKind::DeniedToken, 0).await;
    let taken = store.take(tenant, &ephemeral_key(KIND, 1), NOW).await;
    assert!(taken.unwrap().is_some());
    becomes(KIND, 2).await;
}
