//! A schema of a PostgreSQL for one installation, and what the database says of it.

use countersign_store_contract::postgres::{Cluster, Schema};

/// A database of its own, as far as servers can tell.
pub(crate) struct Database(Schema);

/// What statements have done to the rows of a table, as the database counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Writes {
    pub(crate) inserted: i64,
    pub(crate) updated: i64,
    /// Those of the updates that touched no index.
    pub(crate) updated_hot: i64,
    pub(crate) deleted: i64,
}

impl Database {
    /// In the cluster that the tests share.
    pub(crate) async fn new() -> Self {
        Self(Schema::new().await)
    }

    /// In a cluster of the test's own.
    pub(crate) async fn on(cluster: &Cluster) -> Self {
        Self(Schema::on(cluster).await)
    }

    /// What `store.url` says.
    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    /// How many connections listen for changes, on the whole cluster.
    pub(crate) async fn listeners(&self) -> i64 {
        let client = self.0.client().await;
        let ask = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'";
        client.query_one(ask, &[]).await.unwrap().get(0)
    }

    /// What was written to a table so far. The database takes a second or two to count.
    pub(crate) async fn writes(&self, table: &str) -> Writes {
        let client = self.0.client().await;
        let schema = self.0.name();
        let ask = "SELECT n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del FROM pg_stat_user_tables \
            WHERE schemaname = $1 AND relname = $2";
        let row = client.query_one(ask, &[&schema, &table]).await.unwrap();
        Writes {
            inserted: row.get(0),
            updated: row.get(1),
            updated_hot: row.get(2),
            deleted: row.get(3),
        }
    }
}
