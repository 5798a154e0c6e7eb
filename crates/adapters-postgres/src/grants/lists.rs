//! Lists of grants that a large table may have no index for.

use crate::connection::pool::take_time;
use crate::keyset::from;
use crate::store::PostgresStore;
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::slices::slice;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::GrantId;
use countersign_ports::{After, Slice, StoreError};
use diesel_async::methods::LoadQuery;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};

impl PostgresStore {
    /// Returns the slice after `after`. `statement` lists grants in ID order from an ID on. It has no timeout: a large
    /// table has no index for it until an upgrade has built it, or none at all.
    pub(crate) async fn list_unhurried<S>(
        &self,
        after: After<GrantId>,
        statement: impl FnOnce(Id) -> S,
    ) -> Result<Slice<Grant>, StoreError>
    where
        S: LoadQuery<'static, AsyncPgConnection, GrantRow> + Send + 'static,
    {
        let Some(from) = from(after.key) else {
            return Ok(Slice::default());
        };
        let statement = statement(from);
        let outcome = self.0.connections.run_unhurried(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                take_time(connection).await?;
                let rows: Vec<GrantRow> = statement.load(connection).await?;
                Ok(slice(rows, after.limit, Grant::try_from)?)
            };
            connection.transaction(work).await
        });
        outcome.await.map_err(StoreError::new)
    }
}
