//! Removal of the rows of a tenant.
//!
//! Most keys begin with another column than the tenant, so a statement that finds rows of a tenant reads the whole table.
//! A reader runs it and finds many rows at once. The writer removes them by their keys, a few at a time: meanwhile, no
//! other write runs.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, tenant};
use countersign_adapters_sql::schema::TENANT_TABLES;
use countersign_domain::tenant::TenantId;
use countersign_ports::StoreError;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::{QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};

/// Maximum number of rows that one statement finds.
const FOUND: i64 = 10_000;

/// Row that is found.
#[derive(QueryableByName)]
struct Found {
    /// Statement that removes the row.
    #[diesel(sql_type = Text)]
    removal: String,
}

/// Returns the statement that finds rows of a tenant in a table. Its result is a statement for each row, with the primary
/// key as literals: keys have columns of several types, and the planner would not use the index for a list of whole keys.
fn search((table, key): (&str, &str)) -> String {
    let columns = key.split(", ");
    let terms: Vec<_> = columns
        .map(|column| format!("'{column} = ' || quote({column})"))
        .collect();
    let condition = terms.join(" || ' AND ' || ");
    format!(
        "SELECT 'DELETE FROM {table} WHERE ' || {condition} || ';' AS removal \
         FROM {table} WHERE tenant = ? LIMIT ?"
    )
}

impl SqliteStore {
    /// Removes all rows of a tenant, in transactions of at most `most` rows.
    pub(crate) async fn remove_rows(&self, of: TenantId, most: u32) -> Result<(), StoreError> {
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
        for table in TENANT_TABLES {
            while self.remove_rows_of_table(of, *table, most).await? {}
        }
        Ok(())
    }

    /// Removes rows of a tenant from a table. Returns whether there were any.
    async fn remove_rows_of_table(
        &self,
        of: TenantId,
        table: (&str, &str),
        most: usize,
    ) -> Result<bool, StoreError> {
        let search = search(table);
        let find = move |connection: &mut SqliteConnection| {
            let found: Vec<Found> = sql_query(search)
                .bind::<Integer, _>(tenant(of))
                .bind::<BigInt, _>(FOUND)
                .load(connection)?;
            Ok::<_, Failure>(found)
        };
        let found = self.0.readers.list(find).await?;
        for rows in found.chunks(most) {
            let statements: String = rows.iter().map(|row| row.removal.as_str()).collect();
            let remove = move |connection: &mut SqliteConnection| {
                connection.batch_execute(&statements)?;
                Ok::<_, Failure>(())
            };
            self.0.writer.write(remove).await?;
        }
        Ok(!found.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn row_is_removed_by_primary_key() {
        #[derive(QueryableByName)]
        struct Step {
            #[diesel(sql_type = Text)]
            detail: String,
        }
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("store.db")).unwrap();
        store.migrate().await.unwrap();
        for (table, key) in TENANT_TABLES {
            let condition = key.replace(", ", " = X'00' AND ");
            let delete =
                format!("EXPLAIN QUERY PLAN DELETE FROM {table} WHERE {condition} = X'00'");
            let explain = move |connection: &mut SqliteConnection| {
                Ok::<_, Failure>(sql_query(delete).load::<Step>(connection)?)
            };
            let plan = store.0.readers.list(explain).await.unwrap();
            let steps: Vec<_> = plan.iter().map(|step| step.detail.as_str()).collect();
            let by_key = |step: &&str| step.contains("SEARCH") && step.contains("=?");
            assert!(steps.iter().all(by_key), "{table}: {steps:?}");
        }
    }
}
