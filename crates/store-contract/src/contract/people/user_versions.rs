//! [`UserRepository::update_user`](countersign_ports::UserRepository::update_user): data that administrators edit.

use super::users::{another, is_stored};
use crate::contract::clients::MEMBERS;
use crate::contract::support::{all, insert_users, user, winners};
use crate::fixtures::{event_in, user_id};
use countersign_domain::later::LaterMembers;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{After, Race, Store, UserKey};
use std::slice;
use std::sync::Arc;

async fn update(store: &impl Store, tenant: TenantId, user: &User) -> Race {
    let updated = store.update_user(tenant, user, &event_in(tenant)).await;
    updated.unwrap()
}

/// Returns the user after an update, which keeps the password hash and authenticator app.
fn updated(before: &User, asked: &User) -> User {
    User {
        password_hash: before.password_hash.clone(),
        sealed_totp_secret: before.sealed_totp_secret.clone(),
        version: asked.version + 1,
        ..asked.clone()
    }
}

/// An update replaces all editable data of one user and no other, in both directions, and frees the old address.
pub async fn update_replaces_admin_editable_data<S: Store>(store: Arc<S>, tenant: TenantId) {
    let bystander = user(2, "bystander@b.example");
    let first = User {
        sealed_totp_secret: Some(vec![7]),
        ..user(1, "a@b.example")
    };
    insert_users(&*store, tenant, &[first.clone(), bystander.clone()]).await;
    let mut stored = first.clone();
    for new in [another(), first] {
        let asked = User {
            created_at: stored.created_at,
            version: stored.version,
            ..new
        };
        assert_eq!(update(&*store, tenant, &asked).await, Race::Won);
        let old = store.find_user(tenant, UserKey::Email(&stored.email)).await;
        assert!(old.unwrap().is_none());
        stored = updated(&stored, &asked);
        is_stored(&*store, tenant, &stored).await;
    }
    is_stored(&*store, tenant, &bystander).await;
}

/// An update can keep the user's own email address.
pub async fn update_can_keep_email<S: Store>(store: Arc<S>, tenant: TenantId) {
    let first = user(1, "a@b.example");
    insert_users(&*store, tenant, slice::from_ref(&first)).await;
    let disabled = User {
        enabled: false,
        ..first.clone()
    };
    assert_eq!(update(&*store, tenant, &disabled).await, Race::Won);
    is_stored(&*store, tenant, &updated(&first, &disabled)).await;
}

/// Updating a user that does not exist returns `Lost` for any version.
pub async fn updating_unknown_user_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    for version in [0, 1] {
        let unknown = User {
            version,
            ..user(1, "a@b.example")
        };
        assert_eq!(update(&*store, tenant, &unknown).await, Race::Lost);
    }
    let listed = all(store.list_users(tenant, After::start()).await);
    assert!(listed.is_empty());
}

/// Updating to another user's email address returns `Lost` and changes nothing.
pub async fn update_to_taken_email_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let users = [user(1, "a@b.example"), user(2, "c@d.example")];
    insert_users(&*store, tenant, &users).await;
    let taken = User {
        enabled: false,
        ..user(1, "c@d.example")
    };
    assert_eq!(update(&*store, tenant, &taken).await, Race::Lost);
    for user in &users {
        is_stored(&*store, tenant, user).await;
    }
}

/// An update returns `Lost` unless the stored version is `User::version`, and then changes nothing.
pub async fn stale_user_update_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let first = user(1, "a@b.example");
    insert_users(&*store, tenant, slice::from_ref(&first)).await;
    assert_eq!(update(&*store, tenant, &first).await, Race::Won);
    let stored = updated(&first, &first);
    for version in [0, 1, 3] {
        let stale = User {
            version,
            ..another()
        };
        assert_eq!(update(&*store, tenant, &stale).await, Race::Lost);
        is_stored(&*store, tenant, &stored).await;
    }
}

/// Of concurrent updates based on the same version, one wins, and the store keeps that one.
pub async fn concurrent_user_updates_have_one_winner<S: Store>(store: Arc<S>, tenant: TenantId) {
    let named = |number: u32| User {
        name: Some(number.to_string()),
        ..user(1, "a@b.example")
    };
    insert_users(&*store, tenant, &[user(1, "a@b.example")]).await;
    let winner = Arc::new(std::sync::Mutex::new(None));
    let won = winners(&store, |store, number| {
        let winner = Arc::clone(&winner);
        async move {
            let event = event_in(tenant);
            let race = store.update_user(tenant, &named(number), &event).await?;
            if race == Race::Won {
                *winner.lock().unwrap() = Some(number);
            }
            Ok(race)
        }
    });
    assert_eq!(won.await, 1);
    let winner = named(winner.lock().unwrap().unwrap());
    is_stored(&*store, tenant, &updated(&winner, &winner)).await;
}

/// Claims that a later version added survive reading, changing and writing a user.
pub async fn unknown_user_members_survive_update<S: Store>(store: Arc<S>, tenant: TenantId) {
    let of_later = User {
        later: LaterMembers::new(MEMBERS),
        ..user(1, "a@b.example")
    };
    insert_users(&*store, tenant, &[of_later]).await;
    let key = UserKey::Id(user_id(1));
    let mut read = store.find_user(tenant, key).await.unwrap().unwrap();
    read.name = Some("Renamed".into());
    assert_eq!(update(&*store, tenant, &read).await, Race::Won);
    let found = store.find_user(tenant, key).await.unwrap().unwrap();
    assert_eq!(found.later.as_str(), MEMBERS);
    assert_eq!(found.name.as_deref(), Some("Renamed"));
}
