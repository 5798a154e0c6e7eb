//! Expiring values. The expiry is part of the key, so a call with an expired key needs no statement.

pub(crate) mod counts;
#[cfg(test)]
mod tests;

use crate::people::lookups;
use crate::statement::statement;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, from_integer, integer, race};
use countersign_adapters_sql::ephemera::{
    EphemeralKeyColumns, EphemeralRow, EphemeralValueRow, key as key_columns,
};
use countersign_adapters_sql::id::Uuid;
use countersign_adapters_sql::schema::ephemera;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    Attempt, Counter, Ephemera, Ephemeral, EphemeralKey, EphemeralKind, Race, StoreError, UserKey,
};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, SmallInt};

struct Replace {
    key: EphemeralKeyColumns,
    version: i64,
    value: Vec<u8>,
}
statement!(
    Replace,
    "UPDATE ephemera SET value = ?, version = version + 1 \
     WHERE expires_at = ? AND id = ? AND tenant = ? AND kind = ? AND version = ?",
    self: [
        Binary = &self.value,
        BigInt = &self.key.0,
        Uuid = &self.key.1,
        Integer = &self.key.2,
        SmallInt = &self.key.3,
        BigInt = &self.version,
    ]
);

struct Take(EphemeralKeyColumns);
statement!(
    Take => (BigInt, BigInt, Binary),
    "DELETE FROM ephemera WHERE expires_at = ? AND id = ? AND tenant = ? AND kind = ? \
     RETURNING version, total, value",
    self: [
        BigInt = &self.0.0,
        Uuid = &self.0.1,
        Integer = &self.0.2,
        SmallInt = &self.0.3,
    ]
);

struct Add {
    key: EphemeralKeyColumns,
    n: i64,
}
statement!(
    Add => BigInt,
    "INSERT INTO ephemera (expires_at, id, tenant, kind, version, total, value) VALUES (?, ?, ?, ?, 0, max(?, 0), x'') \
     ON CONFLICT (expires_at, id, tenant, kind) DO UPDATE SET total = max(total + ?, 0) RETURNING total",
    self: [
        BigInt = &self.key.0,
        Uuid = &self.key.1,
        Integer = &self.key.2,
        SmallInt = &self.key.3,
        BigInt = &self.n,
        BigInt = &self.n,
    ]
);

impl Add {
    /// Returns `None` for an expired key.
    fn new(
        tenant: TenantId,
        key: &EphemeralKey,
        n: i64,
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        if key.expires_at.has_passed(now) {
            return Ok(None);
        }
        let key = key_columns(tenant, key)?;
        Ok(Some(Self { key, n }))
    }
}

/// Inserts a row. Returns `Lost` if the key exists.
pub(crate) fn insert(
    connection: &mut SqliteConnection,
    row: &EphemeralRow,
) -> Result<Race, Failure> {
    let insert = diesel::insert_into(ephemera::table)
        .values(row)
        .on_conflict_do_nothing();
    Ok(race(insert.execute(connection)?))
}

/// Replaces version 1 of a value by the reply of a command. Does nothing if the value is gone.
pub(crate) fn keep_reply(
    connection: &mut SqliteConnection,
    key: EphemeralKeyColumns,
    value: &[u8],
) -> QueryResult<()> {
    let replace = Replace {
        key,
        version: 1,
        value: value.to_vec(),
    };
    replace.execute(connection)?;
    Ok(())
}

/// Adds to the totals of keys and returns them. The total of an expired key, which has no statement, is 0.
fn add<'a>(
    connection: &mut SqliteConnection,
    statements: impl Iterator<Item = &'a Option<Add>>,
) -> Result<Vec<u64>, Failure> {
    let mut totals = Vec::new();
    for statement in statements {
        let total = match statement {
            Some(statement) => statement.get_result(connection)?,
            None => 0,
        };
        totals.push(from_integer("ephemera.total", total)?);
    }
    Ok(totals)
}

