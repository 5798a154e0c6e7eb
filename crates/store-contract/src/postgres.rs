//! A PostgreSQL for tests: one that `COUNTERSIGN_TEST_POSTGRES_URL` names, or a private cluster that ends
//! with the process.
//!
//! Each test takes a [`Schema`] of its own, so that all of them run at once on one cluster.

mod bouncer;
mod cluster;
mod pair;
mod schema;

pub use bouncer::{Bouncer, PoolMode};
pub use cluster::{Cluster, Stop};
pub use pair::Pair;
pub use schema::Schema;

/// Whether the loads are to be those of `docs/performance.md`: with `COUNTERSIGN_SOAK=1`.
#[must_use]
pub fn is_soak() -> bool {
    std::env::var_os("COUNTERSIGN_SOAK").is_some_and(|value| value == "1")
}
