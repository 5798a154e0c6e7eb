//! PostgreSQL schema for one installation, and queries about it.

use super::{GrantRow, Grants};
use countersign_domain::identifier::GrantId;
use countersign_store_contract::postgres::{Cluster, Schema};
use std::collections::BTreeMap;
use std::ops::SubAssign;
use tokio_postgres::Client;

/// Separate schema, which servers use like a separate database.
pub(crate) struct Database(Schema);

/// Row statistics of a table, as PostgreSQL counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Writes {
    pub(crate) inserted: i64,
    pub(crate) updated: i64,
    /// Updates that touched no index (HOT).
    pub(crate) updated_hot: i64,
    pub(crate) deleted: i64,
}

impl SubAssign for Writes {
    fn sub_assign(&mut self, other: Self) {
        self.inserted -= other.inserted;
        self.updated -= other.updated;
        self.updated_hot -= other.updated_hot;
        self.deleted -= other.deleted;
    }
}

impl Database {
    /// Creates a schema in the shared cluster of the tests.
    pub(crate) async fn new() -> Self {
        Self(Schema::new().await)
    }

    /// Creates a schema in this cluster.
    pub(crate) async fn on(cluster: &Cluster) -> Self {
        Self(Schema::on(cluster).await)
    }

    /// Returns the value of `store.url`.
    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    /// Returns the value of `store.url` for a node, with an application name that identifies its connections.
    pub(crate) fn url_of_node(&self, node: usize) -> String {
        format!("{}&application_name={}", self.url(), self.name_of(node))
    }

    fn name_of(&self, node: usize) -> String {
        format!("{}_{node}", self.0.name())
    }

    /// Returns the number of open connections of a node.
    pub(crate) async fn connections_of(&self, node: usize) -> i64 {
        let client = self.0.client().await;
        let ask = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
        let row = client.query_one(ask, &[&self.name_of(node)]).await;
        row.unwrap().get(0)
    }

    /// Returns the number of other connections to the whole cluster.
    pub(crate) async fn connections_of_others(&self) -> i64 {
        let client = self.0.client().await;
        let ask = "SELECT count(*) FROM pg_stat_activity \
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        client.query_one(ask, &[]).await.unwrap().get(0)
    }

    /// Opens a connection to read grants.
    pub(crate) async fn grants(&self) -> GrantsOfDatabase {
        GrantsOfDatabase(self.0.client().await)
    }

    /// Opens a connection for statements of a test.
    pub(crate) async fn client(&self) -> Client {
        self.0.client().await
    }

    /// Returns the number of grants.
    pub(crate) async fn count_grants(&self) -> i64 {
        let client = self.0.client().await;
        let count = client.query_one("SELECT count(*) FROM grants", &[]);
        count.await.unwrap().get(0)
    }

    /// Returns the number of connections to the whole cluster that listen for changes.
    pub(crate) async fn listeners(&self) -> i64 {
        let client = self.0.client().await;
        let ask = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'";
        client.query_one(ask, &[]).await.unwrap().get(0)
    }

    /// Returns the row statistics of a table. They lag a second or two, unless the writing connection has closed.
    pub(crate) async fn writes(&self, table: &str) -> Writes {
        self.writes_of_all().await[table]
    }

    /// Returns the row statistics of all tables.
    pub(crate) async fn writes_of_all(&self) -> BTreeMap<String, Writes> {
        let client = self.0.client().await;
        let ask = "SELECT relname::text, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del \
            FROM pg_stat_user_tables WHERE schemaname = $1";
        let rows = client.query(ask, &[&self.0.name()]).await.unwrap();
        rows.into_iter()
            .map(|row| {
                let writes = Writes {
                    inserted: row.get(1),
                    updated: row.get(2),
                    updated_hot: row.get(3),
                    deleted: row.get(4),
                };
                (row.get(0), writes)
            })
            .collect()
    }
}

/// Grants of a database, read through a persistent connection.
pub(crate) struct GrantsOfDatabase(pub(crate) Client);

impl Grants for GrantsOfDatabase {
    async fn grant(&self, id: GrantId) -> Option<GrantRow> {
        let ask = "SELECT generation, revoked_at FROM grants WHERE id = encode($1, 'hex')::uuid";
        let row = self.0.query_opt(ask, &[&id.as_bytes().as_slice()]).await;
        row.unwrap().map(|row| GrantRow {
            generation: row.get(0),
            revoked_at: row.get(1),
        })
    }
}
