//! Writes of identities that other writes contain.

use countersign_adapters_sql::columns::{race, tenant};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::identities::IdentityRow;
use countersign_adapters_sql::schema::identities;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::TenantId;
use countersign_ports::Race;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Inserts an identity, unless it is linked already.
pub(super) async fn link(
    connection: &mut AsyncPgConnection,
    row: &IdentityRow,
) -> QueryResult<Race> {
    let insert = diesel::insert_into(identities::table)
        .values(row)
        .on_conflict_do_nothing();
    Ok(race(insert.execute(connection).await?))
}

/// Removes the identities of a user and returns their number.
pub(super) async fn remove_all(
    connection: &mut AsyncPgConnection,
    (of, user): (TenantId, UserId),
) -> QueryResult<u64> {
    let theirs = identities::table
        .filter(identities::user_id.eq(Id::from(user)))
        .filter(identities::tenant.eq(tenant(of)));
    Ok(diesel::delete(theirs).execute(connection).await? as u64)
}
