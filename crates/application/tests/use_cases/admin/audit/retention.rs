//! Retention.

use super::Log;
use crate::world::SINGLE;
use countersign_application::admin::Finding;
use countersign_domain::audit::batch::ChainHead;
use countersign_domain::audit::event::Action;
use countersign_ports::{AuditProof as _, Race};
use std::time::Duration;

const RETENTION: Duration = Duration::from_secs(100);

/// Returns a log with batches at the seconds 1 to 4, and the heads after each of them.
async fn with_batches() -> (Log, Vec<ChainHead>) {
    let log = Log::new();
    let mut heads = Vec::new();
    for seconds in 1..=4 {
        log.batch_at(seconds).await;
        heads.push(log.verify(None).await.head.unwrap());
    }
    (log, heads)
}

#[tokio::test]
async fn old_batches_are_removed_and_the_proof_stays() {
    let (log, heads) = with_batches().await;
    let sealing = log.sealing(102);
    assert_eq!(sealing.remove_old(SINGLE, RETENTION).await.unwrap(), 2);
    assert_eq!(sealing.remove_old(SINGLE, RETENTION).await.unwrap(), 0);
    sealing.seal(SINGLE).await.unwrap();
    let verified = log.verify(None).await;
    assert_eq!(verified.findings, []);
    assert_eq!((verified.batches, verified.events), (3, 3));
    for (kept, expected) in [
        (heads[0], vec![Finding::HeadRemoved(1)]),
        (heads[1], vec![]),
        (heads[2], vec![]),
        (heads[3], vec![]),
    ] {
        assert_eq!(log.verify(Some(kept)).await.findings, expected);
    }
    let other = ChainHead {
        link: [0; 32],
        ..heads[1]
    };
    let findings = log.verify(Some(other)).await.findings;
    assert_eq!(findings, [Finding::HeadMissing(2)]);
    let stored = crate::admin::stored_events(&log.store).await;
    let removal = stored
        .iter()
        .find(|event| event.action == Action::EVENTS_REMOVED);
    let removal = removal.unwrap();
    assert_eq!(
        (&*removal.target.kind, &*removal.target.id),
        ("event_batch", "2")
    );
    assert_eq!(removal.operator.kind, "server");
}

#[tokio::test]
async fn last_batch_is_kept_for_the_next_one() {
    let (log, _) = with_batches().await;
    let sealing = log.sealing(1000);
    assert_eq!(sealing.remove_old(SINGLE, RETENTION).await.unwrap(), 3);
    let latest = log.store.latest_batch(SINGLE).await.unwrap();
    assert_eq!(latest.unwrap().number, 4);
    log.batch_at(1001).await;
    assert_eq!(log.verify(None).await.findings, []);
}

#[tokio::test]
async fn removed_start_without_retention_is_found() {
    let (log, _) = with_batches().await;
    // The first two batches are removed from the store, without an event of the log.
    let event = countersign_store_contract::fixtures::event_record(SINGLE, 900);
    let removed = log.store.remove_batches(SINGLE, 1, 2, &event).await;
    assert_eq!(removed.unwrap(), Race::Won);
    let findings = log.verify(None).await.findings;
    assert!(findings.contains(&Finding::BatchRemoved(1)), "{findings:?}");
}
