//! How a use case ends when it does not succeed.

use countersign_domain::refusal::Refusal;
use countersign_ports::{PasswordsBusy, SigningError, StoreError};
use std::time::Duration;

/// A request that was not served: by a rule, or for want of something we depend on.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A rule was broken; the client's doing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store cannot answer. Worth another try.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// One grant is rotated faster than this request can follow. Worth another try.
    #[error("the grant changed too often while it was being refreshed")]
    Contended,
    /// Too many passwords are waiting. Worth another try.
    #[error(transparent)]
    PasswordsBusy(#[from] PasswordsBusy),
    /// No signature could be made.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// Too many attempts failed, for an account or from an address. Worth another try after this time.
    #[error("too many attempts failed; wait a few minutes")]
    TooManyAttempts(Duration),
    /// A secret of ours cannot be unsealed: the master key is not the one it was sealed under.
    #[error("a stored secret cannot be unsealed with this master key")]
    Unsealing,
}
