//! The error type of the use cases.

use countersign_domain::refusal::Refusal;
use countersign_ports::{OpenError, PasswordsBusy, SigningError, StoreError};
use std::time::Duration;

/// Reason why a request failed: it broke a rule, or a dependency of the server failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request broke a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store is unavailable. A retry may succeed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The request lost its races against concurrent changes. A retry may succeed.
    #[error("too many concurrent changes; try again")]
    Contended,
    /// An authentic value contains a critical fact that only a later version of the server understands. Nothing was
    /// changed. A retry may reach a node of that version.
    #[error("the value contains a fact that only a later version of the server understands")]
    Later,
    /// Too many password hashes are queued. A retry may succeed.
    #[error(transparent)]
    PasswordsBusy(#[from] PasswordsBusy),
    /// The server could not sign a token.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The rate limit of an account, mailbox or address was reached. A retry may succeed after this time.
    #[error("too many attempts; try again in a few minutes")]
    TooManyAttempts(Duration),
    /// The limit of a tenant's requests was reached. A retry may succeed after this time.
    #[error("this tenant has too many requests; try again later")]
    TenantBusy(Duration),
    /// A stored secret cannot be unsealed. It was sealed under another master key.
    #[error("a stored secret cannot be decrypted with this master key")]
    Unsealing,
}

impl Failure {
    /// Returns whether the request was refused as [expected](Refusal::is_expected).
    #[must_use]
    pub const fn is_expected(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.is_expected())
    }
}

/// Maps the error of opening a sealed value. Returns `unknown` if this server did not seal the value.
pub(crate) fn opened<T>(value: Result<T, OpenError>, unknown: Refusal) -> Result<T, Failure> {
    value.map_err(|error| match error {
        OpenError::Unknown => Failure::Refused(unknown),
        OpenError::Later => Failure::Later,
    })
}
