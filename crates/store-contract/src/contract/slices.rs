//! Lists in slices: with any limit, all items are listed in key order, each exactly once.

use super::definitions::{self, definition};
use super::support::{client, insert_clients, insert_users, user};
use crate::fixtures::{
    changed_grant, client_id, consent, device, device_id, event_in, event_record, grant, grant_id,
    later, node_id, passkey, record_of, session, session_id, user_id,
};
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::event::EventId;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::Email;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_ports::{
    After, Definition, DefinitionKind, Ephemeral, EphemeralKey, EphemeralKind, Race, Slice, Store,
    StoreError, StoredEvent, Transfer,
};
use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

/// Uses six keys, so that the last slice is full with some limits and partial with others.
pub(super) async fn comes_in_slices<K, T, F>(
    expected: [K; 6],
    absent: K,
    key_of: impl Fn(&T) -> K,
    list: impl Fn(After<K>) -> F,
) where
    K: Clone + PartialEq + Debug,
    F: Future<Output = Result<Slice<T>, StoreError>>,
{
    for limit in [1, 2, 3, 4, 6, 7] {
        let mut read: Vec<K> = Vec::new();
        loop {
            let key = read.last().cloned();
            let slice = list(After { key, limit }).await.unwrap();
            let count = slice.items.len();
            assert!(count <= limit as usize, "{count} of {limit}");
            read.extend(slice.items.iter().map(&key_of));
            let is_behind = read.len() == expected.len();
            assert_eq!(slice.has_more, !is_behind, "limit {limit}: {read:?}");
            if !slice.has_more {
                break;
            }
            assert_eq!(count, limit as usize);
        }
        assert_eq!(read, expected, "limit {limit}");
    }
    // The item with this key may be deleted before the next slice is read.
    let rest = list(After::key(absent)).await.unwrap();
    let keys: Vec<K> = rest.items.iter().map(&key_of).collect();
    assert_eq!(keys, expected[3..], "after an absent key");
    assert!(!rest.has_more);
    let end = list(After::key(expected[5].clone())).await.unwrap();
    assert!(end.items.is_empty() && !end.has_more);
}

/// Numbers of the items.
pub(super) const NUMBERS: [u64; 6] = [1, 2, 3, 255, 256, u64::MAX];
pub(super) const ABSENT: u64 = 99;

/// [`GrantRepository::list_grants`](countersign_ports::GrantRepository::list_grants).
pub async fn session_grants_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    let own = session_id(1);
    for number in NUMBERS.into_iter().rev().chain([4]) {
        let session = if number == 4 { session_id(2) } else { own };
        let grant = changed_grant(&grant(number), |facts| {
            facts.authorization.session = Some(session);
        });
        let established = store.establish(tenant, &grant).await;
        assert_eq!(established.unwrap(), Race::Won);
    }
    let list = |after| store.list_grants(tenant, own, after);
    let key = |grant: &Grant| grant.id();
    comes_in_slices(NUMBERS.map(grant_id), grant_id(ABSENT), key, list).await;
}

/// [`Transfer::list_all_grants`].
pub async fn all_grants_are_listed_in_slices<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    for number in NUMBERS.into_iter().rev() {
        let established = store.establish(tenant, &grant(number)).await;
        assert_eq!(established.unwrap(), Race::Won);
    }
    let list = |after| store.list_all_grants(tenant, after);
    let key = |grant: &Grant| grant.id();
    comes_in_slices(NUMBERS.map(grant_id), grant_id(ABSENT), key, list).await;
}

/// [`ClientRepository::list_clients`](countersign_ports::ClientRepository::list_clients).
pub async fn clients_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    let ids = ["B", "a-b", "ab", "b", "c", "~"];
    let mut clients = ids.map(client);
    clients.reverse();
    insert_clients(&*store, tenant, &clients).await;
    let list = |after| store.list_clients(tenant, None, after);
    let absent = client_id("abc");
    comes_in_slices(ids.map(client_id), absent, |client| client.id.clone(), list).await;
}

