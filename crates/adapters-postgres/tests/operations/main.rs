//! The store on what it meets in production: fail-over, PgBouncer, many grants. `COUNTERSIGN_SOAK=1` makes
//! the loads those of `docs/performance.md`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a store that does not answer fails its test, and the figures are for whoever reads along"
)]
#![expect(clippy::disallowed_methods, reason = "what is measured takes its time")]

mod failover;
mod many_grants;
mod pgbouncer;

use countersign_adapters_postgres::{Options, PostgresStore};
use countersign_domain::tenant::TenantId;
use std::time::Duration;

/// The tenant of these tests.
const T: TenantId = TenantId::SINGLE;

async fn connect(url: &str) -> PostgresStore {
    let options = Options {
        pool_size: 4,
        acquire_timeout: Duration::from_secs(2),
        statement_timeout: Duration::from_secs(2),
    };
    PostgresStore::connect(url, options).await.unwrap()
}
