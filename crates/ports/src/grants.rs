//! Storage of grants.

use crate::answer::{Race, StoreError};
use crate::slice::{After, Slice};
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::future::Future;

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

    /// Applies a rotation to the stored grant, like [`Grant::apply`]: under its condition, sets the generation to
    /// [`Rotation::successor`], and `rotated_at` and `expires_at` to those of the rotation; nothing else changes.
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
