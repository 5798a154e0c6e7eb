//! Removal of expired grants.
//!
//! There is no index on expiry: updating it would double the cost of a rotation. Instead, housekeeping scans all grants
//! in key order, one piece at a time, and starts over at the end.

use super::statements::removed;
use crate::grants::requests::Key;
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_ports::{Removed, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable};
use diesel_async::RunQueryDsl;
use std::sync::PoisonError;

/// Number of grants scanned by one statement. This takes a few milliseconds.
const PIECE: i64 = 10_000;

/// Maximum number of pieces scanned in one call.
const PIECES: usize = 20;

/// Key before all others: no tenant has the number 0.
pub(super) const START: Key = (Id([0; 16]), 0);

/// Scans a piece of the grants and removes expired ones. Only one node does this at a time. The lock belongs to the
/// transaction, so a node that dies releases it. A node without the lock scans nothing.
pub(super) struct RemoveGrants {
    pub(super) after: Key,
    pub(super) now: i64,
    pub(super) most: i64,
}
statement!(
    RemoveGrants => (
        Bool,
        BigInt,
        Nullable<Uuid>,
        Nullable<Integer>,
        BigInt,
        Nullable<Uuid>,
        Nullable<Integer>,
        BigInt,
        Nullable<BigInt>,
    ),
    "WITH turn AS MATERIALIZED \
     (SELECT pg_try_advisory_xact_lock(1667593582, hashtext(current_schema())) AS mine), \
     seen AS MATERIALIZED (SELECT id, tenant, expires_at FROM grants \
     WHERE (id, tenant) > (?, ?) AND (SELECT mine FROM turn) ORDER BY id, tenant LIMIT ?), \
     ended AS MATERIALIZED (SELECT id, tenant FROM seen WHERE expires_at <= ? ORDER BY id, tenant LIMIT ?), \
     removed AS (DELETE FROM grants USING ended WHERE grants.id = ended.id AND grants.tenant = ended.tenant \
     AND grants.expires_at <= ? RETURNING grants.expires_at), \
     last_seen AS (SELECT id, tenant FROM seen ORDER BY id DESC, tenant DESC LIMIT 1), \
     last_ended AS (SELECT id, tenant FROM ended ORDER BY id DESC, tenant DESC LIMIT 1) \
     SELECT turn.mine, (SELECT count(*) FROM seen), last_seen.id, last_seen.tenant, \
     (SELECT count(*) FROM ended), last_ended.id, last_ended.tenant, \
     (SELECT count(*) FROM removed), (SELECT min(expires_at) FROM removed) \
     FROM turn LEFT JOIN last_seen ON true LEFT JOIN last_ended ON true",
    self: [
        Uuid = &self.after.0,
        Integer = &self.after.1,
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
    tenant_of_last_seen: Option<i32>,
    ended: i64,
    last_ended: Option<Id>,
    tenant_of_last_ended: Option<i32>,
    removed: i64,
    oldest_removed: Option<i64>,
}

impl PostgresStore {
    /// Removes up to `most` grants, continuing after the last call. Returns `None` if another node is doing this.
    pub(super) async fn remove_grants(
        &self,
        now: i64,
        most: i64,
    ) -> Result<Option<Removed>, StoreError> {
        let swept = *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner);
        let first = swept.unwrap_or(START);
        let mut after = first;
        let mut is_second_round = first == START;
        let mut all = Removed::default();
        for _ in 0..PIECES {
            let most = most - i64::from(all.count);
            let statement = RemoveGrants { after, now, most };
            let piece: Piece = self
                .run(async |connection| Ok(statement.get_result(connection).await?))
                .await?;
            if !piece.is_ours {
                return Ok(None);
            }
            all += removed(piece.removed, piece.oldest_removed).map_err(StoreError::new)?;
            let last_seen = piece.last_seen.zip(piece.tenant_of_last_seen);
            let last_ended = piece.last_ended.zip(piece.tenant_of_last_ended);
            if piece.ended >= most {
                after = last_ended.unwrap_or(after);
                break;
            }
            if piece.seen >= PIECE {
                after = last_seen.unwrap_or(after);
            } else {
                after = START;
                if std::mem::replace(&mut is_second_round, true) {
                    break;
                }
            }
            if is_second_round && after >= first && first > START {
                break;
            }
        }
        *self.0.swept.lock().unwrap_or_else(PoisonError::into_inner) = Some(after);
        Ok(Some(all))
    }
}
