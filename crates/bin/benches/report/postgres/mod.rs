//! Benchmarks on PostgreSQL.

mod pgbench;
pub(crate) mod readings;
mod rigs;
pub(crate) mod rotation;
pub(crate) mod writes;
