//! Mock stores. A call that the test does not expect panics.

use crate::world::SINGLE;
use countersign_domain::identifier::UserId;
use countersign_domain::login::session::Session;
use countersign_domain::user::User;
use countersign_ports::{Attempt, EphemeralKind, Race, UserKey, UserRepository as _};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};

/// Returns a read-only store with the client `app` and without definitions.
pub(crate) fn store() -> MockStore {
    let mut store = MockStore::new();
    store
        .expect_find_client()
        .returning(|_, _| Box::pin(async { Ok(Some(fixtures::client("app"))) }));
    store
        .expect_find_definition()
        .returning(|_, _| Box::pin(async { Ok(None) }));
    store
}

/// Adds a user that every key finds.
pub(crate) fn with_user(store: &mut MockStore, user: User) {
    store.expect_find_user().returning(move |_, _| {
        let user = user.clone();
        Box::pin(async { Ok(Some(user)) })
    });
}

/// Adds a session of a user.
pub(crate) fn with_session(store: &mut MockStore, session: Session, user: User) {
    store.expect_find_session().returning(move |_, _| {
        let found = (session.clone(), user.clone());
        Box::pin(async { Ok(Some(found)) })
    });
}

/// Returns a counted attempt with these totals.
pub(crate) const fn counted(totals: Vec<u64>, user: Option<User>) -> Attempt {
    Attempt {
        counted: Race::Won,
        totals,
        user,
    }
}

/// Makes each attempt the first one. Every email address belongs to `user`.
pub(crate) fn without_attempts(store: &mut MockStore, user: Option<User>) {
    store
        .expect_count_attempt()
        .returning(move |_, counters, email, _| {
            let user = user.clone().filter(|_| email.is_some());
            let totals = vec![1; counters.len()];
            Box::pin(async { Ok(counted(totals, user)) })
        });
    store
        .expect_add()
        .withf(|_, keys, n, _| {
            *n == -1 && keys.iter().all(|key| key.kind == EphemeralKind::Attempts)
        })
        .returning(|_, keys, _, _| {
            let totals = vec![0; keys.len()];
            Box::pin(async { Ok(totals) })
        });
}

/// Changes a stored user, as an administrator would.
pub(crate) async fn edit_user(store: &MemoryStore, id: UserId, change: impl FnOnce(&mut User)) {
    let user = store.find_user(SINGLE, UserKey::Id(id)).await.unwrap();
    let mut user = user.unwrap();
    change(&mut user);
    let edited = store.update_user(SINGLE, &user, &fixtures::event()).await;
    assert_eq!(edited.unwrap(), Race::Won);
}

/// Disables a stored user.
pub(crate) async fn disable(store: &MemoryStore, id: UserId) {
    edit_user(store, id, |user| user.enabled = false).await;
}

/// Sets the password hash of a stored user.
pub(crate) async fn set_password(store: &MemoryStore, id: UserId, hash: &str) {
    let set = store
        .set_password_hash(SINGLE, id, hash, &fixtures::event())
        .await;
    assert_eq!(set.unwrap(), Race::Won);
}

/// Returns a store in which every client exists.
pub(crate) fn with_all_clients() -> MockStore {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|_, id| {
        let client = fixtures::client(id.as_str());
        Box::pin(async { Ok(Some(client)) })
    });
    store
}