/// A list of an owner's clients has all of them and no others. A client that gets another owner leaves it.
pub async fn clients_of_owner_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    let ids = ["B", "a-b", "ab", "b", "c", "~"];
    let jane = Holder::User(user_id(1));
    let owned = |id: &str, owner: &Holder| Client {
        owner: Some(owner.clone()),
        ..client(id)
    };
    let bot = Holder::Client(client_id("ci:bot"));
    let moved = owned("moved", &jane);
    let others = [client("a"), owned("aa", &bot), moved.clone()];
    insert_clients(&*store, tenant, &others).await;
    insert_clients(&*store, tenant, &ids.map(|id| owned(id, &jane))).await;
    let moved = Client {
        owner: Some(bot),
        ..moved
    };
    let updated = store.update_client(tenant, &moved, &event_in(tenant)).await;
    assert_eq!(updated.unwrap(), Race::Won);
    let list = |after| store.list_clients(tenant, Some(&jane), after);
    let absent = client_id("abc");
    comes_in_slices(ids.map(client_id), absent, |client| client.id.clone(), list).await;
}

/// [`DefinitionRepository::list_definitions`](countersign_ports::DefinitionRepository::list_definitions).
pub async fn definitions_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    let ids = ["B", "a-b", "ab", "b", "c", "~"];
    let mut all = ids.map(definition);
    all.reverse();
    definitions::insert(&*store, tenant, &all).await;
    let kind = DefinitionKind::ResourceServer;
    let list = |after| store.list_definitions(tenant, kind, after);
    let id = |definition: &Definition| definition.key().id;
    comes_in_slices(ids.map(String::from), "abc".into(), id, list).await;
}

/// [`UserRepository::list_users`](countersign_ports::UserRepository::list_users).
pub async fn users_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    let numbers = [1, 2, 3, 127, 128, 255];
    let mut users = numbers.map(|number| user(number, &format!("{number}@b.example")));
    users.reverse();
    insert_users(&*store, tenant, &users).await;
    let list = |after| store.list_users(tenant, after);
    comes_in_slices(numbers.map(user_id), user_id(99), |user| user.id, list).await;
}

/// [`UserAdministration::search_users`](countersign_ports::UserAdministration::search_users).
pub async fn found_users_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    let emails = [
        "jo!@a.example",
        "jo@a.example",
        "joe@a.example",
        "joy@a.example",
        "jo\u{e9}@a.example",
        "jo\u{10ffff}@a.example",
    ];
    let others = ["jn@a.example", "jp@a.example"];
    let users = (1..).zip(emails.into_iter().chain(others));
    let mut users: Vec<_> = users.map(|(number, email)| user(number, email)).collect();
    users.reverse();
    insert_users(&*store, tenant, &users).await;
    let prefix = EmailPrefix::parse("jo").unwrap();
    let email = |text| Email::parse(text).unwrap();
    let list = |after| store.search_users(tenant, &prefix, after);
    let absent = email("joe@b.example");
    comes_in_slices(emails.map(email), absent, |user| user.email.clone(), list).await;
}

/// [`UserAdministration::list_user_grants`](countersign_ports::UserAdministration::list_user_grants).
pub async fn user_grants_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in NUMBERS.into_iter().rev().chain([4]) {
        let owner = user_id(if number == 4 { 2 } else { 1 });
        let grant = changed_grant(&grant(number), |facts| {
            facts.authorization.subject = owner.into();
        });
        let established = store.establish(tenant, &grant).await;
        assert_eq!(established.unwrap(), Race::Won);
    }
    let list = |after| store.list_user_grants(tenant, user_id(1), after);
    let key = |grant: &Grant| grant.id();
    comes_in_slices(NUMBERS.map(grant_id), grant_id(ABSENT), key, list).await;
}

/// [`SessionRepository::list_sessions`](countersign_ports::SessionRepository::list_sessions).
pub async fn user_sessions_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in NUMBERS.into_iter().rev().chain([4]) {
        let mut session = session(number);
        if number == 4 {
            session.user = user_id(2);
        }
        let inserted = store.insert_session(tenant, &session).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    let list = |after| store.list_sessions(tenant, user_id(1), after);
    let (expected, absent) = (NUMBERS.map(session_id), session_id(ABSENT));
    comes_in_slices(expected, absent, |session| session.id, list).await;
}

