//! [`GrantRepository::redeem`](countersign_ports::GrantRepository::redeem) and
//! [`GrantRepository::find_grant_with_user`](countersign_ports::GrantRepository::find_grant_with_user).

use crate::contract::sessions;
use crate::contract::support::{facts_of_session, facts_of_user, insert_users, user, winners};
use crate::fixtures::{
    NOW, changed_grant, event_in, grant, grant_id, session, session_id, user_id,
};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::Subject;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{GrantUser, Race, Redeemed, Store};
use std::sync::Arc;

/// Returns a grant of a user, in session 1 or without a session.
fn grant_of(number: u64, user: u8, in_session: bool) -> Grant {
    changed_grant(&grant(number), |facts| {
        facts.authorization.subject = Subject::from(user_id(user));
        facts.authorization.session = in_session.then(|| session_id(1));
    })
}

/// Redeems a grant that does not exist, and returns its user.
async fn redeem(store: &impl Store, tenant: TenantId, grant: &Grant) -> Option<GrantUser> {
    let redeemed = store.redeem(tenant, grant).await.unwrap();
    let stored = store.find_grant(tenant, grant.id()).await.unwrap();
    assert_eq!(stored.as_ref(), Some(grant));
    won(redeemed)
}

/// Returns the user of a redemption that won.
fn won(redeemed: Redeemed) -> Option<GrantUser> {
    assert!(matches!(redeemed, Redeemed::Won(_)));
    match redeemed {
        Redeemed::Won(user) => user.map(|user| *user),
        Redeemed::Lost => None,
    }
}

/// Redeeming stores the grant and finds the user whose ID is the subject, enabled or not.
pub async fn redeemed_grant_is_stored_and_its_user_found<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let disabled = User {
        enabled: false,
        ..user(2, "joe@b.example")
    };
    let users = [user(1, "jane@b.example"), disabled];
    insert_users(&*store, tenant, &users).await;
    for (number, user) in (1..).zip(&users) {
        let grant = grant_of(number, u8::try_from(number).unwrap(), false);
        let found = redeem(&*store, tenant, &grant).await.unwrap();
        assert_eq!(facts_of_user(&found.user), facts_of_user(user));
        assert!(found.session.is_none());
    }
}

/// If the grant names a session, redeeming finds the session, live or not, and its user.
pub async fn user_of_session_is_found_with_redeemed_grant<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let ended = Session {
        user: user_id(2),
        ended_at: Some(NOW),
        ..session(1)
    };
    sessions::insert(&*store, tenant, std::slice::from_ref(&ended)).await;
    // The subject is another user. The caller compares them.
    let found = redeem(&*store, tenant, &grant_of(1, 1, true))
        .await
        .unwrap();
    assert_eq!(found.user.id, user_id(2));
    let session = found.session.unwrap();
    assert_eq!(facts_of_session(&session), facts_of_session(&ended));
}

/// Without a session, or without a user, redeeming stores the grant and finds no user.
pub async fn redemption_without_user_finds_none<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_users(&*store, tenant, &[user(1, "jane@b.example")]).await;
    let of_missing_session = grant_of(2, 1, true);
    let of_missing_user = grant_of(3, 2, false);
    for grant in [grant(1), of_missing_session, of_missing_user] {
        assert!(redeem(&*store, tenant, &grant).await.is_none());
    }
}

/// Redeeming an existing grant returns `Lost` and changes nothing.
pub async fn redeeming_existing_grant_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let first = changed_grant(&grant(1), |facts| facts.revoked_at = Some(NOW));
    let _ = store.establish(tenant, &first).await.unwrap();
    for _ in 0..2 {
        let again = store.redeem(tenant, &grant(1)).await.unwrap();
        assert!(matches!(again, Redeemed::Lost));
    }
    let stored = store.find_grant(tenant, grant_id(1)).await.unwrap();
    assert_eq!(stored, Some(first));
}

/// Of concurrent redemptions of one grant, only one wins.
pub async fn concurrent_redemptions_of_one_grant_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_users(&*store, tenant, &[user(1, "jane@b.example")]).await;
    let won = winners(&store, |store, _| async move {
        Ok(match store.redeem(tenant, &grant_of(1, 1, false)).await? {
            Redeemed::Won(user) => {
                assert!(user.is_some());
                Race::Won
            }
            Redeemed::Lost => Race::Lost,
        })
    });
    assert_eq!(won.await, 1);
}

/// If a user is disabled and then all grants are revoked, a concurrent redemption finds a disabled user, or its grant is
/// revoked.
pub async fn redemption_sees_user_disabled_before_revocation<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for round in 1..=20_u8 {
        let enabled = user(round, &format!("{round}@b.example"));
        insert_users(&*store, tenant, std::slice::from_ref(&enabled)).await;
        let id = |number: u64| u64::from(round) * 100 + number;
        let redeeming = (0..8).map(|number| {
            let (store, grant) = (Arc::clone(&store), grant_of(id(number), round, false));
            tokio::spawn(async move {
                let redeemed = store.redeem(tenant, &grant).await.unwrap();
                let found = won(redeemed).unwrap();
                (grant.id(), found.user.enabled)
            })
        });
        let redeeming: Vec<_> = redeeming.collect();
        let disabled = User {
            enabled: false,
            ..enabled
        };
        let event = event_in(tenant);
        let disabling = store.update_user(tenant, &disabled, &event).await;
        assert_eq!(disabling.unwrap(), Race::Won);
        let subject = Subject::from(disabled.id);
        store.revoke_all(tenant, &subject, None, NOW).await.unwrap();
        for redeemed in redeeming {
            let (grant, was_enabled) = redeemed.await.unwrap();
            let grant = store.find_grant(tenant, grant).await.unwrap().unwrap();
            assert!(!was_enabled || grant.facts().revoked_at.is_some());
        }
    }
}

/// A grant is found with the user whose ID is its subject, enabled or not. Other subjects have no user.
pub async fn grant_is_found_with_its_user<S: Store>(store: Arc<S>, tenant: TenantId) {
    let disabled = User {
        enabled: false,
        ..user(2, "joe@b.example")
    };
    let users = [user(1, "jane@b.example"), disabled];
    insert_users(&*store, tenant, &users).await;
    let compact = user_id(1).to_string().replace('-', "");
    let of_compact = changed_grant(&grant(5), |facts| {
        facts.authorization.subject = Subject::new(compact);
    });
    for (grant, expected) in [
        (grant_of(1, 1, false), Some(&users[0])),
        (grant_of(2, 2, true), Some(&users[1])),
        (grant_of(3, 3, false), None),
        (grant(4), None),
        (of_compact, None),
    ] {
        let _ = store.establish(tenant, &grant).await.unwrap();
        let found = store.find_grant_with_user(tenant, grant.id()).await;
        let (found, user) = found.unwrap().unwrap();
        assert_eq!(found, grant);
        assert_eq!(
            user.as_ref().map(facts_of_user),
            expected.map(facts_of_user)
        );
    }
    let missing = store.find_grant_with_user(tenant, grant_id(9)).await;
    assert!(missing.unwrap().is_none());
}
