//! Removal of what has expired.
//!
//! No index leads to expired grants: rotations would have to keep it up, at twice the price. So all grants
//! are looked through in the order of their ids, a piece at a time, round and round.

use crate::id::Id;
use crate::revision::{self, count_change};
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, time};
use countersign_adapters_sql::schema::signing_keys;
use countersign_domain::time::Timestamp;
use countersign_ports::{Housekeeping, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Uuid};
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
    RemoveGrants => (Bool, BigInt, Nullable<Uuid>, BigInt, Nullable<Uuid>, BigInt),
    "WITH turn AS MATERIALIZED \
     (SELECT pg_try_advisory_xact_lock(1667593582, hashtext(current_schema())) AS mine), \
     seen AS MATERIALIZED (SELECT id, expires_at FROM grants \
     WHERE id >= ? AND (SELECT mine FROM turn) ORDER BY id LIMIT ?), \
     ended AS MATERIALIZED (SELECT id FROM seen WHERE expires_at <= ? ORDER BY id LIMIT ?), \
     removed AS (DELETE FROM grants USING ended WHERE grants.id = ended.id AND grants.expires_at <= ? \
     RETURNING grants.id) \
     SELECT (SELECT mine FROM turn), \
     (SELECT count(*) FROM seen), (SELECT id FROM seen ORDER BY id DESC LIMIT 1), \
     (SELECT count(*) FROM ended), (SELECT id FROM ended ORDER BY id DESC LIMIT 1), \
     (SELECT count(*) FROM removed)",
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
}

struct RemoveLogins {
    now: i64,
    most: i64,
}
statement!(
    RemoveLogins,
    "WITH ended AS MATERIALIZED (SELECT id FROM logins WHERE expires_at <= ? ORDER BY id LIMIT ? \
     FOR UPDATE SKIP LOCKED) DELETE FROM logins USING ended WHERE logins.id = ended.id",
    self: [BigInt = &self.now, BigInt = &self.most]
);

/// Removes up to `most` signing keys.
async fn remove_keys(
    connection: &mut AsyncPgConnection,
    now: i64,
    most: i64,
) -> Result<usize, Failure> {
    let retired = signing_keys::table.filter(signing_keys::retires_at.le(now));
    let ids: Vec<String> = retired
        .select(signing_keys::id)
        .limit(most)
        .load(connection)
        .await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let work = async |connection: &mut AsyncPgConnection| {
        revision::lock(connection).await?;
        let mut removed = 0;
        for id in &ids {
            removed += diesel::delete(signing_keys::table.find(id))
                .execute(connection)
                .await?;
        }
        count_change(connection).await?;
        Ok(removed)
    };
    connection.transaction(work).await
}

/// Removes up to `most` logins and signing keys.
async fn remove_others(
    connection: &mut AsyncPgConnection,
    now: i64,
    most: i64,
) -> Result<i64, Failure> {
    let logins = RemoveLogins { now, most }.execute(connection).await?;
    let logins = i64::try_from(logins)?;
    let keys = remove_keys(connection, now, most - logins).await?;
    Ok(logins + i64::try_from(keys)?)
}

impl PostgresStore {
    /// Removes up to `most` grants, from where the last call left off; `None` if another node is at it.
    async fn remove_grants(&self, now: i64, most: i64) -> Result<Option<i64>, StoreError> {
        let first = *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut from = first;
        let mut is_second_round = first == Id([0; 16]);
        let mut removed = 0;
        for _ in 0..PIECES {
            let most = most - removed;
            let statement = RemoveGrants { from, now, most };
            let piece: Piece = self
                .run(async |connection| Ok(statement.get_result(connection).await?))
                .await?;
            if !piece.is_ours {
                return Ok(None);
            }
            removed += piece.removed;
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
        Ok(Some(removed))
    }
}

impl Housekeeping for PostgresStore {
    async fn remove_expired(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let now = time(now).map_err(StoreError::new)?;
        let most = i64::from(most);
        let Some(grants) = self.remove_grants(now, most).await? else {
            return Ok(0);
        };
        let others = self
            .run(async |connection| remove_others(connection, now, most - grants).await)
            .await?;
        u32::try_from(grants + others).map_err(StoreError::new)
    }
}
