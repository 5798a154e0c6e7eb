//! Session secrets: when the server replaces them, and how it handles a former secret.

use crate::composition::{accounts, browser, credential, sessions, sign_in};
use crate::fakes::Fakes;
use crate::sign_in::NOWHERE;
use crate::stores::{store, with_session};
use crate::world::{At, SINGLE, password, tenant};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_application::{
    BrowserSessions, Failure, LiveSession, Origin, Proof, SessionCredential, Sessions,
};
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::methods::Method;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use countersign_ports::{Race, SessionRepository as _, UserRepository as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

type Use = Sessions<Fakes<MemoryStore>>;

fn jane() -> User {
    User {
        sealed_totp_secret: Some(format!("totp:{}secret", fixtures::user_id(1)).into_bytes()),
        ..fixtures::user(1, "jane@example.com")
    }
}

/// Creates Jane with session 7 and Joe with session 8.
async fn signed_in() -> (Arc<MemoryStore>, Use) {
    let store = Arc::new(MemoryStore::default());
    let of_joe = Session {
        user: fixtures::user_id(2),
        ..fixtures::session(8)
    };
    for user in [jane(), fixtures::user(2, "joe@example.com")] {
        let _ = store.insert_user(SINGLE, &user, None).await.unwrap();
    }
    for session in [fixtures::session(7), of_joe] {
        let _ = store.insert_session(SINGLE, &session).await.unwrap();
    }
    let sessions = sessions(&store, &Arc::default());
    (store, sessions)
}

fn by_password() -> Proof {
    Proof {
        user: jane(),
        methods: Methods::NONE.with(Method::PASSWORD),
        session: None,
    }
}

async fn found(sessions: &Use, credentials: &[SessionCredential]) -> BrowserSessions {
    let credentials = credentials.iter().cloned();
    sessions.find(tenant(), credentials).await.unwrap()
}

async fn begun(sessions: &Use, proof: Proof, present: &BrowserSessions) -> LiveSession {
    let begun = sessions.begin(tenant(), proof, present, Origin::default());
    begun.await.unwrap()
}

/// Asserts that session 7 has a new secret. The server rejects the former secret without changing the cookie.
async fn assert_replaced(sessions: &Use, new: &SessionCredential) {
    let stale = found(sessions, &[credential(7)]).await;
    assert!(stale.live.is_empty() && !stale.changed);
    let present = found(sessions, std::slice::from_ref(new)).await;
    let live = present.live.first().unwrap();
    assert_eq!(live.session.id, fixtures::session_id(7));
    assert!(!present.changed);
}

#[tokio::test]
async fn new_secret_has_256_bits() {
    let (store, sessions) = signed_in().await;
    let live = begun(&sessions, by_password(), &BrowserSessions::default()).await;
    let SessionCredential::Secret(id, secret) = &live.credential else {
        panic!("{:?}", live.credential);
    };
    let random = Base64UrlUnpadded::encode_string(&[7; 32]);
    assert_eq!(secret.expose_secret(), random);
    let stored = store.find_session(SINGLE, *id).await.unwrap();
    assert!(stored.unwrap().0.is_presented(Some(secret)));
}

#[tokio::test]
async fn repeated_sign_in_replaces_secret() {
    let (_, sessions) = signed_in().await;
    let present = found(&sessions, &[credential(7)]).await;
    let live = begun(&sessions, by_password(), &present).await;
    assert_replaced(&sessions, &live.credential).await;
}

#[tokio::test]
async fn second_factor_replaces_secret_of_its_session() {
    let (store, sessions) = signed_in().await;
    let sign_in = sign_in(&store, &Arc::default());
    let present = found(&sessions, &[credential(7)]).await;
    let pending = sign_in.step_up(tenant(), &jane(), &present.live[0].session);
    let proof = sign_in.by_time_code(tenant(), &pending, "123456").await;
    let proof = proof.unwrap();
    assert_eq!(proof.session, Some(fixtures::session_id(7)));
    let live = begun(&sessions, proof, &present).await;
    assert!(
        live.session
            .authentication
            .methods
            .contain(Method::TIME_CODE)
    );
    assert_replaced(&sessions, &live.credential).await;
}

#[tokio::test]
async fn second_factor_without_its_session_is_rejected() {
    let (_, sessions) = signed_in().await;
    let proof = || Proof {
        session: Some(fixtures::session_id(7)),
        ..by_password()
    };
    let thief = found(&sessions, &[credential(7)]).await;
    let owner = begun(&sessions, by_password(), &thief).await;
    // The thief asks before the owner signs in, or after.
    for present in [thief, found(&sessions, &[credential(7)]).await] {
        let begun = sessions.begin(tenant(), proof(), &present, Origin::default());
        match begun.await {
            Err(Failure::Refused(refusal)) => assert_eq!(refusal, Refusal::LoginStepExpired),
            other => panic!("{other:?}"),
        }
    }
    assert_replaced(&sessions, &owner.credential).await;
}

#[tokio::test]
async fn concurrent_sign_in_begins_another_session() {
    let (_, sessions) = signed_in().await;
    let present = found(&sessions, &[credential(7)]).await;
    let first = begun(&sessions, by_password(), &present).await;
    let second = begun(&sessions, by_password(), &present).await;
    assert_ne!(second.session.id, first.session.id);
    assert_replaced(&sessions, &first.credential).await;
}

async fn change_password(store: &Arc<MemoryStore>, sessions: &Use, browser: &mut BrowserSessions) {
    let (jane, session) = (jane(), fixtures::session(7));
    let new = Secret::new("a long new phrase");
    accounts(store)
        .change_password(
            tenant(),
            (sessions, browser),
            (&jane, &session),
            (&password(), &new),
            &[],
            NOWHERE,
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn password_change_replaces_secret_of_remaining_session() {
    let (store, sessions) = signed_in().await;
    let mut present = found(&sessions, &[credential(8), credential(7)]).await;
    change_password(&store, &sessions, &mut present).await;
    assert!(present.changed);
    let order: Vec<_> = present.live.iter().map(|live| live.session.id).collect();
    assert_eq!(order, [8, 7].map(fixtures::session_id));
    assert_replaced(&sessions, &present.live[1].credential).await;
}

#[tokio::test]
async fn password_change_ends_session_with_concurrent_new_secret() {
    let (store, sessions) = signed_in().await;
    let mut present = found(&sessions, &[credential(7)]).await;
    let thief = begun(&sessions, by_password(), &present).await;
    change_password(&store, &sessions, &mut present).await;
    assert!(present.live.is_empty() && present.changed);
    assert!(found(&sessions, &[thief.credential]).await.live.is_empty());
}

#[tokio::test]
async fn former_secret_leaves_other_sessions_and_cookie_alone() {
    let (_, mut sessions) = signed_in().await;
    let former = SessionCredential::Secret(fixtures::session_id(7), Secret::new("former"));
    let unknown = SessionCredential::Secret(fixtures::session_id(9), Secret::new("unknown"));
    // Otherwise, the request would extend session 8 and drop the unknown session.
    sessions.clock = Arc::new(At(fixtures::later(1800)));
    let all = [former, credential(8), unknown];
    let present = found(&sessions, &all).await;
    assert!(!present.changed);
    let live = present.live.first().unwrap();
    assert_eq!(live.session.id, fixtures::session_id(8));
    assert_eq!(live.session.expires_at, fixtures::later(3600));
    assert!(found(&sessions, &all[1..]).await.changed);
}

#[tokio::test]
async fn extended_session_keeps_secret() {
    let (_, mut sessions) = signed_in().await;
    sessions.clock = Arc::new(At(fixtures::later(1800)));
    for is_extended in [true, false] {
        let present = found(&sessions, &[credential(7)]).await;
        assert_eq!((present.live.len(), present.changed), (1, is_extended));
        assert_eq!(present.live[0].session.expires_at, fixtures::later(5400));
    }
}

#[tokio::test]
async fn overtaken_extension_keeps_session_and_cookie() {
    let mut store = store();
    with_session(&mut store, fixtures::session(7), jane());
    store
        .expect_renew_session()
        .times(1)
        .returning(|_, _| Box::pin(async { Ok(Race::Lost) }));
    let mut sessions = sessions(&Arc::new(store), &Arc::default());
    sessions.clock = Arc::new(At(fixtures::later(1800)));
    let present = sessions.find(tenant(), [credential(7)]).await.unwrap();
    assert!(present.live.len() == 1 && !present.changed);
}

#[tokio::test]
async fn logout_of_absent_session_leaves_cookie_alone() {
    let mut present = browser(&[fixtures::session(7)]);
    present.remove(fixtures::session_id(8));
    assert!(!present.changed);
    present.remove(fixtures::session_id(7));
    assert!(present.changed && present.live.is_empty());
}
