//! Signed session tokens from the version before session secrets.

use crate::composition::sessions;
use crate::fakes::Fakes;
use crate::world::{At, NodesOf, SINGLE, Tokens, tenant};
use countersign_application::{
    BrowserSessions, LiveSession, Origin, Proof, SessionCredential, Sessions,
};
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::methods::Method;
use countersign_domain::login::session::Session;
use countersign_ports::{FormatGeneration, SessionRepository as _, UserRepository as _};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

type Use = Sessions<Fakes<MemoryStore>>;

/// Creates Jane with session 7 without a secret. Every live node understands the format generation `nodes`.
async fn signed_in(nodes: FormatGeneration) -> Use {
    let store = Arc::new(MemoryStore::default());
    let jane = fixtures::user(1, "jane@example.com");
    let _ = store.insert_user(SINGLE, &jane, None).await.unwrap();
    let session = Session {
        secret: None,
        expires_at: fixtures::later(7200),
        ..fixtures::session(7)
    };
    let _ = store.insert_session(SINGLE, &session).await.unwrap();
    let mut sessions = sessions(&store, &Arc::default());
    sessions.formats = Arc::new(NodesOf(nodes));
    sessions
}

const MIXED: FormatGeneration = FormatGeneration(1);
const UPGRADED: FormatGeneration = FormatGeneration::SESSION_SECRETS;

async fn found(sessions: &Use, token: &str) -> BrowserSessions {
    let credential = SessionCredential::Signed(token.to_owned());
    sessions.find(tenant(), [credential]).await.unwrap()
}

async fn begun(sessions: &Use, present: &BrowserSessions) -> LiveSession {
    let proof = Proof {
        user: fixtures::user(1, "jane@example.com"),
        methods: Methods::NONE.with(Method::PASSWORD),
        session: None,
    };
    let begun = sessions.begin(tenant(), proof, present, Origin::default());
    begun.await.unwrap()
}

fn is_signed(live: &LiveSession) -> bool {
    matches!(&live.credential, SessionCredential::Signed(_)) && live.session.secret.is_none()
}

/// Asserts that the session and its browser have a secret. The server rejects the token without changing the cookie.
async fn assert_secret(sessions: &Use, live: &LiveSession) {
    let SessionCredential::Secret(id, secret) = &live.credential else {
        panic!("{:?}", live.credential);
    };
    assert_eq!(*id, fixtures::session_id(7));
    assert!(live.session.is_presented(Some(secret)));
    let present = sessions.find(tenant(), [live.credential.clone()]).await;
    assert_eq!(present.unwrap().live.len(), 1);
    let stale = found(sessions, "7 of 1").await;
    assert!(stale.live.is_empty() && !stale.changed);
}

#[tokio::test]
async fn token_is_accepted_for_session_without_secret() {
    let sessions = signed_in(UPGRADED).await;
    let present = found(&sessions, "7 of 1").await;
    assert!(present.live.len() == 1 && !present.changed);
    let foreign = found(&sessions, "7 of 2").await;
    assert!(foreign.live.is_empty() && foreign.changed);
}

#[tokio::test]
async fn expired_unknown_or_foreign_token_is_rejected() {
    let mut sessions = signed_in(UPGRADED).await;
    assert!(found(&sessions, "a text").await.live.is_empty());
    sessions.clock = Arc::new(At(fixtures::later(3600)));
    assert!(found(&sessions, "7 of 1").await.live.is_empty());
    sessions.clock = Arc::new(At(fixtures::NOW));
    sessions.verifier = Arc::new(Tokens {
        issuer: "https://elsewhere.example",
        ..Tokens::default()
    });
    assert!(found(&sessions, "7 of 1").await.live.is_empty());
}

#[tokio::test]
async fn sign_in_adds_first_secret() {
    let sessions = signed_in(UPGRADED).await;
    let present = found(&sessions, "7 of 1").await;
    let live = begun(&sessions, &present).await;
    assert_secret(&sessions, &live).await;
}

#[tokio::test]
async fn extension_renews_token_of_session_without_secret() {
    let mut sessions = signed_in(UPGRADED).await;
    sessions.clock = Arc::new(At(fixtures::later(1800)));
    let present = found(&sessions, "7 of 1").await;
    assert!(present.changed && is_signed(&present.live[0]));
}

#[tokio::test]
async fn mixed_cluster_extends_and_begins_sessions_with_tokens() {
    let mut sessions = signed_in(MIXED).await;
    sessions.clock = Arc::new(At(fixtures::later(1800)));
    let extended = found(&sessions, "7 of 1").await;
    assert!(extended.changed && is_signed(&extended.live[0]));
    let renewed = begun(&sessions, &extended).await;
    assert!(is_signed(&renewed));
    assert_eq!(renewed.session.id, fixtures::session_id(7));
    let new = begun(&sessions, &BrowserSessions::default()).await;
    assert!(is_signed(&new));
    assert_ne!(new.session.id, renewed.session.id);
}

#[tokio::test]
async fn session_with_secret_never_returns_to_token() {
    let mut sessions = signed_in(UPGRADED).await;
    let present = found(&sessions, "7 of 1").await;
    let first = begun(&sessions, &present).await;
    sessions.formats = Arc::new(NodesOf(MIXED));
    let present = sessions.find(tenant(), [first.credential]).await.unwrap();
    let second = begun(&sessions, &present).await;
    assert_secret(&sessions, &second).await;
}
