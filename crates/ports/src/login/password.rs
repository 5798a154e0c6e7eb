//! Password hashing.

use countersign_domain::secret::Secret;
use std::future::Future;

/// Too many passwords are waiting to be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be checked")]
pub struct PasswordsBusy;

/// Hashes passwords with argon2id (RFC 9106), outside the async executor and at most one per core at a time.
pub trait PasswordHasher: Send + Sync + 'static {
    /// Returns a hash in PHC string format, with a fresh salt.
    fn hash(&self, password: &Secret)
    -> impl Future<Output = Result<String, PasswordsBusy>> + Send;

    /// Returns whether `hash` matches `password`. Without a hash, it does the same work and returns `false`, so that
    /// timing does not reveal whether the user exists.
    fn verify(
        &self,
        password: &Secret,
        hash: Option<&str>,
    ) -> impl Future<Output = Result<bool, PasswordsBusy>> + Send;
}
