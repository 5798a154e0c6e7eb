//! Browser sessions: lookup, renewal and start.

use crate::composition::{accounts, browser, credential, sessions};
use crate::stores::{store, with_session};
use crate::world::{At, Outside, SINGLE, tenant};
use countersign_application::{BrowserSessions, Failure, Origin, Proof};
use countersign_domain::login::authentication::{Method, Methods};
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::user::User;
use countersign_ports::{After, Race, SessionRepository as _, UserRepository as _};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::Arc;

fn jane() -> User {
    fixtures::user(1, "jane@example.com")
}

fn proof(methods: Methods) -> Proof {
    Proof {
        user: jane(),
        methods,
        session: None,
    }
}

/// Returns a read-only store with a session.
fn live(session: Session) -> MockStore {
    let mut store = store();
    let user = User {
        id: session.user,
        ..jane()
    };
    with_session(&mut store, session, user);
    store
}

/// Looks up session 7 by its secret, this many seconds after the session began.
async fn found(store: MockStore, seconds: u64) -> BrowserSessions {
    let mut sessions = sessions(&Arc::new(store), &Arc::default());
    sessions.clock = Arc::new(At(fixtures::later(seconds)));
    sessions.find(tenant(), [credential(7)]).await.unwrap()
}

#[tokio::test]
async fn session_is_not_renewed_in_first_half_of_lifetime() {
    let found = found(live(fixtures::session(7)), 1799).await;
    assert_eq!(found.live.len(), 1);
    assert!(!found.changed);
}

#[tokio::test]
async fn session_is_renewed_in_second_half_of_lifetime() {
    let mut store = live(fixtures::session(7));
    store
        .expect_renew_session()
        .times(1)
        .withf(|_, renewal| {
            renewal.expires_at == fixtures::later(1800 + 3600)
                && renewal.authentication == fixtures::authentication()
        })
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let found = found(store, 1800).await;
    let live = found.live.first().unwrap();
    assert!(found.changed);
    assert_eq!(live.session.expires_at, fixtures::later(1800 + 3600));
}

#[tokio::test]
async fn non_sliding_session_is_never_renewed() {
    let store = Arc::new(live(fixtures::session(7)));
    let mut sessions = sessions(&store, &Arc::default());
    sessions.clock = Arc::new(At(fixtures::later(3599)));
    let mut fixed = fixtures::tenant();
    fixed.settings.sliding_sessions = false;
    let found = sessions.find(&fixed, [credential(7)]).await.unwrap();
    assert!(found.live.len() == 1 && !found.changed);
}

#[tokio::test]
async fn ended_or_expired_session_is_not_found() {
    let ended = Session {
        ended_at: Some(fixtures::NOW),
        ..fixtures::session(7)
    };
    let found_ended = found(live(ended), 10).await;
    assert!(found_ended.live.is_empty() && found_ended.changed);
    let outlived = Session {
        expires_at: fixtures::later(10),
        ..fixtures::session(7)
    };
    assert!(found(live(outlived), 10).await.live.is_empty());
}

#[tokio::test]
async fn session_of_disabled_user_is_not_found() {
    let mut store = store();
    let disabled = User {
        enabled: false,
        ..jane()
    };
    with_session(&mut store, fixtures::session(7), disabled);
    let found = found(store, 10).await;
    assert!(found.live.is_empty() && found.changed);
}

#[tokio::test]
async fn browser_holds_one_session_per_user_and_five_users() {
    let store = Arc::new(MemoryStore::default());
    for number in 1..=6 {
        let user = fixtures::user(number, &format!("user{number}@example.com"));
        let _ = store.insert_user(SINGLE, &user, None).await.unwrap();
        let session = Session {
            user: user.id,
            ..fixtures::session(number.into())
        };
        let _ = store.insert_session(SINGLE, &session).await.unwrap();
    }
    let _ = store
        .insert_session(SINGLE, &fixtures::session(7))
        .await
        .unwrap();
    let sessions = sessions(&store, &Arc::default());
    let ids = async |numbers: &[u64]| -> Vec<_> {
        let credentials = numbers.iter().copied().map(credential);
        let found = sessions.find(tenant(), credentials).await.unwrap();
        found.live.iter().map(|live| live.session.id).collect()
    };
    assert_eq!(ids(&[7, 1]).await, [fixtures::session_id(7)]);
    assert_eq!(
        ids(&[1, 2, 3, 4, 5, 6]).await,
        [1, 2, 3, 4, 5].map(fixtures::session_id)
    );
}

#[tokio::test]
async fn repeated_sign_in_keeps_session() {
    let mut store = store();
    store
        .expect_renew_session()
        .times(1)
        .withf(|_, renewal| {
            renewal.authentication.time == fixtures::later(60)
                && renewal.authentication.methods.contain(Method::PASSKEY)
        })
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    let mut sessions = sessions(&Arc::new(store), &Arc::default());
    sessions.clock = Arc::new(At(fixtures::later(60)));
    let methods = Methods::NONE.with(Method::PASSKEY);
    let present = browser(&[fixtures::session(7)]);
    let begun = sessions.begin(tenant(), proof(methods), &present, Origin::default());
    let begun = begun.await.unwrap();
    assert_eq!(begun.session.id, fixtures::session_id(7));
    assert_eq!(begun.session.authentication.time, fixtures::later(60));
}

