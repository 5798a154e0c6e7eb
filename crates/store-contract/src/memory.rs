//! A store in memory.

mod changes;
mod clients;
mod consents;
mod devices;
mod ephemera;
mod events;
mod grants;
mod housekeeping;
mod nodes;
mod passkeys;
mod recovery_codes;
mod sessions;
mod signing_keys;
mod transfer;
mod users;

use countersign_domain::audit::event::EventId;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{DeviceId, GrantId, NodeId, SessionId, UserId};
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_domain::user::User;
use countersign_ports::{
    After, Change, Ephemeral, EphemeralKey, EventRecord, FormatGeneration, Race, Slice,
};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A store that forgets. One lock around everything, so that calls come one after the other.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Contents>);

/// Rows by tenant and key. The order of the keys is the order of the lists.
type Rows<K, T> = BTreeMap<(TenantId, K), T>;

#[derive(Debug, Default)]
struct Contents {
    grants: Rows<GrantId, Grant>,
    clients: Rows<ClientId, Client>,
    users: Rows<UserId, User>,
    /// Last time step that each user used up.
    time_steps: Rows<UserId, u64>,
    sessions: Rows<SessionId, Session>,
    consents: Rows<(UserId, ClientId), Consent>,
    passkeys: Rows<Vec<u8>, Passkey>,
    /// Digests of the codes that each user has left.
    recovery_codes: Rows<UserId, BTreeSet<[u8; 32]>>,
    devices: Rows<DeviceId, Device>,
    ephemera: Rows<EphemeralKey, Ephemeral>,
    signing_keys: Rows<String, SigningKey>,
    /// Versions of the sets of signing keys.
    key_sets: BTreeMap<TenantId, u64>,
    /// The place behind a change is its index and one.
    changes: Vec<Change>,
    events: Rows<EventId, EventRecord>,
    nodes: BTreeMap<NodeId, (FormatGeneration, Timestamp)>,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of a tenant, in the order of their keys.
fn of<K, T>(tenant: TenantId, rows: &Rows<K, T>) -> impl Iterator<Item = (&K, &T)> {
    let rows = rows.iter();
    rows.filter_map(move |((owner, key), row)| (*owner == tenant).then_some((key, row)))
}

/// A slice of rows that are in the order of their keys.
fn slice<'a, K: Ord + 'a, T: Clone + 'a>(
    rows: impl Iterator<Item = (&'a K, &'a T)>,
    after: &After<K>,
) -> Slice<T> {
    let rest = rows.filter(|(key, _)| after.key.as_ref().is_none_or(|last| *key > last));
    let one_more = (after.limit as usize).saturating_add(1);
    let items = rest.take(one_more).map(|(_, row)| row.clone()).collect();
    Slice::of(items, after.limit)
}

/// Adds a row, unless its key is there.
fn insert<K: Ord, T>(rows: &mut Rows<K, T>, tenant: TenantId, key: K, row: T) -> Race {
    match rows.entry((tenant, key)) {
        Entry::Occupied(_) => Race::Lost,
        Entry::Vacant(place) => {
            place.insert(row);
            Race::Won
        }
    }
}
