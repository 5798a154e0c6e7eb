//! Facts about the database that predict failures.

use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::from_time;
use countersign_domain::time::Timestamp;
use countersign_ports::StoreError;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::RunQueryDsl as _;

struct Now;
statement!(
    Now => BigInt,
    "SELECT extract(epoch FROM clock_timestamp())::bigint",
    self: []
);

/// Whether the role may create tables in the first existing schema of its search path.
struct MayMigrate;
statement!(
    MayMigrate => Bool,
    "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)",
    self: []
);

impl PostgresStore {
    /// Returns the time of the database.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        self.run(async |connection| {
            let now: i64 = Now.get_result(connection).await?;
            Ok(from_time("clock_timestamp", now)?)
        })
        .await
    }

    /// Returns whether the role of this connection may create the tables of migrations.
    pub async fn may_migrate(&self) -> Result<bool, StoreError> {
        self.run(async |connection| Ok(MayMigrate.get_result(connection).await?))
            .await
    }
}
