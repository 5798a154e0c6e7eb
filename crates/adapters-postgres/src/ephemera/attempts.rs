//! Counting of an attempt at a sign-in, and the look-up of its user.

use super::statements::{commits, is_best_effort};
use crate::statement::statement;
use countersign_adapters_sql::columns::{Failure, integer, tenant};
use countersign_adapters_sql::ephemera::key;
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::people::users::{UserColumns, UserRows};
use countersign_adapters_sql::user_columns;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::Email;
use countersign_ports::Counter;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text};

/// Counts an attempt, unless a counter has reached its limit. Returns one row for each counter, each with the user.
pub(super) struct CountAttempt {
    tenant: i32,
    expires_ats: Vec<i64>,
    ids: Vec<Id>,
    kinds: Vec<i16>,
    limits: Vec<i64>,
    is_best_effort: bool,
    email: Option<String>,
}
statement!(
    CountAttempt => ((BigInt, Uuid, SmallInt), BigInt, Nullable<BigInt>, Nullable<UserColumns>),
    concat!(
        "WITH wanted AS MATERIALIZED (SELECT wanted.*, coalesce(stored.total, 0) AS total \
         FROM unnest(?::bigint[], ?::uuid[], ?::smallint[], ?::bigint[]) AS wanted (expires_at, id, kind, most) \
         LEFT JOIN ephemera AS stored ON stored.expires_at = wanted.expires_at AND stored.id = wanted.id \
         AND stored.tenant = ? AND stored.kind = wanted.kind), \
         counted AS (INSERT INTO ephemera AS stored (expires_at, id, kind, tenant, version, total, value) \
         SELECT expires_at, id, kind, ?, 0, 1, ''::bytea FROM wanted \
         WHERE NOT EXISTS (SELECT FROM wanted WHERE total >= most) AND ",
        commits!(),
        " ON CONFLICT (expires_at, id, tenant, kind) DO UPDATE SET total = stored.total + 1 \
         RETURNING expires_at, id, kind, total) \
         SELECT wanted.expires_at, wanted.id, wanted.kind, wanted.total, counted.total, ",
        user_columns!(),
        " FROM wanted LEFT JOIN counted USING (expires_at, id, kind) \
         LEFT JOIN users ON users.tenant = ? AND users.email = ? \
         LEFT JOIN credentials ON credentials.user_id = users.id AND credentials.tenant = users.tenant"
    ),
    self: [
        Array<BigInt> = &self.expires_ats,
        Array<Uuid> = &self.ids,
        Array<SmallInt> = &self.kinds,
        Array<BigInt> = &self.limits,
        Integer = &self.tenant,
        Integer = &self.tenant,
        Bool = &self.is_best_effort,
        Integer = &self.tenant,
        Nullable<Text> = &self.email,
    ]
);

/// Key of a counter, its total before, its total after if the attempt was counted, and the user.
pub(super) type CountedRow = ((i64, Id, i16), i64, Option<i64>, Option<UserRows>);

impl CountAttempt {
    /// `counters` are in key order.
    pub(super) fn new(
        of: TenantId,
        counters: &[&Counter],
        email: Option<&Email>,
    ) -> Result<Self, Failure> {
        let mut all = Self {
            tenant: tenant(of),
            expires_ats: Vec::with_capacity(counters.len()),
            ids: Vec::with_capacity(counters.len()),
            kinds: Vec::with_capacity(counters.len()),
            limits: Vec::with_capacity(counters.len()),
            is_best_effort: true,
            email: email.map(|email| email.as_str().to_owned()),
        };
        for counter in counters {
            let (expires_at, id, _, kind) = key(of, &counter.key)?;
            all.expires_ats.push(expires_at);
            all.ids.push(id);
            all.kinds.push(kind);
            // No total exceeds the largest limit.
            all.limits.push(integer(counter.limit).unwrap_or(i64::MAX));
            all.is_best_effort &= is_best_effort(&counter.key);
        }
        Ok(all)
    }
}
