//! Writes of identities that other writes contain.

use countersign_adapters_sql::columns::{Failure, race};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::identities::IdentityRow;
use countersign_adapters_sql::schema::identities;
use countersign_ports::Race;
use diesel::prelude::*;

/// Inserts an identity, unless it is linked already.
pub(super) fn link(connection: &mut SqliteConnection, row: &IdentityRow) -> Result<Race, Failure> {
    let insert = diesel::insert_into(identities::table)
        .values(row)
        .on_conflict_do_nothing();
    Ok(race(insert.execute(connection)?))
}

/// Removes the identities of a user and returns their number.
pub(super) fn remove_all(
    connection: &mut SqliteConnection,
    (user, tenant): (Id, i32),
) -> Result<u64, Failure> {
    let theirs = identities::table
        .filter(identities::user_id.eq(user))
        .filter(identities::tenant.eq(tenant));
    Ok(diesel::delete(theirs).execute(connection)? as u64)
}
