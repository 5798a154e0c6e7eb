//! [`UserRepository`](countersign_ports::UserRepository): passwords and authenticator apps that operators set.

use super::users::{insert_three, is_stored};
use crate::contract::support::{insert_users, user};
use crate::fixtures::{device, event_in, passkey, user_id};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Race, Store, Transfer};
use std::sync::Arc;

/// The password hash is set whatever its previous value. Nothing else changes, not even the version.
pub async fn password_hash_is_set_unconditionally<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut users = insert_three(&*store, tenant).await;
    for index in 0..users.len() {
        let id = users[index].id;
        let hash = format!("new hash {index}\0");
        let set = store
            .set_password_hash(tenant, id, &hash, &event_in(tenant))
            .await;
        assert_eq!(set.unwrap(), Race::Won);
        users[index].password_hash = Some(hash);
        for user in &users {
            is_stored(&*store, tenant, user).await;
        }
    }
}

/// The secret is set or removed whatever its previous value. Nothing else changes, not even the version.
pub async fn totp_secret_is_set_unconditionally<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut users = insert_three(&*store, tenant).await;
    let new: &[u8] = &[7; 40];
    for secret in [None, Some(new), Some(new), None] {
        for index in 0..users.len() {
            let id = users[index].id;
            let set = store
                .reset_factors(tenant, id, secret, &event_in(tenant))
                .await;
            assert_eq!(set.unwrap(), Race::Won);
            users[index].sealed_totp_secret = secret.map(<[u8]>::to_vec);
            for user in &users {
                is_stored(&*store, tenant, user).await;
            }
        }
    }
}

/// Setting credentials of a user that does not exist returns `Lost` and creates no user.
pub async fn setting_credentials_of_unknown_user_loses<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let users = insert_three(&*store, tenant).await;
    let (unknown, event) = (user_id(4), event_in(tenant));
    let hash = store
        .set_password_hash(tenant, unknown, "new", &event)
        .await;
    assert_eq!(hash.unwrap(), Race::Lost);
    for secret in [None, Some(&[7_u8][..])] {
        let set = store.reset_factors(tenant, unknown, secret, &event).await;
        assert_eq!(set.unwrap(), Race::Lost);
    }
    for user in &users {
        is_stored(&*store, tenant, user).await;
    }
    let later = user(4, "later@b.example");
    insert_users(&*store, tenant, std::slice::from_ref(&later)).await;
    is_stored(&*store, tenant, &later).await;
}

/// A reset removes the used time steps, recovery codes and devices of this user alone. Only a reset without a new secret
/// removes the passkeys.
pub async fn resetting_factors_removes_only_factors_of_user<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let users = insert_three(&*store, tenant).await;
    let codes = [SecretDigest::from_bytes([7; 32])];
    for user in &users {
        let used = store.use_time_step(tenant, user.id, 9).await.unwrap();
        assert_eq!(used, Race::Won);
        let given = store.replace_recovery_codes(tenant, user.id, &codes).await;
        given.unwrap();
        let number = u64::from(user.id.as_bytes()[15]);
        let device = Device {
            user: user.id,
            ..device(number)
        };
        let remembered = store.insert_device(tenant, &device).await.unwrap();
        assert_eq!(remembered, Race::Won);
        let passkey = Passkey {
            user: user.id,
            ..passkey(&[7, user.id.as_bytes()[15]])
        };
        let added = store.insert_passkey(tenant, &passkey).await.unwrap();
        assert_eq!(added, Race::Won);
    }
    let passkeys = async |user| {
        let after = After::start();
        store
            .list_passkeys(tenant, user, after)
            .await
            .unwrap()
            .items
            .len()
    };
    let devices = async |user| {
        let after = After::start();
        store
            .list_devices(tenant, user, after)
            .await
            .unwrap()
            .items
            .len()
    };
    let id = users[0].id;
    for secret in [Some(&[8_u8][..]), None] {
        let set = store
            .reset_factors(tenant, id, secret, &event_in(tenant))
            .await;
        assert_eq!(set.unwrap(), Race::Won);
        assert_eq!(store.last_time_step(tenant, id).await.unwrap(), None);
        assert_eq!(passkeys(id).await, usize::from(secret.is_some()));
        assert_eq!(devices(id).await, 0);
        let used = store.use_time_step(tenant, id, 3).await.unwrap();
        assert_eq!(used, Race::Won);
    }
    for (index, step) in [(0, 3), (1, 9), (2, 9)] {
        let user = users[index].id;
        let last = store.last_time_step(tenant, user).await.unwrap();
        assert_eq!(last, Some(step));
        let left = store.count_recovery_codes(tenant, user).await.unwrap();
        let kept = usize::from(index > 0);
        assert_eq!(
            (left as usize, devices(user).await, passkeys(user).await),
            (kept, kept, kept)
        );
    }
}
