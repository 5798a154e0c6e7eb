//! Reading a store from end to end, to fill another one.

use crate::ephemera::{Ephemeral, EphemeralKey};
use crate::slice::{After, Slice};
use crate::{EventRecord, Race, StoreError};
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use std::future::Future;

/// What the other traits do not show of a store, in slices, and what they cannot write as it was. For
/// copying a store while no server uses it.
pub trait Transfer {
    /// The tenants that have rows in this store, in the order of their ids.
    fn list_tenants(&self) -> impl Future<Output = Result<Vec<TenantId>, StoreError>> + Send;

    /// A slice of all grants of a tenant, in the order of their ids.
    fn list_all_grants(
        &self,
        tenant: TenantId,
        after: After<GrantId>,
    ) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;

    /// A slice of the expiring values of a tenant, expired or not, in the order of [`EphemeralKey`].
    fn list_ephemera(
        &self,
        tenant: TenantId,
        after: After<EphemeralKey>,
    ) -> impl Future<Output = Result<Slice<(EphemeralKey, Ephemeral)>, StoreError>> + Send;

    /// Adds an expiring value as it is, unless its key is there: then `Lost`, and the one there stays as it is.
    fn insert_ephemeral(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &Ephemeral,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// The last time step that was used up for a user; `None` if none was, or there is no such user.
    fn last_time_step(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// The recovery codes that a user has left, by their bytes.
    fn recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<Vec<SecretDigest>, StoreError>> + Send;

    /// Adds a client as it is, its version and the last uses of its secrets included, unless its identifier is taken.
    fn insert_client_as_is(
        &self,
        tenant: TenantId,
        client: &Client,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Adds a user as it is, its version included, unless the id or the e-mail address is taken.
    fn insert_user_as_is(
        &self,
        tenant: TenantId,
        user: &User,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Adds an event as it is, unless its id is there.
    fn insert_event(
        &self,
        tenant: TenantId,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
