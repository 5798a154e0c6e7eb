//! Production scenarios: failover, PgBouncer, many grants, and many users. `COUNTERSIGN_SOAK=1` runs the loads of
//! `docs/performance.md`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic if the store does not answer, and prints its figures"
)]
#![expect(clippy::disallowed_methods, reason = "the tests measure elapsed time")]

mod failover;
mod many_grants;
mod many_users;
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
