//! Making and replacing signing keys.

use countersign_application::{ensure_signing_keys, rotate_signing_keys};
use countersign_domain::client::{Client, ClientId};
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::signing_key::{SigningKey, Takeover, signing_key};
use countersign_domain::time::Timestamp;
use countersign_ports::{KeyChange, Race, SigningError, SigningKeyRepository as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

static NUMBER: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::unnecessary_wraps, reason = "the signature is the caller's")]
fn make(
    algorithm: SigningAlgorithm,
    created_at: Timestamp,
    signs_from: Timestamp,
) -> Result<SigningKey, SigningError> {
    let id = format!("key {}", NUMBER.fetch_add(1, Ordering::SeqCst));
    Ok(SigningKey {
        algorithm,
        created_at,
        signs_from,
        ..fixtures::signing_key(&id)
    })
}

async fn keys(store: &MemoryStore) -> Vec<SigningKey> {
    store.list_signing_keys().await.unwrap().1
}

#[tokio::test]
async fn each_algorithm_gets_a_key_and_only_one() {
    let store = MemoryStore::default();
    for _ in 0..2 {
        ensure_signing_keys(&store, &make, fixtures::NOW)
            .await
            .unwrap();
    }
    let mut algorithms: Vec<_> = keys(&store).await.iter().map(|key| key.algorithm).collect();
    algorithms.sort_unstable();
    assert_eq!(algorithms, SigningAlgorithm::ASYMMETRIC);
}

#[tokio::test]
async fn of_two_servers_that_start_together_the_keys_of_one_stay() {
    let store = MemoryStore::default();
    let other = |algorithm, created_at, signs_from| {
        // The other server is faster, each time that this one has made its keys.
        let theirs = make(algorithm, created_at, signs_from)?;
        if algorithm == SigningAlgorithm::EdDsa {
            futures_executor(async {
                let (seen, held) = store.list_signing_keys().await.unwrap();
                if held.is_empty() {
                    let add = SigningAlgorithm::ASYMMETRIC
                        .iter()
                        .map(|own| make(*own, created_at, signs_from).unwrap())
                        .collect();
                    assert_eq!(
                        store
                            .change_signing_keys(&KeyChange {
                                seen,
                                add,
                                retire: Vec::new()
                            })
                            .await
                            .unwrap(),
                        Race::Won
                    );
                }
            });
        }
        Ok(theirs)
    };
    ensure_signing_keys(&store, &other, fixtures::NOW)
        .await
        .unwrap();
    assert_eq!(keys(&store).await.len(), SigningAlgorithm::ASYMMETRIC.len());
}

/// Runs what never waits.
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
async fn a_rotation_announces_the_new_key_and_keeps_the_old_until_its_last_token_has_expired() {
    let store = MemoryStore::default();
    ensure_signing_keys(&store, &make, fixtures::NOW)
        .await
        .unwrap();
    let before = keys(&store).await;
    let announcement = Duration::from_secs(300);
    let added = rotate_signing_keys(
        &store,
        &make,
        &[SigningAlgorithm::Es256],
        announcement,
        fixtures::NOW,
    )
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
    let longest = Client::LONGEST_ACCESS_TOKEN + Takeover::MARGIN;
    assert_eq!(old.retires_at, Some(fixtures::later(300).plus(longest)));
    let others = after
        .iter()
        .filter(|key| key.algorithm != SigningAlgorithm::Es256);
    assert!(others.clone().count() > 0 && others.into_iter().all(|key| key.retires_at.is_none()));
}
