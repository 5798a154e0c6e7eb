//! Passwords.

use countersign_domain::secret::Secret;
use std::future::Future;

/// More passwords are waiting to be checked than the machine can take on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be checked")]
pub struct PasswordsBusy;

/// Hashes passwords with argon2id (RFC 9106), off the executor and no more at a time than there are cores.
pub trait PasswordHasher: Send + Sync + 'static {
    /// A hash in PHC string form, with a fresh salt.
    fn hash(&self, password: &Secret)
    -> impl Future<Output = Result<String, PasswordsBusy>> + Send;

    /// Whether `hash` is of `password`. Without a hash it does the same work and answers no, so that
    /// the time does not tell whether there is such a user.
    fn verify(
        &self,
        password: &Secret,
        hash: Option<&str>,
    ) -> impl Future<Output = Result<bool, PasswordsBusy>> + Send;
}
