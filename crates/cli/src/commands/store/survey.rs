//! Counts and digests of all records in a store, by kind.

mod records;

use crate::commands::slices::Slices;
use countersign_adapters_store::AnyStore;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::Client;
use countersign_domain::federation::identity::Identity;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::{Device, Passkey};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    AuditProof as _, ClientRepository as _, ConsentRepository as _, Definition, DefinitionKind,
    DefinitionRepository as _, DeviceRepository as _, Ephemeral, EphemeralKey,
    IdentityRepository as _, PasskeyRepository as _, SealedBatch, SessionRepository as _,
    SigningKeyRepository as _, StoreError, StoredEvent, Transfer as _, UserRepository as _,
};
use records::Record;
use sha2::{Digest as _, Sha256};
use std::fmt::Debug;

/// Kinds of records, in the order in which they are copied.
pub(super) const KINDS: [&str; 14] = [
    "clients",
    "definitions",
    "users",
    "sessions",
    "consents",
    "passkeys",
    "recovery codes",
    "devices",
    "identities",
    "signing keys",
    "grants",
    "expiring values",
    "events",
    "event batches",
];

/// One tally for each of the [`KINDS`].
pub(super) type Tallies = [Tally; KINDS.len()];

/// Number of records, and the SHA-256 digest of all of them in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) digest: [u8; 32],
}

/// Running count and digest.
#[derive(Default)]
struct Counting {
    count: u64,
    hasher: Sha256,
}

impl Counting {
    /// Adds the debug form of a record to the digest.
    ///
    /// The same program formats both sides. `Debug` escapes line feeds, so a line feed always ends a record.
    fn add(&mut self, tenant: TenantId, record: &impl Debug) {
        self.count += 1;
        self.hasher.update(format!("{tenant} {record:?}\n"));
    }

    fn add_all(&mut self, tenant: TenantId, records: &[impl Record]) {
        for record in records {
            self.add(tenant, &record.facts());
        }
    }

    fn end(self) -> Tally {
        Tally {
            count: self.count,
            digest: self.hasher.finalize().into(),
        }
    }
}

/// Running digests, one for each of the [`KINDS`].
#[derive(Default)]
struct Countings {
    clients: Counting,
    definitions: Counting,
    users: Counting,
    sessions: Counting,
    consents: Counting,
    passkeys: Counting,
    recovery_codes: Counting,
    devices: Counting,
    identities: Counting,
    keys: Counting,
    grants: Counting,
    ephemera: Counting,
    events: Counting,
    batches: Counting,
}

/// Returns the tallies of all [`KINDS`]. Values that have expired by `now` do not count.
pub(super) async fn survey(store: &AnyStore, now: Timestamp) -> Result<Tallies, StoreError> {
    let mut all = Countings::default();
    for tenant in store.list_tenants().await? {
        all.add_tenant(store, tenant, now).await?;
    }
    let all = [
        all.clients,
        all.definitions,
        all.users,
        all.sessions,
        all.consents,
        all.passkeys,
        all.recovery_codes,
        all.devices,
        all.identities,
        all.keys,
        all.grants,
        all.ephemera,
        all.events,
        all.batches,
    ];
    Ok(all.map(Counting::end))
}

impl Countings {
    async fn add_tenant(
        &mut self,
        store: &AnyStore,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut slices = Slices::<Client>::new();
        while let Some(after) = slices.next() {
            let clients = slices.take(store.list_clients(tenant, None, after).await?);
            self.clients.add_all(tenant, &clients);
        }
        for kind in DefinitionKind::ALL {
            let mut slices = Slices::<Definition>::new();
            while let Some(after) = slices.next() {
                let definitions = store.list_definitions(tenant, *kind, after).await?;
                self.definitions.add_all(tenant, &slices.take(definitions));
            }
        }
        let mut slices = Slices::<User>::new();
        while let Some(after) = slices.next() {
            for user in slices.take(store.list_users(tenant, after).await?) {
                let time_step = store.last_time_step(tenant, user.id).await?;
                self.users.add(tenant, &(user.facts(), time_step));
                self.add_belongings(store, tenant, user.id).await?;
            }
        }
        let (_, keys) = store.list_signing_keys(tenant).await?;
        self.keys.add_all(tenant, &keys);
        let mut slices = Slices::<Grant>::new();
        while let Some(after) = slices.next() {
            let grants = slices.take(store.list_all_grants(tenant, after).await?);
            self.grants.add_all(tenant, &grants);
        }
        let mut slices = Slices::<(EphemeralKey, Ephemeral)>::new();
        while let Some(after) = slices.next() {
            let mut values = slices.take(store.list_ephemera(tenant, after).await?);
            values.retain(|(key, _)| !key.expires_at.has_passed(now));
            self.ephemera.add_all(tenant, &values);
        }
        let mut slices = Slices::<StoredEvent>::new();
        while let Some(after) = slices.next() {
            let events = slices.take(store.list_stored_events(tenant, after).await?);
            self.events.add_all(tenant, &events);
        }
        let mut slices = Slices::<SealedBatch>::new();
        while let Some(after) = slices.next() {
            let batches = slices.take(store.list_batches(tenant, after).await?);
            self.batches.add_all(tenant, &batches);
        }
        Ok(())
    }

    /// Adds the records that belong to a user.
    async fn add_belongings(
        &mut self,
        store: &AnyStore,
        tenant: TenantId,
        user: UserId,
    ) -> Result<(), StoreError> {
        let mut slices = Slices::<Session>::new();
        while let Some(after) = slices.next() {
            let sessions = slices.take(store.list_sessions(tenant, user, after).await?);
            self.sessions.add_all(tenant, &sessions);
        }
        let mut slices = Slices::<Consent>::new();
        while let Some(after) = slices.next() {
            let consents = slices.take(store.list_consents(tenant, user, after).await?);
            self.consents.add_all(tenant, &consents);
        }
        let mut slices = Slices::<Passkey>::new();
        while let Some(after) = slices.next() {
            let passkeys = slices.take(store.list_passkeys(tenant, user, after).await?);
            self.passkeys.add_all(tenant, &passkeys);
        }
        for code in store.recovery_codes(tenant, user).await? {
            self.recovery_codes.add(tenant, &(user, code.as_bytes()));
        }
        let mut slices = Slices::<Device>::new();
        while let Some(after) = slices.next() {
            let devices = slices.take(store.list_devices(tenant, user, after).await?);
            self.devices.add_all(tenant, &devices);
        }
        let mut slices = Slices::<Identity>::new();
        while let Some(after) = slices.next() {
            let identities = slices.take(store.list_identities(tenant, user, after).await?);
            self.identities.add_all(tenant, &identities);
        }
        Ok(())
    }
}
