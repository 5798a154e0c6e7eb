//! Creation and rotation of signing keys.

mod revocation;
mod schedule;

use crate::admin::{events, root, stored_events};
use crate::fakes::Fixed;
use crate::world::{SINGLE, tenant};
use countersign_application::admin::AdminError;
use countersign_application::admin::keys::{KeyAdmin, NewSigningKey, ensure_signing_keys};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::ClientId;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::{KeyRollover, SigningKey, signing_key};
use countersign_ports::{
    ClientRepository as _, KeyChange, KeySetVersion, Race, SigningError, SigningKeyRepository as _,
    StoreError,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

static NUMBER: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::unnecessary_wraps, reason = "the signature is the caller's")]
pub(super) fn make(new: NewSigningKey<'_>) -> Result<SigningKey, SigningError> {
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
pub(super) fn admin(store: &Arc<MemoryStore>) -> KeyAdmin<MemoryStore> {
    KeyAdmin {
        store: store.clone(),
        events: events(),
        clock: Arc::new(Fixed),
    }
}

pub(super) async fn keys(store: &MemoryStore) -> Vec<SigningKey> {
    store.list_signing_keys(SINGLE).await.unwrap().1
}

/// Returns a store with clients that use these algorithms for tokens and for userinfo.
async fn with_clients(
    clients: &[(Option<SigningAlgorithm>, Option<SigningAlgorithm>)],
) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    for (number, (tokens, userinfo)) in clients.iter().enumerate() {
        register(&store, &format!("app{number}"), *tokens, *userinfo).await;
    }
    store
}

async fn register(
    store: &MemoryStore,
    id: &str,
    tokens: Option<SigningAlgorithm>,
    userinfo: Option<SigningAlgorithm>,
) {
    let mut client = fixtures::client(id);
    client.signing_algorithm = tokens;
    client.openid.userinfo_signing_algorithm = userinfo;
    let event = fixtures::event();
    let inserted = store.insert_client(SINGLE, &client, &event);
    assert_eq!(inserted.await.unwrap(), Race::Won);
}

/// Returns a store in which three clients use the three algorithms, and their keys.
pub(super) async fn with_all_keys() -> Arc<MemoryStore> {
    let all = SigningAlgorithm::ASYMMETRIC.iter();
    let clients: Vec<_> = all.map(|algorithm| (Some(*algorithm), None)).collect();
    let store = with_clients(&clients).await;
    ensure(&store).await;
    store
}

pub(super) async fn ensure(store: &MemoryStore) {
    ensure_signing_keys(store, tenant(), &make, fixtures::NOW)
        .await
        .unwrap();
}

/// Returns the algorithms of keys that do not retire.
async fn staying(store: &MemoryStore) -> Vec<SigningAlgorithm> {
    let keys = keys(store).await;
    let staying = keys.iter().filter(|key| key.retires_at.is_none());
    let mut algorithms: Vec<_> = staying.map(|key| key.algorithm).collect();
    algorithms.sort_unstable();
    algorithms
}

/// Default algorithm of the tenant.
const DEFAULT: SigningAlgorithm = SigningAlgorithm::Es256;

#[tokio::test]
async fn first_start_creates_one_key_per_algorithm_in_use() {
    use SigningAlgorithm::{EdDsa, Es256, Hs256, Rs256};
    let cases: [(&[_], &[_]); 5] = [
        (&[], &[]),
        (&[(None, None), (Some(Hs256), Some(Hs256))], &[]),
        (&[(Some(Rs256), None)], &[Rs256]),
        (&[(None, Some(EdDsa))], &[EdDsa]),
        (&[(Some(Es256), Some(Rs256))], &[Es256, Rs256]),
    ];
    for (clients, others) in cases {
        assert_eq!(tenant().settings.signing_algorithm, DEFAULT);
        let store = with_clients(clients).await;
        ensure(&store).await;
        ensure(&store).await;
        let mut expected = [others, &[DEFAULT]].concat();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(staying(&store).await, expected, "{clients:?}");
    }
}

#[tokio::test]
async fn key_for_every_algorithm_exists_if_clients_are_unreadable() {
    let mut store = MockStore::new();
    store.expect_list_clients().returning(|_, _, _| {
        Box::pin(async { Err(StoreError::new("a document requires a later version")) })
    });
    store
        .expect_list_signing_keys()
        .returning(|_| Box::pin(async { Ok((KeySetVersion(0), Vec::new())) }));
    store
        .expect_change_signing_keys()
        .times(1)
        .withf(|_, change, _| change.add.len() == SigningAlgorithm::ASYMMETRIC.len())
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
    ensure_signing_keys(&store, tenant(), &make, fixtures::NOW)
        .await
        .unwrap();
}

