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
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::refresh_token::Rotation;
use countersign_domain::signing_key::SigningKey;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::error::Error;
use std::future::Future;
use std::ops::AddAssign;

/// How a conditional change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a lost race has to be answered"]
pub enum Race {
    /// The change was made.
    Won,
    /// Its condition did not hold, so nothing was changed.
    Lost,
}

/// The store cannot answer. What went wrong is for the log alone.
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
    /// Stores a new grant, unless one of this id is there: then `Lost`, and the one there stays as it
    /// is, be it revoked or expired.
    fn establish(
        &self,
        tenant: TenantId,
        grant: &Grant,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The grant of this id.
    fn find_grant(
        &self,
        tenant: TenantId,
        id: GrantId,
    ) -> impl Future<Output = Result<Option<Grant>, StoreError>> + Send;

    /// Carries a rotation out: if [`Rotation::applies_to`] holds for the stored grant, it gets the
    /// generation [`Rotation::successor`], `rotated_at` and `expires_at` of the rotation; nothing else
    /// of it changes. Otherwise, or if there is no such grant, `Lost`.
    fn rotate(
        &self,
        tenant: TenantId,
        rotation: &Rotation,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks a grant as revoked. `Lost` if there is none or it was revoked before; the first time stays.
    fn revoke(
        &self,
        tenant: TenantId,
        id: GrantId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// A slice of the grants of a session, live or not, in the order of their ids.
    fn list_grants(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: After<GrantId>,
    ) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;

    /// Marks all grants of a subject as revoked that are not yet, those to `client` alone if there is one, and
    /// says how many.
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
    /// Whose.
    pub client: ClientId,
    /// Which.
    pub secret_name: String,
    /// When.
    pub at: Timestamp,
}

/// Clients, each with its secrets.
pub trait ClientRepository {
    /// The client of this id.
    fn find_client(
        &self,
        tenant: TenantId,
        id: &ClientId,
    ) -> impl Future<Output = Result<Option<Client>, StoreError>> + Send;

    /// A slice of all clients, in the order of their identifiers.
    fn list_clients(
        &self,
        tenant: TenantId,
        after: After<ClientId>,
    ) -> impl Future<Output = Result<Slice<Client>, StoreError>> + Send;

    /// Whether an active client has a redirect URI of this origin (RFC 6454 section 6.2).
    fn has_client_origin(
        &self,
        tenant: TenantId,
        origin: &str,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Registers a client as version 1, unless its identifier is taken: then `Lost`.
    fn insert_client(
        &self,
        tenant: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces everything about a client; the last uses of secrets that stay are kept. `Lost` unless the stored version
    /// is [`Client::version`], which is then counted up.
    fn update_client(
        &self,
        tenant: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes a client with its secrets, its grants, what users agreed to for it, and its own signing keys. `Lost` if
    /// there is none.
    fn delete_client(
        &self,
        tenant: TenantId,
        id: &ClientId,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Notes when secrets were last used; never sets a time back, passes over what is gone, and is no
    /// change of the client.
    fn record_secret_uses(
        &self,
        tenant: TenantId,
        uses: &[SecretUse],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The version of the set of signing keys of a tenant: 0 before there is a key, then counted up by every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeySetVersion(pub u64);

/// A change of the set of signing keys of a tenant, on the condition that it has not changed since `seen`.
#[derive(Clone, Debug)]
pub struct KeyChange {
    /// Version at which the keys were read.
    pub seen: KeySetVersion,
    /// New keys.
    pub add: Vec<SigningKey>,
    /// Ids of stored keys, and when they retire.
    pub retire: Vec<(String, Timestamp)>,
}

/// Signing keys.
pub trait SigningKeyRepository {
    /// All signing keys of a tenant, oldest first, and the version of the set. The set is small: a few keys, and one for
    /// each client with HS256.
    fn list_signing_keys(
        &self,
        tenant: TenantId,
    ) -> impl Future<Output = Result<(KeySetVersion, Vec<SigningKey>), StoreError>> + Send;

    /// Changes the set. `Lost` if its version is no longer [`KeyChange::seen`]. Keys that a server makes at its first
    /// start are no operator's command and have no event.
    fn change_signing_keys(
        &self,
        tenant: TenantId,
        change: &KeyChange,
        event: Option<&EventRecord>,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}

/// What housekeeping removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many.
    pub count: u32,
    /// When the one ended that waited longest; `None` if none was removed.
    pub oldest: Option<Timestamp>,
}

impl Removed {
    /// One that ended at this time.
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

/// Removal of what has expired, in short batches beside the traffic.
pub trait Housekeeping {
    /// Removes up to `most` grants, signing keys, sessions, devices and expiring values of all tenants that ended at or
    /// before `now`, and returns how many it removed and when the oldest of them ended. Changes that every node has
    /// followed are removed as well; they do not count.
    fn remove_expired(
        &self,
        now: Timestamp,
        most: u32,
    ) -> impl Future<Output = Result<Removed, StoreError>> + Send;
}

/// Everything that is stored.
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
