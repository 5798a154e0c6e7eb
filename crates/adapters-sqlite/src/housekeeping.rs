//! Removal of what has expired.

use crate::schema::{grants, logins};
use crate::signing_keys::count_change;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, from_bytes, from_time, time};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::{denied_tokens, devices, sessions, signing_keys};
use countersign_domain::identifier::GrantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, Removed, StoreError};
use diesel::prelude::*;
use std::sync::PoisonError;

/// Up to `most` expired grants, from the one after `swept` on and then from the beginning, in the order
/// of their ids.
fn expired_grants(
    connection: &mut SqliteConnection,
    swept: Option<GrantId>,
    now: i64,
    most: i64,
) -> Result<Vec<GrantId>, Failure> {
    let swept = swept.map_or([0; 16], |id| *id.as_bytes());
    let expired = || {
        grants::table
            .select(grants::id)
            .filter(grants::expires_at.le(now))
            .order(grants::id)
    };
    let mut ids: Vec<Vec<u8>> = expired()
        .filter(grants::id.gt(&swept[..]))
        .limit(most)
        .load(connection)?;
    let rest = most.saturating_sub(i64::try_from(ids.len())?);
    if rest > 0 {
        let from_the_beginning = expired().filter(grants::id.le(&swept[..])).limit(rest);
        ids.extend(from_the_beginning.load::<Vec<u8>>(connection)?);
    }
    let ids = ids.iter().map(|id| from_bytes("grants.id", id));
    Ok(ids
        .map(|id| id.map(GrantId::from_bytes))
        .collect::<Result<_, _>>()?)
}

/// Removes rows that have expired of a table with a key of this type, as long as there are no more than `most` in all.
macro_rules! remove_ended {
    ($table:ident, $key:ty, $connection:ident, $now:ident, $most:ident, $removed:ident) => {
        let ended: Vec<($key, i64)> = $table::table
            .select(($table::id, $table::expires_at))
            .filter($table::expires_at.le($now))
            .limit(i64::from($most - $removed.count))
            .load($connection)?;
        for (id, ended_at) in ended {
            diesel::delete($table::table.find(id)).execute($connection)?;
            let column = concat!(stringify!($table), ".expires_at");
            $removed += Removed::one(from_time(column, ended_at)?);
        }
    };
}

/// Removes those of `candidates` that still are expired, and up to `most` things in all.
fn remove(
    connection: &mut SqliteConnection,
    candidates: &[GrantId],
    now: i64,
    most: u32,
) -> Result<Removed, Failure> {
    let mut removed = Removed::default();
    for id in candidates {
        let grant = grants::table
            .find(&id.as_bytes()[..])
            .filter(grants::expires_at.le(now));
        let ended_at = diesel::delete(grant)
            .returning(grants::expires_at)
            .get_result(connection)
            .optional()?;
        if let Some(ended_at) = ended_at {
            removed += Removed::one(from_time("grants.expires_at", ended_at)?);
        }
    }
    remove_ended!(logins, Vec<u8>, connection, now, most, removed);
    remove_ended!(sessions, Id, connection, now, most, removed);
    remove_ended!(devices, Id, connection, now, most, removed);
    remove_ended!(denied_tokens, String, connection, now, most, removed);
    let retired_keys: Vec<(String, i64)> = signing_keys::table
        .select((signing_keys::id, signing_keys::retires_at.assume_not_null()))
        .filter(signing_keys::retires_at.le(now))
        .limit(i64::from(most - removed.count))
        .load(connection)?;
    for (id, retired_at) in &retired_keys {
        diesel::delete(signing_keys::table.find(id)).execute(connection)?;
        removed += Removed::one(from_time("signing_keys.retires_at", *retired_at)?);
    }
    if !retired_keys.is_empty() {
        count_change(connection)?;
    }
    Ok(removed)
}

impl Housekeeping for SqliteStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<Removed, StoreError> {
        let now = time(now).map_err(StoreError::new)?;
        let swept = *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner);
        // The grants are looked through beside the writer, which then only has to touch those.
        let look = move |connection: &mut _| expired_grants(connection, swept, now, most.into());
        let candidates = self.0.readers.list(look).await?;
        *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner) = candidates.last().copied();
        let work = move |connection: &mut _| remove(connection, &candidates, now, most);
        self.0.writer.write(work).await
    }
}
