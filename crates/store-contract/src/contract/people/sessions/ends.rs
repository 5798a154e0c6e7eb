//! [`SessionRepository`](countersign_ports::SessionRepository): ending sessions.

use super::{insert, is_stored};
use crate::contract::support::winners;
use crate::fixtures::{later, session, session_id, user_id};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Race, Store};
use std::sync::Arc;

/// Ending a session that does not exist or has already ended returns `Lost` and keeps the first end time.
pub async fn second_session_end_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &[session(1), session(2)]).await;
    for (at, race) in [(5, Race::Won), (1, Race::Lost), (9, Race::Lost)] {
        let ended = store
            .end_session(tenant, session_id(1), later(at))
            .await
            .unwrap();
        assert_eq!(ended, race);
    }
    let expected = Session {
        ended_at: Some(later(5)),
        ..session(1)
    };
    is_stored(&*store, tenant, &expected).await;
    is_stored(&*store, tenant, &session(2)).await;
    let unknown = store
        .end_session(tenant, session_id(3), later(5))
        .await
        .unwrap();
    assert_eq!(unknown, Race::Lost);
}

/// All live sessions of a user are ended except `except`, and their IDs are returned.
pub async fn all_user_sessions_except_one_are_ended<S: Store>(store: Arc<S>, tenant: TenantId) {
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
        tenant,
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
        let ended = store
            .end_sessions(tenant, user_id(1), except, later(at))
            .await;
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
        is_stored(&*store, tenant, &expected).await;
    }
    is_stored(&*store, tenant, &ended).await;
    is_stored(&*store, tenant, &of_other).await;
}

/// Of concurrent calls that end one session, one wins.
pub async fn concurrent_session_ends_have_one_winner<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &[session(1)]).await;
    let won = winners(&store, |store, number| async move {
        if number % 2 == 0 {
            return store.end_session(tenant, session_id(1), later(1)).await;
        }
        let ended = store
            .end_sessions(tenant, user_id(1), None, later(1))
            .await?;
        Ok(if ended.is_empty() {
            Race::Lost
        } else {
            Race::Won
        })
    });
    assert_eq!(won.await, 1);
}
