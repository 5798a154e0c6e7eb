//! Creation and rotation of signing keys.

use crate::admin::{events, root, stored_events};
use crate::fakes::Fixed;
use crate::world::{SINGLE, tenant};
use countersign_application::admin::AdminError;
use countersign_application::admin::keys::{KeyAdmin, NewSigningKey, ensure_signing_keys};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::{Client, ClientId};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::{KeyRollover, SigningKey, signing_key};
use countersign_ports::{KeyChange, Race, SigningError, SigningKeyRepository as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

static NUMBER: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::unnecessary_wraps, reason = "the signature is the caller's")]
fn make(new: NewSigningKey<'_>) -> Result<SigningKey, SigningError> {
    let id = format!("key {}", NUMBER.fetch_add(1, Ordering::SeqCst));
    Ok(SigningKey {
        algorithm: new.algorithm,
        client: new.client.cloned(),
        created_at: new.created_at,
        signs_from: new.signs_from,
        ..fixtures::signing_key(&id)
    })
}

/// Returns the key administration of a store.
fn admin(store: &Arc<MemoryStore>) -> KeyAdmin<MemoryStore> {
    KeyAdmin {
        store: store.clone(),
        events: events(),
        clock: Arc::new(Fixed),
    }
}

async fn keys(store: &MemoryStore) -> Vec<SigningKey> {
    store.list_signing_keys(SINGLE).await.unwrap().1
}

#[tokio::test]
async fn ensure_signing_keys_creates_one_key_per_algorithm() {
    let store = MemoryStore::default();
    for _ in 0..2 {
        ensure_signing_keys(&store, tenant(), &make, fixtures::NOW)
            .await
            .unwrap();
    }
    let mut algorithms: Vec<_> = keys(&store).await.iter().map(|key| key.algorithm).collect();
    algorithms.sort_unstable();
    assert_eq!(algorithms, SigningAlgorithm::ASYMMETRIC);
}

#[tokio::test]
async fn concurrent_starts_store_keys_of_one_server() {
    let store = MemoryStore::default();
    let other = |new: NewSigningKey<'_>| {
        // Another server stores its keys first, after this one has created its own.
        let theirs = make(new)?;
        if new.algorithm == SigningAlgorithm::EdDsa {
            futures_executor(async {
                let (seen, held) = store.list_signing_keys(SINGLE).await.unwrap();
                if held.is_empty() {
                    let add = SigningAlgorithm::ASYMMETRIC
                        .iter()
                        .map(|own| {
                            let algorithm = *own;
                            make(NewSigningKey { algorithm, ..new }).unwrap()
                        })
                        .collect();
                    assert_eq!(
                        store
                            .change_signing_keys(
                                SINGLE,
                                &KeyChange {
                                    seen,
                                    add,
                                    retire: Vec::new()
                                },
                                None
                            )
                            .await
                            .unwrap(),
                        Race::Won
                    );
                }
            });
        }
        Ok(theirs)
    };
    ensure_signing_keys(&store, tenant(), &other, fixtures::NOW)
        .await
        .unwrap();
    assert_eq!(keys(&store).await.len(), SigningAlgorithm::ASYMMETRIC.len());
}

/// Runs a future that never waits.
fn futures_executor(future: impl Future<Output = ()>) {
    let mut future = std::pin::pin!(future);
    let waker = std::task::Waker::noop();
    assert!(
        future
            .as_mut()
            .poll(&mut std::task::Context::from_waker(waker))
            .is_ready()
    );
}

#[tokio::test]
async fn rotation_announces_new_key_and_keeps_old_key_for_verification() {
    let store = Arc::new(MemoryStore::default());
    ensure_signing_keys(&*store, tenant(), &make, fixtures::NOW)
        .await
        .unwrap();
    let before = keys(&store).await;
    let announcement = Duration::from_secs(300);
    let es256 = [SigningAlgorithm::Es256];
    let added = admin(&store)
        .rotate(tenant(), root(), &make, &es256, announcement)
        .await
        .unwrap();
    let after = keys(&store).await;
    assert_eq!((added.len(), after.len()), (1, before.len() + 1));
    let signs = |now| {
        signing_key(&after, SigningAlgorithm::Es256, None::<&ClientId>, now)
            .unwrap()
            .id
            .clone()
    };
    let old = before
        .iter()
        .find(|key| key.algorithm == SigningAlgorithm::Es256)
        .unwrap();
    assert_eq!(signs(fixtures::later(299)), old.id);
    assert_eq!(signs(fixtures::later(300)), added.first().unwrap().id);
    let old = after.iter().find(|key| key.id == old.id).unwrap();
    let longest = Client::LONGEST_ACCESS_TOKEN + KeyRollover::MARGIN;
    assert_eq!(old.retires_at, Some(fixtures::later(300).plus(longest)));
    let others = after
        .iter()
        .filter(|key| key.algorithm != SigningAlgorithm::Es256);
    assert!(others.clone().count() > 0 && others.into_iter().all(|key| key.retires_at.is_none()));
}

#[tokio::test]
async fn rotation_stores_one_event_with_its_keys() {
    let store = Arc::new(MemoryStore::default());
    ensure_signing_keys(&*store, tenant(), &make, fixtures::NOW)
        .await
        .unwrap();
    assert!(stored_events(&store).await.is_empty(), "no operator ran it");
    let (all, later) = (SigningAlgorithm::ASYMMETRIC, Duration::from_secs(300));
    let added = admin(&store)
        .rotate(tenant(), root(), &make, all, later)
        .await;
    let added = added.unwrap();
    let events = stored_events(&store).await;
    let [event] = &*events else {
        panic!("{events:?}");
    };
    assert_eq!(event.action, Action::SIGNING_KEYS_CHANGED);
    let ids: Vec<_> = added.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(event.target.id, ids.join(" "));
    assert_eq!(event.changes.len(), 6, "three added, three retired");
}

#[tokio::test]
async fn operator_without_permission_cannot_change_keys() {
    let store = Arc::new(MemoryStore::default());
    let operator = Operator {
        permissions: vec![Permission::KeysRead],
        ..root().clone()
    };
    let all = SigningAlgorithm::ASYMMETRIC;
    let admin = admin(&store);
    let refused = admin.rotate(tenant(), &operator, &make, all, Duration::ZERO);
    assert!(matches!(refused.await, Err(AdminError::Refused(_))));
    let app = fixtures::client_id("app");
    let refused = admin.create_client_key(tenant(), &operator, &app, &make);
    assert!(matches!(refused.await, Err(AdminError::Refused(_))));
    assert!(admin.list(tenant(), &operator).await.unwrap().is_empty());
}

#[tokio::test]
async fn client_key_signs_at_once() {
    let store = Arc::new(MemoryStore::default());
    let app = fixtures::client_id("app");
    let admin = admin(&store);
    let key = admin.create_client_key(tenant(), root(), &app, &make);
    let key = key.await.unwrap();
    let keys = keys(&store).await;
    let signs = signing_key(&keys, SigningAlgorithm::Hs256, Some(&app), fixtures::NOW);
    assert_eq!(signs.map(|key| &key.id), Some(&key.id));
    assert_eq!(stored_events(&store).await.len(), 1);
}
