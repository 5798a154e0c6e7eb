//! [`SessionRepository`](countersign_ports::SessionRepository).

use super::{facts_of_user, winners};
use crate::fixtures::{later, session, session_id, user, user_id};
use countersign_domain::authentication::{Method, Methods};
use countersign_domain::session::{Session, SessionRenewal};
use countersign_domain::user::User;
use countersign_ports::{Race, Store};
use std::sync::Arc;

/// The user of a session.
fn user_of(session: &Session) -> User {
    let [number, ..] = *session.user.as_bytes();
    user(number, &format!("{number}@b.example"))
}

async fn insert(store: &impl Store, sessions: &[Session]) {
    for session in sessions {
        // Lost: the one before was of the same user.
        let _ = store.insert_user(&user_of(session)).await.unwrap();
        assert_eq!(store.insert_session(session).await.unwrap(), Race::Won);
    }
}

async fn is_stored(store: &impl Store, session: &Session) {
    let (found, user) = store.find_session(session.id).await.unwrap().unwrap();
    assert_eq!(found, *session);
    assert_eq!(facts_of_user(&user), facts_of_user(&user_of(session)));
}

async fn is_not_found(store: &impl Store, number: u64) {
    let found = store.find_session(session_id(number)).await.unwrap();
    assert!(found.is_none());
}

fn renewal(number: u64) -> SessionRenewal {
    SessionRenewal {
        id: session_id(number),
        authenticated_at: later(9),
        methods: Methods::NONE.with(Method::Passkey),
        now: later(10),
        expires_at: later(7200),
    }
}

/// "Stores a new session": every field of it.
pub async fn a_new_session_is_found_as_it_was<S: Store>(store: Arc<S>) {
    let odd = Session {
        user: user_id(255),
        authenticated_at: later(1),
        methods: Methods::NONE.with(Method::Passkey).with(Method::EmailCode),
        created_at: later(2),
        last_active_at: later(3),
        expires_at: later(4),
        ended_at: Some(later(5)),
        ip_address: Some("2001:db8::1%eth0".into()),
        user_agent: Some("Ünïcode 👩‍🚀 \0 '; --".into()),
        ..session(u64::MAX)
    };
    insert(&*store, &[session(1), odd.clone()]).await;
    is_stored(&*store, &session(1)).await;
    is_stored(&*store, &odd).await;
    is_not_found(&*store, 2).await;
}

/// "With its user, enabled or not": all of that user, and no other's.
pub async fn a_session_is_found_with_its_user<S: Store>(store: Arc<S>) {
    let theirs = [3, 1, 2].map(|number| Session {
        user: user_id(number),
        ..session(number.into())
    });
    insert(&*store, &theirs).await;
    for session in &theirs {
        is_stored(&*store, session).await;
    }
    let disabled = User {
        name: None,
        enabled: false,
        sealed_totp_secret: Some(vec![0, 255]),
        ..user(2, "now@b.example")
    };
    assert_eq!(store.update_user(&disabled).await.unwrap(), Race::Won);
    let (_, found) = store.find_session(session_id(2)).await.unwrap().unwrap();
    assert_eq!(facts_of_user(&found), facts_of_user(&disabled));
}

/// "Nothing if either is not there."
pub async fn a_session_of_nobody_is_not_found<S: Store>(store: Arc<S>) {
    let _ = store.insert_user(&user(2, "a@b.example")).await.unwrap();
    assert_eq!(store.insert_session(&session(1)).await.unwrap(), Race::Won);
    is_not_found(&*store, 1).await;
    assert_eq!(store.list_sessions(user_id(1)).await.unwrap(), [session(1)]);
}

/// "Unless one of this id is there: then `Lost`", and the one there stays as it is.
pub async fn a_session_is_inserted_once<S: Store>(store: Arc<S>) {
    insert(&*store, &[session(1)]).await;
    let other = Session {
        user: user_id(2),
        ..session(1)
    };
    assert_eq!(store.insert_session(&other).await.unwrap(), Race::Lost);
    is_stored(&*store, &session(1)).await;
}

/// "All sessions of a user that are stored, by id, be they live or not."
pub async fn the_sessions_of_a_user_are_listed_by_id<S: Store>(store: Arc<S>) {
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
    insert(&*store, &[of_other]).await;
    for session in theirs.iter().rev() {
        insert(&*store, std::slice::from_ref(session)).await;
    }
    assert_eq!(store.list_sessions(user_id(1)).await.unwrap(), theirs);
    assert_eq!(store.list_sessions(user_id(3)).await.unwrap(), []);
}

