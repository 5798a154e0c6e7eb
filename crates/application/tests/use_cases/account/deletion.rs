//! Deletion of an account by its owner.

use crate::admin::administrators::{grant, user};
use crate::admin::stored_events;
use crate::admin::users::{admin, is_shut_out, jane};
use crate::composition::{accounts, sessions};
use crate::world::{SINGLE, tenant};
use countersign_application::{Failure, refusals};
use countersign_domain::login::authentication::{Authentication, Methods};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{UserKey, UserRepository as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;
use std::time::Duration;

const WEEK: Duration = Duration::from_secs(7 * 86_400);

async fn stored(store: &MemoryStore) -> Option<User> {
    let key = UserKey::Id(fixtures::user_id(1));
    store.find_user(SINGLE, key).await.unwrap()
}

async fn request(
    store: &Arc<MemoryStore>,
    session: &Session,
    grace: Duration,
) -> Result<(), Failure> {
    let (sessions, user) = (
        sessions(store, &Arc::default()),
        stored(store).await.unwrap(),
    );
    let accounts = accounts(store);
    let requested = accounts.request_deletion(tenant(), &sessions, (&user, session), grace);
    requested.await
}

async fn delete_due(store: &Arc<MemoryStore>) -> u64 {
    let (admin, sessions) = (admin(store), sessions(store, &Arc::default()));
    admin.delete_due(tenant(), &sessions).await.unwrap()
}

async fn actions(store: &MemoryStore) -> Vec<String> {
    let events = stored_events(store).await;
    let actions = events.iter().map(|event| event.action.as_str().to_owned());
    actions
        .filter(|action| action.starts_with("user."))
        .collect()
}

#[tokio::test]
async fn requested_deletion_waits_and_can_be_canceled() {
    let store = jane().await;
    let (accounts, session) = (accounts(&store), fixtures::session(7));
    let stale = Session {
        authentication: Authentication::new(Timestamp::from_unix_seconds(0), Methods::NONE),
        ..session.clone()
    };
    let refused = request(&store, &stale, WEEK).await;
    assert!(matches!(
        refused,
        Err(Failure::Refused(Refusal::AuthenticationStale))
    ));
    request(&store, &session, WEEK).await.unwrap();
    assert!(is_shut_out(&store).await);
    assert_eq!(delete_due(&store).await, 0);
    let user = stored(&store).await.unwrap();
    let scheduled = accounts.scheduled_deletion(tenant(), user.id).await;
    let due_at = scheduled.unwrap().unwrap().due_at;
    assert_eq!(due_at, fixtures::NOW.plus(WEEK));
    // A repeated request does not postpone the deletion.
    request(&store, &session, Duration::from_secs(1))
        .await
        .unwrap();
    let canceled = accounts.cancel_deletion(tenant(), user.id, Some(session.id));
    canceled.await.unwrap();
    let scheduled = accounts.scheduled_deletion(tenant(), user.id).await;
    assert!(scheduled.unwrap().is_none());
    let mut actions = actions(&store).await;
    actions.sort();
    let expected = ["user.deletion_canceled", "user.deletion_requested"];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn due_deletion_is_carried_out_once_by_schedule() {
    let store = jane().await;
    let session = fixtures::session(7);
    request(&store, &session, Duration::ZERO).await.unwrap();
    assert_eq!(delete_due(&store).await, 1);
    assert!(stored(&store).await.is_none());
    assert_eq!(delete_due(&store).await, 0);
    let events = stored_events(&store).await;
    let deleted = events
        .iter()
        .find(|event| event.action.as_str() == "user.deleted");
    assert_eq!(deleted.unwrap().operator.id, "schedule");
    let mut actions = actions(&store).await;
    actions.sort();
    let expected = [
        "user.deleted",
        "user.deletion_completed",
        "user.deletion_requested",
    ];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn last_owner_cannot_request_deletion() {
    let store = jane().await;
    grant(&store, &user(1), "owner").await;
    let refused = request(&store, &fixtures::session(7), WEEK).await;
    let Err(Failure::Refused(refusal)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(refusal, refusals::LAST_OWNER);
    assert!(!is_shut_out(&store).await);
}