#[tokio::test]
async fn rotation_retires_keys_that_no_client_uses() {
    let store = with_all_keys().await;
    for id in ["app0", "app1", "app2"] {
        let (id, event) = (fixtures::client_id(id), fixtures::event());
        let deleted = store.delete_client(SINGLE, &id, 1, &event);
        assert_eq!(deleted.await.unwrap(), Race::Won);
    }
    let announcement = Duration::from_secs(300);
    let admin = admin(&store);
    let added = admin.rotate(tenant(), root(), &make, None, announcement);
    assert_eq!(added.await.unwrap().len(), 1);
    assert_eq!(staying(&store).await, [DEFAULT]);
    let retires_at = KeyRollover::planned(fixtures::NOW, announcement).others_retire_at;
    let keys = keys(&store).await;
    let retiring = keys.iter().filter(|key| key.retires_at == Some(retires_at));
    assert_eq!(retiring.count(), 3, "tokens may still need them");
    // A client that is registered now gets a key that does not retire.
    let eddsa = BTreeSet::from([SigningAlgorithm::EdDsa]);
    for expected in [1, 0] {
        let added = admin.add_missing(tenant(), root(), &make, &eddsa).await;
        let added = added.unwrap();
        assert_eq!(added.len(), expected);
        assert!(added.iter().all(|key| key.may_sign(fixtures::NOW)));
    }
}

#[tokio::test]
async fn rotation_keeps_key_of_client_registered_meanwhile() {
    let store = with_clients(&[]).await;
    ensure(&store).await;
    let eddsa = BTreeSet::from([SigningAlgorithm::EdDsa]);
    let admin = admin(&store);
    let added = admin.add_missing(tenant(), root(), &make, &eddsa).await;
    assert_eq!(added.unwrap().len(), 1);
    let registering = |new: NewSigningKey<'_>| {
        // The rotation has already listed the clients.
        if new.algorithm == DEFAULT {
            futures_executor(register(
                &store,
                "late",
                Some(SigningAlgorithm::EdDsa),
                None,
            ));
        }
        make(new)
    };
    let rotated = admin.rotate(tenant(), root(), &registering, None, Duration::ZERO);
    rotated.await.unwrap();
    let mut expected = [DEFAULT, SigningAlgorithm::EdDsa];
    expected.sort_unstable();
    assert_eq!(staying(&store).await, expected);
}

#[tokio::test]
async fn concurrent_starts_store_keys_of_one_server() {
    let all = SigningAlgorithm::ASYMMETRIC.iter();
    let clients: Vec<_> = all.map(|algorithm| (Some(*algorithm), None)).collect();
    let store = with_clients(&clients).await;
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
    ensure_signing_keys(&*store, tenant(), &other, fixtures::NOW)
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
    let store = with_all_keys().await;
    let before = keys(&store).await;
    let announcement = Duration::from_secs(300);
    let es256 = Some(SigningAlgorithm::Es256);
    let added = admin(&store)
        .rotate(tenant(), root(), &make, es256, announcement)
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
    let longest = Lifetimes::LONGEST_TOKEN + KeyRollover::MARGIN;
    assert_eq!(old.retires_at, Some(fixtures::later(300).plus(longest)));
    let others = after
        .iter()
        .filter(|key| key.algorithm != SigningAlgorithm::Es256);
    assert!(others.clone().count() > 0 && others.into_iter().all(|key| key.retires_at.is_none()));
}

#[tokio::test]
async fn rotation_stores_one_event_with_its_keys() {
    let store = with_all_keys().await;
    let before = stored_events(&store).await.len();
    assert_eq!(before, 3, "clients only: no operator created the keys");
    let added = admin(&store)
        .rotate(tenant(), root(), &make, None, Duration::from_secs(300))
        .await;
    let added = added.unwrap();
    let events = stored_events(&store).await;
    let [event] = &events[before..] else {
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
        permissions: [Permission::KeysRead].into(),
        ..root().clone()
    };
    let admin = admin(&store);
    let refused = admin.rotate(tenant(), &operator, &make, None, Duration::ZERO);
    assert!(matches!(refused.await, Err(AdminError::Refused(_))));
    let all = SigningAlgorithm::ASYMMETRIC.iter().copied().collect();
    let refused = admin.add_missing(tenant(), &operator, &make, &all);
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
