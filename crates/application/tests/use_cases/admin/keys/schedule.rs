//! Rotation of signing keys on a schedule.

use super::{ensure, keys, make, with_all_keys};
use super::{events, stored_events};
use crate::world::{At, tenant};
use countersign_application::admin::keys::{KeyAdmin, NewSigningKey};
use countersign_domain::token::signing_key::{KeyRollover, SigningKey};
use countersign_ports::SigningError;
use countersign_store_contract::MemoryStore;
use countersign_store_contract::fixtures::later;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
const ANNOUNCEMENT: Duration = Duration::from_secs(300);

async fn rotate(store: &Arc<MemoryStore>, seconds: u64) -> usize {
    rotate_with(store, seconds, &make).await
}

/// Lets a node check the age of its keys, this many seconds after they were created. Returns the number of new keys.
async fn rotate_with(
    store: &Arc<MemoryStore>,
    seconds: u64,
    make: &(dyn Fn(NewSigningKey<'_>) -> Result<SigningKey, SigningError> + Send + Sync),
) -> usize {
    let admin = KeyAdmin {
        store: store.clone(),
        events: events(),
        clock: Arc::new(At(later(seconds))),
    };
    let rotated = admin.rotate_on_schedule(tenant(), make, DAY, ANNOUNCEMENT);
    rotated.await.unwrap().len()
}

#[tokio::test]
async fn keys_rotate_at_their_age_and_previous_keys_retire() {
    let store = with_all_keys().await;
    assert_eq!(rotate(&store, 86_399).await, 0);
    assert_eq!(rotate(&store, 86_400).await, 3);
    let rollover = KeyRollover::planned(later(86_400), ANNOUNCEMENT);
    let keys = keys(&store).await;
    let retiring = keys
        .iter()
        .filter(|key| key.retires_at == Some(rollover.others_retire_at));
    assert_eq!(retiring.count(), 3);
    let announced = keys
        .iter()
        .filter(|key| key.signs_from == rollover.signs_from);
    assert_eq!(announced.count(), 3);
    let events = stored_events(&store).await;
    let operator = &events.last().unwrap().operator;
    assert_eq!((&*operator.kind, &*operator.id), ("server", "schedule"));
}

#[tokio::test]
async fn keys_rotate_once_per_period() {
    let store = with_all_keys().await;
    assert_eq!(rotate(&store, 86_400).await, 3);
    for seconds in [86_401, 90_000, 172_799] {
        assert_eq!(rotate(&store, seconds).await, 0, "{seconds}");
    }
    assert_eq!(rotate(&store, 172_800).await, 3);
}

#[tokio::test]
async fn node_that_is_slower_rotates_nothing() {
    let store = with_all_keys().await;
    let faster = store.clone();
    let overtaken = move |new: NewSigningKey<'_>| {
        let faster = faster.clone();
        // The first key that the slower node creates lets another node rotate.
        if new.created_at == later(86_400) && new.algorithm == tenant().settings.signing_algorithm {
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .build()
                    .unwrap();
                assert_eq!(runtime.block_on(rotate(&faster, 86_401)), 3);
            })
            .join()
            .unwrap();
        }
        make(new)
    };
    assert_eq!(rotate_with(&store, 86_400, &overtaken).await, 0);
    assert_eq!(keys(&store).await.len(), 6);
}

#[tokio::test]
async fn store_without_keys_is_not_rotated() {
    let store = Arc::new(MemoryStore::default());
    assert_eq!(rotate(&store, 86_400).await, 0);
    ensure(&store).await;
    assert_eq!(rotate(&store, 86_400).await, 1);
}
