//! Results of store calls: the outcome of a conditional change, and store errors.

pub use countersign_domain::decision::Race;
use std::error::Error;

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
