//! How a use case ends when it does not succeed.

use countersign_domain::refusal::Refusal;
use countersign_ports::{OpenError, PasswordsBusy, SigningError, StoreError};
use std::time::Duration;

/// Why a request was not served: it broke a rule, or something that the server depends on is missing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request broke a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store cannot answer. A retry may succeed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// One grant is rotated faster than this request can follow. A retry may succeed.
    #[error("the grant changed too often while it was being refreshed")]
    Contended,
    /// An authentic value holds a critical fact that only a later version of the server understands. Nothing was
    /// changed. A retry may reach a node that understands it.
    #[error("the value holds a fact that only a later version of the server understands")]
    Later,
    /// Too many passwords are waiting. A retry may succeed.
    #[error(transparent)]
    PasswordsBusy(#[from] PasswordsBusy),
    /// The server could not sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// Too many attempts failed, for an account or from an address. A retry may succeed after this time.
    #[error("too many attempts failed; wait a few minutes")]
    TooManyAttempts(Duration),
    /// A secret of this server cannot be unsealed: it was sealed under another master key.
    #[error("a stored secret cannot be unsealed with this master key")]
    Unsealing,
}

/// Judges a value that came back: `unknown` if this server did not seal it.
pub(crate) fn opened<T>(value: Result<T, OpenError>, unknown: Refusal) -> Result<T, Failure> {
    value.map_err(|error| match error {
        OpenError::Unknown => Failure::Refused(unknown),
        OpenError::Later => Failure::Later,
    })
}
