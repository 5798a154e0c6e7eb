//! Storage of recovery codes.

use crate::answer::{Race, StoreError};
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// Recovery codes, stored as digests.
pub trait RecoveryCodeRepository {
    /// Replaces all recovery codes of a user.
    fn replace_recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
        codes: &[SecretDigest],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Consumes a recovery code. Returns `Lost` if the user does not have this code, or no longer has it.
    fn use_recovery_code(
        &self,
        tenant: TenantId,
        user: UserId,
        code: &SecretDigest,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the number of unused recovery codes of a user.
    fn count_recovery_codes(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<u32, StoreError>> + Send;
}
