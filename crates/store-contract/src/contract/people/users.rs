//! [`UserRepository`](countersign_ports::UserRepository): new users, lookup and one-time codes.

use crate::contract::clients::MEMBERS;
use crate::contract::support::{all, facts_of_user, insert_users, user, winners};
use crate::fixtures::{NOW, attributes, event_in, held_roles, later, user_id};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::identifier::UserId;
use countersign_domain::later::LaterMembers;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::profile::{Address, Agreement, Profile};
use countersign_domain::user::{Email, User};
use countersign_ports::{After, Race, Store, UserKey};
use std::slice;
use std::sync::Arc;

/// Returns a user that differs from `user(1, ..)` in everything except ID and version.
pub(crate) fn another() -> User {
    let mut profile = Profile::default();
    profile.phone_number_verified = true;
    profile.updated_at = Some(later(9));
    profile.address = Some(Address {
        formatted: Some("1 \"Main\" St\n日本語 \0 '; --".into()),
        street_address: Some(String::new()),
        locality: Some("Town".into()),
        region: None,
        postal_code: Some("0".into()),
        country: Some("Ægir".into()),
    });
    profile.agreements = vec![Agreement {
        document: "terms".into(),
        version: "2026-11".into(),
        at: later(8),
    }];
    for claim in StandardClaim::ALL {
        let text = format!("{claim:?} 👩‍🚀 \"quoted\" \0\u{1a} \\u0000");
        profile.set_text(*claim, Profile::is_text(*claim).then_some(text));
    }
    User {
        email_verified: false,
        name: None,
        profile,
        enabled: false,
        password_hash: None,
        sealed_totp_secret: Some(vec![0, 255, 1]),
        created_at: later(1),
        self_registered: true,
        email_changed_at: Some(later(3)),
        roles: held_roles(),
        attributes: attributes(),
        later: LaterMembers::new(MEMBERS),
        ..user(1, "ægir+x@exämple.example")
    }
}

/// Inserts three users to change: an enabled one, a disabled one with the same data, and one without a password.
pub(crate) async fn insert_three(store: &impl Store, tenant: TenantId) -> [User; 3] {
    let first = User {
        email_verified: false,
        sealed_totp_secret: Some(vec![0, 255]),
        ..user(1, "a@b.example")
    };
    let disabled = User {
        enabled: false,
        id: user_id(2),
        email: Email::parse("c@d.example").unwrap(),
        ..first.clone()
    };
    let bare = User {
        password_hash: None,
        sealed_totp_secret: None,
        ..user(3, "e@f.example")
    };
    let users = [first, disabled, bare];
    insert_users(store, tenant, &users).await;
    users
}

pub(crate) async fn is_stored(store: &impl Store, tenant: TenantId, user: &User) {
    for key in [UserKey::Id(user.id), UserKey::Email(&user.email)] {
        let found = store.find_user(tenant, key).await.unwrap().unwrap();
        assert_eq!(facts_of_user(&found), facts_of_user(user));
    }
}

/// A stored user keeps every field, and is found by ID and email address.
pub async fn new_user_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    for user in [user(2, "jane@example.com"), another()] {
        insert_users(&*store, tenant, slice::from_ref(&user)).await;
        is_stored(&*store, tenant, &user).await;
    }
}

/// A new user has version 1, whatever version the caller passes.
pub async fn new_user_has_version_one<S: Store>(store: Arc<S>, tenant: TenantId) {
    for version in [0, 1, 7] {
        let number = u8::try_from(version).unwrap();
        let one = User {
            version,
            ..user(number, &format!("{number}@b.example"))
        };
        insert_users(&*store, tenant, slice::from_ref(&one)).await;
        is_stored(&*store, tenant, &User { version: 1, ..one }).await;
    }
}

/// A user that does not exist is not found.
pub async fn unknown_user_is_not_found<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_users(&*store, tenant, &[user(1, "a@b.example")]).await;
    for email in ["a@b.exampl", "c@d.example"] {
        let email = Email::parse(email).unwrap();
        let found = store.find_user(tenant, UserKey::Email(&email)).await;
        assert!(found.unwrap().is_none());
    }
    let by_id = store.find_user(tenant, UserKey::Id(user_id(2))).await;
    assert!(by_id.unwrap().is_none());
}

