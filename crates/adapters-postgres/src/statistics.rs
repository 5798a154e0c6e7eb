//! Numbers of stored objects.

use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{tenant, time};
use countersign_adapters_sql::slices::fetch;
use countersign_adapters_sql::statistics::{COUNT_OBJECTS, CountColumns, CountRow, counts};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Counts, Statistics, StoreError};
use diesel::sql_types::{BigInt, Integer};
use diesel_async::RunQueryDsl as _;

struct CountObjects {
    tenant: i32,
    most: i64,
    now: i64,
}
statement!(
    CountObjects => CountColumns,
    COUNT_OBJECTS,
    self: [
        Integer = &self.tenant,
        BigInt = &self.most,
        Integer = &self.tenant,
        BigInt = &self.most,
        Integer = &self.tenant,
        BigInt = &self.now,
        BigInt = &self.most,
        Integer = &self.tenant,
        BigInt = &self.now,
        BigInt = &self.most,
    ]
);

impl Statistics for PostgresStore {
    async fn count_objects(
        &self,
        of: TenantId,
        most: u32,
        now: Timestamp,
    ) -> Result<Counts, StoreError> {
        let statement = CountObjects {
            tenant: tenant(of),
            most: fetch(most),
            now: time(now).map_err(StoreError::new)?,
        };
        self.run(async |connection| {
            let row: CountRow = statement.get_result(connection).await?;
            Ok(counts(row, most)?)
        })
        .await
    }
}
