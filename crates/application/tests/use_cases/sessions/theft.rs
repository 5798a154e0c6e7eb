//! Stolen and former session secrets.

use crate::authorize::{interaction, plain};
use crate::composition::{authorizations, credential, sessions, sign_in};
use crate::fakes::Fakes;
use crate::stores::store;
use crate::world::{At, SINGLE, tenant};
use countersign_application::{
    Answer, Answered, AttemptSource, BrowserSessions, Origin, Proof, SessionCredential, Sessions,
    Visitor,
};
use countersign_domain::identifier::LoginId;
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::{Challenge, Outcome, Pending, Step};
use countersign_domain::login::methods::Method;
use countersign_domain::login::session::Session;
use countersign_domain::secret::Secret;
use countersign_domain::user::User;
use countersign_ports::{
    After, DeviceRepository as _, Entropy, Race, SessionRepository as _, Store, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, MockStore, fixtures};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Entropy that differs each time.
#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }

    fn time_ordered_id(&self) -> [u8; 16] {
        [0x80 | self.0.fetch_add(1, Ordering::Relaxed); 16]
    }
}

fn of_joe() -> Session {
    Session {
        user: fixtures::user_id(2),
        ..fixtures::session(8)
    }
}

fn unsecured(session: Session) -> Session {
    Session {
        secret: None,
        expires_at: fixtures::later(7200),
        ..session
    }
}

fn token(text: &str) -> SessionCredential {
    SessionCredential::Signed(text.to_owned())
}

fn former(number: u64) -> SessionCredential {
    SessionCredential::Secret(fixtures::session_id(number), Secret::new("former"))
}

async fn found<S: Store>(
    sessions: &Sessions<Fakes<S>>,
    credentials: Vec<SessionCredential>,
) -> BrowserSessions {
    sessions.find(tenant(), credentials).await.unwrap()
}

/// Store with Jane's session 7 and Joe's session 8.
fn with_both(change: fn(Session) -> Session) -> MockStore {
    let mut store = store();
    store.expect_find_session().returning(move |_, id| {
        let found = if id == fixtures::session_id(7) {
            (fixtures::session(7), fixtures::user(1, "jane@example.com"))
        } else {
            (of_joe(), fixtures::user(2, "joe@example.com"))
        };
        let found = (change(found.0), found.1);
        Box::pin(async { Ok(Some(found)) })
    });
    store
}

/// Two parallel requests of a browser with two accounts each win one renewal and lose the other, so no response sets the
/// cookie. A new secret would be lost.
#[tokio::test]
async fn extension_never_creates_secret() {
    let mut store = with_both(unsecured);
    store.expect_renew_session().returning(|_, renewal| {
        let is_first = renewal.id == fixtures::session_id(7);
        Box::pin(async move { Ok(if is_first { Race::Won } else { Race::Lost }) })
    });
    let mut sessions = sessions(&Arc::new(store), &Arc::default());
    sessions.clock = Arc::new(At(fixtures::later(1800)));
    let present = found(&sessions, vec![token("7 of 1"), token("8 of 2")]).await;
    let has_new_secret = present.live.iter().any(|live| {
        live.session.id == fixtures::session_id(7)
            && matches!(live.credential, SessionCredential::Secret(..))
    });
    assert!(
        !has_new_secret || present.changed,
        "the browser does not get the secret of session 7"
    );
}

/// A thief extends a stolen token of an earlier version first. The owner signs in again.
#[tokio::test]
async fn stolen_token_is_worthless_after_owner_signs_in_again() {
    let store = Arc::new(MemoryStore::default());
    let jane = fixtures::user(1, "jane@example.com");
    let _ = store.insert_user(SINGLE, &jane, None).await.unwrap();
    let session = unsecured(fixtures::session(7));
    let _ = store.insert_session(SINGLE, &session).await.unwrap();
    let mut sessions = sessions(&store, &Arc::default());
    sessions.clock = Arc::new(At(fixtures::later(1800)));
    let thief = found(&sessions, vec![token("7 of 1")]).await;
    let loot = thief.live.first().unwrap().credential.clone();
    let owner = found(&sessions, vec![token("7 of 1")]).await;
    let proof = Proof {
        user: jane,
        methods: Methods::NONE.with(Method::PASSWORD),
        session: None,
    };
    let begun = sessions.begin(tenant(), proof, &owner, Origin::default());
    let _ = begun.await.unwrap();
    let after = found(&sessions, vec![token("7 of 1"), loot]).await;
    assert!(after.live.is_empty(), "the thief is still signed in");
}

/// A slow request must not clear a cookie that holds another session by now.
#[tokio::test]
async fn former_secret_of_ended_session_leaves_cookie_alone() {
    let store = Arc::new(MemoryStore::default());
    let jane = fixtures::user(1, "jane@example.com");
    let _ = store.insert_user(SINGLE, &jane, None).await.unwrap();
    let _ = store
        .insert_session(SINGLE, &fixtures::session(7))
        .await
        .unwrap();
    let sessions = sessions(&store, &Arc::default());
    assert!(!found(&sessions, vec![former(7)]).await.changed);
    let ended = store.end_session(SINGLE, fixtures::session_id(7), fixtures::NOW);
    assert_eq!(ended.await.unwrap(), Race::Won);
    assert!(
        !found(&sessions, vec![former(7)]).await.changed,
        "the cookie is cleared"
    );
}