/// "Carries a renewal out": it replaces what it names, and nothing else.
pub async fn a_renewal_replaces_what_it_names<S: Store>(store: Arc<S>) {
    insert(&*store, &[session(1), session(2)]).await;
    let renewal = renewal(1);
    assert_eq!(store.renew_session(&renewal).await.unwrap(), Race::Won);
    let expected = Session {
        authenticated_at: renewal.authenticated_at,
        methods: renewal.methods,
        last_active_at: renewal.now,
        expires_at: renewal.expires_at,
        ..session(1)
    };
    is_stored(&*store, &expected).await;
    is_stored(&*store, &session(2)).await;
}

/// "If the session is live; otherwise, or if there is none, `Lost`", and nothing changes.
pub async fn what_is_not_live_is_not_renewed<S: Store>(store: Arc<S>) {
    let ended = Session {
        ended_at: Some(later(1)),
        ..session(1)
    };
    let expired = Session {
        expires_at: renewal(2).now,
        ..session(2)
    };
    let in_its_last_second = Session {
        expires_at: later(11),
        ..session(3)
    };
    insert(
        &*store,
        &[ended.clone(), expired.clone(), in_its_last_second],
    )
    .await;
    for (number, race) in [
        (1, Race::Lost),
        (2, Race::Lost),
        (3, Race::Won),
        (4, Race::Lost),
    ] {
        let renewed = store.renew_session(&renewal(number)).await.unwrap();
        assert_eq!(renewed, race, "{number}");
    }
    is_stored(&*store, &ended).await;
    is_stored(&*store, &expired).await;
    is_not_found(&*store, 4).await;
}

/// "Marks a session as ended. `Lost` if there is none or it was ended before; the first time stays."
pub async fn a_session_is_ended_once<S: Store>(store: Arc<S>) {
    insert(&*store, &[session(1), session(2)]).await;
    for (at, race) in [(5, Race::Won), (1, Race::Lost), (9, Race::Lost)] {
        let ended = store.end_session(session_id(1), later(at)).await.unwrap();
        assert_eq!(ended, race);
    }
    let expected = Session {
        ended_at: Some(later(5)),
        ..session(1)
    };
    is_stored(&*store, &expected).await;
    is_stored(&*store, &session(2)).await;
    let unknown = store.end_session(session_id(3), later(5)).await.unwrap();
    assert_eq!(unknown, Race::Lost);
}

/// "Marks all sessions of a user as ended that are not yet, but for `except`, and says which."
pub async fn all_sessions_of_a_user_are_ended_but_for_one<S: Store>(store: Arc<S>) {
    let ended = Session {
        ended_at: Some(later(1)),
        ..session(3)
    };
    let of_other = Session {
        user: user_id(2),
        ..session(5)
    };
    insert(
        &*store,
        &[
            session(1),
            session(2),
            ended.clone(),
            session(4),
            of_other.clone(),
        ],
    )
    .await;
    let end = async |except, at| {
        let ended = store.end_sessions(user_id(1), except, later(at)).await;
        let mut ended = ended.unwrap();
        ended.sort_unstable();
        ended
    };
    let but_for_one = end(Some(session_id(2)), 5).await;
    assert_eq!(but_for_one, [session_id(1), session_id(4)]);
    assert_eq!(end(None, 6).await, [session_id(2)]);
    assert_eq!(end(None, 7).await, []);
    for (number, at) in [(1, 5), (2, 6), (4, 5)] {
        let expected = Session {
            ended_at: Some(later(at)),
            ..session(number)
        };
        is_stored(&*store, &expected).await;
    }
    is_stored(&*store, &ended).await;
    is_stored(&*store, &of_other).await;
}

/// Of all who end one session at once, one wins.
pub async fn a_crowd_that_ends_one_session_has_one_winner<S: Store>(store: Arc<S>) {
    insert(&*store, &[session(1)]).await;
    let won = winners(&store, |store, number| async move {
        if number % 2 == 0 {
            return store.end_session(session_id(1), later(1)).await;
        }
        let ended = store.end_sessions(user_id(1), None, later(1)).await?;
        Ok(if ended.is_empty() {
            Race::Lost
        } else {
            Race::Won
        })
    });
    assert_eq!(won.await, 1);
}
