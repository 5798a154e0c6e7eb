//! Removal of what has expired.
//!
//! No index leads to expired grants: rotations would have to keep it up, at twice the price. So all grants
//! are looked through in the order of their ids, a piece at a time, round and round.

use crate::revision::{self, count_change};
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, from_optional_time, from_time, time};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::id::Uuid;
use countersign_adapters_sql::schema::signing_keys;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, Removed, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};
use std::sync::PoisonError;

/// How many grants are looked at in one statement: some milliseconds.
const PIECE: i64 = 10_000;

/// How many pieces are looked at in one call.
const PIECES: usize = 20;

/// Looks at a piece of the grants and removes what has expired of it. One node at a time: the lock is of the
/// transaction, so a node that dies gives it up. Who does not get it looks at nothing.
struct RemoveGrants {
    from: Id,
    now: i64,
    most: i64,
}
statement!(
    RemoveGrants => (Bool, BigInt, Nullable<Uuid>, BigInt, Nullable<Uuid>, BigInt, Nullable<BigInt>),
    "WITH turn AS MATERIALIZED \
     (SELECT pg_try_advisory_xact_lock(1667593582, hashtext(current_schema())) AS mine), \
     seen AS MATERIALIZED (SELECT id, expires_at FROM grants \
     WHERE id >= ? AND (SELECT mine FROM turn) ORDER BY id LIMIT ?), \
     ended AS MATERIALIZED (SELECT id FROM seen WHERE expires_at <= ? ORDER BY id LIMIT ?), \
     removed AS (DELETE FROM grants USING ended WHERE grants.id = ended.id AND grants.expires_at <= ? \
     RETURNING grants.expires_at) \
     SELECT (SELECT mine FROM turn), \
     (SELECT count(*) FROM seen), (SELECT id FROM seen ORDER BY id DESC LIMIT 1), \
     (SELECT count(*) FROM ended), (SELECT id FROM ended ORDER BY id DESC LIMIT 1), \
     (SELECT count(*) FROM removed), (SELECT min(expires_at) FROM removed)",
    self: [
        Uuid = &self.from,
        BigInt = &PIECE,
        BigInt = &self.now,
        BigInt = &self.most,
        BigInt = &self.now,
    ]
);

#[derive(Queryable)]
struct Piece {
    is_ours: bool,
    seen: i64,
    last_seen: Option<Id>,
    ended: i64,
    last_ended: Option<Id>,
    removed: i64,
    oldest_removed: Option<i64>,
}

/// So many rows of a table, and when the first of them ended.
fn removed(count: i64, oldest: Option<i64>) -> Result<Removed, Failure> {
    Ok(Removed {
        count: u32::try_from(count)?,
        oldest: from_optional_time("expires_at", oldest)?,
    })
}

/// A statement that removes rows that have expired of a table.
macro_rules! removal {
    ($type:ident, $table:literal) => {
        struct $type {
            now: i64,
            most: i64,
        }
        statement!(
            $type => (BigInt, Nullable<BigInt>),
            concat!(
                "WITH ended AS MATERIALIZED (SELECT id FROM ", $table, " WHERE expires_at <= ? \
                 ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED), \
                 removed AS (DELETE FROM ", $table, " AS it USING ended WHERE it.id = ended.id \
                 RETURNING it.expires_at) SELECT count(*), min(expires_at) FROM removed"
            ),
            self: [BigInt = &self.now, BigInt = &self.most]
        );
    };
}

removal!(RemoveLogins, "logins");
removal!(RemoveSessions, "sessions");
removal!(RemoveDevices, "devices");
removal!(RemoveDeniedTokens, "denied_tokens");

/// Removes up to `most` signing keys.
async fn remove_keys(
    connection: &mut AsyncPgConnection,
    now: i64,
    most: i64,
) -> Result<Removed, Failure> {
    let retired = signing_keys::table.filter(signing_keys::retires_at.le(now));
    let keys: Vec<(String, i64)> = retired
        .select((signing_keys::id, signing_keys::retires_at.assume_not_null()))
        .limit(most)
        .load(connection)
        .await?;
    if keys.is_empty() {
        return Ok(Removed::default());
    }
    let work = async |connection: &mut AsyncPgConnection| {
        revision::lock(connection).await?;
        let mut all = Removed::default();
        for (id, retired_at) in &keys {
            let gone = diesel::delete(signing_keys::table.find(id))
                .execute(connection)
                .await?;
            if gone > 0 {
                all += Removed::one(from_time("signing_keys.retires_at", *retired_at)?);
            }
        }
        count_change(connection).await?;
        Ok(all)
    };
    connection.transaction(work).await
}

/// Removes up to `most` of everything but grants.
async fn remove_others(
    connection: &mut AsyncPgConnection,
    now: i64,
    most: i64,
) -> Result<Removed, Failure> {
    let mut all = Removed::default();
    macro_rules! remove {
        ($($type:ident)+) => {$(
            let rest = most - i64::from(all.count);
            let (count, oldest) = $type { now, most: rest }.get_result(connection).await?;
            all += removed(count, oldest)?;
        )+};
    }
    remove!(RemoveLogins RemoveSessions RemoveDevices RemoveDeniedTokens);
    all += remove_keys(connection, now, most - i64::from(all.count)).await?;
    Ok(all)
}

impl PostgresStore {
    /// Removes up to `most` grants, from where the last call left off; `None` if another node is at it.
    async fn remove_grants(&self, now: i64, most: i64) -> Result<Option<Removed>, StoreError> {
        let first = *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut from = first;
        let mut is_second_round = first == Id([0; 16]);
        let mut all = Removed::default();
        for _ in 0..PIECES {
            let most = most - i64::from(all.count);
            let statement = RemoveGrants { from, now, most };
            let piece: Piece = self
                .run(async |connection| Ok(statement.get_result(connection).await?))
                .await?;
            if !piece.is_ours {
                return Ok(None);
            }
            all += removed(piece.removed, piece.oldest_removed).map_err(StoreError::new)?;
            if piece.ended >= most {
                from = piece.last_ended.map_or(from, Id::next);
                break;
            }
            if piece.seen >= PIECE {
                from = piece.last_seen.map_or(from, Id::next);
            } else {
                from = Id([0; 16]);
                if std::mem::replace(&mut is_second_round, true) {
                    break;
                }
            }
            if is_second_round && from >= first && first > Id([0; 16]) {
                break;
            }
        }
        *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner) = from;
        Ok(Some(all))
    }
}

impl Housekeeping for PostgresStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<Removed, StoreError> {
        let now = time(now).map_err(StoreError::new)?;
        let most = i64::from(most);
        let Some(mut all) = self.remove_grants(now, most).await? else {
            return Ok(Removed::default());
        };
        let most = most - i64::from(all.count);
        all += self
            .run(async |connection| remove_others(connection, now, most).await)
            .await?;
        Ok(all)
    }
}
