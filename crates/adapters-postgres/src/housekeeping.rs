//! Removal of what has expired.

mod grants;
#[cfg(test)]
mod tests;

use crate::signing_keys::advance_any;
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::changes::KEPT;
use countersign_adapters_sql::columns::{
    Failure, from_optional_time, from_tenant, from_time, time,
};
use countersign_adapters_sql::schema::signing_keys;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, Removed, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};
use std::collections::BTreeMap;

/// So many rows of a table, and when the first of them ended.
fn removed(count: i64, oldest: Option<i64>) -> Result<Removed, Failure> {
    Ok(Removed {
        count: u32::try_from(count)?,
        oldest: from_optional_time("expires_at", oldest)?,
    })
}

/// A statement that removes expired rows of a table, which an index leads to in the order in which they expire. Rows
/// that are locked are left to the next time.
macro_rules! removal {
    ($type:ident, $table:literal, $order:literal, $same_row:literal) => {
        struct $type {
            now: i64,
            most: i64,
        }
        statement!(
            $type => (BigInt, Nullable<BigInt>),
            concat!(
                "WITH ended AS MATERIALIZED (SELECT * FROM ", $table, " WHERE expires_at <= ? \
                 ORDER BY ", $order, " LIMIT ? FOR UPDATE SKIP LOCKED), \
                 removed AS (DELETE FROM ", $table, " AS it USING ended WHERE ", $same_row,
                " RETURNING it.expires_at) SELECT count(*), min(expires_at) FROM removed"
            ),
            self: [BigInt = &self.now, BigInt = &self.most]
        );
    };
}

removal!(
    RemoveSessions,
    "sessions",
    "expires_at, tenant",
    "it.id = ended.id AND it.tenant = ended.tenant"
);
removal!(
    RemoveDevices,
    "devices",
    "expires_at, tenant",
    "it.id = ended.id AND it.tenant = ended.tenant"
);
removal!(
    RemoveEphemera,
    "ephemera",
    "expires_at, id, tenant, kind",
    "it.expires_at = ended.expires_at AND it.id = ended.id AND it.tenant = ended.tenant AND it.kind = ended.kind"
);

/// Changes that every node has followed.
struct RemoveChanges(i64);
statement!(
    RemoveChanges,
    "DELETE FROM changes WHERE at < ?",
    self: [BigInt = &self.0]
);

/// Removes retired signing keys by their ids, in a transaction of its own: a tenant at a time.
async fn remove_keys_of(
    connection: &mut AsyncPgConnection,
    tenant: i32,
    ids: Vec<String>,
    now: Timestamp,
) -> Result<Removed, Failure> {
    let of = from_tenant("signing_keys.tenant", tenant)?;
    let retired = signing_keys::retires_at.le(time(now)?);
    let work = async |connection: &mut AsyncPgConnection| {
        advance_any(connection, of, now).await?;
        let mut all = Removed::default();
        for id in ids {
            let gone: Option<Option<i64>> =
                diesel::delete(signing_keys::table.find((tenant, id)).filter(retired))
                    .returning(signing_keys::retires_at)
                    .get_result(connection)
                    .await
                    .optional()?;
            if let Some(retired_at) = gone.flatten() {
                all += Removed::one(from_time("signing_keys.retires_at", retired_at)?);
            }
        }
        Ok(all)
    };
    connection.transaction(work).await
}

/// Removes up to `most` signing keys.
async fn remove_keys(
    connection: &mut AsyncPgConnection,
    now: Timestamp,
    most: i64,
) -> Result<Removed, Failure> {
    let keys: Vec<(i32, String)> = signing_keys::table
        .filter(signing_keys::retires_at.le(time(now)?))
        .select((signing_keys::tenant, signing_keys::id))
        .limit(most)
        .load(connection)
        .await?;
    let mut by_tenant = BTreeMap::<i32, Vec<String>>::new();
    for (tenant, id) in keys {
        by_tenant.entry(tenant).or_default().push(id);
    }
    let mut all = Removed::default();
    for (tenant, ids) in by_tenant {
        all += remove_keys_of(connection, tenant, ids, now).await?;
    }
    Ok(all)
}

/// Removes up to `most` of everything but grants.
async fn remove_others(
    connection: &mut AsyncPgConnection,
    time_of_call: Timestamp,
    most: i64,
) -> Result<Removed, Failure> {
    let now = time(time_of_call)?;
    let mut all = Removed::default();
    macro_rules! remove {
        ($($type:ident)+) => {$(
            let rest = most - i64::from(all.count);
            let (count, oldest) = $type { now, most: rest }.get_result(connection).await?;
            all += removed(count, oldest)?;
        )+};
    }
    remove!(RemoveSessions RemoveDevices RemoveEphemera);
    all += remove_keys(connection, time_of_call, most - i64::from(all.count)).await?;
    let kept = i64::try_from(KEPT.as_secs())?;
    RemoveChanges(now - kept).execute(connection).await?;
    Ok(all)
}

impl Housekeeping for PostgresStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<Removed, StoreError> {
        let seconds = time(now).map_err(StoreError::new)?;
        let most = i64::from(most);
        let Some(mut all) = self.remove_grants(seconds, most).await? else {
            return Ok(Removed::default());
        };
        let most = most - i64::from(all.count);
        all += self
            .run(async |connection| remove_others(connection, now, most).await)
            .await?;
        Ok(all)
    }
}
