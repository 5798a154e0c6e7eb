//! The indexes of `grants`, the one table that may be large. An installation that has none yet builds them while it
//! serves.

use crate::connection::address::Address;
use crate::connection::pool::open;
use crate::statement::statement;
use countersign_adapters_sql::columns::Failure;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use std::time::Duration;
use tokio::time::sleep;

/// Names, and what they are on: columns that never change, so that a rotation does not touch them. A hash of the subject
/// takes 8 bytes where the subject itself takes 40, in the index and in the log of each redemption.
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

/// How often a node asks whether another has built them.
const PAUSE: Duration = Duration::from_secs(1);

/// A build waits for every transaction that is older than it. One that stays open as long as this is forgotten, or a
/// dump: it is tried again later.
const PATIENCE: &str = "SET lock_timeout = '10min'";

struct HasGrants;
statement!(HasGrants => Bool, "SELECT EXISTS (SELECT FROM grants)", self: []);

/// The indexes that are there, and whether they are whole: a build that is under way is not, nor is one that died.
struct State;
statement!(
    State => (Text, Bool),
    "SELECT relname::text, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid \
     WHERE indrelid = 'grants'::regclass",
    self: []
);

/// The lock is of the connection: no transaction has it, for which a build would wait.
struct TakeTurn;
statement!(
    TakeTurn => Bool,
    "SELECT pg_try_advisory_lock(1667593583, hashtext(current_schema()))",
    self: []
);

/// Builds the indexes that are missing and names them. Of many nodes one builds, and the others wait until it has.
pub(crate) async fn build_missing(address: &Address) -> Result<Vec<String>, Failure> {
    // Closed in the end, and with it the lock is given up.
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

/// Builds them at once, in the transaction of a migration, if there are no grants yet.
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

/// Whether no index is missing.
pub(crate) async fn are_built(connection: &mut AsyncPgConnection) -> Result<bool, Failure> {
    let state: Vec<(String, bool)> = State.load(connection).await?;
    let is_built =
        |(name, _): &(&str, &str)| state.iter().any(|(known, whole)| known == name && *whole);
    Ok(INDEXES.iter().all(is_built))
}
