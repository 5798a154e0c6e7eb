//! Account page: password changes, sessions and consents.

use crate::composition::{accounts, browser, sessions};
use crate::sign_in::NOWHERE;
use crate::stores::disable;
use crate::world::{SINGLE, password, tenant};
use countersign_application::{Accounts, Failure};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::Subject;
use countersign_domain::login::authentication::{Authentication, Methods};
use countersign_domain::login::session::Session;
use countersign_domain::login::weakness::Weakness;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    After, ClientRepository as _, ConsentRepository as _, DeviceRepository as _,
    GrantRepository as _, SessionRepository as _, UserKey, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

fn jane() -> User {
    fixtures::user(1, "jane@example.com")
}

/// Returns grant `number` of a user for a client, without a session.
fn grant(number: u64, user: u8, client: &str) -> Grant {
    fixtures::changed_grant(&fixtures::grant(number), |facts| {
        facts.authorization.subject = Subject::from(fixtures::user_id(user));
        facts.authorization.access.client = fixtures::client_id(client);
    })
}

/// Creates Jane with sessions 7 and 8 and Joe with session 9, each with grants.
async fn people() -> (Arc<MemoryStore>, Accounts<crate::fakes::Fakes<MemoryStore>>) {
    people_with(jane()).await
}

/// Does the same as [`people`] with the given Jane.
async fn people_with(jane: User) -> (Arc<MemoryStore>, Accounts<crate::fakes::Fakes<MemoryStore>>) {
    let store = Arc::new(MemoryStore::default());
    for user in [jane, fixtures::user(2, "joe@example.com")] {
        let _ = store.insert_user(SINGLE, &user, None).await.unwrap();
    }
    for client in ["app", "web"] {
        let _ = store
            .insert_client(SINGLE, &fixtures::client(client), &fixtures::event())
            .await
            .unwrap();
    }
    let of_joe = Session {
        user: fixtures::user_id(2),
        ..fixtures::session(9)
    };
    for session in [fixtures::session(7), fixtures::session(8), of_joe] {
        let _ = store.insert_session(SINGLE, &session).await.unwrap();
    }
    for grant in [grant(1, 1, "app"), grant(2, 1, "web"), grant(3, 2, "app")] {
        let _ = store.establish(SINGLE, &grant).await.unwrap();
    }
    let accounts = accounts(&store);
    (store, accounts)
}

async fn live_grants(store: &MemoryStore) -> Vec<u64> {
    let mut live = Vec::new();
    for number in 1..=3 {
        let grant = store.find_grant(SINGLE, fixtures::grant_id(number)).await;
        if grant.unwrap().unwrap().is_live(fixtures::NOW) {
            live.push(number);
        }
    }
    live
}

async fn live_sessions(store: &MemoryStore) -> Vec<u64> {
    let mut live = Vec::new();
    for number in 7..=9 {
        let user = fixtures::user_id(if number == 9 { 2 } else { 1 });
        let all = store
            .list_sessions(SINGLE, user, After::start())
            .await
            .unwrap();
        let session = all
            .items
            .iter()
            .find(|session| session.id == fixtures::session_id(number));
        if session.unwrap().is_live(fixtures::NOW) {
            live.push(number);
        }
    }
    live
}

async fn change_password(
    (store, accounts): &(Arc<MemoryStore>, Accounts<crate::fakes::Fakes<MemoryStore>>),
    user: &User,
    session: &Session,
    present: &Secret,
    new: &str,
) -> Result<(), Refusal> {
    let sessions = sessions(store, &Arc::default());
    let mut browser = browser(std::slice::from_ref(session));
    let new = Secret::new(new);
    let devices = [fixtures::device_id(1)];
    let passwords = (present, &new);
    let changed = accounts.change_password(
        tenant(),
        (&sessions, &mut browser),
        (user, session),
        passwords,
        &devices,
        NOWHERE,
    );
    match changed.await {
        Err(Failure::Refused(refusal)) => Err(refusal),
        other => {
            other.unwrap();
            Ok(())
        }
    }
}

const NEW: &str = "a long new phrase";

#[tokio::test]
async fn password_change_keeps_only_current_session_and_device() {
    let people = people().await;
    for number in [1, 2] {
        let device = fixtures::device(number);
        let _ = people.0.insert_device(SINGLE, &device).await.unwrap();
    }
    let session = fixtures::session(7);
    let changed = change_password(&people, &jane(), &session, &password(), NEW).await;
    changed.unwrap();
    assert_eq!(live_sessions(&people.0).await, [7, 9]);
    assert_eq!(live_grants(&people.0).await, [3]);
    let devices = people
        .0
        .list_devices(SINGLE, jane().id, After::start())
        .await
        .unwrap();
    assert_eq!(devices.items, [fixtures::device(1)]);
    let jane = people
        .0
        .find_user(SINGLE, UserKey::Id(jane().id))
        .await
        .unwrap();
    assert_eq!(jane.unwrap().password_hash.as_deref(), Some(NEW));
}

