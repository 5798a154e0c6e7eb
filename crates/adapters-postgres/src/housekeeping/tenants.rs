//! Removal of the rows of a tenant.
//!
//! Most keys and indexes begin with another column than the tenant, so a statement that finds rows of a tenant reads the
//! whole table. It finds the places of many rows at once. Other statements remove them, a few at a time.

use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, tenant};
use countersign_adapters_sql::schema::TENANT_TABLES;
use countersign_domain::tenant::TenantId;
use countersign_ports::StoreError;
use diesel::sql_types::{Array, BigInt, Integer, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

/// Maximum number of rows that one statement finds.
const FOUND: i64 = 10_000;

/// Place of a row in its table.
#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = Text)]
    place: String,
}

/// Finds rows of a tenant.
async fn find(
    connection: &mut AsyncPgConnection,
    table: &str,
    tenant: i32,
) -> Result<Vec<String>, Failure> {
    let statement = format!("SELECT ctid::text AS place FROM {table} WHERE tenant = $1 LIMIT $2");
    let found: Vec<Place> = sql_query(statement)
        .bind::<Integer, _>(tenant)
        .bind::<BigInt, _>(FOUND)
        .load(connection)
        .await?;
    Ok(found.into_iter().map(|row| row.place).collect())
}

/// Removes rows. Meanwhile, another tenant may have got the place of a row that another node removed.
async fn remove(
    connection: &mut AsyncPgConnection,
    table: &str,
    tenant: i32,
    places: &[String],
) -> Result<(), Failure> {
    let statement =
        format!("DELETE FROM {table} WHERE ctid = ANY($1::text[]::tid[]) AND tenant = $2");
    sql_query(statement)
        .bind::<Array<Text>, _>(places)
        .bind::<Integer, _>(tenant)
        .execute(connection)
        .await?;
    Ok(())
}

impl PostgresStore {
    /// Removes all rows of a tenant, in transactions of at most `most` rows.
    pub(super) async fn remove_rows(&self, of: TenantId, most: u32) -> Result<(), StoreError> {
        let (tenant, most) = (
            tenant(of),
            usize::try_from(most).unwrap_or(usize::MAX).max(1),
        );
        for (table, _) in TENANT_TABLES {
            loop {
                let find = self.run(async |connection| find(connection, table, tenant).await);
                let places = find.await?;
                if places.is_empty() {
                    break;
                }
                for places in places.chunks(most) {
                    let remove = async |connection: &mut AsyncPgConnection| {
                        remove(connection, table, tenant, places).await
                    };
                    self.run(remove).await?;
                }
            }
        }
        Ok(())
    }
}