#[tokio::test]
async fn sign_in_starts_new_session_if_old_one_ends() {
    let mut store = store();
    store
        .expect_renew_session()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    store
        .expect_insert_session()
        .times(1)
        .withf(|_, session| session.id != fixtures::session_id(7))
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    with_session(&mut store, fixtures::session(8), jane());
    let sessions = sessions(&Arc::new(store), &Arc::default());
    let present = browser(&[fixtures::session(7)]);
    let begun = sessions.begin(tenant(), proof(Methods::NONE), &present, Origin::default());
    assert_ne!(begun.await.unwrap().session.id, fixtures::session_id(7));
}

#[tokio::test]
async fn sign_in_fails_if_session_is_not_stored() {
    let mut store = store();
    store
        .expect_insert_session()
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    let sessions = sessions(&Arc::new(store), &Arc::new(Outside::default()));
    let signed_out = BrowserSessions::default();
    let begun = sessions.begin(
        tenant(),
        proof(Methods::NONE),
        &signed_out,
        Origin::default(),
    );
    assert!(matches!(begun.await, Err(Failure::Contended)));
}

#[tokio::test]
async fn sign_in_fails_if_user_is_shut_out_concurrently() {
    let other_password = User {
        password_hash: Some("another".to_owned()),
        ..jane()
    };
    let disabled = User {
        enabled: false,
        ..jane()
    };
    let ended = Session {
        ended_at: Some(fixtures::NOW),
        ..fixtures::session(7)
    };
    for (session, user, refusal) in [
        (
            fixtures::session(7),
            other_password,
            Refusal::PasswordChanged,
        ),
        (fixtures::session(7), disabled, Refusal::LoginFailed),
        (ended, jane(), Refusal::LoginFailed),
    ] {
        let mut store = store();
        for_one_session_that_ends(&mut store);
        with_session(&mut store, session, user);
        let sessions = sessions(&Arc::new(store), &Arc::default());
        let signed_out = BrowserSessions::default();
        let begun = sessions.begin(
            tenant(),
            proof(Methods::NONE),
            &signed_out,
            Origin::default(),
        );
        match begun.await {
            Err(Failure::Refused(found)) => assert_eq!(found, refusal),
            other => panic!("{other:?}"),
        }
    }
}

fn for_one_session_that_ends(store: &mut MockStore) {
    store
        .expect_insert_session()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Race::Won) }));
    store
        .expect_end_session()
        .times(1)
        .returning(|_, _, _| Box::pin(async { Ok(Race::Won) }));
}

/// Returns a session that a node of an earlier version has extended to 60 days.
fn extended() -> Session {
    Session {
        expires_at: fixtures::later(60 * DAY),
        ..fixtures::session(7)
    }
}

const DAY: u64 = 24 * 3600;

#[tokio::test]
async fn session_ends_30_days_after_sign_in_even_if_active() {
    let last = found(live(extended()), 30 * DAY - 1).await;
    assert!(last.live.len() == 1 && !last.changed, "not extended again");
    assert!(found(live(extended()), 30 * DAY).await.live.is_empty());
}

#[tokio::test]
async fn listed_session_expires_at_its_longest_lifetime() {
    let store = MemoryStore::default();
    let _ = store.insert_user(SINGLE, &jane(), None).await.unwrap();
    let _ = store.insert_session(SINGLE, &extended()).await.unwrap();
    let accounts = accounts(&Arc::new(store));
    let listed = accounts.live_sessions(tenant(), jane().id).await.unwrap();
    assert_eq!(listed[0].expires_at, fixtures::later(30 * DAY));
}

/// The password mark does not show a hand-over of a user without a password.
#[tokio::test]
async fn sign_in_that_read_user_before_hand_over_starts_no_session() {
    let registrant = User {
        password_hash: None,
        email_verified: false,
        self_registered: true,
        ..jane()
    };
    let store = Arc::new(MemoryStore::default());
    let _ = store.insert_user(SINGLE, &registrant, None).await.unwrap();
    let handed_over = store.hand_over(SINGLE, registrant.id, &registrant.email, fixtures::NOW);
    assert!(handed_over.await.unwrap().is_some());
    let sessions = sessions(&store, &Arc::default());
    let read_before = Proof {
        user: registrant,
        ..proof(Methods::NONE.with(Method::PASSKEY))
    };
    let browser = BrowserSessions::default();
    let begun = sessions.begin(tenant(), read_before, &browser, Origin::default());
    assert!(matches!(
        begun.await,
        Err(Failure::Refused(Refusal::LoginFailed))
    ));
    let stored = store.list_sessions(SINGLE, jane().id, After::start());
    let stored = stored.await.unwrap().items;
    assert!(stored.iter().all(|session| session.ended_at.is_some()));
}
