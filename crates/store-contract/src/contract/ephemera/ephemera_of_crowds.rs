//! [`Ephemera`](countersign_ports::Ephemera) with concurrent callers.

use super::{find, insert};
use crate::contract::support::{CROWD, winners};
use crate::fixtures::{NOW, ephemeral_key};
use countersign_domain::tenant::TenantId;
use countersign_ports::{EphemeralKind, Race, Store};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Of concurrent inserts of one key, one wins, and the store keeps its value.
pub async fn concurrent_inserts_of_one_key_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for kind in EphemeralKind::ALL {
        let key = ephemeral_key(*kind, 1);
        let winner = Arc::new(std::sync::Mutex::new(Vec::new()));
        let won = winners(&store, |store, number| {
            let winner = Arc::clone(&winner);
            async move {
                let value = number.to_be_bytes();
                let race = store.insert(tenant, &key, &value, NOW).await?;
                if race == Race::Won {
                    winner.lock().unwrap().extend(value);
                }
                Ok(race)
            }
        });
        assert_eq!(won.await, 1);
        let stored = find(&*store, tenant, &key).await.unwrap();
        assert_eq!(stored.value, *winner.lock().unwrap());
    }
}

/// Of concurrent takes of one key, one gets the value.
pub async fn concurrent_takes_of_one_key_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for kind in EphemeralKind::ALL {
        let key = ephemeral_key(*kind, 1);
        insert(&*store, tenant, &key, b"value").await;
        let won = winners(&store, |store, _| async move {
            let taken = store.take(tenant, &key, NOW).await?;
            Ok(taken.map_or(Race::Lost, |_| Race::Won))
        });
        assert_eq!(won.await, 1);
    }
}

/// Of concurrent replacements of one version, one wins.
pub async fn concurrent_replacements_of_one_version_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let key = ephemeral_key(EphemeralKind::SignInStep, 1);
    insert(&*store, tenant, &key, b"value").await;
    let won = winners(&store, |store, number| async move {
        let value = number.to_be_bytes();
        store.replace(tenant, &key, 1, &value, NOW).await
    });
    assert_eq!(won.await, 1);
    let stored = find(&*store, tenant, &key).await.unwrap();
    assert_eq!(stored.version, 2);
}

/// Concurrent additions are all counted: no two callers get the same total. Callers that pass the same keys in
/// different orders do not deadlock.
pub async fn concurrent_additions_are_all_counted<S: Store>(store: Arc<S>, tenant: TenantId) {
    let keys = [1, 2, 3].map(|number| ephemeral_key(EphemeralKind::Attempts, number));
    let crowd: JoinSet<_> = (0..CROWD)
        .map(|number| {
            let store = Arc::clone(&store);
            async move {
                let is_reversed = number % 2 == 1;
                let mut keys = keys;
                if is_reversed {
                    keys.reverse();
                }
                let mut totals = store.add(tenant, &keys, 1, NOW).await.unwrap();
                if is_reversed {
                    totals.reverse();
                }
                totals
            }
        })
        .collect();
    let totals = crowd.join_all().await;
    for index in 0..keys.len() {
        let mut of_key: Vec<u64> = totals.iter().map(|totals| totals[index]).collect();
        of_key.sort_unstable();
        assert_eq!(of_key, (1..=u64::from(CROWD)).collect::<Vec<_>>());
    }
}
