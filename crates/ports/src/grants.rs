//! Storage of grants.

use crate::answer::{Race, StoreError};
use crate::slice::{After, Slice};
use countersign_domain::client::ClientId;
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::{GrantId, SessionId, Subject};
use countersign_domain::login::session::Session;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use std::future::Future;

/// Result of [`GrantRepository::redeem`].
#[derive(Clone, Debug)]
pub enum Redeemed {
    /// The grant is stored. Contains its user; `None` if there is none.
    Won(Option<Box<GrantUser>>),
    /// A grant with this ID exists.
    Lost,
}

/// User of a grant.
#[derive(Clone, Debug)]
pub struct GrantUser {
    /// The user, enabled or not.
    pub user: User,
    /// Browser session of the grant, live or not; `None` if the grant names no session.
    pub session: Option<Session>,
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

    /// Stores a new grant like [`GrantRepository::establish`], and then reads its user: the user of its session, or the
    /// user whose ID is its subject if it names no session. The read sees every change of the user or the session that
    /// was complete when the grant was stored. So a caller that first changes the user and then revokes all grants either
    /// finds the new grant, or the read finds the change. If the read fails, the grant may be stored.
    fn redeem(
        &self,
        tenant: TenantId,
        grant: &Grant,
    ) -> impl Future<Output = Result<Redeemed, StoreError>> + Send;

    /// Returns the grant with this ID.
    fn find_grant(
        &self,
        tenant: TenantId,
        id: GrantId,
    ) -> impl Future<Output = Result<Option<Grant>, StoreError>> + Send;

    /// Returns the grant with this ID, and the user whose ID is its subject, enabled or not, as one consistent snapshot.
    fn find_grant_with_user(
        &self,
        tenant: TenantId,
        id: GrantId,
    ) -> impl Future<Output = Result<Option<(Grant, Option<User>)>, StoreError>> + Send;

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
