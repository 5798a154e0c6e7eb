//! Schema migrations.

use crate::connection::pool::take_time;
use crate::schema::indexes::build_on_empty_table;
use crate::statement::statement;
use countersign_adapters_sql::columns::Failure;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

/// Migrations, oldest first.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "2026-11-29-000000_initial",
        include_str!("../../migrations/2026-11-29-000000_initial/up.sql"),
    ),
    (
        "2026-11-29-060000_session_secrets",
        include_str!("../../migrations/2026-11-29-060000_session_secrets/up.sql"),
    ),
    (
        "2026-11-29-120000_definitions",
        include_str!("../../migrations/2026-11-29-120000_definitions/up.sql"),
    ),
    (
        "2026-11-29-180000_event_times",
        include_str!("../../migrations/2026-11-29-180000_event_times/up.sql"),
    ),
    (
        "2026-11-29-190000_client_owners",
        include_str!("../../migrations/2026-11-29-190000_client_owners/up.sql"),
    ),
    (
        "2026-11-29-200000_event_batches",
        include_str!("../../migrations/2026-11-29-200000_event_batches/up.sql"),
    ),
    (
        "2026-11-30-000000_memberships",
        include_str!("../../migrations/2026-11-30-000000_memberships/up.sql"),
    ),
    (
        "2026-11-30-120000_identities",
        include_str!("../../migrations/2026-11-30-120000_identities/up.sql"),
    ),
    // Only for the rolling-upgrade test: the version without the feature does not know this column.
    #[cfg(feature = "test-later-version")]
    (
        "9999-12-31-000000_later_version",
        "ALTER TABLE clients ADD COLUMN later_note text",
    ),
];

/// Takes a lock for this schema, not for the database: other schemas may belong to other servers.
const BEGIN: &str = "SELECT pg_advisory_xact_lock(1667593581, hashtext(current_schema())); \
    CREATE TABLE IF NOT EXISTS schema_migrations (version text NOT NULL PRIMARY KEY)";

struct HasVersions;
statement!(HasVersions => Bool, "SELECT to_regclass('schema_migrations') IS NOT NULL", self: []);

struct Versions;
statement!(Versions => Text, "SELECT version FROM schema_migrations", self: []);

struct AddVersion(&'static str);
statement!(AddVersion, "INSERT INTO schema_migrations (version) VALUES (?)", self: [Text = &self.0]);

/// Applies pending migrations and returns their names. The transaction of the caller holds the lock.
pub(crate) async fn apply(connection: &mut AsyncPgConnection) -> Result<Vec<String>, Failure> {
    take_time(connection).await?;
    connection.batch_execute(BEGIN).await?;
    let applied: Vec<String> = Versions.load(connection).await?;
    let mut added = Vec::new();
    for (version, sql) in MIGRATIONS {
        if applied.iter().any(|applied| applied == version) {
            continue;
        }
        connection.batch_execute(sql).await?;
        AddVersion(version).execute(connection).await?;
        added.push((*version).to_owned());
    }
    if !added.is_empty() {
        build_on_empty_table(connection).await?;
    }
    Ok(added)
}

/// Returns whether all migrations are applied.
pub(crate) async fn are_applied(connection: &mut AsyncPgConnection) -> Result<bool, Failure> {
    if !HasVersions.get_result::<bool>(connection).await? {
        return Ok(false);
    }
    let applied: Vec<String> = Versions.load(connection).await?;
    let is_applied = |(version, _): &(&str, &str)| applied.iter().any(|applied| applied == version);
    Ok(MIGRATIONS.iter().all(is_applied))
}
