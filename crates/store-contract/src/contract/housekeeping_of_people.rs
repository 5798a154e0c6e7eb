//! [`Housekeeping`](countersign_ports::Housekeeping) of sessions, devices and denied tokens.

use crate::fixtures::{device, later, session, session_id, user_id};
use countersign_domain::claims::TokenId;
use countersign_domain::credential::Device;
use countersign_domain::session::{Session, SessionRenewal};
use countersign_ports::{Race, Removed, Store};
use std::sync::Arc;

const fn token(number: u8) -> TokenId {
    TokenId {
        grant: None,
        unique: [number; 12],
    }
}

async fn insert_ending_at(store: &impl Store, number: u8, seconds: u64) {
    let expires_at = later(seconds);
    let session = Session {
        expires_at,
        ..session(number.into())
    };
    let device = Device {
        expires_at,
        ..device(number.into())
    };
    assert_eq!(store.insert_session(&session).await.unwrap(), Race::Won);
    assert_eq!(store.insert_device(&device).await.unwrap(), Race::Won);
    store.deny_token(&token(number), expires_at).await.unwrap();
}

/// "Removes sessions, devices and denied tokens that ended at or before `now`": those, and no others.
pub async fn exactly_the_sessions_devices_and_denials_that_ended_are_removed<S: Store>(
    store: Arc<S>,
) {
    for (number, seconds) in [(1, 9), (2, 10), (3, 11)] {
        insert_ending_at(&*store, number, seconds).await;
    }
    let removed = store.remove_expired(later(10), 100).await.unwrap();
    let expected = Removed {
        count: 6,
        oldest: Some(later(9)),
    };
    assert_eq!(removed, expected);
    let sessions = store.list_sessions(user_id(1)).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].id, session_id(3));
    let devices = store.list_devices(user_id(1)).await.unwrap();
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].id, device(3).id);
    for (number, is_denied) in [(1, false), (2, false), (3, true)] {
        let denied = store.is_denied(&token(number)).await.unwrap();
        assert_eq!(denied, is_denied);
    }
    let again = store.remove_expired(later(10), 100).await.unwrap();
    assert_eq!(again, Removed::default());
}

/// "Up to `most`" of all together.
pub async fn no_more_sessions_devices_and_denials_than_asked_for_are_removed<S: Store>(
    store: Arc<S>,
) {
    for number in 1..=4 {
        insert_ending_at(&*store, number, 10).await;
    }
    for expected in [0, 5, 5, 2, 0] {
        let most = if expected == 0 { 0 } else { 5 };
        let removed = store.remove_expired(later(10), most).await.unwrap();
        assert_eq!(removed.count, expected);
    }
    assert_eq!(store.remove_expired(later(10), 5).await.unwrap().count, 0);
}

/// A session that was prolonged lives on; one that was ended stays until it expires.
pub async fn a_session_goes_when_it_expires_and_not_before<S: Store>(store: Arc<S>) {
    for number in [1, 2] {
        let _ = store.insert_session(&session(number)).await.unwrap();
    }
    let first_end = session(1).expires_at;
    let renewal = SessionRenewal {
        id: session_id(1),
        authenticated_at: later(0),
        methods: session(1).methods,
        now: later(10),
        expires_at: later(7200),
    };
    assert_eq!(store.renew_session(&renewal).await.unwrap(), Race::Won);
    let _ = store.end_session(session_id(2), later(1)).await.unwrap();
    let before = store.remove_expired(later(3599), 9).await.unwrap();
    assert_eq!(before.count, 0);
    let after = store.remove_expired(first_end, 9).await.unwrap();
    assert_eq!(after, Removed::one(first_end));
    let left = store.list_sessions(user_id(1)).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, session_id(1));
}
