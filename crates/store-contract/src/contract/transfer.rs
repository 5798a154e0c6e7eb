//! [`Transfer`]: verbatim writes.

use super::clients;
use super::clients::another;
use super::definitions::{self, definition};
use super::signing_keys;
use super::support::{client, insert_clients, insert_users, user};
use crate::contract::people::users;
use crate::fixtures::{
    NOW, changed_grant, client_id, ephemeral_key, grant, later, signing_key, user_id,
};
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::User;
use countersign_ports::{
    After, Ephemeral, EphemeralKind, Race, SealedPlace, Store, Transfer, UserKey,
};
use std::sync::Arc;

/// All grants of a tenant are listed, whatever their state.
pub async fn every_grant_is_listed<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let mut grants: Vec<Grant> = [0, 1, 2, 255, 256, u64::MAX].map(grant).into();
    grants[1] = changed_grant(&grants[1], |facts| facts.revoked_at = Some(later(5)));
    grants[2] = changed_grant(&grants[2], |facts| facts.expires_at = later(0));
    grants[3] = changed_grant(&grants[3], |facts| {
        facts.authorization.access.client = client_id("other");
    });
    grants[4] = changed_grant(&grants[4], |facts| facts.generation = 7);
    for grant in grants.iter().rev() {
        let established = store.establish(tenant, grant).await;
        assert_eq!(established.unwrap(), Race::Won);
    }
    let listed = store.list_all_grants(tenant, After::start()).await;
    assert_eq!(listed.unwrap().items, grants);
}

/// An expiring value is added unchanged, and later calls continue from its version and total. If its key exists, the
/// call returns `Lost`.
pub async fn expiring_value_is_added_unchanged_and_once<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let key = ephemeral_key(EphemeralKind::SignInStep, 1);
    let value = Ephemeral {
        value: b"old".to_vec(),
        version: 7,
        total: 9,
    };
    let other = Ephemeral {
        value: b"new".to_vec(),
        ..value.clone()
    };
    for (value, race) in [(&value, Race::Won), (&other, Race::Lost)] {
        let added = store.insert_ephemeral(tenant, &key, value).await;
        assert_eq!(added.unwrap(), race);
    }
    let listed = store.list_ephemera(tenant, After::start()).await;
    assert_eq!(listed.unwrap().items, [(key, value)]);
    let replaced = store.replace(tenant, &key, 7, b"new", NOW).await;
    assert_eq!(replaced.unwrap(), Race::Won);
    let totals = store.add(tenant, &[key], 1, NOW).await.unwrap();
    assert_eq!(totals, [10]);
}

/// A client is added unchanged, including its version and the last uses of its secrets. If its identifier is taken, the
/// call returns `Lost`.
pub async fn client_is_added_unchanged_and_once<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let mut app = Client {
        version: 7,
        ..another("app")
    };
    app.secrets[0].last_used_at = Some(later(3));
    let added = store.insert_client_as_is(tenant, &app).await.unwrap();
    assert_eq!(added, Race::Won);
    let again = store.insert_client_as_is(tenant, &client("app")).await;
    assert_eq!(again.unwrap(), Race::Lost);
    clients::is_stored(&*store, tenant, &app).await;
    insert_clients(&*store, tenant, &[client("other")]).await;
    let taken = store.insert_client_as_is(tenant, &another("other")).await;
    assert_eq!(taken.unwrap(), Race::Lost);
    clients::is_stored(&*store, tenant, &client("other")).await;
}

/// An active client that was added unchanged has its origins.
pub async fn client_added_unchanged_has_origins<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let added = store.insert_client_as_is(tenant, &client("app")).await;
    assert_eq!(added.unwrap(), Race::Won);
    let known = store.has_client_origin(tenant, "https://app.example").await;
    assert!(known.unwrap());
}

/// A definition is added unchanged, including its version. If its key exists, the call returns `Lost`.
pub async fn definition_is_added_unchanged_and_once<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let api = definition("api").at_version(7);
    for race in [Race::Won, Race::Lost] {
        let added = store.insert_definition_as_is(tenant, &api).await;
        assert_eq!(added.unwrap(), race);
    }
    definitions::is_stored(&*store, tenant, &api).await;
}