/// The current account is Jane, and Joe is signed in too.
#[tokio::test]
async fn former_secret_of_current_account_yields_no_code_for_another() {
    let mut store = with_both(|session| session);
    store.expect_find_consent().returning(|_, _, _| {
        let agreed = fixtures::consent(2, "app");
        Box::pin(async { Ok(Some(agreed)) })
    });
    let store = Arc::new(store);
    let sessions = sessions(&store, &Arc::default());
    let present = found(&sessions, vec![former(7), credential(8)]).await;
    let authorizations = authorizations(&store, &Arc::default());
    let request = plain(&authorizations).await;
    let interaction = interaction();
    let next = authorizations.next(tenant(), &interaction, Some(request.facts()), &present);
    assert_ne!(next.await.unwrap().0, Step::Done(Outcome::Code));
}

/// A thief with a former secret enters a phished code of the app.
#[tokio::test]
async fn second_factor_of_foreign_session_is_not_judged() {
    let store = Arc::new(MemoryStore::default());
    let jane = User {
        sealed_totp_secret: Some(format!("totp:{}secret", fixtures::user_id(1)).into_bytes()),
        ..fixtures::user(1, "jane@example.com")
    };
    let _ = store.insert_user(SINGLE, &jane, None).await.unwrap();
    let _ = store
        .insert_session(SINGLE, &fixtures::session(7))
        .await
        .unwrap();
    let (sessions, sign_in) = (
        sessions(&store, &Arc::default()),
        sign_in(&store, &Arc::default()),
    );
    let before = found(&sessions, vec![credential(7)]).await;
    let mut interaction = interaction();
    interaction.wait_for(sign_in.step_up(tenant(), &jane, &before.live[0].session));
    // The owner signs in again.
    let proof = Proof {
        user: jane,
        methods: Methods::NONE.with(Method::PASSWORD),
        session: None,
    };
    let begun = sessions.begin(tenant(), proof, &before, Origin::default());
    let _ = begun.await.unwrap();
    let thief = found(&sessions, vec![credential(7)]).await;
    assert!(thief.live.is_empty());
    let login = interaction.pending_login().cloned();
    let visitor = Visitor {
        devices: &[],
        sessions: &[],
        source: AttemptSource::default(),
        requested: None,
        compose: &|_, _| fixtures::letter("", ""),
    };
    for method in [Method::TIME_CODE, Method::RECOVERY_CODE, Method::PASSKEY] {
        if method == Method::PASSKEY {
            interaction.pending = Some(Pending::Challenge(Challenge {
                method,
                login: LoginId::from_bytes([9; 16]),
                second_factor_of: login.clone(),
                state: b"state".to_vec(),
                expires_at: fixtures::later(600),
            }));
        }
        let answer = Answer {
            code: Some("123456".to_owned()),
            credential: Some("phone".to_owned()),
            remember: true,
            ..Answer::default()
        };
        let answered = sign_in.answer(tenant(), &mut interaction, method, answer, &visitor);
        let answered = answered.await.unwrap();
        assert!(matches!(answered, Answered::Over), "{method:?}");
    }
    let devices = store.list_devices(SINGLE, fixtures::user_id(1), After::start());
    assert!(
        devices.await.unwrap().items.is_empty(),
        "the device of the thief is remembered"
    );
}

/// A thief with the current cookie and a phished code of the app steps up, which replaces the secret. The owner signs in
/// with the password.
#[tokio::test]
async fn sign_in_of_owner_voids_secret_that_thief_got_by_step_up() {
    let store = Arc::new(MemoryStore::default());
    let jane = fixtures::user(1, "jane@example.com");
    let _ = store.insert_user(SINGLE, &jane, None).await.unwrap();
    let _ = store
        .insert_session(SINGLE, &fixtures::session(7))
        .await
        .unwrap();
    let mut sessions = sessions(&store, &Arc::default());
    sessions.entropy = Arc::new(Counting::default());
    let proof = |session| Proof {
        user: jane.clone(),
        methods: Methods::NONE.with(Method::PASSWORD),
        session,
    };
    let thief = found(&sessions, vec![credential(7)]).await;
    let step_up = proof(Some(fixtures::session_id(7)));
    let begun = sessions.begin(tenant(), step_up, &thief, Origin::default());
    let loot = begun.await.unwrap().credential;
    let owner = found(&sessions, vec![credential(7)]).await;
    let begun = sessions.begin(tenant(), proof(None), &owner, Origin::default());
    let _ = begun.await.unwrap();
    let loot = found(&sessions, vec![loot]).await;
    assert!(loot.live.is_empty(), "the thief is still signed in");
}
