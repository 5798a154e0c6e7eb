//! Benchmarks on PostgreSQL.

mod pgbench;
pub(crate) mod readings;
pub(crate) mod rigs;
pub(crate) mod rotation;
pub(crate) mod writes;