#[tokio::test]
async fn wrong_or_weak_password_changes_nothing() {
    let people = people().await;
    let session = fixtures::session(7);
    let guess = Secret::new("a guess");
    let wrong = change_password(&people, &jane(), &session, &guess, NEW).await;
    assert_eq!(wrong, Err(Refusal::LoginFailed));
    let weak = change_password(&people, &jane(), &session, &password(), "password").await;
    assert_eq!(weak, Err(Refusal::PasswordWeak(Weakness::Short)));
    let email = "jane@example.com";
    let weak = change_password(&people, &jane(), &session, &password(), email).await;
    assert_eq!(weak, Err(Refusal::PasswordWeak(Weakness::Personal)));
    let weak = change_password(&people, &jane(), &session, &password(), "a breached phrase").await;
    assert_eq!(weak, Err(Refusal::PasswordWeak(Weakness::Breached)));
    assert_eq!(live_sessions(&people.0).await, [7, 8, 9]);
    assert_eq!(live_grants(&people.0).await, [1, 2, 3]);
}

#[tokio::test]
async fn first_password_without_mail_requires_recent_sign_in() {
    let without = User {
        password_hash: None,
        ..jane()
    };
    let people = people_with(without.clone()).await;
    let stale = Session {
        authentication: Authentication::new(Timestamp::from_unix_seconds(0), Methods::NONE),
        ..fixtures::session(7)
    };
    let nothing = Secret::new("");
    let refused = change_password(&people, &without, &stale, &nothing, NEW).await;
    assert_eq!(refused, Err(Refusal::AuthenticationStale));
    let fresh = fixtures::session(7);
    let changed = change_password(&people, &without, &fresh, &nothing, NEW).await;
    assert_eq!(changed, Ok(()));
}

#[tokio::test]
async fn concurrent_password_change_or_disable_is_not_overwritten() {
    let read_before = User {
        password_hash: None,
        ..jane()
    };
    let (session, nothing) = (fixtures::session(7), Secret::new(""));
    let with_password = people().await;
    let refused = change_password(&with_password, &read_before, &session, &nothing, NEW).await;
    assert_eq!(refused, Err(Refusal::LoginFailed));
    let people = people_with(read_before.clone()).await;
    disable(&people.0, jane().id).await;
    let refused = change_password(&people, &read_before, &session, &nothing, NEW).await;
    assert_eq!(refused, Err(Refusal::LoginFailed));
    let stored = people
        .0
        .find_user(SINGLE, UserKey::Id(jane().id))
        .await
        .unwrap();
    let stored = stored.unwrap();
    assert!(!stored.enabled && stored.password_hash.is_none());
    assert_eq!(live_sessions(&people.0).await, [7, 8, 9]);
    assert_eq!(live_grants(&people.0).await, [1, 2, 3]);
}

#[tokio::test]
async fn user_can_end_only_own_live_sessions() {
    let (store, accounts) = people().await;
    let sessions = sessions(&store, &Arc::default());
    let end = async |user, session| {
        let (user, session) = (fixtures::user_id(user), fixtures::session_id(session));
        accounts
            .end_session(tenant(), &sessions, user, session)
            .await
            .unwrap()
    };
    assert!(!end(1, 9).await && end(1, 8).await && !end(1, 8).await);
    assert_eq!(live_sessions(&store).await, [7, 9]);
}

#[tokio::test]
async fn withdrawn_consent_revokes_grants_of_that_client() {
    let (store, accounts) = people().await;
    for client in ["app", "web"] {
        let consent = fixtures::consent(1, client);
        store.put_consent(SINGLE, &consent).await.unwrap();
    }
    let app = fixtures::client_id("app");
    let withdrawn = accounts.withdraw_consent(tenant(), fixtures::user_id(1), &app);
    withdrawn.await.unwrap();
    let left = store
        .list_consents(SINGLE, fixtures::user_id(1), After::start())
        .await
        .unwrap();
    let clients: Vec<_> = left
        .items
        .iter()
        .map(|consent| consent.client.as_str())
        .collect();
    assert_eq!(clients, ["web"]);
    assert_eq!(live_grants(&store).await, [2, 3]);
}

#[tokio::test]
async fn overview_lists_only_own_live_sessions_and_consents() {
    let (store, accounts) = people().await;
    let _ = store
        .end_session(SINGLE, fixtures::session_id(8), fixtures::NOW)
        .await
        .unwrap();
    let gone = Consent {
        client: fixtures::client_id("gone"),
        ..fixtures::consent(1, "app")
    };
    for consent in [
        fixtures::consent(1, "app"),
        gone,
        fixtures::consent(2, "web"),
    ] {
        store.put_consent(SINGLE, &consent).await.unwrap();
    }
    let overview = accounts.overview(tenant(), &jane()).await.unwrap();
    let sessions: Vec<_> = overview.sessions.iter().map(|session| session.id).collect();
    assert_eq!(sessions, [fixtures::session_id(7)]);
    let names: Vec<_> = overview
        .consents
        .iter()
        .map(|(_, name)| name.as_str())
        .collect();
    assert_eq!(
        names,
        ["App", "gone"],
        "a deleted client is shown by its identifier"
    );
}
