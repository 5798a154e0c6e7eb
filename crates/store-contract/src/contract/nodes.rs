//! [`Nodes`](countersign_ports::Nodes). Nodes belong to no tenant.

use crate::fixtures::{later, node_id};
use countersign_domain::tenant::TenantId;
use countersign_ports::{FormatGeneration, Store};
use std::sync::Arc;
use tokio::task::JoinSet;

/// A heartbeat of the node of this number at `now`: the lowest generation of those alive after `since`.
async fn beat(store: &impl Store, node: u8, generation: u32, since: u64, now: u64) -> u32 {
    let generation = FormatGeneration(generation);
    let lowest = store.heartbeat(node_id(node), generation, later(since), later(now));
    lowest.await.unwrap().lowest.0
}

/// "Returns the generations of the nodes that were alive after `since`, this one included."
pub async fn the_lowest_generation_of_live_nodes_is_told<S: Store>(store: Arc<S>, _: TenantId) {
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

/// A node's own heartbeat takes the place of its last one.
pub async fn a_heartbeat_takes_the_place_of_the_last<S: Store>(store: Arc<S>, _: TenantId) {
    for (generation, now) in [(3, 10), (1, 11), (5, 12)] {
        assert_eq!(beat(&*store, 1, generation, 0, now).await, generation);
    }
    assert_eq!(beat(&*store, 2, 9, 11, 13).await, 5, "it was seen at 12");
}

/// "Alive after `since`": not at it. "Nodes that were not are removed."
pub async fn a_node_that_is_not_alive_is_removed<S: Store>(store: Arc<S>, _: TenantId) {
    assert_eq!(beat(&*store, 1, 1, 0, 10).await, 1);
    assert_eq!(beat(&*store, 2, 2, 0, 11).await, 1);
    assert_eq!(beat(&*store, 3, 3, 9, 12).await, 1);
    assert_eq!(beat(&*store, 3, 3, 10, 13).await, 2, "1 was seen at 10");
    assert_eq!(beat(&*store, 3, 3, 0, 14).await, 2, "1 is gone");
    assert_eq!(beat(&*store, 1, 1, 0, 15).await, 1, "1 is back");
}

/// "Notes that a node has stopped", be it there or not; no other node stops.
pub async fn a_node_that_has_left_does_not_count<S: Store>(store: Arc<S>, _: TenantId) {
    assert_eq!(beat(&*store, 1, 1, 0, 10).await, 1);
    assert_eq!(beat(&*store, 2, 2, 0, 10).await, 1);
    for _ in 0..2 {
        store.leave(node_id(1)).await.unwrap();
        assert_eq!(beat(&*store, 3, 3, 0, 11).await, 2);
    }
}

/// Heartbeats at once are all noted.
pub async fn heartbeats_of_a_crowd_are_all_noted<S: Store>(store: Arc<S>, _: TenantId) {
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
