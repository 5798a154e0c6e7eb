//! Storage of users.

use crate::answer::{Race, StoreError};
use crate::ephemera::EphemeralKey;
use crate::feed::EventRecord;
use crate::slice::{After, Slice};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use std::future::Future;

/// Key for looking up a user.
#[derive(Clone, Copy, Debug)]
pub enum UserKey<'a> {
    /// User ID.
    Id(UserId),
    /// Email address.
    Email(&'a Email),
}

/// Users.
pub trait UserRepository {
    /// Returns the user with this key.
    fn find_user(
        &self,
        tenant: TenantId,
        key: UserKey<'_>,
    ) -> impl Future<Output = Result<Option<User>, StoreError>> + Send;

    /// Returns the user with this ID. If the user is enabled, also stores an empty value under `step`, like
    /// [`Ephemera::insert`](crate::Ephemera::insert). Returns `Lost` with the user if the user is disabled, the key
    /// exists or has expired.
    fn find_user_and_take_step(
        &self,
        tenant: TenantId,
        user: UserId,
        step: &EphemeralKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<(User, Race)>, StoreError>> + Send;

    /// Returns a slice of all users, ordered by ID.
    fn list_users(
        &self,
        tenant: TenantId,
        after: After<UserId>,
    ) -> impl Future<Output = Result<Slice<User>, StoreError>> + Send;

    /// Adds a user with version 1. Returns `Lost` if the ID or email address is taken, or one of the groups does not
    /// exist. Operator commands pass their
    /// event; self-registration passes none.
    fn insert_user(
        &self,
        tenant: TenantId,
        user: &User,
        event: Option<&EventRecord>,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces the data that administrators edit: email address, its verified status, enabled status, name, profile,
    /// groups, and claims added by later versions. Password hash and authenticator app stay unchanged. Returns `Lost` unless
    /// the stored version equals [`User::version`], if the new email address belongs to another user, or one of the groups
    /// does not exist. On success, increments the stored version.
    fn update_user(
        &self,
        tenant: TenantId,
        user: &User,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Sets a user's password hash unconditionally, for an operator command. Returns `Lost` if the user does not exist.
    fn set_password_hash(
        &self,
        tenant: TenantId,
        user: UserId,
        hash: &str,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Resets a user's second factors unconditionally, for an operator command: sets the sealed secret of one-time codes,
    /// resets the used time steps, and removes the recovery codes and remembered devices. Without a new secret, removes
    /// the passkeys, too. Returns `Lost` if the user does not exist.
    fn reset_factors(
        &self,
        tenant: TenantId,
        user: UserId,
        secret: Option<&[u8]>,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Marks a user's email address as verified. Returns `Lost` unless the user is enabled and this is still the
    /// address. Like every change by users themselves, it writes no other column, so it cannot overwrite a concurrent
    /// change by an administrator.
    fn verify_email(
        &self,
        tenant: TenantId,
        user: UserId,
        email: &Email,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Hands a user over to the owner of the address, in one transaction: removes password, one-time codes, recovery
    /// codes, passkeys, remembered devices and identities, ends all sessions, and marks the address as verified. Returns the ended
    /// sessions; `None` unless the user is enabled, the address is not verified, and it is still this one.
    fn hand_over(
        &self,
        tenant: TenantId,
        user: UserId,
        email: &Email,
        at: Timestamp,
    ) -> impl Future<Output = Result<Option<Vec<SessionId>>, StoreError>> + Send;

    /// Replaces or removes a user's password hash. Returns `Lost` unless the user is enabled and `present` equals the stored hash
    /// (`None` if there is none).
    fn replace_password_hash(
        &self,
        tenant: TenantId,
        user: UserId,
        present: Option<&str>,
        new: Option<&str>,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces or removes the sealed secret of a user's one-time codes, and replaces all their recovery codes. Returns
    /// `Lost` unless the user is enabled and `present` equals the stored secret (`None` if there is none). On `Lost`,
    /// the recovery codes stay unchanged.
    fn replace_totp_secret(
        &self,
        tenant: TenantId,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Consumes a user's one-time code. Returns `Won` if `time_step` (RFC 6238 section 4.2) is later than every step
    /// used before. Each code is therefore accepted only once (RFC 6238 section 5.2).
    fn use_time_step(
        &self,
        tenant: TenantId,
        user: UserId,
        time_step: u64,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
