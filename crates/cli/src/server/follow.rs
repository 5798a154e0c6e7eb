//! Follows the feed of changes that other nodes and the command line have made.

use super::state::{Place, State};
use super::tasks::{report, ticks};
use crate::commands::setup::now;
use countersign_adapters_jwt::{Codecs, KeyRing};
use countersign_adapters_store::AnyStore;
use countersign_application::{Clients, Definitions, TenantDirectory};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    Change, ChangeKind, Changes as _, DefinitionKind, KeySetVersion, SigningKeyRepository as _,
    StoreError,
};
use std::time::Duration;
use tokio::sync::Notify;

/// Polling interval for changes of clients and keys. A change must take effect within a second, even if the store
/// is slow.
const PERIOD: Duration = Duration::from_millis(250);
/// Maximum age of a position in the feed. Stores keep changes for at least an hour.
const LONGEST_GAP: Duration = Duration::from_secs(1800);

/// Follower of the feed.
struct Follower<'a> {
    store: &'a AnyStore,
    tenants: &'a TenantDirectory<AnyStore>,
    clients: &'a Clients<AnyStore>,
    definitions: &'a Definitions<AnyStore>,
    keys: &'a KeyRing,
    codecs: &'a Codecs,
    /// Called with the tenant of a changed webhook; without one, all may have changed.
    webhooks: &'a (dyn Fn(Option<TenantId>) + Send + Sync),
}

/// Follows the feed, on each notification of the store and at a fixed interval.
pub(super) async fn follow(state: &State, changed: &Notify) {
    let follower = Follower {
        store: &state.store,
        tenants: &state.tenants,
        clients: &state.clients,
        definitions: &state.definitions,
        keys: &state.keys,
        codecs: &state.codecs,
        webhooks: &|tenant| match tenant {
            Some(tenant) => state.webhooks.follow(tenant),
            None => state.webhooks.start_over(),
        },
    };
    let mut place = state.place;
    let mut failing = false;
    let mut ticks = ticks(PERIOD);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = changed.notified() => {}
        }
        match follower.catch_up(place, now()).await {
            Ok(next) => {
                place = next;
                failing = false;
            }
            Err(error) => {
                // Tokens of cached clients need cached definitions, for claims policies.
                if state.clients.miss(now()) {
                    state.definitions.forget();
                }
                // Log only the first of several failures.
                if !std::mem::replace(&mut failing, true) {
                    report("cannot read the change feed", &error);
                }
            }
        }
        state.keys.advance(now());
    }
}

impl Follower<'_> {
    async fn catch_up(&self, place: Place, now: Timestamp) -> Result<Place, StoreError> {
        if now.since(place.at) > LONGEST_GAP {
            return self.start_over(now).await;
        }
        let (changes, cursor) = self.store.changes_after(place.cursor).await?;
        count(&changes);
        self.clients.follow(&changes);
        self.definitions.follow(&changes);
        self.tenants.follow(&changes).await?;
        let is_webhook =
            |change: &&Change| change.kind == ChangeKind::Definition(DefinitionKind::Webhook);
        for change in changes.iter().filter(is_webhook) {
            (self.webhooks)(Some(change.tenant));
        }
        let are_new_keys = |change: &Change| {
            change.kind == ChangeKind::SigningKeys
                && change.tenant == self.tenants.own().id
                && change.version > place.keys.0
        };
        let keys = if changes.iter().any(are_new_keys) {
            self.load_keys(now).await?
        } else {
            place.keys
        };
        Ok(Place {
            cursor,
            keys,
            at: now,
        })
    }

    /// Evicts all clients and definitions, and reloads the keys. Reads the position first, so that no change in between is missed.
    async fn start_over(&self, now: Timestamp) -> Result<Place, StoreError> {
        let cursor = self.store.latest_change().await?;
        self.clients.forget();
        self.definitions.forget();
        self.tenants.load().await?;
        self.clients.follow(&[]);
        (self.webhooks)(None);
        let keys = self.load_keys(now).await?;
        tracing::warn!(
            "missed changes for more than half an hour; reloading clients and signing keys"
        );
        Ok(Place {
            cursor,
            keys,
            at: now,
        })
    }

    async fn load_keys(&self, now: Timestamp) -> Result<KeySetVersion, StoreError> {
        let tenant = self.tenants.own().id;
        let (version, keys) = self.store.list_signing_keys(tenant).await?;
        if let Err(error) = self.keys.load(tenant, &keys, self.codecs, now) {
            tracing::error!("{error}; using the other keys");
        }
        Ok(version)
    }
}

