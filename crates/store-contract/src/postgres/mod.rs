//! PostgreSQL for tests: the server at `COUNTERSIGN_TEST_POSTGRES_URL`, or a private cluster that stops with the
//! process.
//!
//! Each test uses its own [`Schema`], so all tests can share one cluster concurrently.

mod bouncer;
mod cluster;
mod pair;
mod schema;
mod statements;

pub use bouncer::{Bouncer, PoolMode};
pub use cluster::{Cluster, Stop};
pub use pair::Pair;
pub use schema::Schema;
pub use statements::StatementCounts;

/// Returns whether tests use the full load of `docs/performance.md`, which `COUNTERSIGN_SOAK=1` requests.
#[must_use]
pub fn is_soak() -> bool {
    std::env::var_os("COUNTERSIGN_SOAK").is_some_and(|value| value == "1")
}
