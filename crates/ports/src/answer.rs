//! Results of store calls: the outcome of a conditional change, and store errors.

pub use countersign_domain::decision::Race;
use std::error::Error;

/// The store failed or is unavailable. The text has the cause, such as the message of the database server. It is only for
/// operators: the log, and errors of commands.
#[derive(Debug, thiserror::Error)]
#[error("store error: {0}")]
pub struct StoreError(#[source] Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
