//! Storage of users.

use crate::store::{Race, StoreError};
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
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
        key: UserKey<'_>,
    ) -> impl Future<Output = Result<Option<User>, StoreError>> + Send;

    /// All users, by the time they were made, then by id.
    fn list_users(&self) -> impl Future<Output = Result<Vec<User>, StoreError>> + Send;

    /// Adds a user, unless the id or the e-mail address is taken.
    fn insert_user(&self, user: &User) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces everything about a user. `Lost` if there is none of this id or the new e-mail address
    /// is another's.
    fn update_user(&self, user: &User) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Notes that a user reads mail at this address. `Lost` unless the user is enabled and this is still the
    /// address. As with every change that people make themselves, nothing else of the user is written, so that
    /// it does not undo what an administrator changes at the same moment.
    fn verify_email(
        &self,
        user: UserId,
        email: &Email,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces the password hash of a user. `Lost` unless the user is enabled and `present` is still the hash,
    /// or there still is none.
    fn replace_password_hash(
        &self,
        user: UserId,
        present: Option<&str>,
        new: &str,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces or removes the sealed secret of a user's one-time codes, and gives them these recovery codes in the place
    /// of all earlier ones. `Lost` unless the user is enabled and `present` is still the secret, or there still is
    /// none; then their recovery codes stay as they are.
    fn replace_totp_secret(
        &self,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Uses up a user's one-time code: `Won` if `time_step` (RFC 6238 section 4.2) is later than every
    /// step used up before, so that no code is good twice (RFC 6238 section 5.2).
    fn use_time_step(
        &self,
        user: UserId,
        time_step: u64,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
