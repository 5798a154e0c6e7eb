//! Events of requests that are no commands: limits and faults.

use crate::admin::{events, stored_events};
use crate::fakes::Fixed;
use crate::world::SINGLE;
use countersign_application::admin::Activity;
use countersign_application::{CurrentRequest, Refused};
use countersign_domain::audit::event::Action;
use countersign_domain::time::Timestamp;
use countersign_ports::{Clock, StoreError};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Notes events of a request.
async fn note(activity: &Activity, count: usize) {
    let work = async {
        for _ in 0..count {
            let user = fixtures::user_id(1);
            CurrentRequest::note_event(Action::USER_SIGNED_IN, user, None, &[]);
        }
    };
    let after = |request: &mut CurrentRequest| activity.take(SINGLE, request);
    CurrentRequest::new(None, fixtures::NOW)
        .serve_then(work, after)
        .await;
}

#[tokio::test]
async fn event_waits_until_store_answers() {
    let activity = Activity::new(Arc::new(Fixed));
    let events = events();
    note(&activity, 2).await;
    let mut failing = MockStore::new();
    failing
        .expect_append_activity()
        .returning(|_, _| Box::pin(async { Err(StoreError::new("down")) }));
    assert!(activity.store(&failing, &events).await.is_err());
    let store = MemoryStore::default();
    note(&activity, 1).await;
    assert_eq!(activity.store(&store, &events).await.unwrap(), 0);
    assert_eq!(stored_events(&store).await.len(), 3);
    assert_eq!(activity.store(&store, &events).await.unwrap(), 0);
    assert_eq!(stored_events(&store).await.len(), 3, "stored once");
}

/// Otherwise a client could hide what it did by closing its connection.
#[tokio::test]
async fn request_that_is_cut_off_keeps_its_events() {
    let activity = Activity::new(Arc::new(Fixed));
    let work = async {
        let user = fixtures::user_id(1);
        CurrentRequest::note_event(Action::USER_SIGNED_IN, user, None, &[]);
        std::future::pending::<()>().await;
    };
    let after = |request: &mut CurrentRequest| activity.take(SINGLE, request);
    let mut served = Box::pin(CurrentRequest::new(None, fixtures::NOW).serve_then(work, after));
    std::future::poll_fn(|context| {
        assert!(served.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    drop(served);
    assert_eq!(activity.count(), 1);
}

#[tokio::test]
async fn events_beyond_limit_are_counted_as_lost() {
    let activity = Activity::new(Arc::new(Fixed));
    note(&activity, Activity::MOST + 3).await;
    let store = MemoryStore::default();
    assert_eq!(activity.store(&store, &events()).await.unwrap(), 3);
    assert_eq!(activity.store(&store, &events()).await.unwrap(), 0);
}

/// Otherwise one source could use up the events of all others.
#[tokio::test]
async fn refusals_of_one_source_are_bounded_over_all_rules() {
    let activity = Activity::new(Arc::new(Fixed));
    let refuse = async |address: IpAddr, rule: &'static str| {
        let work = async {
            CurrentRequest::note_refusal(&Refused {
                endpoint: "/oauth2/token",
                rule,
                error: "invalid_grant",
                client: None,
                evidence: None,
            });
        };
        let after = |request: &mut CurrentRequest| activity.take(SINGLE, request);
        let request = CurrentRequest::new(Some(address), fixtures::NOW);
        request.serve_then(work, after).await;
    };
    let (one, two): (IpAddr, IpAddr) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
    for rule in ["one", "two", "three", "four"] {
        for _ in 0..20 {
            refuse(one, rule).await;
        }
    }
    // The 25th event comes after 24, which is less than 600 / 24.
    refuse(two, "four").await;
    assert_eq!(activity.count(), 26);
    // A stranger can have all networks of 64 bits in one of 48 bits.
    for network in 0..100 {
        refuse([0x2001, 0xdb8, 1, network, 0, 0, 0, 1].into(), "one").await;
    }
    // 15 events of a source are the most beside 26 others.
    assert_eq!(activity.count(), 26 + 15);
}

/// Clock that a test moves.
#[derive(Default)]
pub(super) struct Moved(pub(super) AtomicU64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.0.load(Ordering::Relaxed))
    }
}

#[tokio::test]
async fn event_of_long_outage_is_given_up() {
    let clock = Arc::new(Moved::default());
    let activity = Activity::new(clock.clone());
    let events = events();
    note(&activity, 1).await;
    let mut failing = MockStore::new();
    failing
        .expect_append_activity()
        .returning(|_, _| Box::pin(async { Err(StoreError::new("down")) }));
    assert!(activity.store(&failing, &events).await.is_err());
    let outage = Duration::from_secs(61);
    clock.0.store(outage.as_secs(), Ordering::Relaxed);
    note(&activity, 1).await;
    let store = MemoryStore::default();
    assert_eq!(activity.store(&store, &events).await.unwrap(), 1);
    assert_eq!(stored_events(&store).await.len(), 1);
}
