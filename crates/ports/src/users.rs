//! Storage of users.

use crate::audit::EventRecord;
use crate::slice::{After, Slice};
use crate::store::{Race, StoreError};
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::{Email, User};
use std::future::Future;

/// What a user is looked up by.
#[derive(Clone, Copy, Debug)]
pub enum UserKey<'a> {
    /// The id.
    Id(UserId),
    /// The e-mail address.
    Email(&'a Email),
}

/// Users.
pub trait UserRepository {
    /// The user of this key.
    fn find_user(
        &self,
        tenant: TenantId,
        key: UserKey<'_>,
    ) -> impl Future<Output = Result<Option<User>, StoreError>> + Send;

    /// A slice of all users, in the order of their ids.
    fn list_users(
        &self,
        tenant: TenantId,
        after: After<UserId>,
    ) -> impl Future<Output = Result<Slice<User>, StoreError>> + Send;

    /// Adds a user as version 1, unless the id or the e-mail address is taken: then `Lost`. An operator's command brings
    /// its event; users who register themselves have none.
    fn insert_user(
        &self,
        tenant: TenantId,
        user: &User,
        event: Option<&EventRecord>,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces what administrators edit: e-mail address, whether it is verified, whether the user is enabled, name,
    /// profile and the claims of later versions. Password hash and authenticator app stay as they are. `Lost` unless the
    /// stored version is [`User::version`], which is then counted up, or if the new e-mail address is another user's.
    fn update_user(
        &self,
        tenant: TenantId,
        user: &User,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Sets the password hash of a user, whatever it was: an operator's command. `Lost` if there is no such user.
    fn set_password_hash(
        &self,
        tenant: TenantId,
        user: UserId,
        hash: &str,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Sets or removes the sealed secret of a user's one-time codes, whatever it was: an operator's command. The time
    /// steps that were used start anew. `Lost` if there is no such user.
    fn set_totp_secret(
        &self,
        tenant: TenantId,
        user: UserId,
        secret: Option<&[u8]>,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Notes that a user reads mail at this address. `Lost` unless the user is enabled and this is still the
    /// address. As with every change that people make themselves, nothing else of the user is written, so that
    /// it does not undo what an administrator changes at the same moment.
    fn verify_email(
        &self,
        tenant: TenantId,
        user: UserId,
        email: &Email,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces the password hash of a user. `Lost` unless the user is enabled and `present` is still the hash,
    /// or there still is none.
    fn replace_password_hash(
        &self,
        tenant: TenantId,
        user: UserId,
        present: Option<&str>,
        new: &str,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces or removes the sealed secret of a user's one-time codes, and gives them these recovery codes in the place
    /// of all earlier ones. `Lost` unless the user is enabled and `present` is still the secret, or there still is
    /// none; then their recovery codes stay as they are.
    fn replace_totp_secret(
        &self,
        tenant: TenantId,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Uses up a user's one-time code: `Won` if `time_step` (RFC 6238 section 4.2) is later than every
    /// step used up before, so that no code is good twice (RFC 6238 section 5.2).
    fn use_time_step(
        &self,
        tenant: TenantId,
        user: UserId,
        time_step: u64,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
