//! Removal of expired rows of all tenants.

use crate::feed::changes::remove_old;
use crate::signing_keys::count_change;
use crate::store::{GrantKey, SqliteStore};
use countersign_adapters_sql::columns::{Failure, from_tenant, from_time, time};
use countersign_adapters_sql::ephemera::EphemeralKeyColumns;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::{devices, ephemera, grants, sessions, signing_keys};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, Removed, StoreError};
use diesel::prelude::*;
use std::collections::BTreeSet;
use std::sync::PoisonError;

/// Returns up to `most` expired grants in ID order: first those after `swept`, then from the beginning.
fn expired_grants(
    connection: &mut SqliteConnection,
    swept: Option<GrantKey>,
    now: i64,
    most: i64,
) -> Result<Vec<GrantKey>, Failure> {
    let swept = swept.map_or(Id([0; 16]), |(id, _)| id);
    let expired = || {
        grants::table
            .select((grants::id, grants::tenant))
            .filter(grants::expires_at.le(now))
            .order((grants::id, grants::tenant))
    };
    let mut keys: Vec<GrantKey> = expired()
        .filter(grants::id.gt(swept))
        .limit(most)
        .load(connection)?;
    let rest = most.saturating_sub(i64::try_from(keys.len())?);
    if rest > 0 {
        let from_the_beginning = expired().filter(grants::id.le(swept)).limit(rest);
        keys.extend(from_the_beginning.load::<GrantKey>(connection)?);
    }
    Ok(keys)
}

/// One batch of removals on the writer.
struct Sweep<'a> {
    connection: &'a mut SqliteConnection,
    now: i64,
    most: u32,
    removed: Removed,
}

impl Sweep<'_> {
    /// Returns how many rows may still be removed.
    fn rest(&self) -> i64 {
        i64::from(self.most.saturating_sub(self.removed.count))
    }

    fn count(&mut self, column: &'static str, ended_at: i64) -> Result<(), Failure> {
        self.removed += Removed::one(from_time(column, ended_at)?);
        Ok(())
    }

    /// Removes the `candidates` that are still expired.
    fn grants(&mut self, candidates: &[GrantKey]) -> Result<(), Failure> {
        for key in candidates {
            let expired = grants::table
                .find(*key)
                .filter(grants::expires_at.le(self.now));
            let ended_at = diesel::delete(expired)
                .returning(grants::expires_at)
                .get_result(self.connection)
                .optional()?;
            if let Some(ended_at) = ended_at {
                self.count("grants.expires_at", ended_at)?;
            }
        }
        Ok(())
    }

    /// Removes rows from the front of the primary key.
    fn ephemera(&mut self) -> Result<(), Failure> {
        let ended: Vec<EphemeralKeyColumns> = ephemera::table
            .select((
                ephemera::expires_at,
                ephemera::id,
                ephemera::tenant,
                ephemera::kind,
            ))
            .filter(ephemera::expires_at.le(self.now))
            .order((
                ephemera::expires_at,
                ephemera::id,
                ephemera::tenant,
                ephemera::kind,
            ))
            .limit(self.rest())
            .load(self.connection)?;
        for key in ended {
            diesel::delete(ephemera::table.find(key)).execute(self.connection)?;
            self.count("ephemera.expires_at", key.0)?;
        }
        Ok(())
    }

    fn sessions(&mut self) -> Result<(), Failure> {
        let ended: Vec<(Id, i32, i64)> = sessions::table
            .select((sessions::id, sessions::tenant, sessions::expires_at))
            .filter(sessions::expires_at.le(self.now))
            .order(sessions::expires_at)
            .limit(self.rest())
            .load(self.connection)?;
        for (id, tenant, ended_at) in ended {
            diesel::delete(sessions::table.find((id, tenant))).execute(self.connection)?;
            self.count("sessions.expires_at", ended_at)?;
        }
        Ok(())
    }

    fn devices(&mut self) -> Result<(), Failure> {
        let ended: Vec<(Id, i32, i64)> = devices::table
            .select((devices::id, devices::tenant, devices::expires_at))
            .filter(devices::expires_at.le(self.now))
            .order(devices::expires_at)
            .limit(self.rest())
            .load(self.connection)?;
        for (id, tenant, ended_at) in ended {
            diesel::delete(devices::table.find((id, tenant))).execute(self.connection)?;
            self.count("devices.expires_at", ended_at)?;
        }
        Ok(())
    }

    /// Removes retired keys and increments the versions of their key sets.
    fn signing_keys(&mut self) -> Result<(), Failure> {
        let retired: Vec<(i32, String, i64)> = signing_keys::table
            .select((
                signing_keys::tenant,
                signing_keys::id,
                signing_keys::retires_at.assume_not_null(),
            ))
            .filter(signing_keys::retires_at.le(self.now))
            .order(signing_keys::retires_at)
            .limit(self.rest())
            .load(self.connection)?;
        let mut tenants = BTreeSet::new();
        for (tenant, id, retired_at) in retired {
            diesel::delete(signing_keys::table.find((tenant, id))).execute(self.connection)?;
            self.count("signing_keys.retires_at", retired_at)?;
            tenants.insert(from_tenant("signing_keys.tenant", tenant)?);
        }
        for tenant in tenants {
            count_change(self.connection, tenant, Some(self.now))?;
        }
        Ok(())
    }
}

fn remove(
    connection: &mut SqliteConnection,
    grants: &[GrantKey],
    now: i64,
    most: u32,
) -> Result<Removed, Failure> {
    let mut sweep = Sweep {
        connection,
        now,
        most,
        removed: Removed::default(),
    };
    sweep.grants(grants)?;
    sweep.ephemera()?;
    sweep.sessions()?;
    sweep.devices()?;
    sweep.signing_keys()?;
    remove_old(sweep.connection, now)?;
    Ok(sweep.removed)
}

impl Housekeeping for SqliteStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<Removed, StoreError> {
        let now = time(now).map_err(StoreError::new)?;
        let swept = *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner);
        // A reader searches the grants, so that the writer only deletes the ones it finds.
        let look = move |connection: &mut _| expired_grants(connection, swept, now, most.into());
        let candidates = self.0.readers.list(look).await?;
        *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner) = candidates.last().copied();
        let work = move |connection: &mut _| remove(connection, &candidates, now, most);
        self.0.writer.write(work).await
    }

    async fn remove_tenant(&self, of: TenantId, most: u32) -> Result<(), StoreError> {
        self.remove_rows(of, most).await
    }
}