fn count(changes: &[Change]) {
    for change in changes {
        let kind = match change.kind {
            ChangeKind::Client => "client",
            ChangeKind::SigningKeys => "signing_keys",
            ChangeKind::Definition(kind) => kind.as_str(),
        };
        metrics::counter!("countersign_changes_followed_total", "kind" => kind).increment(1);
        tracing::debug!(
            kind,
            id = change.id,
            version = change.version,
            "applied a change"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{self, StoreUrl};
    use countersign_adapters_jwt::MasterKeys;
    use countersign_adapters_store::Options;
    use countersign_adapters_system::SystemClock;
    use countersign_application::OwnHosts;
    use countersign_domain::client::{Client, ClientStatus};
    use countersign_ports::{ClientRepository as _, Race};
    use countersign_store_contract::fixtures::{NOW, client, event, later, tenant};
    use std::sync::Arc;

    const OPTIONS: Options = Options {
        pool_size: 1,
        acquire_timeout: Duration::from_secs(1),
        statement_timeout: Duration::from_secs(1),
    };

    /// Returns the status of a cached client that was disabled, if the feed is polled `gap` after the last poll.
    ///
    /// The position in the feed is already past the change.
    async fn status_after(gap: Duration) -> ClientStatus {
        let folder = tempfile::tempdir().unwrap();
        let url = StoreUrl::Sqlite(folder.path().join("store.db"));
        let store = Arc::new(store::open(&url, OPTIONS).await.unwrap());
        store.migrate().await.unwrap();
        let tenant = tenant();
        let (app, created) = (client("app"), event());
        let inserted = store.insert_client(tenant.id, &app, &created).await;
        assert_eq!(inserted.unwrap(), Race::Won);
        let clients = Clients::new(store.clone());
        clients.registered(&tenant, "app").await.unwrap();
        let disabled = Client {
            status: ClientStatus::Inactive,
            version: 1,
            ..app
        };
        let updated = store.update_client(tenant.id, &disabled, &event()).await;
        assert_eq!(updated.unwrap(), Race::Won);

        let codecs = Codecs::new(&MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap());
        let keys = Arc::new(KeyRing::new(&codecs));
        let tenants = TenantDirectory::new(
            store.clone(),
            Arc::new(tenant.clone()),
            OwnHosts::Any,
            keys.clone(),
            Arc::new(SystemClock),
        );
        let follower = Follower {
            store: &store,
            tenants: &tenants,
            clients: &clients,
            definitions: &Definitions::new(store.clone()),
            keys: &keys,
            codecs: &codecs,
            webhooks: &|_| {},
        };
        let place = Place {
            cursor: store.latest_change().await.unwrap(),
            keys: KeySetVersion(0),
            at: NOW,
        };
        let now = later(gap.as_secs());
        let next = follower.catch_up(place, now).await.unwrap();
        assert_eq!((next.cursor, next.at), (place.cursor, now));
        clients.registered(&tenant, "app").await.unwrap().status
    }

    #[tokio::test]
    async fn long_gap_evicts_cached_clients() {
        assert_eq!(status_after(LONGEST_GAP).await, ClientStatus::Active);
        let longer = LONGEST_GAP + Duration::from_secs(1);
        assert_eq!(status_after(longer).await, ClientStatus::Inactive);
    }
}
