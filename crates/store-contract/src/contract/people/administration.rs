//! [`UserAdministration`](countersign_ports::UserAdministration): searches, and what operators remove.

use super::belongings::{Left, give, left};
use crate::contract::support::{all, insert_users, user};
use crate::fixtures::{
    changed_grant, client_id, consent, device_id, ephemeral_key, event_in, grant, grant_id,
    identity_id, later, record_of, session_id, user_id,
};
use countersign_domain::grant::Grant;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_ports::{After, Ended, EphemeralKind, EventRecord, Race, Removal, Store};
use std::sync::Arc;

/// A search finds the users whose address begins with the text, in the order of the bytes of the address.
pub async fn search_finds_users_by_prefix_of_address<S: Store>(store: Arc<S>, tenant: TenantId) {
    let emails = [
        "ann@a.example",
        "jo@a.example",
        "joe@a.example",
        "joe\u{10ffff}@a.example",
        "jp@a.example",
        "j\u{f6}rg@a.example",
    ];
    let users = (1..).zip(emails).map(|(number, email)| user(number, email));
    let mut users: Vec<User> = users.collect();
    users.reverse();
    insert_users(&*store, tenant, &users).await;
    for (prefix, expected) in [
        ("JO", &[1, 2, 3][..]),
        ("joe", &[2, 3]),
        ("joe\u{10ffff}", &[3]),
        ("j", &[1, 2, 3, 4, 5]),
        ("jo@a.example", &[1]),
        ("jo@a.example.", &[]),
        ("j\u{f6}", &[5]),
        ("o", &[]),
        ("%", &[]),
        ("_o", &[]),
        ("\u{10ffff}", &[]),
    ] {
        let prefix = EmailPrefix::parse(prefix).unwrap();
        let found = all(store.search_users(tenant, &prefix, After::start()).await);
        let found: Vec<_> = found.iter().map(|user| user.email.as_str()).collect();
        let expected: Vec<_> = expected.iter().map(|index| emails[*index]).collect();
        assert_eq!(found, expected);
    }
}

/// The grants of a user are listed by ID, live or not, and no other grants.
pub async fn user_grants_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let of = |number, user| {
        changed_grant(&grant(number), |facts| {
            facts.authorization.subject = user_id(user).into();
        })
    };
    let mut theirs = [256, 3, 1].map(|number| of(number, 1));
    theirs[0] = changed_grant(&theirs[0], |facts| facts.revoked_at = Some(later(1)));
    theirs[1] = changed_grant(&theirs[1], |facts| facts.expires_at = later(0));
    for grant in theirs.iter().chain([&of(2, 2), &grant(4)]) {
        assert_eq!(store.establish(tenant, grant).await.unwrap(), Race::Won);
    }
    theirs.reverse();
    let list = async |user: u8| {
        let listed = store.list_user_grants(tenant, user_id(user), After::start());
        all::<Grant>(listed.await)
    };
    assert_eq!(list(1).await, theirs);
    assert_eq!(list(3).await, []);
}

/// Removal of something of a numbered user, what it ends, and how it changes what is left.
type Case = (Removal, Ended, fn(&mut Left));

fn cases(number: u8) -> [Case; 10] {
    let (user, id) = (user_id(number), u64::from(number));
    let none = Ended::default;
    let session = || Ended {
        sessions: vec![session_id(id)],
        ..none()
    };
    let one = || Ended {
        grants: 1,
        ..none()
    };
    let attempts = [200, id].map(|number| ephemeral_key(EphemeralKind::Attempts, number));
    [
        (Removal::Passkey(user, vec![number]), none(), |left| {
            left.passkeys = 0;
        }),
        (Removal::RecoveryCodes(user), none(), |left| left.codes = 0),
        (Removal::Device(user, device_id(id)), none(), |left| {
            left.devices = 0;
        }),
        (Removal::Identity(user, identity_id(id)), none(), |left| {
            left.identities = 0;
        }),
        (Removal::Consent(user, client_id("app")), one(), |left| {
            (left.consents, left.grants) = (0, 0);
        }),
        (Removal::Session(session_id(id)), session(), |left| {
            left.live_sessions = 0;
        }),
        (Removal::Sessions(user), session(), |left| {
            left.live_sessions = 0;
        }),
        (Removal::Grant(grant_id(id)), one(), |left| left.grants = 0),
        (Removal::Grants(user), one(), |left| left.grants = 0),
        (Removal::Attempts(attempts.into()), none(), |left| {
            left.attempts = 0;
        }),
    ]
}

