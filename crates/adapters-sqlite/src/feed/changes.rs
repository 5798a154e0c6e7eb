//! The change feed. The writer commits one transaction after the other, so change numbers become visible in order.

use crate::schema::tables::changes;
use crate::statement::statement;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, from_integer, integer};
use countersign_adapters_sql::feed::changes::{ChangeRow, KEPT};
use countersign_ports::{Change, Changes, Cursor, StoreError};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, SmallInt, Text};

/// Appends a change. Without `at`, the statement uses the time of the machine, which is precise enough for a retention
/// of an hour.
struct Append {
    change: ChangeRow,
    at: Option<i64>,
}
statement!(
    Append,
    "INSERT INTO changes (tenant, kind, id, version, at) VALUES (?, ?, ?, ?, coalesce(?, unixepoch()))",
    self: [
        Integer = &self.change.tenant,
        SmallInt = &self.change.kind,
        Text = &self.change.id,
        BigInt = &self.change.version,
        Nullable<BigInt> = &self.at,
    ]
);

/// Appends a change to the feed, in the transaction of that change.
pub(crate) fn append(
    connection: &mut SqliteConnection,
    change: ChangeRow,
    at: Option<i64>,
) -> Result<(), Failure> {
    (&Append { change, at }).execute(connection)?;
    Ok(())
}

/// Removes changes older than the retention. Every node has read them.
pub(crate) fn remove_old(connection: &mut SqliteConnection, now: i64) -> Result<(), Failure> {
    let kept_since = now.saturating_sub(integer(KEPT.as_secs())?);
    diesel::delete(changes::table.filter(changes::at.lt(kept_since))).execute(connection)?;
    Ok(())
}

fn read_after(
    connection: &mut SqliteConnection,
    after: Cursor,
) -> Result<(Vec<Change>, Cursor), Failure> {
    let rows: Vec<(i64, ChangeRow)> = changes::table
        .filter(changes::number.gt(integer(after.0)?))
        .order(changes::number)
        .select((
            changes::number,
            (
                changes::tenant,
                changes::kind,
                changes::id,
                changes::version,
            ),
        ))
        .load(connection)?;
    let end = match rows.last() {
        Some((number, _)) => Cursor(from_integer("changes.number", *number)?),
        None => after,
    };
    let changes = rows.into_iter().map(|(_, row)| row.into_change());
    let changes = changes.filter_map(Result::transpose);
    Ok((changes.collect::<Result<_, _>>()?, end))
}

impl Changes for SqliteStore {
    async fn latest_change(&self) -> Result<Cursor, StoreError> {
        self.0.readers.point(|connection| {
            let last: Option<i64> = changes::table
                .select(max(changes::number))
                .get_result(connection)?;
            let last = last.map(|number| from_integer("changes.number", number));
            Ok(Cursor(last.transpose()?.unwrap_or_default()))
        })
    }

    async fn changes_after(&self, cursor: Cursor) -> Result<(Vec<Change>, Cursor), StoreError> {
        self.0
            .readers
            .point(|connection| read_after(connection, cursor))
    }
}
