//! In-memory store.

mod client_grants;
mod clients;
mod definitions;
mod ephemera;
mod feed;
mod grants;
mod housekeeping;
mod people;
mod signing_keys;
mod statistics;
mod transfer;

use countersign_domain::audit::event::EventId;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::{DeviceId, GrantId, IdentityId, NodeId, SessionId, UserId};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::User;
use countersign_memory::Grants;
use countersign_ports::{
    After, Change, Definition, DefinitionKey, Ephemeral, EphemeralKey, FormatGeneration, Race,
    SealedBatch, Slice, StoredEvent,
};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// In-memory store without persistence. One lock serializes all calls.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Contents>);

/// Copies the contents.
impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.lock().clone()))
    }
}

/// Rows by tenant and key. Lists use the order of the keys.
type Rows<K, T> = BTreeMap<(TenantId, K), T>;

#[derive(Clone, Debug, Default)]
struct Contents {
    grants: Grants<(TenantId, GrantId)>,
    clients: Rows<ClientId, Client>,
    definitions: Rows<DefinitionKey, Definition>,
    users: Rows<UserId, User>,
    /// Last used time step of each user.
    time_steps: Rows<UserId, u64>,
    sessions: Rows<SessionId, Session>,
    consents: Rows<(UserId, ClientId), Consent>,
    passkeys: Rows<Vec<u8>, Passkey>,
    /// Digests of the unused codes of each user.
    recovery_codes: Rows<UserId, BTreeSet<[u8; 32]>>,
    devices: Rows<DeviceId, Device>,
    identities: Rows<IdentityId, Identity>,
    ephemera: Rows<EphemeralKey, Ephemeral>,
    signing_keys: Rows<String, SigningKey>,
    /// Versions of the sets of signing keys.
    key_sets: BTreeMap<TenantId, u64>,
    /// The position after a change is its index plus one.
    changes: Vec<Change>,
    events: Rows<EventId, StoredEvent>,
    /// Sealed batches of events.
    batches: Rows<u64, SealedBatch>,
    nodes: BTreeMap<NodeId, (FormatGeneration, Timestamp)>,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns everything that belongs to a tenant, as text.
    #[must_use]
    pub fn contents_of(&self, tenant: TenantId) -> String {
        let contents = self.lock();
        let rows = [
            text_of(tenant, contents.grants.rows()),
            text_of(tenant, &contents.clients),
            text_of(tenant, &contents.definitions),
            text_of(tenant, &contents.users),
            text_of(tenant, &contents.time_steps),
            text_of(tenant, &contents.sessions),
            text_of(tenant, &contents.consents),
            text_of(tenant, &contents.passkeys),
            text_of(tenant, &contents.recovery_codes),
            text_of(tenant, &contents.devices),
            text_of(tenant, &contents.identities),
            text_of(tenant, &contents.ephemera),
            text_of(tenant, &contents.signing_keys),
            text_of(tenant, &contents.events),
            text_of(tenant, &contents.batches),
        ];
        let key_set = contents.key_sets.get(&tenant);
        let changes = contents.changes.iter();
        let changes = changes.filter(|change| change.tenant == tenant).count();
        format!("{} {key_set:?} {changes}", rows.join("\n"))
    }
}

/// Returns the rows of a tenant, in key order.
fn of<K, T>(tenant: TenantId, rows: &Rows<K, T>) -> impl Iterator<Item = (&K, &T)> {
    let rows = rows.iter();
    rows.filter_map(move |((owner, key), row)| (*owner == tenant).then_some((key, row)))
}

/// Returns the rows of a tenant as text.
fn text_of<K: Debug, T: Debug>(tenant: TenantId, rows: &Rows<K, T>) -> String {
    let rows: Vec<_> = of(tenant, rows).collect();
    format!("{rows:?}")
}

/// Returns a slice of rows that are in key order.
fn slice<'a, K: Ord + 'a, T: Clone + 'a>(
    rows: impl Iterator<Item = (&'a K, &'a T)>,
    after: &After<K>,
) -> Slice<T> {
    let rest = rows.filter(|(key, _)| after.key.as_ref().is_none_or(|last| *key > last));
    let one_more = (after.limit as usize).saturating_add(1);
    let items = rest.take(one_more).map(|(_, row)| row.clone()).collect();
    Slice::of(items, after.limit)
}

/// Adds a row. Returns `Lost` if its key exists.
fn insert<K: Ord, T>(rows: &mut Rows<K, T>, tenant: TenantId, key: K, row: T) -> Race {
    match rows.entry((tenant, key)) {
        Entry::Occupied(_) => Race::Lost,
        Entry::Vacant(place) => {
            place.insert(row);
            Race::Won
        }
    }
}
