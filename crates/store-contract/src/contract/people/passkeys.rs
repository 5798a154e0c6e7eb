//! [`PasskeyRepository`](countersign_ports::PasskeyRepository).

use crate::contract::support::all;
use crate::fixtures::{later, passkey, user_id};
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Race, Store};
use std::sync::Arc;

async fn insert(store: &impl Store, tenant: TenantId, passkey: &Passkey) {
    assert_eq!(
        store.insert_passkey(tenant, passkey).await.unwrap(),
        Race::Won
    );
}

async fn is_stored(store: &impl Store, tenant: TenantId, passkey: &Passkey) {
    let found = store.find_passkey(tenant, &passkey.id).await.unwrap();
    assert!(found.as_ref() == Some(passkey));
}

/// Returns a passkey that differs from `passkey(id)` in everything except ID and owner.
fn another(id: &[u8]) -> Passkey {
    Passkey {
        name: "Ünïcode 👩‍🚀 \0 '; --".into(),
        credential: vec![],
        created_at: later(1),
        last_used_at: Some(later(2)),
        ..passkey(id)
    }
}

/// A stored passkey keeps every field. Lookup uses all bytes of its ID.
pub async fn new_passkey_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    let long = [0xff; 1023];
    for passkey in [passkey(&[1]), another(&[1, 0]), another(&long)] {
        insert(&*store, tenant, &passkey).await;
        is_stored(&*store, tenant, &passkey).await;
    }
    for unknown in [&[2][..], &[1, 0, 0], &[]] {
        assert!(store.find_passkey(tenant, unknown).await.unwrap().is_none());
    }
}

/// Inserting a taken ID returns `Lost` and changes nothing, even for another user.
pub async fn inserting_taken_passkey_id_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &passkey(&[1])).await;
    let taken = Passkey {
        user: user_id(2),
        ..another(&[1])
    };
    assert_eq!(
        store.insert_passkey(tenant, &taken).await.unwrap(),
        Race::Lost
    );
    is_stored(&*store, tenant, &passkey(&[1])).await;
}

/// A user's passkeys are listed by the byte order of their IDs.
pub async fn user_passkeys_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let in_order = [
        another(&[1]),
        passkey(&[1, 0]),
        another(&[2]),
        passkey(&[200]),
    ];
    for passkey in in_order.iter().rev() {
        insert(&*store, tenant, passkey).await;
    }
    let of_other = Passkey {
        user: user_id(2),
        ..passkey(&[5])
    };
    insert(&*store, tenant, &of_other).await;
    assert!(
        all(store
            .list_passkeys(tenant, user_id(1), After::start())
            .await)
            == in_order
    );
    assert!(
        all(store
            .list_passkeys(tenant, user_id(3), After::start())
            .await)
        .is_empty()
    );
}

/// Only the owner can rename a passkey. Otherwise, or if it does not exist, the call returns `Lost`. Nothing but the name
/// changes.
pub async fn only_owner_renames_passkey<S: Store>(store: Arc<S>, tenant: TenantId) {
    for id in [&[1], &[2]] {
        insert(&*store, tenant, &passkey(id)).await;
    }
    let rename = async |user, id: &[u8], name| {
        let renamed = store.rename_passkey(tenant, user_id(user), id, name);
        renamed.await.unwrap()
    };
    assert_eq!(rename(2, &[1], "Stolen").await, Race::Lost);
    assert_eq!(rename(1, &[3], "Unknown").await, Race::Lost);
    assert_eq!(rename(1, &[1], "Ünïcode").await, Race::Won);
    let renamed = Passkey {
        name: "Ünïcode".into(),
        ..passkey(&[1])
    };
    is_stored(&*store, tenant, &renamed).await;
    is_stored(&*store, tenant, &passkey(&[2])).await;
}

/// An update replaces the credential and last use of one passkey, but not its name, owner or creation time.
pub async fn update_replaces_passkey_credential_and_last_use<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for id in [&[1], &[2]] {
        insert(&*store, tenant, &passkey(id)).await;
    }
    let changed = Passkey {
        user: user_id(2),
        ..another(&[1])
    };
    assert_eq!(
        store.update_passkey(tenant, &changed).await.unwrap(),
        Race::Won
    );
    let expected = Passkey {
        user: user_id(1),
        name: passkey(&[1]).name,
        created_at: passkey(&[1]).created_at,
        ..changed
    };
    is_stored(&*store, tenant, &expected).await;
    is_stored(&*store, tenant, &passkey(&[2])).await;
    let unused = passkey(&[1]);
    assert_eq!(
        store.update_passkey(tenant, &unused).await.unwrap(),
        Race::Won
    );
    is_stored(&*store, tenant, &unused).await;
}

/// Updating a passkey that does not exist returns `Lost`.
pub async fn updating_unknown_passkey_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let updated = store.update_passkey(tenant, &passkey(&[1])).await.unwrap();
    assert_eq!(updated, Race::Lost);
    assert!(store.find_passkey(tenant, &[1]).await.unwrap().is_none());
}

/// Only the owner can remove a passkey. Otherwise, or if it does not exist, the call returns `Lost`.
pub async fn only_owner_removes_passkey<S: Store>(store: Arc<S>, tenant: TenantId) {
    for id in [&[1], &[2]] {
        insert(&*store, tenant, &passkey(id)).await;
    }
    for (user, race) in [(2, Race::Lost), (1, Race::Won), (1, Race::Lost)] {
        let removed = store
            .remove_passkey(tenant, user_id(user), &[1])
            .await
            .unwrap();
        assert_eq!(removed, race);
    }
    assert!(store.find_passkey(tenant, &[1]).await.unwrap().is_none());
    is_stored(&*store, tenant, &passkey(&[2])).await;
}
