//! [`Changes`](countersign_ports::Changes). A change may be returned twice, so the properties compare sets.

use crate::contract::support::{CROWD, client, insert_clients, insert_users, user};
use crate::fixtures::{
    client_id, device, ephemeral_key, event_in, grant, grant_id, later, rotation, session,
    signing_key,
};
use countersign_domain::client::Client;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{
    Change, ChangeKind, Cursor, EphemeralKind, KeyChange, KeySetVersion, Race, SecretUse, Store,
};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Maximum time for which a store may repeat an old change.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const fn of_client(tenant: TenantId, id: String, version: u64) -> Change {
    Change {
        tenant,
        kind: ChangeKind::Client,
        id,
        version,
    }
}

pub(crate) const fn of_keys(tenant: TenantId, version: u64) -> Change {
    Change {
        tenant,
        kind: ChangeKind::SigningKeys,
        id: String::new(),
        version,
    }
}

/// Returns the changes of a tenant after a position, and the position for the next call.
async fn read(store: &impl Store, tenant: TenantId, after: Cursor) -> (HashSet<Change>, Cursor) {
    let (changes, end) = store.changes_after(after).await.unwrap();
    let own = changes.into_iter().filter(|change| change.tenant == tenant);
    (own.collect(), end)
}

/// Returns all changes of a tenant after a position.
pub(crate) async fn changes(
    store: &impl Store,
    tenant: TenantId,
    after: Cursor,
) -> HashSet<Change> {
    read(store, tenant, after).await.0
}

pub(crate) async fn add_key(store: &impl Store, tenant: TenantId, seen: u64, key: SigningKey) {
    let change = KeyChange {
        seen: KeySetVersion(seen),
        add: vec![key],
        retire: Vec::new(),
    };
    let changed = store.change_signing_keys(tenant, &change, None).await;
    assert_eq!(changed.unwrap(), Race::Won);
}

/// Every change of a client appears with the version after the change, or 0 after a deletion.
pub async fn client_change_appears_with_version<S: Store>(store: Arc<S>, tenant: TenantId) {
    let begin = store.latest_change().await.unwrap();
    let mut app = client("app ~ \"1\"");
    let mut expected = HashSet::new();
    let change = |version| of_client(tenant, "app ~ \"1\"".into(), version);
    insert_clients(&*store, tenant, std::slice::from_ref(&app)).await;
    expected.insert(change(1));
    assert_eq!(changes(&*store, tenant, begin).await, expected);
    for version in [2, 3] {
        let updated = store.update_client(tenant, &app, &event_in(tenant)).await;
        assert_eq!(updated.unwrap(), Race::Won);
        app.version = version;
        expected.insert(change(version));
        assert_eq!(changes(&*store, tenant, begin).await, expected);
    }
    let deleted = store
        .delete_client(tenant, &app.id, 3, &event_in(tenant))
        .await;
    assert_eq!(deleted.unwrap(), Race::Won);
    expected.insert(change(0));
    assert_eq!(changes(&*store, tenant, begin).await, expected);
}

/// Every change of a set of signing keys appears with the version of the set.
pub async fn signing_key_change_appears_with_version<S: Store>(store: Arc<S>, tenant: TenantId) {
    let begin = store.latest_change().await.unwrap();
    add_key(&*store, tenant, 0, signing_key("a")).await;
    let expected = HashSet::from([of_keys(tenant, 1)]);
    assert_eq!(changes(&*store, tenant, begin).await, expected);
    let retire = KeyChange {
        seen: KeySetVersion(1),
        add: Vec::new(),
        retire: vec![("a".into(), later(9))],
    };
    let retired = store.change_signing_keys(tenant, &retire, None).await;
    assert_eq!(retired.unwrap(), Race::Won);
    let expected = HashSet::from([of_keys(tenant, 1), of_keys(tenant, 2)]);
    assert_eq!(changes(&*store, tenant, begin).await, expected);
}

/// Deleting a client that has its own signing key changes both the client and the key set.
pub async fn deleting_client_with_key_changes_key_set<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_clients(&*store, tenant, &[client("app"), client("other")]).await;
    let own = SigningKey {
        client: Some(client_id("app")),
        ..signing_key("a")
    };
    add_key(&*store, tenant, 0, own).await;
    let begin = store.latest_change().await.unwrap();
    for id in ["other", "app"] {
        let (version, _) = store.list_signing_keys(tenant).await.unwrap();
        assert_eq!(version, KeySetVersion(1), "{id}");
        let deleted = store
            .delete_client(tenant, &client_id(id), 1, &event_in(tenant))
            .await;
        assert_eq!(deleted.unwrap(), Race::Won);
    }
    let (version, keys) = store.list_signing_keys(tenant).await.unwrap();
    assert_eq!((version, keys.len()), (KeySetVersion(2), 0));
    let seen = changes(&*store, tenant, begin).await;
    assert!(seen.contains(&of_keys(tenant, 2)));
    for id in ["other", "app"] {
        assert!(seen.contains(&of_client(tenant, id.into(), 0)), "{id}");
    }
}

