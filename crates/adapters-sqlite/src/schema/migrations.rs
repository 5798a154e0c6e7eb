//! Schema migrations.

use countersign_adapters_sql::columns::Failure;
use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// Applies pending migrations in the current transaction. Returns their names.
pub(crate) fn apply(connection: &mut SqliteConnection) -> Result<Vec<String>, Failure> {
    let applied = connection.run_pending_migrations(MIGRATIONS)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// Returns whether all migrations are applied.
pub(crate) fn are_applied(connection: &mut SqliteConnection) -> Result<bool, Failure> {
    Ok(!connection.has_pending_migration(MIGRATIONS)?)
}