/// A user is added unchanged, including the version. If the ID or email address is taken, the call returns `Lost`.
pub async fn user_is_added_unchanged_and_once<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let jane = User {
        version: 7,
        ..users::another()
    };
    let same_email = User {
        email: jane.email.clone(),
        ..user(2, "c@d.example")
    };
    for (user, race) in [
        (&jane, Race::Won),
        (&user(1, "c@d.example"), Race::Lost),
        (&same_email, Race::Lost),
    ] {
        let added = store.insert_user_as_is(tenant, user).await.unwrap();
        assert_eq!(added, race);
    }
    users::is_stored(&*store, tenant, &jane).await;
}

/// The last used time step is returned; `None` if there is none, or if the user does not exist.
pub async fn last_time_step_is_latest_used<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    insert_users(&*store, tenant, &[user(1, "a@b.example")]).await;
    let last = async |number| store.last_time_step(tenant, user_id(number)).await.unwrap();
    assert_eq!(last(1).await, None);
    for (step, race) in [(7, Race::Won), (5, Race::Lost), (8, Race::Won)] {
        let used = store.use_time_step(tenant, user_id(1), step).await;
        assert_eq!(used.unwrap(), race);
    }
    assert_eq!(last(1).await, Some(8));
    assert_eq!(last(9).await, None);
}

/// A user's unused recovery codes are listed by their bytes.
pub async fn unused_recovery_codes_are_listed<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let code = |number| SecretDigest::from_bytes([number; 32]);
    let (jane, joe) = (user_id(1), user_id(2));
    for (user, codes) in [
        (jane, &[code(255), code(1), code(2)][..]),
        (joe, &[code(3)]),
    ] {
        let given = store.replace_recovery_codes(tenant, user, codes).await;
        given.unwrap();
    }
    let used = store.use_recovery_code(tenant, jane, &code(2)).await;
    assert_eq!(used.unwrap(), Race::Won);
    let left = store.recovery_codes(tenant, jane).await.unwrap();
    let left: Vec<&[u8; 32]> = left.iter().map(SecretDigest::as_bytes).collect();
    assert_eq!(left, [&[1; 32], &[255; 32]]);
}

/// A sealed value is replaced only if it is still the present one. Other values, versions and recovery codes stay
/// unchanged.
pub async fn unchanged_sealed_value_is_replaced<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let (old, new) = (&[1; 60][..], &[2; 60][..]);
    let key = |id| SigningKey {
        sealed_private_key: old.to_vec(),
        ..signing_key(id)
    };
    signing_keys::add(&*store, tenant, &[key("one"), key("other")]).await;
    insert_users(
        &*store,
        tenant,
        &[user(1, "a@b.example"), user(2, "c@d.example")],
    )
    .await;
    let codes = [SecretDigest::from_bytes([7; 32])];
    for number in [1, 2] {
        let set = store.replace_totp_secret(tenant, user_id(number), None, Some(old), &codes);
        assert_eq!(set.await.unwrap(), Race::Won);
    }
    let of_user = async |number| {
        let found = store.find_user(tenant, UserKey::Id(user_id(number))).await;
        let found = found.unwrap().unwrap();
        (found.sealed_totp_secret.unwrap(), found.version)
    };
    let (version, _) = store.list_signing_keys(tenant).await.unwrap();
    let (_, user_version) = of_user(1).await;
    for place in [
        SealedPlace::SigningKey("one"),
        SealedPlace::Authenticator(user_id(1)),
    ] {
        for (present, race) in [(new, Race::Lost), (old, Race::Won), (old, Race::Lost)] {
            let resealed = store.reseal(tenant, place, present, new).await.unwrap();
            assert_eq!(resealed, race, "{place:?}");
        }
    }
    for missing in [
        SealedPlace::SigningKey("missing"),
        SealedPlace::Authenticator(user_id(9)),
    ] {
        let resealed = store.reseal(tenant, missing, old, new).await.unwrap();
        assert_eq!(resealed, Race::Lost, "{missing:?}");
    }
    let (after, keys) = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!(after, version);
    let mut sealed: Vec<_> = keys.iter().map(|key| &key.sealed_private_key[..]).collect();
    sealed.sort_unstable();
    assert_eq!(sealed, [old, new]);
    let resealed = keys.iter().find(|key| key.sealed_private_key == new);
    assert_eq!(resealed.unwrap().id, "one");
    assert_eq!(of_user(1).await, (new.to_vec(), user_version));
    assert_eq!(of_user(2).await.0, old);
    let left = store.recovery_codes(tenant, user_id(1)).await.unwrap();
    assert_eq!(left.len(), 1);
}
