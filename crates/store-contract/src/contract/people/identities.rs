//! [`IdentityRepository`](countersign_ports::IdentityRepository).

use crate::contract::slices::{ABSENT, NUMBERS, comes_in_slices};
use crate::contract::support::{all, insert_users, user};
use crate::fixtures::{event_in, identity, identity_id, later, user_id};
use countersign_domain::federation::identity::Identity;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Race, Store, UserKey};
use std::sync::Arc;

async fn insert(store: &impl Store, tenant: TenantId, identity: &Identity) {
    let inserted = store.insert_identity(tenant, identity).await;
    assert_eq!(inserted.unwrap(), Race::Won);
}

async fn is_stored(store: &impl Store, tenant: TenantId, identity: &Identity) {
    let found = store.find_identity(tenant, identity.id).await.unwrap();
    assert!(found.as_ref() == Some(identity));
}

/// Returns an identity that differs from `identity(number)` in everything except ID and owner.
fn another(number: u64) -> Identity {
    Identity {
        provider: "other".into(),
        issuer: "Ünïcode \0 '; --".into(),
        subject: "👩‍🚀".repeat(200),
        email: None,
        created_at: later(1),
        last_used_at: Some(later(2)),
        ..identity(number)
    }
}

/// A stored identity keeps every field.
pub async fn new_identity_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    for identity in [identity(1), another(u64::MAX)] {
        insert(&*store, tenant, &identity).await;
        is_stored(&*store, tenant, &identity).await;
    }
    let unknown = store.find_identity(tenant, identity_id(2)).await.unwrap();
    assert!(unknown.is_none());
}

/// Inserting an identity with an existing ID returns `Lost` and changes nothing, even for another user.
pub async fn inserting_existing_identity_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &identity(1)).await;
    let other = Identity {
        user: user_id(2),
        ..another(1)
    };
    let lost = store.insert_identity(tenant, &other).await.unwrap();
    assert_eq!(lost, Race::Lost);
    is_stored(&*store, tenant, &identity(1)).await;
}

/// A user is added with an identity and an event, or none of them is. It loses if the address or the identity is taken.
pub async fn user_and_identity_are_added_together<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_users(&*store, tenant, &[user(2, "taken@b.example")]).await;
    let linked = identity(9);
    insert(&*store, tenant, &linked).await;
    let own = |number| Identity {
        user: user_id(1),
        ..identity(number)
    };
    for (address, number) in [("taken@b.example", 1), ("new@b.example", 9)] {
        let new = user(1, address);
        let event = event_in(tenant);
        let linked = own(number);
        let lost = store.insert_user_with_identity(tenant, &new, &linked, &event);
        assert_eq!(lost.await.unwrap(), Race::Lost, "{address} {number}");
        let key = UserKey::Id(new.id);
        assert!(store.find_user(tenant, key).await.unwrap().is_none());
    }
    let not_linked = store.find_identity(tenant, identity_id(1)).await.unwrap();
    assert!(not_linked.is_none());
    assert!(all(store.list_events(tenant, After::start()).await).is_empty());

    let (new, linked, event) = (user(1, "new@b.example"), own(1), event_in(tenant));
    let won = store.insert_user_with_identity(tenant, &new, &linked, &event);
    assert_eq!(won.await.unwrap(), Race::Won);
    is_stored(&*store, tenant, &linked).await;
    let found = store.find_user(tenant, UserKey::Email(&new.email)).await;
    let found = found.unwrap().unwrap();
    assert_eq!((found.id, found.version), (new.id, 1));
    let events = all(store.list_events(tenant, After::start()).await);
    assert_eq!(events, [event]);
}

/// Only one of several concurrent first sign-ins adds its user.
pub async fn concurrent_first_sign_ins_have_one_winner<S: Store>(store: Arc<S>, tenant: TenantId) {
    let tasks = (1..=8).map(|number: u8| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let new = user(number, &format!("{number}@b.example"));
            let own = Identity {
                user: new.id,
                ..identity(1)
            };
            let event = event_in(tenant);
            store
                .insert_user_with_identity(tenant, &new, &own, &event)
                .await
        })
    });
    let mut won = 0;
    for task in tasks.collect::<Vec<_>>() {
        won += usize::from(task.await.unwrap().unwrap() == Race::Won);
    }
    assert_eq!(won, 1);
    assert_eq!(all(store.list_users(tenant, After::start()).await).len(), 1);
}

/// A user's identities are listed by ID.
pub async fn user_identities_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let in_order = [another(1), identity(2), identity(256)];
    for identity in in_order.iter().rev() {
        insert(&*store, tenant, identity).await;
    }
    let of_other = Identity {
        user: user_id(2),
        ..identity(5)
    };
    insert(&*store, tenant, &of_other).await;
    let list = async |user| all(store.list_identities(tenant, user, After::start()).await);
    assert!(list(user_id(1)).await == in_order);
    assert!(list(user_id(3)).await.is_empty());
}

/// An update replaces the address and the last use. It loses for another owner or an unknown ID.
pub async fn update_replaces_address_and_last_use_of_identity<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert(&*store, tenant, &identity(1)).await;
    let of_other = Identity {
        user: user_id(2),
        ..another(1)
    };
    for lost in [&of_other, &another(2)] {
        let lost = store.update_identity(tenant, lost).await.unwrap();
        assert_eq!(lost, Race::Lost);
    }
    is_stored(&*store, tenant, &identity(1)).await;
    let won = store.update_identity(tenant, &another(1)).await.unwrap();
    assert_eq!(won, Race::Won);
    let updated = Identity {
        email: None,
        last_used_at: Some(later(2)),
        ..identity(1)
    };
    is_stored(&*store, tenant, &updated).await;
}

/// Only the owner can unlink an identity. Otherwise, or if it does not exist, the call returns `Lost`.
pub async fn only_owner_removes_identity<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in [1, 2] {
        insert(&*store, tenant, &identity(number)).await;
    }
    for (user, race) in [(2, Race::Lost), (1, Race::Won), (1, Race::Lost)] {
        let id = identity_id(1);
        let removed = store.remove_identity(tenant, user_id(user), id).await;
        assert_eq!(removed.unwrap(), race);
    }
    let removed = store.find_identity(tenant, identity_id(1)).await.unwrap();
    assert!(removed.is_none());
    is_stored(&*store, tenant, &identity(2)).await;
}

/// Unlinking all identities of a user returns their number and keeps those of other users.
pub async fn removing_all_identities_keeps_those_of_other_users<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let of_other = Identity {
        user: user_id(2),
        ..identity(3)
    };
    for identity in [&identity(1), &identity(2), &of_other] {
        insert(&*store, tenant, identity).await;
    }
    for count in [2, 0] {
        let removed = store.remove_identities(tenant, user_id(1)).await;
        assert_eq!(removed.unwrap(), count);
    }
    is_stored(&*store, tenant, &of_other).await;
}

/// [`IdentityRepository::list_identities`](countersign_ports::IdentityRepository::list_identities).
pub async fn user_identities_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in NUMBERS.into_iter().rev().chain([4]) {
        let mut identity = identity(number);
        if number == 4 {
            identity.user = user_id(2);
        }
        let inserted = store.insert_identity(tenant, &identity).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    let list = |after| store.list_identities(tenant, user_id(1), after);
    let (expected, absent) = (NUMBERS.map(identity_id), identity_id(ABSENT));
    comes_in_slices(expected, absent, |identity| identity.id, list).await;
}
