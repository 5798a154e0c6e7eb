//! Expiring values. A call with an expired key changes nothing, so it does not query the database.

mod attempts;
pub(crate) mod counts;
pub(crate) mod get;
pub(crate) mod statements;
#[cfg(test)]
mod tests;

use crate::statement::inserted;
use crate::store::PostgresStore;
use attempts::{CountAttempt, CountedRow};
use countersign_adapters_sql::columns::{Failure, from_integer, integer, race, tenant, time};
use countersign_adapters_sql::ephemera::{EphemeralValueRow, key};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    Attempt, Counter, Ephemera, Ephemeral, EphemeralKey, EphemeralKind, Race, StoreError, UserKey,
    UserRepository as _,
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use get::Get;
use statements::{Add, Count, Insert, Replace, Take, is_best_effort};
use std::collections::BTreeMap;

/// Returns the result of an attempt from the rows of its counters.
fn attempt(of: TenantId, counters: &[Counter], rows: Vec<CountedRow>) -> Result<Attempt, Failure> {
    let (mut totals, mut counted, mut user) = (BTreeMap::new(), Race::Lost, None);
    for (key, before, after, found) in rows {
        if after.is_some() {
            counted = Race::Won;
        }
        totals.insert(key, after.unwrap_or(before));
        user = found;
    }
    let total = |counter: &Counter| -> Result<u64, Failure> {
        let (expires_at, id, _, kind) = key(of, &counter.key)?;
        let total = totals.get(&(expires_at, id, kind)).copied();
        Ok(from_integer("ephemera.total", total.unwrap_or(0))?)
    };
    Ok(Attempt {
        counted,
        totals: counters.iter().map(total).collect::<Result<_, _>>()?,
        user: user.map(User::try_from).transpose()?,
    })
}

impl Ephemera for PostgresStore {
    async fn get(
        &self,
        of: TenantId,
        its: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<Ephemeral>, StoreError> {
        if its.expires_at.has_passed(now) {
            return Ok(None);
        }
        let request = Get(key(of, its).map_err(StoreError::new)?);
        let row = self.0.get.ask(request).await?;
        row.map(Ephemeral::try_from)
            .transpose()
            .map_err(StoreError::new)
    }

    async fn insert(
        &self,
        of: TenantId,
        its: &EphemeralKey,
        value: &[u8],
        now: Timestamp,
    ) -> Result<Race, StoreError> {
        if its.expires_at.has_passed(now) {
            return Ok(Race::Lost);
        }
        let statement = Insert {
            key: key(of, its).map_err(StoreError::new)?,
            value: value.into(),
            is_best_effort: is_best_effort(its),
        };
        self.run(async |connection| inserted(statement.execute(connection).await))
            .await
    }

    async fn replace(
        &self,
        of: TenantId,
        its: &EphemeralKey,
        version: u64,
        value: &[u8],
        now: Timestamp,
    ) -> Result<Race, StoreError> {
        if its.expires_at.has_passed(now) {
            return Ok(Race::Lost);
        }
        let statement = Replace {
            key: key(of, its).map_err(StoreError::new)?,
            version: integer(version).map_err(StoreError::new)?,
            value: value.into(),
            is_best_effort: is_best_effort(its),
        };
        self.run(async |connection| Ok(race(statement.execute(connection).await?)))
            .await
    }

    async fn take(
        &self,
        of: TenantId,
        its: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<Ephemeral>, StoreError> {
        if its.expires_at.has_passed(now) {
            return Ok(None);
        }
        let statement = Take {
            key: key(of, its).map_err(StoreError::new)?,
            is_best_effort: is_best_effort(its),
        };
        self.run(async |connection| {
            let row: Option<EphemeralValueRow> =
                statement.get_result(connection).await.optional()?;
            Ok(row.map(Ephemeral::try_from).transpose()?)
        })
        .await
    }

    async fn add(
        &self,
        of: TenantId,
        keys: &[EphemeralKey],
        n: i64,
        now: Timestamp,
    ) -> Result<Vec<u64>, StoreError> {
        let live = keys.iter().filter(|key| !key.expires_at.has_passed(now));
        let mut live: Vec<&EphemeralKey> = live.collect();
        // Lock rows in key order, as every statement does.
        live.sort_unstable();
        let mut totals = BTreeMap::new();
        if !live.is_empty() {
            let statement = Add::new(of, &live, n).map_err(StoreError::new)?;
            totals = self
                .run(async |connection| {
                    let rows: Vec<(i64, _, i16, i64)> = statement.load(connection).await?;
                    let totals = rows
                        .into_iter()
                        .map(|(expires_at, id, kind, total)| ((expires_at, id, kind), total));
                    Ok(totals.collect())
                })
                .await?;
        }
        let total = |its: &EphemeralKey| -> Result<u64, Failure> {
            let (expires_at, id, _, kind) = key(of, its)?;
            let total = totals.get(&(expires_at, id, kind)).copied();
            Ok(from_integer("ephemera.total", total.unwrap_or(0))?)
        };
        let totals = keys.iter().map(total);
        totals.collect::<Result<_, _>>().map_err(StoreError::new)
    }

    async fn count_attempt(
        &self,
        of: TenantId,
        counters: &[Counter],
        email: Option<&Email>,
        now: Timestamp,
    ) -> Result<Attempt, StoreError> {
        let live = counters.iter();
        let live = live.filter(|counter| !counter.key.expires_at.has_passed(now));
        let mut live: Vec<&Counter> = live.collect();
        // Lock rows in key order, as every statement does.
        live.sort_unstable_by_key(|counter| counter.key);
        if live.is_empty() {
            return Ok(Attempt {
                counted: Race::Won,
                totals: vec![0; counters.len()],
                user: match email {
                    Some(email) => self.find_user(of, UserKey::Email(email)).await?,
                    None => None,
                },
            });
        }
        let statement = CountAttempt::new(of, &live, email).map_err(StoreError::new)?;
        let rows: Vec<CountedRow> = self
            .run(async |connection| Ok(statement.load(connection).await?))
            .await?;
        attempt(of, counters, rows).map_err(StoreError::new)
    }

    async fn count(
        &self,
        of: TenantId,
        kind: EphemeralKind,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        // Hold the lock while counting: one statement runs at a time, and all waiting callers get its count.
        let mut counts = self.0.counts.lock().await;
        if let Some(count) = counts.recent(of, kind) {
            return Ok(count);
        }
        let statement = Count {
            tenant: tenant(of),
            kind: kind.number(),
            now: time(now).map_err(StoreError::new)?,
        };
        let count = self
            .run(async |connection| {
                let count: i64 = statement.get_result(connection).await?;
                Ok(from_integer("ephemera", count)?)
            })
            .await?;
        counts.keep(of, kind, count);
        Ok(count)
    }
}
