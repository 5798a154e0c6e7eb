//! The schema and its versions.

use countersign_adapters_sql::columns::Failure;
use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

/// All migrations.
const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// Applies what is missing and names it, in the transaction that it is called in.
pub(crate) fn apply(connection: &mut SqliteConnection) -> Result<Vec<String>, Failure> {
    let applied = connection.run_pending_migrations(MIGRATIONS)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// Whether nothing is missing.
pub(crate) fn are_applied(connection: &mut SqliteConnection) -> Result<bool, Failure> {
    Ok(!connection.has_pending_migration(MIGRATIONS)?)
}
