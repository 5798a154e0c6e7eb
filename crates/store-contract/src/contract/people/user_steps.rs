//! [`UserRepository::find_user_and_take_step`](countersign_ports::UserRepository::find_user_and_take_step).

use crate::contract::support::{facts_of_user, insert_users, user, winners};
use crate::fixtures::{NOW, ephemeral_key, user_id};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{Ephemeral, EphemeralKey, EphemeralKind, Race, Store};
use std::sync::Arc;

const STEP: EphemeralKey = ephemeral_key(EphemeralKind::SignInStep, 1);

/// The step of an enabled user is taken once. Every call returns the user.
pub async fn step_of_enabled_user_is_taken_once<S: Store>(store: Arc<S>, tenant: TenantId) {
    let users = [user(1, "jane@b.example"), user(2, "joe@b.example")];
    insert_users(&*store, tenant, &users).await;
    for (of, expected) in [(0, Race::Won), (0, Race::Lost), (1, Race::Lost)] {
        let found = store
            .find_user_and_take_step(tenant, users[of].id, &STEP, NOW)
            .await;
        let (found, race) = found.unwrap().unwrap();
        assert_eq!(facts_of_user(&found), facts_of_user(&users[of]));
        assert_eq!(race, expected);
    }
    let stored = store.get(tenant, &STEP, NOW).await.unwrap();
    assert_eq!(stored, Some(Ephemeral::new(&[])));
}

/// A disabled user is returned without the step. An unknown user is not found.
pub async fn step_of_disabled_or_unknown_user_is_not_taken<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let disabled = User {
        enabled: false,
        ..user(1, "jane@b.example")
    };
    insert_users(&*store, tenant, &[disabled, user(2, "joe@b.example")]).await;
    let found = store
        .find_user_and_take_step(tenant, user_id(1), &STEP, NOW)
        .await;
    let (found, race) = found.unwrap().unwrap();
    assert!(!found.enabled);
    assert_eq!(race, Race::Lost);
    let found = store
        .find_user_and_take_step(tenant, user_id(3), &STEP, NOW)
        .await;
    assert!(found.unwrap().is_none());
    assert_eq!(store.get(tenant, &STEP, NOW).await.unwrap(), None);
}

/// An expired step is not taken. The user is returned.
pub async fn expired_step_is_not_taken<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_users(&*store, tenant, &[user(1, "jane@b.example")]).await;
    let found = store
        .find_user_and_take_step(tenant, user_id(1), &STEP, STEP.expires_at)
        .await;
    let (_, race) = found.unwrap().unwrap();
    assert_eq!(race, Race::Lost);
    assert_eq!(store.get(tenant, &STEP, NOW).await.unwrap(), None);
}

/// Of concurrent calls for one step, only one takes it, and all return the user.
pub async fn concurrent_takes_of_one_step_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_users(&*store, tenant, &[user(1, "jane@b.example")]).await;
    let won = winners(&store, |store, _| async move {
        let found = store
            .find_user_and_take_step(tenant, user_id(1), &STEP, NOW)
            .await?;
        Ok(found.unwrap().1)
    });
    assert_eq!(won.await, 1);
}
