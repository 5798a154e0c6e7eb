//! The revision of what servers keep copies of: clients and signing keys.

use crate::statement::statement;
use countersign_adapters_sql::columns::{Failure, from_integer};
use countersign_adapters_sql::schema::revision;
use countersign_ports::Revision;
use diesel::QueryDsl as _;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

/// Where changes are told of.
pub(crate) const CHANNEL: &str = "countersign";

struct Lock;
statement!(Lock => BigInt, "SELECT number FROM revision FOR UPDATE", self: []);

struct Count;
statement!(Count, "UPDATE revision SET number = number + 1", self: []);

struct Notify;
statement!(Notify, "SELECT pg_notify('countersign', '')", self: []);

/// The current one.
pub(crate) async fn current(connection: &mut AsyncPgConnection) -> Result<Revision, Failure> {
    let number: i64 = revision::table
        .select(revision::number)
        .first(connection)
        .await?;
    Ok(Revision(from_integer("revision.number", number)?))
}

/// The current one, which no other transaction changes before this one has ended. Whoever changes clients or
/// signing keys begins with it: they come one after the other, and do not wait in a circle.
pub(crate) async fn lock(connection: &mut AsyncPgConnection) -> Result<Revision, Failure> {
    let number: i64 = Lock.get_result(connection).await?;
    Ok(Revision(from_integer("revision.number", number)?))
}

/// Counts a change, in the transaction that makes it, and tells those who listen once it is made.
pub(crate) async fn count_change(connection: &mut AsyncPgConnection) -> Result<(), Failure> {
    Count.execute(connection).await?;
    Notify.execute(connection).await?;
    Ok(())
}
