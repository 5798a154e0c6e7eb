//! Results of store calls: the outcome of a conditional change, and store errors.

use std::error::Error;

/// Outcome of a conditional change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a lost race must be handled"]
pub enum Race {
    /// The change was applied.
    Won,
    /// The condition did not hold. Nothing was changed.
    Lost,
}

/// The store failed or is unavailable. The cause is only for the log.
#[derive(Debug, thiserror::Error)]
#[error("store error")]
pub struct StoreError(#[source] Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
