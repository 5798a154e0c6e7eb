//! [`SigningKeyRepository`](countersign_ports::SigningKeyRepository).

use super::support::{client, insert_clients, winners};
use crate::fixtures::{NOW, client_id, event_in, later, signing_key};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{KeyChange, KeySetVersion, Race, Store};
use std::sync::Arc;

async fn version(store: &impl Store, tenant: TenantId) -> KeySetVersion {
    store.list_signing_keys(tenant).await.unwrap().0
}

/// Adds keys at the current version of the set.
pub(super) async fn add(store: &impl Store, tenant: TenantId, keys: &[SigningKey]) {
    let change = KeyChange {
        seen: version(store, tenant).await,
        add: keys.to_vec(),
        retire: Vec::new(),
    };
    let changed = store.change_signing_keys(tenant, &change, None).await;
    assert_eq!(changed.unwrap(), Race::Won);
}

/// Listed signing keys keep every field, for every algorithm.
pub async fn listed_signing_key_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut keys: Vec<SigningKey> = SigningAlgorithm::ALL
        .iter()
        .map(|algorithm| SigningKey {
            algorithm: *algorithm,
            ..signing_key(algorithm.as_str())
        })
        .collect();
    keys.push(SigningKey {
        client: Some(client_id("app")),
        sealed_private_key: (0..=255).collect(),
        created_at: later(1),
        signs_from: later(2),
        retires_at: Some(later(3)),
        ..signing_key("ünïcode 🔑")
    });
    add(&*store, tenant, &keys).await;
    let (_, mut listed) = store.list_signing_keys(tenant).await.unwrap();
    listed.sort_by(|one, other| one.id.cmp(&other.id));
    keys.sort_by(|one, other| one.id.cmp(&other.id));
    for (listed, key) in listed.iter().zip(&keys) {
        assert_eq!(listed, key);
        assert_eq!(listed.sealed_private_key, key.sealed_private_key);
    }
    assert_eq!(listed.len(), keys.len());
}

/// Signing keys are listed oldest first.
pub async fn signing_keys_are_listed_oldest_first<S: Store>(store: Arc<S>, tenant: TenantId) {
    let at = |id: &str, created_at: Timestamp| SigningKey {
        created_at,
        ..signing_key(id)
    };
    let keys = [at("a", later(2)), at("c", NOW), at("b", later(1))];
    add(&*store, tenant, &keys).await;
    let (_, listed) = store.list_signing_keys(tenant).await.unwrap();
    let ids: Vec<&str> = listed.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["c", "b", "a"]);
}

/// The version of a set is 0 before the first key, and every change increments it.
pub async fn key_set_version_counts_changes<S: Store>(store: Arc<S>, tenant: TenantId) {
    let first = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!(first, (KeySetVersion(0), Vec::new()));
    for (number, id) in (1..).zip(["a", "b", "c"]) {
        add(&*store, tenant, &[signing_key(id)]).await;
        assert_eq!(version(&*store, tenant).await, KeySetVersion(number));
    }
    let retire = KeyChange {
        seen: KeySetVersion(3),
        add: Vec::new(),
        retire: vec![("a".into(), later(9))],
    };
    let retired = store.change_signing_keys(tenant, &retire, None).await;
    assert_eq!(retired.unwrap(), Race::Won);
    assert_eq!(version(&*store, tenant).await, KeySetVersion(4));
}

/// A change at the current version wins.
pub async fn key_change_at_current_version_wins<S: Store>(store: Arc<S>, tenant: TenantId) {
    add(&*store, tenant, &[signing_key("old"), signing_key("other")]).await;
    let (seen, _) = store.list_signing_keys(tenant).await.unwrap();
    let change = KeyChange {
        seen,
        add: vec![signing_key("young")],
        retire: vec![("old".into(), later(9)), ("gone".into(), later(9))],
    };
    let changed = store.change_signing_keys(tenant, &change, None).await;
    assert_eq!(changed.unwrap(), Race::Won);
    let retired = SigningKey {
        retires_at: Some(later(9)),
        ..signing_key("old")
    };
    let (_, listed) = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!(
        listed,
        [retired, signing_key("other"), signing_key("young")]
    );
}

/// A change at any other version returns `Lost` and changes nothing.
pub async fn key_change_at_other_version_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    for id in ["a", "old"] {
        add(&*store, tenant, &[signing_key(id)]).await;
    }
    for seen in [0, 1, 3] {
        let change = KeyChange {
            seen: KeySetVersion(seen),
            add: vec![signing_key("young")],
            retire: vec![("old".into(), later(9))],
        };
        let changed = store.change_signing_keys(tenant, &change, None).await;
        assert_eq!(changed.unwrap(), Race::Lost);
        let (version, listed) = store.list_signing_keys(tenant).await.unwrap();
        assert_eq!(listed, [signing_key("a"), signing_key("old")]);
        assert_eq!(version, KeySetVersion(2));
    }
}

/// A client update does not change the version of the key set.
pub async fn client_update_keeps_key_set_version<S: Store>(store: Arc<S>, tenant: TenantId) {
    add(&*store, tenant, &[signing_key("a")]).await;
    insert_clients(&*store, tenant, &[client("app")]).await;
    let event = event_in(tenant);
    let updated = store.update_client(tenant, &client("app"), &event).await;
    assert_eq!(updated.unwrap(), Race::Won);
    assert_eq!(version(&*store, tenant).await, KeySetVersion(1));
}

/// Of concurrent key changes based on the same version, one wins.
pub async fn concurrent_key_changes_have_one_winner<S: Store>(store: Arc<S>, tenant: TenantId) {
    // Several rounds, because a store may be slower at first.
    for round in 1..=5 {
        let seen = version(&*store, tenant).await;
        let won = winners(&store, |store, number| async move {
            let change = KeyChange {
                seen,
                add: vec![signing_key(&format!("{round}-{number}"))],
                retire: Vec::new(),
            };
            store.change_signing_keys(tenant, &change, None).await
        });
        assert_eq!(won.await, 1);
        let (_, keys) = store.list_signing_keys(tenant).await.unwrap();
        assert_eq!(keys.len(), round);
    }
}

/// A key change is atomic: one taken ID fails the whole change.
pub async fn key_change_is_atomic<S: Store>(store: Arc<S>, tenant: TenantId) {
    add(&*store, tenant, &[signing_key("old")]).await;
    let change = KeyChange {
        seen: KeySetVersion(1),
        add: vec![signing_key("young"), signing_key("old")],
        retire: vec![("old".into(), later(9))],
    };
    let event = event_in(tenant);
    let changed = store
        .change_signing_keys(tenant, &change, Some(&event))
        .await;
    assert!(changed.is_err());
    let (version, listed) = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!(listed, [signing_key("old")]);
    assert_eq!(version, KeySetVersion(1));
}
