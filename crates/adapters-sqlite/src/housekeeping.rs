//! Removal of what has expired.

use crate::schema::{grants, logins};
use crate::signing_keys::count_change;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, from_bytes, time};
use countersign_adapters_sql::schema::signing_keys;
use countersign_domain::identifier::GrantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, StoreError};
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

/// Removes those of `candidates` that still are expired, and up to `most` things in all.
fn remove(
    connection: &mut SqliteConnection,
    candidates: &[GrantId],
    now: i64,
    most: usize,
) -> Result<u32, Failure> {
    let mut removed = 0;
    for id in candidates {
        let grant = grants::table
            .find(&id.as_bytes()[..])
            .filter(grants::expires_at.le(now));
        removed += diesel::delete(grant).execute(connection)?;
    }
    let ended_logins: Vec<Vec<u8>> = logins::table
        .select(logins::id)
        .filter(logins::expires_at.le(now))
        .limit(i64::try_from(most - removed)?)
        .load(connection)?;
    for id in ended_logins {
        removed += diesel::delete(logins::table.find(id)).execute(connection)?;
    }
    let retired_keys: Vec<String> = signing_keys::table
        .select(signing_keys::id)
        .filter(signing_keys::retires_at.le(now))
        .limit(i64::try_from(most - removed)?)
        .load(connection)?;
    for id in &retired_keys {
        removed += diesel::delete(signing_keys::table.find(id)).execute(connection)?;
    }
    if !retired_keys.is_empty() {
        count_change(connection)?;
    }
    Ok(u32::try_from(removed)?)
}

impl Housekeeping for SqliteStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let now = time(now).map_err(StoreError::new)?;
        let swept = *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner);
        // The grants are looked through beside the writer, which then only has to touch those.
        let look = move |connection: &mut _| expired_grants(connection, swept, now, most.into());
        let candidates = self.0.readers.list(look).await?;
        *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner) = candidates.last().copied();
        let most = most as usize;
        let work = move |connection: &mut _| remove(connection, &candidates, now, most);
        self.0.writer.write(work).await
    }
}
