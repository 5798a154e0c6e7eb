//! Storage of identities.

use crate::answer::{Race, StoreError};
use crate::feed::EventRecord;
use crate::slice::{After, Slice};
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::{IdentityId, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use std::future::Future;

/// Identities.
pub trait IdentityRepository {
    /// Links an identity. Returns `Lost` if its ID is taken.
    fn insert_identity(
        &self,
        tenant: TenantId,
        identity: &Identity,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Adds a user, as [`UserRepository::insert_user`](crate::UserRepository::insert_user) does, and links an identity
    /// to it. Returns `Lost` and changes nothing if the ID or the email address of the user, or the ID of the identity,
    /// is taken.
    fn insert_user_with_identity(
        &self,
        tenant: TenantId,
        user: &User,
        identity: &Identity,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the identity with this ID.
    fn find_identity(
        &self,
        tenant: TenantId,
        id: IdentityId,
    ) -> impl Future<Output = Result<Option<Identity>, StoreError>> + Send;

    /// Returns a slice of a user's identities, ordered by ID.
    fn list_identities(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<IdentityId>,
    ) -> impl Future<Output = Result<Slice<Identity>, StoreError>> + Send;

    /// Replaces the email address and the last use of an identity. Returns `Lost` if the user has no identity with this
    /// ID.
    fn update_identity(
        &self,
        tenant: TenantId,
        identity: &Identity,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Unlinks an identity of a user. Returns `Lost` if the user has no identity with this ID.
    fn remove_identity(
        &self,
        tenant: TenantId,
        user: UserId,
        id: IdentityId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Unlinks all identities of a user and returns their number.
    fn remove_identities(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
