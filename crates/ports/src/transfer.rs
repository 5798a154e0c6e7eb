//! Full reads and verbatim writes, for copying a store.

use crate::answer::{Race, StoreError};
use crate::definitions::Definition;
use crate::ephemera::{Ephemeral, EphemeralKey};
use crate::feed::{SealedBatch, StoredEvent};
use crate::slice::{After, Slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use std::future::Future;

/// Place of a value that is sealed under a master key.
#[derive(Clone, Copy, Debug)]
pub enum SealedPlace<'a> {
    /// Private part of the signing key with this ID.
    SigningKey(&'a str),
    /// Secret of a user's authenticator app.
    Authenticator(UserId),
}

/// Reads that the other traits lack, in slices, and writes that keep the meaning of rows. Used to copy a store while no
/// server runs on it, and to seal its secrets again under another master key.
pub trait Transfer {
    /// Returns the tenants that have rows in this store, ordered by ID.
    fn list_tenants(&self) -> impl Future<Output = Result<Vec<TenantId>, StoreError>> + Send;

    /// Returns a slice of all grants of a tenant, ordered by ID.
    fn list_all_grants(
        &self,
        tenant: TenantId,
        after: After<GrantId>,
    ) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;

    /// Returns a slice of a tenant's expiring values, expired or not, ordered by [`EphemeralKey`].
    fn list_ephemera(
        &self,
        tenant: TenantId,
        after: After<EphemeralKey>,
    ) -> impl Future<Output = Result<Slice<(EphemeralKey, Ephemeral)>, StoreError>> + Send;

    /// Adds an expiring value unchanged. Returns `Lost` if its key exists; the existing value stays unchanged.
    fn insert_ephemeral(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &Ephemeral,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the last time step that a user has used; `None` if there is none, or if the user does not exist.
    fn last_time_step(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Returns a user's unused recovery codes, ordered by their bytes.
    fn recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<Vec<SecretDigest>, StoreError>> + Send;

    /// Adds a client unchanged, including its version and the last uses of its secrets. Returns `Lost` if its
    /// identifier is taken.
    fn insert_client_as_is(
        &self,
        tenant: TenantId,
        client: &Client,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Adds a definition unchanged, including its version. Returns `Lost` if its key exists.
    fn insert_definition_as_is(
        &self,
        tenant: TenantId,
        definition: &Definition,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Adds a user unchanged, including the version. Returns `Lost` if the ID or email address is taken.
    fn insert_user_as_is(
        &self,
        tenant: TenantId,
        user: &User,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns a slice of all events of a tenant, erased or not, ordered by ID.
    fn list_stored_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> impl Future<Output = Result<Slice<StoredEvent>, StoreError>> + Send;

    /// Adds an event unchanged. Returns `Lost` if its ID exists.
    fn insert_event(
        &self,
        tenant: TenantId,
        event: &StoredEvent,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces a sealed value by the same secret under another master key. Returns `Lost` unless `present` equals the
    /// stored value. Changes neither a version nor the change feed, because no fact changes.
    fn reseal(
        &self,
        tenant: TenantId,
        place: SealedPlace<'_>,
        present: &[u8],
        new: &[u8],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Adds a batch unchanged, without events. Returns `Lost` if its number exists.
    fn insert_batch(
        &self,
        tenant: TenantId,
        batch: &SealedBatch,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