/// Inserting a taken ID or email address returns `Lost` and changes nothing.
pub async fn inserting_taken_id_or_email_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let first = user(1, "a@b.example");
    insert_users(&*store, tenant, slice::from_ref(&first)).await;
    for taken in [user(1, "c@d.example"), user(2, "a@b.example")] {
        let inserted = store.insert_user(tenant, &taken, None).await;
        assert_eq!(inserted.unwrap(), Race::Lost);
    }
    is_stored(&*store, tenant, &first).await;
    let listed = all(store.list_users(tenant, After::start()).await);
    assert_eq!(listed.len(), 1);
}

/// Of concurrent inserts of one email address, one wins.
pub async fn concurrent_inserts_of_one_email_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let won = winners(&store, |store, number| async move {
        let number = u8::try_from(number).unwrap();
        let user = user(number, "a@b.example");
        store.insert_user(tenant, &user, None).await
    });
    assert_eq!(won.await, 1);
    let listed = all(store.list_users(tenant, After::start()).await);
    assert_eq!(listed.len(), 1);
}

/// Users are listed by ID.
pub async fn users_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let at = |number: u8, created_at| User {
        created_at,
        ..user(number, &format!("{number}@b.example"))
    };
    let in_order = [
        at(1, later(2)),
        at(2, later(1)),
        at(3, later(1)),
        at(200, NOW),
    ];
    let mut reversed = in_order.clone();
    reversed.reverse();
    insert_users(&*store, tenant, &reversed).await;
    let listed = all(store.list_users(tenant, After::start()).await);
    let facts = |users: &[User]| users.iter().map(facts_of_user).collect::<Vec<_>>();
    assert_eq!(facts(&listed), facts(&in_order));
}

/// A time step is accepted only if it is later than every step used before.
pub async fn used_time_step_blocks_itself_and_earlier_steps<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let users = [1, 2].map(|number| user(number, &format!("{number}@b.example")));
    insert_users(&*store, tenant, &users).await;
    let id = UserId::from_bytes([1; 16]);
    let steps = [
        (58_000_000, Race::Won),
        (58_000_000, Race::Lost),
        (57_999_999, Race::Lost),
        (58_000_001, Race::Won),
        (58_000_000, Race::Lost),
    ];
    for (step, race) in steps {
        assert_eq!(
            store.use_time_step(tenant, id, step).await.unwrap(),
            race,
            "{step}"
        );
    }
    let other = UserId::from_bytes([2; 16]);
    let of_other = store
        .use_time_step(tenant, other, 58_000_000)
        .await
        .unwrap();
    assert_eq!(of_other, Race::Won);
}

/// An update of the user does not make a used step valid again.
pub async fn update_keeps_used_time_step<S: Store>(store: Arc<S>, tenant: TenantId) {
    let one = user(1, "a@b.example");
    insert_users(&*store, tenant, slice::from_ref(&one)).await;
    let used = store.use_time_step(tenant, one.id, 7).await;
    assert_eq!(used.unwrap(), Race::Won);
    let updated = store
        .update_user(tenant, &another(), &event_in(tenant))
        .await;
    assert_eq!(updated.unwrap(), Race::Won);
    assert_eq!(
        store.use_time_step(tenant, one.id, 7).await.unwrap(),
        Race::Lost
    );
}

/// Of concurrent uses of one code, one wins.
pub async fn concurrent_uses_of_one_time_step_have_one_winner<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    insert_users(&*store, tenant, &[user(1, "a@b.example")]).await;
    let id = user_id(1);
    let won = winners(&store, |store, _| async move {
        store.use_time_step(tenant, id, 7).await
    });
    assert_eq!(won.await, 1);
}

/// Using a time step of a user that does not exist returns `Lost`.
pub async fn time_step_of_unknown_user_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    let id = UserId::from_bytes([1; 16]);
    assert_eq!(
        store.use_time_step(tenant, id, 7).await.unwrap(),
        Race::Lost
    );
}
