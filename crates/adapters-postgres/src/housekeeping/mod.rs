//! Removal of expired rows.

mod grants;
mod statements;
mod tenants;
#[cfg(test)]
mod tests;

use crate::signing_keys::advance_any;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, from_tenant, from_time, time};
use countersign_adapters_sql::feed::changes::KEPT;
use countersign_adapters_sql::schema::signing_keys;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, Removed, StoreError};
use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};
use statements::{RemoveChanges, RemoveDevices, RemoveEphemera, RemoveSessions, removed};
use std::collections::BTreeMap;

/// Removes retired signing keys of one tenant by ID, in a separate transaction.
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

/// Removes up to `most` retired signing keys.
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

/// Removes up to `most` expired rows, except grants.
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

    async fn remove_tenant(&self, of: TenantId, most: u32) -> Result<(), StoreError> {
        self.remove_rows(of, most).await
    }
}
