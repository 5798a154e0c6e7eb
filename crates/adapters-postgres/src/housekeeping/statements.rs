//! Statements that remove expired rows, and their results.

use crate::statement::statement;
use countersign_adapters_sql::columns::{Failure, from_optional_time};
use countersign_ports::Removed;
use diesel::sql_types::{BigInt, Nullable};

/// Converts the number of removed rows and their earliest expiry.
pub(super) fn removed(count: i64, oldest: Option<i64>) -> Result<Removed, Failure> {
    Ok(Removed {
        count: u32::try_from(count)?,
        oldest: from_optional_time("expires_at", oldest)?,
    })
}

/// Defines a statement that removes expired rows of a table in the order of an index on expiry. It skips locked rows,
/// which a later call removes.
macro_rules! removal {
    ($type:ident, $table:literal, $order:literal, $same_row:literal) => {
        pub(super) struct $type {
            pub(super) now: i64,
            pub(super) most: i64,
        }
        statement!(
            $type => (BigInt, Nullable<BigInt>),
            concat!(
                "WITH ended AS MATERIALIZED (SELECT * FROM ", $table, " WHERE expires_at <= ? \
                 ORDER BY ", $order, " LIMIT ? FOR UPDATE SKIP LOCKED), \
                 removed AS (DELETE FROM ", $table, " AS it USING ended WHERE ", $same_row,
                " RETURNING it.expires_at) SELECT count(*), min(expires_at) FROM removed"
            ),
            self: [BigInt = &self.now, BigInt = &self.most]
        );
    };
}

removal!(
    RemoveSessions,
    "sessions",
    "expires_at, tenant",
    "it.id = ended.id AND it.tenant = ended.tenant"
);
removal!(
    RemoveDevices,
    "devices",
    "expires_at, tenant",
    "it.id = ended.id AND it.tenant = ended.tenant"
);
removal!(
    RemoveEphemera,
    "ephemera",
    "expires_at, id, tenant, kind",
    "it.expires_at = ended.expires_at AND it.id = ended.id AND it.tenant = ended.tenant AND it.kind = ended.kind"
);

/// Removes old changes. Every node has read them.
pub(super) struct RemoveChanges(pub(super) i64);
statement!(
    RemoveChanges,
    "DELETE FROM changes WHERE at < ?",
    self: [BigInt = &self.0]
);
