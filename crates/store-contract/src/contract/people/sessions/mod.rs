//! [`SessionRepository`](countersign_ports::SessionRepository).

pub mod ends;
pub mod renewals;

use crate::contract::support::{
    SessionFacts, all, facts_of_session, facts_of_user, insert_users, user,
};
use crate::fixtures::{event_in, later, session, session_id, user_id};
use countersign_domain::login::authentication::{Acr, Authentication, Methods};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{After, Race, Store};
use std::sync::Arc;

/// Returns the user of a session.
fn user_of(session: &Session) -> User {
    let [number, ..] = *session.user.as_bytes();
    user(number, &format!("{number}@b.example"))
}

pub(crate) async fn insert(store: &impl Store, tenant: TenantId, sessions: &[Session]) {
    for session in sessions {
        // `Lost` if the user exists already.
        let user = store.insert_user(tenant, &user_of(session), None).await;
        let _ = user.unwrap();
        assert_eq!(
            store.insert_session(tenant, session).await.unwrap(),
            Race::Won
        );
    }
}

pub(crate) async fn is_stored(store: &impl Store, tenant: TenantId, session: &Session) {
    let (found, user) = store
        .find_session(tenant, session.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(facts_of_session(&found), facts_of_session(session));
    assert_eq!(facts_of_user(&user), facts_of_user(&user_of(session)));
}

pub(crate) async fn is_not_found(store: &impl Store, tenant: TenantId, number: u64) {
    let found = store
        .find_session(tenant, session_id(number))
        .await
        .unwrap();
    assert!(found.is_none());
}

fn facts(sessions: &[Session]) -> Vec<SessionFacts> {
    sessions.iter().map(facts_of_session).collect()
}

/// Returns the facts of the sessions of a user.
async fn listed(store: &impl Store, tenant: TenantId, user: u8) -> Vec<SessionFacts> {
    let sessions = store.list_sessions(tenant, user_id(user), After::start());
    facts(&all(sessions.await))
}

/// A stored session keeps every field.
pub async fn new_session_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    let odd = Session {
        user: user_id(255),
        authentication: Authentication {
            time: later(1),
            methods: Methods::from_bits(u32::MAX),
            acr: Acr::from_rank(255),
        },
        created_at: later(2),
        last_active_at: later(3),
        expires_at: later(4),
        ended_at: Some(later(5)),
        secret: None,
        ip_address: Some("2001:db8::1%eth0".into()),
        user_agent: Some("Ünïcode 👩‍🚀 \0 '; --".into()),
        ..session(u64::MAX)
    };
    insert(&*store, tenant, &[session(1), odd.clone()]).await;
    is_stored(&*store, tenant, &session(1)).await;
    is_stored(&*store, tenant, &odd).await;
    is_not_found(&*store, tenant, 2).await;
}

/// A session is found with all data of its own user, enabled or not.
pub async fn session_is_found_with_its_user<S: Store>(store: Arc<S>, tenant: TenantId) {
    let theirs = [3, 1, 2].map(|number| Session {
        user: user_id(number),
        ..session(number.into())
    });
    insert(&*store, tenant, &theirs).await;
    for session in &theirs {
        is_stored(&*store, tenant, session).await;
    }
    let disabled = User {
        name: None,
        enabled: false,
        ..user(2, "now@b.example")
    };
    let updated = store
        .update_user(tenant, &disabled, &event_in(tenant))
        .await;
    assert_eq!(updated.unwrap(), Race::Won);
    let disabled = User {
        version: 2,
        ..disabled
    };
    let found = store.find_session(tenant, session_id(2)).await.unwrap();
    let (_, found) = found.unwrap();
    assert_eq!(facts_of_user(&found), facts_of_user(&disabled));
}

/// A session whose user does not exist is not found.
pub async fn session_of_missing_user_is_not_found<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_users(&*store, tenant, &[user(2, "a@b.example")]).await;
    assert_eq!(
        store.insert_session(tenant, &session(1)).await.unwrap(),
        Race::Won
    );
    is_not_found(&*store, tenant, 1).await;
    assert_eq!(listed(&*store, tenant, 1).await, facts(&[session(1)]));
}

/// Inserting an existing session returns `Lost` and changes nothing.
pub async fn inserting_existing_session_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &[session(1)]).await;
    let other = Session {
        user: user_id(2),
        ..session(1)
    };
    assert_eq!(
        store.insert_session(tenant, &other).await.unwrap(),
        Race::Lost
    );
    is_stored(&*store, tenant, &session(1)).await;
}

/// A user's sessions are listed by ID, live or not.
pub async fn user_sessions_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let expired = Session {
        expires_at: later(0),
        ..session(3)
    };
    let ended = Session {
        ended_at: Some(later(1)),
        ..session(256)
    };
    let of_other = Session {
        user: user_id(2),
        ..session(2)
    };
    let theirs = [session(1), expired, ended];
    insert(&*store, tenant, &[of_other]).await;
    for session in theirs.iter().rev() {
        insert(&*store, tenant, std::slice::from_ref(session)).await;
    }
    assert_eq!(listed(&*store, tenant, 1).await, facts(&theirs));
    assert_eq!(listed(&*store, tenant, 3).await, []);
}