async fn events(store: &impl Store, tenant: TenantId) -> Vec<EventRecord> {
    all(store.list_events(tenant, After::start()).await)
}

/// A removal removes only what it names, once, and stores its event in the same transaction. A repeated removal finds
/// nothing and stores no event.
pub async fn removal_removes_only_what_it_names_with_its_event<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for index in 0..cases(1).len() {
        let number = u8::try_from(2 * index + 1).unwrap();
        let (removal, ended, change) = &cases(number)[index];
        for number in [number, number + 1] {
            give(&*store, tenant, number).await;
        }
        let mut expected = left(&*store, tenant, number).await;
        let others = left(&*store, tenant, number + 1).await;
        assert_eq!(expected, others);
        change(&mut expected);
        let event = event_in(tenant);
        let removed = store.remove(tenant, removal, &event).await.unwrap();
        assert_eq!(removed.as_ref(), Some(ended), "{removal:?}");
        let now = left(&*store, tenant, number).await;
        assert_eq!(now, expected, "{removal:?}");
        assert_ne!(now, others, "{removal:?}");
        let unchanged = left(&*store, tenant, number + 1).await;
        assert_eq!(unchanged, others, "{removal:?}");
        let again = store.remove(tenant, removal, &event_in(tenant)).await;
        assert_eq!(again.unwrap(), None, "{removal:?}");
        assert_eq!(events(&*store, tenant).await.last(), Some(&event));
    }
}

/// Withdrawing consent revokes grants even without a stored consent.
pub async fn withdrawal_revokes_grants_without_consent<S: Store>(store: Arc<S>, tenant: TenantId) {
    give(&*store, tenant, 1).await;
    let app = client_id("app");
    let withdrawn = store.remove_consent(tenant, user_id(1), &app).await;
    assert_eq!(withdrawn.unwrap(), Race::Won);
    let removal = Removal::Consent(user_id(1), app);
    let removed = store.remove(tenant, &removal, &event_in(tenant)).await;
    assert_eq!(removed.unwrap().map(|ended| ended.grants), Some(1));
    assert_eq!(left(&*store, tenant, 1).await.grants, 0);
    let again = consent(1, "app");
    store.put_consent(tenant, &again).await.unwrap();
    let removed = store.remove(tenant, &removal, &event_in(tenant)).await;
    assert_eq!(removed.unwrap(), Some(Ended::default()));
}

/// A removal for another user finds nothing.
pub async fn removal_for_another_user_finds_nothing<S: Store>(store: Arc<S>, tenant: TenantId) {
    give(&*store, tenant, 1).await;
    let before = left(&*store, tenant, 1).await;
    let joe = user_id(2);
    for removal in [
        Removal::Passkey(joe, vec![1]),
        Removal::RecoveryCodes(joe),
        Removal::Device(joe, device_id(1)),
        Removal::Identity(joe, identity_id(1)),
        Removal::Consent(joe, client_id("app")),
        Removal::Consent(user_id(1), client_id("other")),
        Removal::Session(session_id(2)),
        Removal::Sessions(joe),
        Removal::Grant(grant_id(2)),
        Removal::Grants(joe),
        Removal::Attempts(Vec::new()),
    ] {
        let removed = store.remove(tenant, &removal, &event_in(tenant)).await;
        assert_eq!(removed.unwrap(), None, "{removal:?}");
    }
    assert_eq!(left(&*store, tenant, 1).await, before);
    assert_eq!(events(&*store, tenant).await, []);
}

/// Ended sessions and revoked grants have the time of the event.
pub async fn removal_ends_at_time_of_event<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_users(&*store, tenant, &[user(1, "a@b.example")]).await;
    give(&*store, tenant, 1).await;
    for removal in [Removal::Session(session_id(1)), Removal::Grant(grant_id(1))] {
        let mut event = event_in(tenant).event;
        event.at = later(77);
        let event = record_of(tenant, event);
        let removed = store.remove(tenant, &removal, &event).await.unwrap();
        assert!(removed.is_some());
    }
    let (session, _) = store
        .find_session(tenant, session_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(session.ended_at, Some(later(77)));
    let grant = store.find_grant(tenant, grant_id(1)).await.unwrap();
    assert_eq!(grant.unwrap().facts().revoked_at, Some(later(77)));
}
