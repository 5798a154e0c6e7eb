//! Indexes of `grants`, the only table that may be large. An existing installation builds them during operation.

use crate::connection::address::Address;
use crate::connection::pool::open;
use crate::statement::statement;
use countersign_adapters_sql::columns::Failure;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use std::time::Duration;
use tokio::time::sleep;

/// Names and definitions. The columns never change, so that a rotation does not touch the indexes. A hash of the
/// subject takes 8 bytes instead of 40, in the index and in the write-ahead log of each redemption.
const INDEXES: &[(&str, &str)] = &[
    (
        "grants_subject",
        "grants (hashtextextended(subject, 0), tenant)",
    ),
    (
        "grants_session",
        "grants (session_id, tenant) WHERE session_id IS NOT NULL",
    ),
];

/// Interval at which a node checks whether another node has built the indexes.
const PAUSE: Duration = Duration::from_secs(1);

/// Lock timeout of a build. A build waits for every older transaction. One that stays open this long is abandoned, or a
/// dump: the build is retried later.
const PATIENCE: &str = "SET lock_timeout = '10min'";

struct HasGrants;
statement!(HasGrants => Bool, "SELECT EXISTS (SELECT FROM grants)", self: []);

/// Existing indexes, and whether they are valid. An index is invalid during its build and after a failed build.
struct State;
statement!(
    State => (Text, Bool),
    "SELECT relname::text, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid \
     WHERE indrelid = 'grants'::regclass",
    self: []
);

/// Takes a lock of the connection. A build would wait for a transaction that holds a lock.
struct TakeTurn;
statement!(
    TakeTurn => Bool,
    "SELECT pg_try_advisory_lock(1667593583, hashtext(current_schema()))",
    self: []
);

/// Builds missing indexes and returns their names. One node builds, and the others wait until it is done.
pub(crate) async fn build_missing(address: &Address) -> Result<Vec<String>, Failure> {
    // Closing this connection at the end releases the lock.
    let mut connection = open(address, Duration::ZERO).await?;
    connection.batch_execute(PATIENCE).await?;
    while !TakeTurn.get_result::<bool>(&mut connection).await? {
        sleep(PAUSE).await;
        if are_built(&mut connection).await? {
            return Ok(Vec::new());
        }
    }
    let state: Vec<(String, bool)> = State.load(&mut connection).await?;
    let mut built = Vec::new();
    for (name, place) in INDEXES {
        match state.iter().find(|(known, _)| known == name) {
            Some((_, true)) => continue,
            Some((_, false)) => {
                let drop = format!("DROP INDEX CONCURRENTLY {name}");
                connection.batch_execute(&drop).await?;
            }
            None => {}
        }
        let create = format!("CREATE INDEX CONCURRENTLY {name} ON {place}");
        connection.batch_execute(&create).await?;
        built.push((*name).to_owned());
    }
    Ok(built)
}

/// Builds the indexes in the transaction of a migration, if there are no grants yet.
pub(crate) async fn build_on_empty_table(
    connection: &mut AsyncPgConnection,
) -> Result<(), Failure> {
    if HasGrants.get_result::<bool>(connection).await? {
        return Ok(());
    }
    for (name, place) in INDEXES {
        let create = format!("CREATE INDEX IF NOT EXISTS {name} ON {place}");
        connection.batch_execute(&create).await?;
    }
    Ok(())
}

/// Returns whether all indexes are built.
pub(crate) async fn are_built(connection: &mut AsyncPgConnection) -> Result<bool, Failure> {
    let state: Vec<(String, bool)> = State.load(connection).await?;
    let is_built =
        |(name, _): &(&str, &str)| state.iter().any(|(known, whole)| known == name && *whole);
    Ok(INDEXES.iter().all(is_built))
}
