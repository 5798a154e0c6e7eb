//! Passwords that were published after a breach.

use countersign_domain::secret::Secret;
use std::future::Future;
use std::pin::Pin;

/// Knows passwords from breaches of other services.
pub trait BreachedPasswords: Send + Sync {
    /// Returns whether a password is known from a breach. Returns `false` if that cannot be found out: an outage of the
    /// service must not keep users from choosing a password.
    fn contain<'a>(
        &'a self,
        password: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>>;
}

/// Knows no passwords.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBreaches;

impl BreachedPasswords for NoBreaches {
    fn contain<'a>(&'a self, _: &'a Secret) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(std::future::ready(false))
    }
}
