//! Password hashing, and the strength of new passwords.

use countersign_domain::login::weakness::Weakness;
use countersign_domain::secret::Secret;
use std::future::Future;

/// Too many passwords are waiting to be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be checked")]
pub struct PasswordsBusy;

/// Hashes passwords with argon2id (RFC 9106), and judges new ones. Works outside the async executor, on at most one
/// password per core at a time.
pub trait PasswordHasher: Send + Sync + 'static {
    /// Returns why a new password is too easy to guess; `None` if it is not. Its length is checked elsewhere. `about`
    /// are texts about the user, such as the email address.
    fn weakness(
        &self,
        password: &Secret,
        about: Vec<String>,
    ) -> impl Future<Output = Result<Option<Weakness>, PasswordsBusy>> + Send;

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
