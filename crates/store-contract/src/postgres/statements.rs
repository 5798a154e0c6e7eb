//! Counts of executed statements.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a cluster that does not count fails its test"
)]

use super::{Cluster, schema::connect};
use std::collections::BTreeMap;
use tokio_postgres::Client;

/// Counts the statements of a cluster with `pg_stat_statements`.
pub struct StatementCounts(Client);

impl StatementCounts {
    /// Settings that a cluster needs.
    pub const SETTINGS: &str = "shared_preload_libraries = 'pg_stat_statements'";

    /// Connects to a cluster with [`StatementCounts::SETTINGS`].
    pub async fn of(cluster: &Cluster) -> Self {
        let client = connect(&cluster.url()).await;
        let create = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements";
        client.batch_execute(create).await.unwrap();
        Self(client)
    }

    /// Runs `work`. Returns the number of executions by text of each statement on one of `tables`, except removals,
    /// which housekeeping makes at any time.
    pub async fn during(&self, tables: &[&str], work: impl AsyncFnOnce()) -> BTreeMap<String, i64> {
        let reset = "SELECT pg_stat_statements_reset()";
        self.0.batch_execute(reset).await.unwrap();
        work().await;
        let counts = "SELECT query, sum(calls)::bigint FROM pg_stat_statements \
            WHERE query ~ $1 AND query !~ 'DELETE|pg_stat_statements' GROUP BY query";
        let tables = format!(r"\m({})\M", tables.join("|"));
        let rows = self.0.query(counts, &[&tables]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }
}