/// Counts an attempt if every total is below its limit. The limit of an expired counter, which has no statement, is
/// never reached.
fn count_attempt(
    connection: &mut SqliteConnection,
    counters: &[(Option<Add>, u64)],
) -> Result<(Race, Vec<u64>), Failure> {
    let mut totals = Vec::with_capacity(counters.len());
    let mut counted = Race::Won;
    for (statement, limit) in counters {
        let mut total = 0;
        if let Some(Add { key, .. }) = statement {
            let stored = ephemera::table.find(*key).select(ephemera::total);
            let stored = stored.get_result(connection).optional()?.unwrap_or(0);
            total = from_integer("ephemera.total", stored)?;
            if total >= *limit {
                counted = Race::Lost;
            }
        }
        totals.push(total);
    }
    if counted == Race::Won {
        totals = add(connection, counters.iter().map(|(statement, _)| statement))?;
    }
    Ok((counted, totals))
}

impl Ephemera for SqliteStore {
    async fn get(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<Ephemeral>, StoreError> {
        if key.expires_at.has_passed(now) {
            return Ok(None);
        }
        self.0.readers.point(|connection| {
            let row: Option<EphemeralValueRow> = ephemera::table
                .find(key_columns(tenant, key)?)
                .select(EphemeralValueRow::as_select())
                .get_result(connection)
                .optional()?;
            Ok(row.map(Ephemeral::try_from).transpose()?)
        })
    }

    async fn insert(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        value: &[u8],
        now: Timestamp,
    ) -> Result<Race, StoreError> {
        if key.expires_at.has_passed(now) {
            return Ok(Race::Lost);
        }
        let row =
            EphemeralRow::new(tenant, key, &Ephemeral::new(value)).map_err(StoreError::new)?;
        let work = move |connection: &mut _| insert(connection, &row);
        self.0.writer.write(work).await
    }

    async fn replace(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        version: u64,
        value: &[u8],
        now: Timestamp,
    ) -> Result<Race, StoreError> {
        if key.expires_at.has_passed(now) {
            return Ok(Race::Lost);
        }
        let statement = Replace {
            key: key_columns(tenant, key).map_err(StoreError::new)?,
            version: integer(version).map_err(StoreError::new)?,
            value: value.to_vec(),
        };
        let work = move |connection: &mut _| Ok(race((&statement).execute(connection)?));
        self.0.writer.write(work).await
    }

    async fn take(
        &self,
        tenant: TenantId,
        key: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<Ephemeral>, StoreError> {
        if key.expires_at.has_passed(now) {
            return Ok(None);
        }
        let statement = Take(key_columns(tenant, key).map_err(StoreError::new)?);
        let work = move |connection: &mut _| {
            let row: Option<EphemeralValueRow> = (&statement).get_result(connection).optional()?;
            Ok(row.map(Ephemeral::try_from).transpose()?)
        };
        self.0.writer.write(work).await
    }

    async fn add(
        &self,
        tenant: TenantId,
        keys: &[EphemeralKey],
        n: i64,
        now: Timestamp,
    ) -> Result<Vec<u64>, StoreError> {
        let statements = keys.iter().map(|key| Add::new(tenant, key, n, now));
        let statements: Result<Vec<_>, Failure> = statements.collect();
        let statements = statements.map_err(StoreError::new)?;
        if statements.iter().all(Option::is_none) {
            return Ok(vec![0; keys.len()]);
        }
        let work = move |connection: &mut _| add(connection, statements.iter());
        self.0.writer.write(work).await
    }

    async fn count_attempt(
        &self,
        tenant: TenantId,
        counters: &[Counter],
        email: Option<&Email>,
        now: Timestamp,
    ) -> Result<Attempt, StoreError> {
        let counters = counters.iter().map(|counter| {
            let statement = Add::new(tenant, &counter.key, 1, now)?;
            Ok((statement, counter.limit))
        });
        let counters: Result<Vec<_>, Failure> = counters.collect();
        let counters = counters.map_err(StoreError::new)?;
        let email = email.cloned();
        let work = move |connection: &mut _| {
            let (counted, totals) = count_attempt(connection, &counters)?;
            let user = match &email {
                Some(email) => lookups::find(connection, tenant, UserKey::Email(email))?,
                None => None,
            };
            Ok(Attempt {
                counted,
                totals,
                user: user.map(User::try_from).transpose()?,
            })
        };
        self.0.writer.write(work).await
    }

    async fn count(
        &self,
        tenant: TenantId,
        kind: EphemeralKind,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let parts = &self.0;
        parts.counts.count(&parts.readers, tenant, kind, now).await
    }
}
