//! Stores that answer what a test tells them to: any call beyond panics.

use countersign_domain::session::Session;
use countersign_domain::user::User;
use countersign_store_contract::{MockStore, fixtures};

/// A store with the client `app`, which nothing can be written to.
pub(crate) fn store() -> MockStore {
    let mut store = MockStore::new();
    store
        .expect_find_client()
        .returning(|_| Box::pin(async { Ok(Some(fixtures::client("app"))) }));
    store
}

/// Adds a user, found by every key.
pub(crate) fn with_user(store: &mut MockStore, user: User) {
    store.expect_find_user().returning(move |_| {
        let user = user.clone();
        Box::pin(async { Ok(Some(user)) })
    });
}

/// Adds a session of a user.
pub(crate) fn with_session(store: &mut MockStore, session: Session, user: User) {
    store.expect_find_session().returning(move |_| {
        let found = (session.clone(), user.clone());
        Box::pin(async { Ok(Some(found)) })
    });
}

/// Nobody has failed to log in so far.
pub(crate) fn without_attempts(store: &mut MockStore) {
    store
        .expect_attempts()
        .returning(|_| Box::pin(async { Ok(0) }));
}

/// A store with every client that is asked for.
pub(crate) fn with_all_clients() -> MockStore {
    let mut store = MockStore::new();
    store.expect_find_client().returning(|id| {
        let client = fixtures::client(id.as_str());
        Box::pin(async { Ok(Some(client)) })
    });
    store
}
