//! The change feed.
//!
//! Transactions commit in a different order than they begin, so a reader must not continue after the highest number
//! that it has seen. It continues from the oldest transaction that was still running when it read: all earlier
//! transactions had ended, and their changes were visible. Changes of later transactions are read again until that
//! transaction has ended.

use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, from_integer, time};
use countersign_adapters_sql::feed::changes::ChangeRow;
use countersign_domain::time::Timestamp;
use countersign_ports::{Change, Changes, Cursor, StoreError};
use diesel::Queryable;
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

/// Notification channel.
pub(crate) const CHANNEL: &str = "countersign";

/// Appends a change. Without `at`, the statement uses the time of the database, which is precise enough for a retention
/// of an hour.
struct Append {
    at: Option<i64>,
    change: ChangeRow,
}
statement!(
    Append,
    "WITH change AS (INSERT INTO changes (at, tenant, kind, id, version) \
     VALUES (coalesce(?, extract(epoch FROM now())::bigint), ?, ?, ?, ?)) SELECT pg_notify('countersign', '')",
    self: [
        Nullable<BigInt> = &self.at,
        Integer = &self.change.tenant,
        SmallInt = &self.change.kind,
        Text = &self.change.id,
        BigInt = &self.change.version,
    ]
);

/// Appends a change to the feed, in the transaction of that change. Notifies the listeners after the commit.
pub(crate) async fn append(
    connection: &mut AsyncPgConnection,
    change: ChangeRow,
    at: Option<Timestamp>,
) -> Result<(), Failure> {
    let at = at.map(time).transpose()?;
    Append { at, change }.execute(connection).await?;
    Ok(())
}

struct Latest;
statement!(
    Latest => BigInt,
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    self: []
);

/// Reads the changes after a cursor. Returns at least one row, for the new cursor. A cursor from another database may
/// lie ahead; then the statement reads from the current position.
struct ReadAfter(String);
statement!(
    ReadAfter => (
        BigInt,
        Nullable<Integer>,
        Nullable<SmallInt>,
        Nullable<Text>,
        Nullable<BigInt>,
    ),
    "SELECT oldest.xid::text::bigint, tenant, kind, id, version \
     FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xid) AS oldest \
     LEFT JOIN changes ON changes.xid >= least(?::xid8, oldest.xid) ORDER BY changes.xid",
    self: [Text = &self.0]
);

#[derive(Queryable)]
struct Entry {
    oldest: i64,
    tenant: Option<i32>,
    kind: Option<i16>,
    id: Option<String>,
    version: Option<i64>,
}

impl Entry {
    fn into_change(self) -> Result<Option<Change>, Failure> {
        let (Some(tenant), Some(kind), Some(id), Some(version)) =
            (self.tenant, self.kind, self.id, self.version)
        else {
            return Ok(None);
        };
        let row = ChangeRow {
            tenant,
            kind,
            id,
            version,
        };
        Ok(row.into_change()?)
    }
}

fn cursor(xid: i64) -> Result<Cursor, Failure> {
    Ok(Cursor(from_integer("changes.xid", xid)?))
}

impl Changes for PostgresStore {
    async fn latest_change(&self) -> Result<Cursor, StoreError> {
        self.run(async |connection| cursor(Latest.get_result(connection).await?))
            .await
    }

    async fn changes_after(&self, after: Cursor) -> Result<(Vec<Change>, Cursor), StoreError> {
        let statement = ReadAfter(after.0.to_string());
        self.run(async |connection| {
            let entries: Vec<Entry> = statement.load(connection).await?;
            let oldest = entries.iter().map(|entry| entry.oldest).next();
            let changes = entries.into_iter().map(Entry::into_change);
            let changes = changes.filter_map(Result::transpose);
            Ok((
                changes.collect::<Result<_, _>>()?,
                oldest.map_or(Ok(after), cursor)?,
            ))
        })
        .await
    }
}