/// A call that changes nothing adds no change to the feed.
pub async fn lost_race_adds_no_change<S: Store>(store: Arc<S>, tenant: TenantId) {
    let begin = store.latest_change().await.unwrap();
    insert_clients(&*store, tenant, &[client("app")]).await;
    let stale = Client {
        version: 7,
        ..client("app")
    };
    let event = &event_in(tenant);
    let no_key = KeyChange {
        seen: KeySetVersion(7),
        add: vec![signing_key("a")],
        retire: Vec::new(),
    };
    let lost = [
        store.update_client(tenant, &stale, event).await,
        store.update_client(tenant, &client("other"), event).await,
        store
            .delete_client(tenant, &client_id("other"), 1, event)
            .await,
        store.insert_client(tenant, &client("app"), event).await,
        store
            .change_signing_keys(tenant, &no_key, Some(event))
            .await,
    ];
    for race in lost {
        assert_eq!(race.unwrap(), Race::Lost);
    }
    let expected = HashSet::from([of_client(tenant, "app".into(), 1)]);
    assert_eq!(changes(&*store, tenant, begin).await, expected);
}

/// Nothing except clients and signing keys adds changes. The use of a secret does not change its client.
pub async fn only_clients_and_keys_add_changes<S: Store>(store: Arc<S>, tenant: TenantId) {
    let begin = store.latest_change().await.unwrap();
    insert_clients(&*store, tenant, &[client("app")]).await;
    let before = changes(&*store, tenant, begin).await;
    let jane = user(1, "a@b.example");
    let now = later(0);
    let uses = [SecretUse {
        client: client_id("app"),
        secret_name: "first".into(),
        at: later(1),
    }];
    insert_users(&*store, tenant, std::slice::from_ref(&jane)).await;
    store.record_secret_uses(tenant, &uses).await.unwrap();
    let won = [
        store.establish(tenant, &grant(1)).await,
        store.rotate(tenant, &rotation(grant_id(1), 0)).await,
        store.revoke(tenant, grant_id(1), now).await,
        store.update_user(tenant, &jane, &event_in(tenant)).await,
        store.use_time_step(tenant, jane.id, 1).await,
        store.insert_session(tenant, &session(1)).await,
        store.insert_device(tenant, &device(1)).await,
        store
            .insert(
                tenant,
                &ephemeral_key(EphemeralKind::DeniedToken, 1),
                b"",
                now,
            )
            .await,
    ];
    for race in won {
        assert_eq!(race.unwrap(), Race::Won);
    }
    assert_eq!(changes(&*store, tenant, begin).await, before);
}

/// A read from [`latest_change`](countersign_ports::Changes::latest_change), or from the position that the previous
/// read returned, contains every later change.
pub async fn change_is_read_from_earlier_position<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut place = store.latest_change().await.unwrap();
    for id in ["app", "other", "bystander"] {
        insert_clients(&*store, tenant, &[client(id)]).await;
        let (seen, next) = read(&*store, tenant, place).await;
        assert!(seen.contains(&of_client(tenant, id.into(), 1)), "{id}");
        assert!(next >= place);
        place = next;
    }
}

/// The feed may repeat a change, but not forever: a reader reaches its end.
pub async fn followed_feed_reaches_its_end<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut place = store.latest_change().await.unwrap();
    insert_clients(&*store, tenant, &[client("app"), client("other")]).await;
    let follow = async {
        loop {
            let (seen, next) = read(&*store, tenant, place).await;
            place = next;
            if seen.is_empty() {
                break;
            }
        }
    };
    timeout(PATIENCE, follow).await.unwrap();
}

/// No change is skipped, however late it commits.
pub async fn concurrent_changes_are_never_skipped<S: Store>(store: Arc<S>, tenant: TenantId) {
    let mut place = store.latest_change().await.unwrap();
    let mut seen = HashSet::new();
    let is_done = AtomicBool::new(false);
    let write = async {
        let crowd: JoinSet<_> = (0..CROWD)
            .map(|number| {
                let store = Arc::clone(&store);
                async move {
                    let app = client(&number.to_string());
                    insert_clients(&*store, tenant, std::slice::from_ref(&app)).await;
                    let updated = store.update_client(tenant, &app, &event_in(tenant)).await;
                    assert_eq!(updated.unwrap(), Race::Won);
                }
            })
            .collect();
        crowd.join_all().await;
        is_done.store(true, Ordering::Release);
    };
    let follow = async {
        loop {
            let is_last = is_done.load(Ordering::Acquire);
            let (changes, next) = read(&*store, tenant, place).await;
            seen.extend(changes);
            place = next;
            if is_last {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(write, follow);
    let expected = (0..CROWD)
        .flat_map(|number| [1, 2].map(|version| of_client(tenant, number.to_string(), version)));
    assert_eq!(seen, expected.collect());
}
