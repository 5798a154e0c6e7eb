//! Storage of consents.

use crate::answer::{Race, StoreError};
use crate::slice::{After, Slice};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// Consent that users have given to clients.
pub trait ConsentRepository {
    /// Returns a user's consent for a client.
    fn find_consent(
        &self,
        tenant: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Option<Consent>, StoreError>> + Send;

    /// Returns a slice of a user's consents, ordered by client identifier.
    fn list_consents(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<ClientId>,
    ) -> impl Future<Output = Result<Slice<Consent>, StoreError>> + Send;

    /// Stores a consent, and replaces an earlier one of the same user for the same client.
    fn put_consent(
        &self,
        tenant: TenantId,
        consent: &Consent,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Withdraws consent. Returns `Lost` if there was none.
    fn remove_consent(
        &self,
        tenant: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
