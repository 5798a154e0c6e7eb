//! Events of requests that are no commands: limits and faults.

use crate::admin::{events, stored_events};
use crate::fakes::Fixed;
use crate::world::SINGLE;
use countersign_application::CurrentRequest;
use countersign_application::admin::Activity;
use countersign_domain::audit::event::Action;
use countersign_domain::time::Timestamp;
use countersign_ports::{Clock, StoreError};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
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
    let ((), request) = CurrentRequest::new(None).served(work).await;
    activity.take(SINGLE, &mut request.unwrap());
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

#[tokio::test]
async fn events_beyond_limit_are_counted_as_lost() {
    let activity = Activity::new(Arc::new(Fixed));
    note(&activity, Activity::MOST + 3).await;
    let store = MemoryStore::default();
    assert_eq!(activity.store(&store, &events()).await.unwrap(), 3);
    assert_eq!(activity.store(&store, &events()).await.unwrap(), 0);
}

/// Clock that a test moves.
#[derive(Default)]
struct Moved(AtomicU64);

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
