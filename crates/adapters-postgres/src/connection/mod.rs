//! Connections to the database: the address, TLS, the pool, and groups of requests in one statement.

pub(crate) mod address;
pub(crate) mod groups;
pub(crate) mod message;
pub(crate) mod pool;
mod tls;
