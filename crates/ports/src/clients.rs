//! Storage of clients.

use crate::answer::{Race, StoreError};
use crate::feed::EventRecord;
use crate::slice::{After, Slice};
use countersign_domain::administration::holder::Holder;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::grant::Grant;
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::future::Future;

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

    /// Returns a slice of all clients, or of those with this owner, ordered by identifier.
    fn list_clients(
        &self,
        tenant: TenantId,
        owner: Option<&Holder>,
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
    /// `Lost` unless the stored version equals `version`.
    fn delete_client(
        &self,
        tenant: TenantId,
        id: &ClientId,
        version: u64,
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

/// Grants to a client. No index leads to them, so each method can read all grants of the tenant.
pub trait ClientGrants {
    /// Returns a slice of the grants to a client, live or not, ordered by ID.
    fn list_client_grants(
        &self,
        tenant: TenantId,
        client: &ClientId,
        after: After<GrantId>,
    ) -> impl Future<Output = Result<Slice<Grant>, StoreError>> + Send;

    /// Marks all unrevoked grants to a client as revoked at the time of the event, and removes the consents of all users
    /// for it. Returns the number of grants. Stores no event if there was neither a grant nor a consent.
    fn revoke_client_grants(
        &self,
        tenant: TenantId,
        client: &ClientId,
        event: &EventRecord,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
