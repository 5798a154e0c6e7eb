//! Statements about expiring values. A best-effort change does not wait for the disk. The setting applies to one
//! transaction, which is one statement.

use crate::statement::statement;
use countersign_adapters_sql::columns::{Failure, tenant};
use countersign_adapters_sql::ephemera::{EphemeralKeyColumns, key};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_domain::tenant::TenantId;
use countersign_ports::{Durability, EphemeralKey, KeptReply};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, SmallInt};

/// Returns whether the commit of a change does not wait for the disk.
pub(crate) fn is_best_effort(key: &EphemeralKey) -> bool {
    key.kind.durability() == Durability::BestEffort
}

/// Condition that is always true, and sets how the transaction commits. PostgreSQL evaluates it for each row that
/// passes the other conditions.
macro_rules! commits {
    () => {
        "set_config('synchronous_commit', CASE WHEN ? THEN 'off' ELSE current_setting('synchronous_commit') END, \
         true) IS NOT NULL"
    };
}
pub(crate) use commits;

/// Inserts a value without `ON CONFLICT`, which writes a second WAL record per row. Of two concurrent inserts, the
/// second fails with a unique violation.
pub(super) struct Insert {
    pub(super) key: EphemeralKeyColumns,
    pub(super) value: Vec<u8>,
    pub(super) is_best_effort: bool,
}
statement!(
    Insert,
    concat!(
        "INSERT INTO ephemera (expires_at, id, tenant, kind, version, total, value) \
         SELECT its.*, 1, 0, ?::bytea FROM (VALUES (?::bigint, ?::uuid, ?::integer, ?::smallint)) \
         AS its (expires_at, id, tenant, kind) WHERE NOT EXISTS (SELECT FROM ephemera AS stored \
         WHERE stored.expires_at = its.expires_at AND stored.id = its.id AND stored.tenant = its.tenant \
         AND stored.kind = its.kind) AND ",
        commits!()
    ),
    self: [
        Binary = &self.value,
        BigInt = &self.key.0,
        Uuid = &self.key.1,
        Integer = &self.key.2,
        SmallInt = &self.key.3,
        Bool = &self.is_best_effort,
    ]
);

pub(crate) struct Replace {
    pub(super) key: EphemeralKeyColumns,
    pub(super) version: i64,
    pub(super) value: Vec<u8>,
    pub(super) is_best_effort: bool,
}
statement!(
    Replace,
    concat!(
        "UPDATE ephemera SET value = ?, version = version + 1 WHERE expires_at = ? AND id = ? AND tenant = ? \
         AND kind = ? AND version = ? AND ",
        commits!()
    ),
    self: [
        Binary = &self.value,
        BigInt = &self.key.0,
        Uuid = &self.key.1,
        Integer = &self.key.2,
        SmallInt = &self.key.3,
        BigInt = &self.version,
        Bool = &self.is_best_effort,
    ]
);

impl Replace {
    /// Replaces version 1 of a value by the reply of a command.
    pub(crate) fn by_reply(of: TenantId, reply: &KeptReply) -> Result<Self, Failure> {
        Ok(Self {
            key: key(of, &reply.key)?,
            version: 1,
            value: reply.value.clone(),
            is_best_effort: is_best_effort(&reply.key),
        })
    }
}

pub(super) struct Take {
    pub(super) key: EphemeralKeyColumns,
    pub(super) is_best_effort: bool,
}
statement!(
    Take => (BigInt, BigInt, Binary),
    concat!(
        "DELETE FROM ephemera WHERE expires_at = ? AND id = ? AND tenant = ? AND kind = ? AND ",
        commits!(),
        " RETURNING version, total, value"
    ),
    self: [
        BigInt = &self.key.0,
        Uuid = &self.key.1,
        Integer = &self.key.2,
        SmallInt = &self.key.3,
        Bool = &self.is_best_effort,
    ]
);

pub(super) struct Add {
    tenant: i32,
    n: i64,
    expires_ats: Vec<i64>,
    ids: Vec<Id>,
    kinds: Vec<i16>,
    is_best_effort: bool,
}
statement!(
    Add => (BigInt, Uuid, SmallInt, BigInt),
    concat!(
        "INSERT INTO ephemera AS stored (expires_at, id, kind, tenant, version, total, value) \
         SELECT counted.*, ?, 0, GREATEST(?::bigint, 0), ''::bytea FROM unnest(?::bigint[], ?::uuid[], ?::smallint[]) AS counted WHERE ",
        commits!(),
        " ON CONFLICT (expires_at, id, tenant, kind) DO UPDATE SET total = GREATEST(stored.total + ?::bigint, 0) \
         RETURNING expires_at, id, kind, total"
    ),
    self: [
        Integer = &self.tenant,
        BigInt = &self.n,
        Array<BigInt> = &self.expires_ats,
        Array<Uuid> = &self.ids,
        Array<SmallInt> = &self.kinds,
        Bool = &self.is_best_effort,
        BigInt = &self.n,
    ]
);

impl Add {
    pub(super) fn new(of: TenantId, keys: &[&EphemeralKey], n: i64) -> Result<Self, Failure> {
        let mut all = Self {
            tenant: tenant(of),
            n,
            expires_ats: Vec::with_capacity(keys.len()),
            ids: Vec::with_capacity(keys.len()),
            kinds: Vec::with_capacity(keys.len()),
            is_best_effort: true,
        };
        for its in keys {
            let (expires_at, id, _, kind) = key(of, its)?;
            all.expires_ats.push(expires_at);
            all.ids.push(id);
            all.kinds.push(kind);
            all.is_best_effort &= is_best_effort(its);
        }
        Ok(all)
    }
}

/// Counts values by reading the primary key from the first unexpired key to the end.
pub(super) struct Count {
    pub(super) tenant: i32,
    pub(super) kind: i16,
    pub(super) now: i64,
}
statement!(
    Count => BigInt,
    "SELECT count(*) FROM ephemera WHERE expires_at > ? AND tenant = ? AND kind = ?",
    self: [
        BigInt = &self.now,
        Integer = &self.tenant,
        SmallInt = &self.kind,
    ]
);
