//! Memberships of users in groups.

use super::user_credentials::of_user;
use countersign_adapters_sql::columns::{Failure, tenant};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::memberships::MembershipRow;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{definitions, memberships, users};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{After, DefinitionKey, DefinitionKind, Slice};
use diesel::dsl::exists;
use diesel::prelude::*;

/// Returns whether the groups of these memberships exist.
pub(super) fn groups_exist(
    connection: &mut SqliteConnection,
    tenant: i32,
    rows: &[MembershipRow],
) -> QueryResult<bool> {
    for row in rows {
        let group = definitions::table
            .find((tenant, DefinitionKind::Group.number(), &row.group_name))
            .select(definitions::version);
        let found: Option<i64> = group.get_result(connection).optional()?;
        if found.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Adds memberships of a new user.
pub(super) fn insert(
    connection: &mut SqliteConnection,
    rows: &[MembershipRow],
) -> QueryResult<usize> {
    diesel::insert_into(memberships::table)
        .values(rows)
        .execute(connection)
}

/// Removes the memberships of a user.
pub(super) fn remove(
    connection: &mut SqliteConnection,
    (user, tenant): (Id, i32),
) -> QueryResult<usize> {
    let theirs = memberships::table
        .filter(memberships::user_id.eq(user))
        .filter(memberships::tenant.eq(tenant));
    diesel::delete(theirs).execute(connection)
}

/// Returns whether this is a group with members.
pub(crate) fn has_members(
    connection: &mut SqliteConnection,
    of: TenantId,
    key: &DefinitionKey,
) -> QueryResult<bool> {
    if key.kind != DefinitionKind::Group {
        return Ok(false);
    }
    // A version without groups leaves the rows of a user that it deletes.
    let theirs = users::table
        .filter(users::id.eq(memberships::user_id))
        .filter(users::tenant.eq(memberships::tenant));
    let members = memberships::table
        .filter(memberships::tenant.eq(tenant(of)))
        .filter(memberships::group_name.eq(&key.id))
        .filter(exists(theirs));
    diesel::select(exists(members)).get_result(connection)
}

/// Returns a slice of the members of a group, ordered by ID.
pub(super) fn list(
    connection: &mut SqliteConnection,
    (tenant, group): (i32, &str),
    after: After<UserId>,
) -> Result<Slice<User>, Failure> {
    let is_member = memberships::user_id
        .eq(users::id)
        .and(memberships::tenant.eq(users::tenant));
    let mut query = users::table
        .inner_join(of_user())
        .inner_join(memberships::table.on(is_member))
        .filter(memberships::tenant.eq(tenant))
        .filter(memberships::group_name.eq(group))
        .order(memberships::user_id)
        .select(UserRows::as_select())
        .limit(fetch(after.limit))
        .into_boxed();
    if let Some(last) = after.key {
        query = query.filter(memberships::user_id.gt(Id::from(last)));
    }
    let rows: Vec<UserRows> = query.load(connection)?;
    Ok(slice(rows, after.limit, User::try_from)?)
}
