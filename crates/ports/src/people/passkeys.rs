//! Storage of passkeys.

use crate::answer::{Race, StoreError};
use crate::slice::{After, Slice};
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// Passkeys.
pub trait PasskeyRepository {
    /// Adds a passkey. Returns `Lost` if its ID is taken.
    fn insert_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the passkey with this credential ID.
    fn find_passkey(
        &self,
        tenant: TenantId,
        id: &[u8],
    ) -> impl Future<Output = Result<Option<Passkey>, StoreError>> + Send;

    /// Returns a slice of a user's passkeys, ordered by ID.
    fn list_passkeys(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<Vec<u8>>,
    ) -> impl Future<Output = Result<Slice<Passkey>, StoreError>> + Send;

    /// Renames a passkey of a user. Returns `Lost` if the user has no passkey with this ID.
    fn rename_passkey(
        &self,
        tenant: TenantId,
        user: UserId,
        id: &[u8],
        name: &str,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces the credential and last use of a passkey, not its name. Returns `Lost` if no passkey has this ID.
    fn update_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes a passkey of a user. Returns `Lost` if the user has no passkey with this ID.
    fn remove_passkey(
        &self,
        tenant: TenantId,
        user: UserId,
        id: &[u8],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
