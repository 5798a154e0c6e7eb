//! Storage, one trait per aggregate.

use crate::audit::{Audit, EventRecord};
use crate::changes::Changes;
use crate::ephemera::Ephemera;
use crate::nodes::Nodes;
use crate::people::{
    ConsentRepository, DeviceRepository, PasskeyRepository, RecoveryCodeRepository,
    SessionRepository,
};
use crate::slice::{After, Slice};
use crate::users::UserRepository;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::grant::refresh_token::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use std::error::Error;
use std::future::Future;
use std::ops::AddAssign;

/// Outcome of a conditional change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a lost race must be handled"]
pub enum Race {
    /// The change was applied.
    Won,
    /// The condition did not hold. Nothing was changed.
    Lost,
}

/// The store failed or is unavailable. The cause is only for the log.
#[derive(Debug, thiserror::Error)]
#[error("the store cannot answer")]
pub struct StoreError(#[source] Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Grants.
pub trait GrantRepository {
    /// Stores a new grant. Returns `Lost` if a grant with this ID exists, even if it is revoked or expired; that grant
    /// stays unchanged.
    fn establish(
        &self,
        tenant: TenantId,
        grant: &Grant,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the grant with this ID.
    fn find_grant(
        &self,
        tenant: TenantId,
        id: GrantId,
    ) -> impl Future<Output = Result<Option<Grant>, StoreError>> + Send;

    /// Applies a rotation if [`Rotation::applies_to`] holds for the stored grant. Sets its generation to
    /// [`Rotation::successor`], and its `rotated_at` and `expires_at` to those of the rotation; nothing else changes.
    /// Returns `Lost` otherwise, or if the grant does not exist.
    fn rotate(
        &self,
        tenant: TenantId,
        rotation: &Rotation,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks a grant as revoked. Returns `Lost` if it does not exist or is already revoked; the first revocation time
    /// is kept.
    fn revoke(
        &self,
        tenant: TenantId,
        id: GrantId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns a slice of a session's grants, live or not, ordered by ID.
    fn list_grants(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: After<GrantId>,
    ) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;

    /// Marks all unrevoked grants of a subject as revoked, and returns their number. With `client`, only grants to that
    /// client are affected.
    fn revoke_all(
        &self,
        tenant: TenantId,
        subject: &Subject,
        client: Option<&ClientId>,
        at: Timestamp,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// One use of a client's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretUse {
    /// Client.
    pub client: ClientId,
    /// Name of the secret.
    pub secret_name: String,
    /// Time of the use.
    pub at: Timestamp,
}

/// Clients and their secrets.
pub trait ClientRepository {
    /// Returns the client with this identifier.
    fn find_client(
        &self,
        tenant: TenantId,
        id: &ClientId,
    ) -> impl Future<Output = Result<Option<Client>, StoreError>> + Send;

    /// Returns a slice of all clients, ordered by identifier.
    fn list_clients(
        &self,
        tenant: TenantId,
        after: After<ClientId>,
    ) -> impl Future<Output = Result<Slice<Client>, StoreError>> + Send;

    /// Returns whether an active client has a redirect URI with this origin (RFC 6454 section 6.2).
    fn has_client_origin(
        &self,
        tenant: TenantId,
        origin: &str,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Registers a client with version 1. Returns `Lost` if its identifier is taken.
    fn insert_client(
        &self,
        tenant: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces all data of a client, but keeps the last use of each remaining secret. Returns `Lost` unless the stored
    /// version equals [`Client::version`]. On success, increments the stored version.
    fn update_client(
        &self,
        tenant: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Deletes a client with its secrets, its grants, the users' consents for it, and its own signing keys. Returns
    /// `Lost` if it does not exist.
    fn delete_client(
        &self,
        tenant: TenantId,
        id: &ClientId,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Records the last use of secrets. Never moves a time back, and ignores clients and secrets that no longer exist.
    /// Does not count as a change of the client.
    fn record_secret_uses(
        &self,
        tenant: TenantId,
        uses: &[SecretUse],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Version of a tenant's set of signing keys: 0 before the first key, then incremented by every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeySetVersion(pub u64);

/// A change to a tenant's set of signing keys, applied only if the set has not changed since `seen`.
#[derive(Clone, Debug)]
pub struct KeyChange {
    /// Version at which the keys were read.
    pub seen: KeySetVersion,
    /// Keys to add.
    pub add: Vec<SigningKey>,
    /// IDs of stored keys, with the time at which each retires.
    pub retire: Vec<(String, Timestamp)>,
}

/// Signing keys.
pub trait SigningKeyRepository {
    /// Returns all signing keys of a tenant, oldest first, and the version of the set. The set is small: a few keys,
    /// plus one for each client with HS256.
    fn list_signing_keys(
        &self,
        tenant: TenantId,
    ) -> impl Future<Output = Result<(KeySetVersion, Vec<SigningKey>), StoreError>> + Send;

    /// Changes the set. Returns `Lost` if its version is no longer [`KeyChange::seen`]. Keys that a server creates at
    /// its first start come from no operator, so they have no event.
    fn change_signing_keys(
        &self,
        tenant: TenantId,
        change: &KeyChange,
        event: Option<&EventRecord>,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// Result of a housekeeping run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Number of removed items.
    pub count: u32,
    /// Earliest end time among the removed items; `None` if nothing was removed.
    pub oldest: Option<Timestamp>,
}

impl Removed {
    /// Returns the result for one item that ended at this time.
    #[must_use]
    pub const fn one(ended_at: Timestamp) -> Self {
        Self {
            count: 1,
            oldest: Some(ended_at),
        }
    }
}

impl AddAssign for Removed {
    fn add_assign(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.oldest = self.oldest.into_iter().chain(other.oldest).min();
    }
}

/// Removal of expired data, in short batches alongside normal traffic.
pub trait Housekeeping {
    /// Removes up to `most` grants, signing keys, sessions, devices and expiring values that ended at or before `now`,
    /// across all tenants. Returns the number of removed items and the earliest end time. Also removes change-feed
    /// entries that every node has read; these do not count.
    fn remove_expired(
        &self,
        now: Timestamp,
        most: u32,
    ) -> impl Future<Output = Result<Removed, StoreError>> + Send;
}

/// All stores combined.
pub trait Store:
    GrantRepository
    + ClientRepository
    + UserRepository
    + SessionRepository
    + ConsentRepository
    + PasskeyRepository
    + RecoveryCodeRepository
    + DeviceRepository
    + Ephemera
    + SigningKeyRepository
    + Changes
    + Audit
    + Nodes
    + Housekeeping
    + Send
    + Sync
    + 'static
{
}

impl<S> Store for S where
    S: GrantRepository
        + ClientRepository
        + UserRepository
        + SessionRepository
        + ConsentRepository
        + PasskeyRepository
        + RecoveryCodeRepository
        + DeviceRepository
        + Ephemera
        + SigningKeyRepository
        + Changes
        + Audit
        + Nodes
        + Housekeeping
        + Send
        + Sync
        + 'static
{
}
