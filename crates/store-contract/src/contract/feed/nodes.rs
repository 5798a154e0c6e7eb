//! [`Nodes`](countersign_ports::Nodes). Nodes do not belong to a tenant.

use crate::fixtures::{later, node_id};
use countersign_domain::tenant::TenantId;
use countersign_ports::{FormatGeneration, Store};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Sends a heartbeat at `now` and returns the lowest generation of the nodes alive after `since`.
async fn beat(store: &impl Store, node: u8, generation: u32, since: u64, now: u64) -> u32 {
    let generation = FormatGeneration(generation);
    let lowest = store.heartbeat(node_id(node), generation, later(since), later(now));
    lowest.await.unwrap().lowest.0
}

/// A heartbeat returns the generations of the nodes that were alive after `since`, including its own node.
pub async fn lowest_live_generation_is_returned<S: Store>(store: Arc<S>, _: TenantId) {
    assert_eq!(beat(&*store, 1, 7, 0, 10).await, 7);
    assert_eq!(beat(&*store, 2, 9, 0, 11).await, 7);
    assert_eq!(beat(&*store, 3, 2, 0, 12).await, 2);
    assert_eq!(beat(&*store, 2, 9, 0, 13).await, 2);
    let highest = u32::try_from(i32::MAX).unwrap();
    assert_eq!(beat(&*store, 4, highest, 0, 14).await, 2);
    let own = FormatGeneration(7);
    let live = store.heartbeat(node_id(1), own, later(0), later(15)).await;
    assert_eq!(live.unwrap().highest, FormatGeneration(highest));
}

/// A node's heartbeat replaces its previous one.
pub async fn heartbeat_replaces_previous_one<S: Store>(store: Arc<S>, _: TenantId) {
    for (generation, now) in [(3, 10), (1, 11), (5, 12)] {
        assert_eq!(beat(&*store, 1, generation, 0, now).await, generation);
    }
    assert_eq!(beat(&*store, 2, 9, 11, 13).await, 5, "last seen at 12");
}

/// A node whose last heartbeat is at or before `since` is removed.
pub async fn inactive_node_is_removed<S: Store>(store: Arc<S>, _: TenantId) {
    assert_eq!(beat(&*store, 1, 1, 0, 10).await, 1);
    assert_eq!(beat(&*store, 2, 2, 0, 11).await, 1);
    assert_eq!(beat(&*store, 3, 3, 9, 12).await, 1);
    assert_eq!(beat(&*store, 3, 3, 10, 13).await, 2, "1 was seen at 10");
    assert_eq!(beat(&*store, 3, 3, 0, 14).await, 2, "1 is gone");
    assert_eq!(beat(&*store, 1, 1, 0, 15).await, 1, "1 is back");
}

/// The live nodes are those whose last heartbeat is after `since`. Reading them removes none.
pub async fn live_nodes_are_read_without_change<S: Store>(store: Arc<S>, _: TenantId) {
    let live = async |since| {
        let mut live = store.live_nodes(later(since)).await.unwrap();
        live.sort_unstable();
        live
    };
    assert_eq!(live(0).await, []);
    beat(&*store, 1, 7, 0, 10).await;
    beat(&*store, 2, 9, 0, 20).await;
    assert_eq!(live(10).await, [FormatGeneration(9)]);
    assert_eq!(live(20).await, []);
    let both = [FormatGeneration(7), FormatGeneration(9)];
    assert_eq!(live(0).await, both);
    store.leave(node_id(2)).await.unwrap();
    assert_eq!(live(0).await, [FormatGeneration(7)]);
}

/// Leaving removes only this node, and is allowed for a node that does not exist.
pub async fn stopped_node_does_not_count<S: Store>(store: Arc<S>, _: TenantId) {
    assert_eq!(beat(&*store, 1, 1, 0, 10).await, 1);
    assert_eq!(beat(&*store, 2, 2, 0, 10).await, 1);
    for _ in 0..2 {
        store.leave(node_id(1)).await.unwrap();
        assert_eq!(beat(&*store, 3, 3, 0, 11).await, 2);
    }
}

/// Concurrent heartbeats are all recorded.
pub async fn concurrent_heartbeats_are_all_recorded<S: Store>(store: Arc<S>, _: TenantId) {
    for round in 0..4 {
        let crowd: JoinSet<_> = (0..16)
            .map(|number| {
                let store = Arc::clone(&store);
                async move { beat(&*store, number, 5 + u32::from(number), 0, 10 + round).await }
            })
            .collect();
        crowd.join_all().await;
        assert_eq!(beat(&*store, 99, 99, 0, 20).await, 5);
    }
}
