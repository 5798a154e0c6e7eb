//! Minimal programs that do the same work as the server.

pub(crate) mod reader;
pub(crate) mod signer;
pub(crate) mod store;
