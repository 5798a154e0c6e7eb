//! Sealing.

use super::{Log, Remembered};
use crate::admin::keys::make;
use crate::admin::{events, only, root};
use crate::world::{At, SINGLE, tenant};
use countersign_application::admin::keys::{KeyAdmin, SharedKeys};
use countersign_application::admin::{Finding, Sealing, SealingError};
use countersign_domain::audit::operator::Permission;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, AuditProof as _, KeySetVersion, Race, SealedBatch, StoredEvent, Transfer as _,
};
use countersign_store_contract::fixtures::{later, signing_key};
use countersign_store_contract::{MemoryStore, MockStore};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn events_are_sealed_in_one_chain_by_all_nodes() {
    let log = Log::new();
    let other = log.other_node();
    log.record(2).await;
    other.record(1).await;
    for node in [&log, &other] {
        node.sealing(1).seal(SINGLE).await.unwrap();
    }
    let verified = log.verify(None).await;
    assert_eq!(verified.findings, []);
    assert_eq!(
        (verified.batches, verified.events, verified.adopted),
        (2, 3, 0)
    );
    assert_eq!(verified.head.unwrap().number, 2);
}

#[tokio::test]
async fn event_that_node_did_not_record_is_not_sealed() {
    let log = Log::new();
    log.record(1).await;
    let stored = log.store.unsealed_events(SINGLE, None, 9).await.unwrap();
    let mut forged = stored[0].clone();
    forged.position.id.number = 77;
    let added = log.store.insert_event(SINGLE, &forged).await;
    assert_eq!(added.unwrap(), Race::Won);
    log.sealing(1).seal(SINGLE).await.unwrap();
    let left = log.store.unsealed_events(SINGLE, None, 9).await.unwrap();
    assert_eq!(left, [forged.clone()]);
    let verified = log.verify(None).await;
    assert_eq!(
        verified.findings,
        [Finding::EventUnsealed(forged.position.id)]
    );
}

#[tokio::test]
async fn event_replaced_before_sealing_is_not_sealed() {
    let log = Log::new();
    log.record(1).await;
    let stored = log.store.unsealed_events(SINGLE, None, 9).await.unwrap();
    // The same number, with another digest.
    let replaced = StoredEvent {
        digest: vec![9; 32],
        ..stored[0].clone()
    };
    let forged = Log {
        store: Arc::default(),
        ..log
    };
    let added = forged.store.insert_event(SINGLE, &replaced).await;
    assert_eq!(added.unwrap(), Race::Won);
    forged.sealing(1).seal(SINGLE).await.unwrap();
    assert_eq!(forged.store.latest_batch(SINGLE).await.unwrap(), None);
}

#[tokio::test]
async fn node_does_not_continue_chain_that_was_cut_off() {
    let log = Log::new();
    let sealing = log.sealing(1);
    for _ in 0..2 {
        log.record(1).await;
        sealing.seal(SINGLE).await.unwrap();
    }
    let whole = log
        .store
        .list_batches(SINGLE, After::start())
        .await
        .unwrap();
    let cut = Arc::new(MemoryStore::default());
    let first = whole.items.first().unwrap();
    assert_eq!(
        cut.append_batch(SINGLE, first, &[]).await.unwrap(),
        Race::Won
    );
    let sealing = Sealing {
        store: cut,
        ..sealing
    };
    let refused = sealing.renew_key(SINGLE).await;
    assert!(matches!(refused, Err(SealingError::CutOff(2))));
    let other = TenantId::from_number(2).unwrap();
    sealing.renew_key(other).await.unwrap();
}

#[tokio::test]
async fn idle_node_reads_nothing() {
    let sealing = Sealing {
        store: Arc::new(MockStore::new()),
        events: events(),
        codec: Arc::new(Remembered::default()),
        clock: Arc::new(At(later(1))),
        seen: Mutex::default(),
    };
    sealing.seal(SINGLE).await.unwrap();
}

#[tokio::test]
async fn event_of_lost_change_is_forgotten_after_two_minutes() {
    let mut store = MockStore::new();
    store
        .expect_list_signing_keys()
        .returning(|_| Box::pin(async { Ok((KeySetVersion(1), vec![signing_key("leaked")])) }));
    store
        .expect_change_signing_keys()
        .returning(|_, _, _| Box::pin(async { Ok(Race::Lost) }));
    store
        .expect_unsealed_events()
        .times(2)
        .returning(|_, _, _| Box::pin(async { Ok(Vec::new()) }));
    let (store, source) = (Arc::new(store), events());
    let keys = KeyAdmin {
        store: store.clone(),
        events: source.clone(),
        clock: Arc::new(At(later(0))),
    };
    let lost = keys
        .revoke(tenant(), root(), &make, ("leaked", SharedKeys::Allowed))
        .await;
    assert!(lost.is_err());
    for (seconds, is_left) in [(119, true), (120, false), (121, false)] {
        let sealing = Sealing {
            store: store.clone(),
            events: source.clone(),
            codec: Arc::new(Remembered::default()),
            clock: Arc::new(At(later(seconds))),
            seen: Mutex::default(),
        };
        sealing.seal(SINGLE).await.unwrap();
        assert_eq!(source.has_unsealed(SINGLE), is_left, "{seconds}");
    }
}

#[tokio::test]
async fn chain_with_unknown_end_is_not_continued() {
    let log = Log::new();
    log.batch_at(1).await;
    let mut forged = log.store.latest_batch(SINGLE).await.unwrap().unwrap();
    forged.number = 2;
    forged.mac = b"forged".to_vec();
    let added = log.store.insert_batch(SINGLE, &forged).await;
    assert_eq!(added.unwrap(), Race::Won);
    log.record(1).await;
    let refused = log.sealing(2).seal(SINGLE).await;
    assert!(matches!(refused, Err(SealingError::UnknownHead(2))));
    let latest = log.store.latest_batch(SINGLE).await.unwrap();
    assert_eq!(
        latest,
        Some(SealedBatch {
            number: 2,
            ..forged
        })
    );
}

#[tokio::test]
async fn unsealed_events_are_adopted_only_with_permission() {
    let log = Log::new();
    log.record(2).await;
    let other = log.other_node();
    let reader = only(Permission::AuditRead);
    let refused = other.sealing(1).adopt(tenant(), &reader).await;
    assert!(matches!(refused, Err(SealingError::Refused(_))));
    assert_eq!(other.sealing(1).adopt(tenant(), root()).await.unwrap(), 2);
    let verified = log.verify(None).await;
    assert_eq!((verified.adopted, verified.findings), (2, vec![]));
    // The node of the events has nothing left to seal.
    log.sealing(200).seal(SINGLE).await.unwrap();
    assert!(!log.events.has_unsealed(SINGLE));
}