/// [`ConsentRepository::list_consents`](countersign_ports::ConsentRepository::list_consents).
pub async fn user_consents_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    let ids = ["B", "a-b", "ab", "b", "c", "~"];
    for id in ids.into_iter().rev() {
        store.put_consent(tenant, &consent(1, id)).await.unwrap();
    }
    let of_other = consent(2, "aba");
    store.put_consent(tenant, &of_other).await.unwrap();
    let list = |after| store.list_consents(tenant, user_id(1), after);
    let (expected, absent) = (ids.map(client_id), client_id("abc"));
    comes_in_slices(expected, absent, |consent| consent.client.clone(), list).await;
}

/// [`PasskeyRepository::list_passkeys`](countersign_ports::PasskeyRepository::list_passkeys).
pub async fn user_passkeys_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    let ids: [&[u8]; 6] = [&[0], &[1], &[1, 0], &[1, 1], &[2], &[255]];
    for id in ids.into_iter().rev() {
        let inserted = store.insert_passkey(tenant, &passkey(id)).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    let mut of_other = passkey(&[1, 0, 1]);
    of_other.user = user_id(2);
    let inserted = store.insert_passkey(tenant, &of_other).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    let list = |after| store.list_passkeys(tenant, user_id(1), after);
    let (expected, absent) = (ids.map(<[u8]>::to_vec), vec![1, 0, 0]);
    comes_in_slices(expected, absent, |passkey| passkey.id.clone(), list).await;
}

/// [`DeviceRepository::list_devices`](countersign_ports::DeviceRepository::list_devices).
pub async fn user_devices_are_listed_in_slices<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in NUMBERS.into_iter().rev().chain([4]) {
        let mut device = device(number);
        if number == 4 {
            device.user = user_id(2);
        }
        let inserted = store.insert_device(tenant, &device).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    let list = |after| store.list_devices(tenant, user_id(1), after);
    let (expected, absent) = (NUMBERS.map(device_id), device_id(ABSENT));
    comes_in_slices(expected, absent, |device| device.id, list).await;
}

/// [`Audit::list_events`](countersign_ports::Audit::list_events).
pub async fn events_are_listed_in_slices<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let id = |(node, number)| EventId {
        node: node_id(node),
        number,
    };
    let ids = [(1, 2), (1, 256), (2, 1), (2, 3), (2, 4), (255, 1)];
    for event_id in ids.map(id).into_iter().rev() {
        let mut event = event_record(tenant, event_id.number).event;
        event.id = event_id;
        let event = record_of(tenant, event);
        let event = StoredEvent::from(&event);
        let added = store.insert_event(tenant, &event).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
    let list = |after| store.list_events(tenant, after);
    comes_in_slices(ids.map(id), id((2, 2)), |event| event.event.id, list).await;
}

/// [`Transfer::list_ephemera`].
pub async fn ephemera_are_listed_in_slices<S: Store + Transfer>(store: Arc<S>, tenant: TenantId) {
    let key = |(seconds, kind, number): (u64, EphemeralKind, u8)| EphemeralKey {
        expires_at: later(seconds),
        kind,
        id: [number; 16],
    };
    let (low, high) = (EphemeralKind::DeniedToken, EphemeralKind::AssertionId);
    let keys = [
        (1, high, 9),
        (2, low, 8),
        (3, low, 1),
        (3, high, 1),
        (4, low, 1),
        (4, low, 255),
    ];
    for key in keys.map(key).into_iter().rev() {
        let value = Ephemeral::new(&[]);
        let added = store.insert_ephemeral(tenant, &key, &value).await;
        assert_eq!(added.unwrap(), Race::Won);
    }
    let list = |after| store.list_ephemera(tenant, after);
    let absent = key((3, EphemeralKind::SignInStep, 1));
    let key_of = |(key, _): &(EphemeralKey, Ephemeral)| *key;
    comes_in_slices(keys.map(key), absent, key_of, list).await;
}
