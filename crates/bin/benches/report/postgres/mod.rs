//! Benchmarks on PostgreSQL.

mod rigs;
pub(crate) mod rotation;
pub(crate) mod writes;
