//! [`Housekeeping`](countersign_ports::Housekeeping) of sessions, devices and expiring values.

use crate::contract::ephemera::insert;
use crate::contract::support::all;
use crate::fixtures::{
    NOW, device, ephemeral_key, later, session, session_id, session_secret, user_id,
};
use countersign_domain::login::credential::Device;
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, EphemeralKey, EphemeralKind, Race, Removed, Store};
use std::sync::Arc;

/// Returns the key of a value with this expiry time. The kind alternates with the number.
fn key(number: u64, seconds: u64) -> EphemeralKey {
    let kinds = EphemeralKind::ALL;
    let kind = usize::try_from(number).unwrap() % kinds.len();
    EphemeralKey {
        expires_at: later(seconds),
        ..ephemeral_key(kinds[kind], number)
    }
}

async fn insert_ending_at(store: &impl Store, tenant: TenantId, number: u64, seconds: u64) {
    let expires_at = later(seconds);
    let session = Session {
        expires_at,
        ..session(number)
    };
    let device = Device {
        expires_at,
        ..device(number)
    };
    assert_eq!(
        store.insert_session(tenant, &session).await.unwrap(),
        Race::Won
    );
    assert_eq!(
        store.insert_device(tenant, &device).await.unwrap(),
        Race::Won
    );
    insert(store, tenant, &key(number, seconds), b"").await;
}

/// Sessions, devices and expiring values that ended at or before `now` are removed, and nothing else is.
pub async fn only_ended_sessions_devices_and_values_are_removed<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for (number, seconds) in [(1, 9), (2, 10), (3, 11)] {
        insert_ending_at(&*store, tenant, number, seconds).await;
    }
    let removed = store.remove_expired(later(10), 100).await.unwrap();
    let expected = Removed {
        count: 6,
        oldest: Some(later(9)),
    };
    assert_eq!(removed, expected);
    let sessions = all(store
        .list_sessions(tenant, user_id(1), After::start())
        .await);
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].id, session_id(3));
    let devices = all(store.list_devices(tenant, user_id(1), After::start()).await);
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].id, device(3).id);
    for (number, seconds) in [(1, 9), (2, 10), (3, 11)] {
        let found = store.get(tenant, &key(number, seconds), NOW).await;
        assert_eq!(found.unwrap().is_some(), number == 3);
    }
    let again = store.remove_expired(later(10), 100).await.unwrap();
    assert_eq!(again, Removed::default());
}

/// `most` limits all kinds together.
pub async fn removal_of_sessions_devices_and_values_respects_limit<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for number in 1..=4 {
        insert_ending_at(&*store, tenant, number, 10).await;
    }
    for expected in [0, 5, 5, 2, 0] {
        let most = if expected == 0 { 0 } else { 5 };
        let removed = store.remove_expired(later(10), most).await.unwrap();
        assert_eq!(removed.count, expected);
    }
    assert_eq!(store.remove_expired(later(10), 5).await.unwrap().count, 0);
}

/// A renewed session is kept. An ended session is kept until it expires.
pub async fn session_is_removed_only_after_expiry<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in [1, 2] {
        let _ = store
            .insert_session(tenant, &session(number))
            .await
            .unwrap();
    }
    let first_end = session(1).expires_at;
    let renewal = SessionRenewal {
        expires_at: later(7200),
        ..session(1).resecured(session_secret().digest(), later(10))
    };
    assert_eq!(
        store.renew_session(tenant, &renewal).await.unwrap(),
        Race::Won
    );
    let _ = store
        .end_session(tenant, session_id(2), later(1))
        .await
        .unwrap();
    let before = store.remove_expired(later(3599), 9).await.unwrap();
    assert_eq!(before.count, 0);
    let after = store.remove_expired(first_end, 9).await.unwrap();
    assert_eq!(after, Removed::one(first_end));
    let left = all(store
        .list_sessions(tenant, user_id(1), After::start())
        .await);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, session_id(1));
}
