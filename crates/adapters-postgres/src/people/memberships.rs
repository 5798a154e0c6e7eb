//! Memberships of users in groups, within a transaction of the caller.

use crate::keyset::from;
use crate::statement::statement;
use countersign_adapters_sql::columns::{Failure, tenant};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::memberships::MembershipRow;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{credentials, memberships, users};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{After, DefinitionKey, DefinitionKind, Race, Slice};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, SmallInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Reads the names of existing groups, which then cannot be deleted before the end of the transaction.
struct KeepGroups {
    tenant: i32,
    kind: i16,
    names: Vec<String>,
}
statement!(
    KeepGroups => Text,
    "SELECT id FROM definitions WHERE tenant = ? AND kind = ? AND id = ANY (?::text[]) ORDER BY id FOR KEY SHARE",
    self: [Integer = &self.tenant, SmallInt = &self.kind, Array<Text> = &self.names]
);

/// Locks a group that is about to be deleted. Waits for transactions that add members.
struct LockGroup {
    tenant: i32,
    kind: i16,
    name: String,
}
statement!(
    LockGroup => Text,
    "SELECT id FROM definitions WHERE tenant = ? AND kind = ? AND id = ? FOR UPDATE",
    self: [Integer = &self.tenant, SmallInt = &self.kind, Text = &self.name]
);

/// Returns whether the groups of these memberships exist, and keeps them until the end of the transaction.
pub(super) async fn keep_groups(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    rows: &[MembershipRow],
) -> QueryResult<bool> {
    if rows.is_empty() {
        return Ok(true);
    }
    let statement = KeepGroups {
        tenant: tenant(of),
        kind: DefinitionKind::Group.number(),
        names: rows.iter().map(|row| row.group_name.clone()).collect(),
    };
    let found: Vec<String> = statement.load(connection).await?;
    Ok(found.len() == rows.len())
}

/// Adds memberships of a new user.
pub(super) async fn insert(
    connection: &mut AsyncPgConnection,
    rows: &[MembershipRow],
) -> QueryResult<()> {
    if !rows.is_empty() {
        diesel::insert_into(memberships::table)
            .values(rows)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Removes the memberships of a user. The lock on the row of the user keeps others from changing them.
pub(super) async fn remove(
    connection: &mut AsyncPgConnection,
    (user, tenant): (Id, i32),
) -> QueryResult<()> {
    let theirs = memberships::table
        .filter(memberships::user_id.eq(user))
        .filter(memberships::tenant.eq(tenant));
    diesel::delete(theirs).execute(connection).await?;
    Ok(())
}

/// Replaces the memberships of a user whose row was updated.
pub(super) async fn replace_if_won(
    connection: &mut AsyncPgConnection,
    race: Race,
    user: (Id, i32),
    rows: &[MembershipRow],
) -> QueryResult<()> {
    if race == Race::Won {
        remove(connection, user).await?;
        insert(connection, rows).await?;
    }
    Ok(())
}

/// Returns whether this is a group with members. Another transaction then cannot add one.
pub(crate) async fn has_members(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    key: &DefinitionKey,
) -> QueryResult<bool> {
    if key.kind != DefinitionKind::Group {
        return Ok(false);
    }
    let statement = LockGroup {
        tenant: tenant(of),
        kind: key.kind.number(),
        name: key.id.clone(),
    };
    let _: Option<String> = statement.get_result(connection).await.optional()?;
    // A separate statement, which sees members that were added while this one waited for the lock.
    // A version without groups leaves the rows of a user that it deletes.
    let theirs = users::table
        .filter(users::id.eq(memberships::user_id))
        .filter(users::tenant.eq(memberships::tenant));
    let members = memberships::table
        .filter(memberships::tenant.eq(tenant(of)))
        .filter(memberships::group_name.eq(&key.id))
        .filter(exists(theirs));
    diesel::select(exists(members)).get_result(connection).await
}

/// Returns a slice of the members of a group, ordered by ID.
pub(super) async fn list(
    connection: &mut AsyncPgConnection,
    (of, group): (TenantId, &GroupName),
    after: After<UserId>,
) -> Result<Slice<User>, Failure> {
    let Some(from) = from(after.key) else {
        return Ok(Slice::default());
    };
    let is_member = memberships::user_id.eq(users::id);
    let is_member = is_member.and(memberships::tenant.eq(users::tenant));
    let its = credentials::user_id.eq(users::id);
    let its = its.and(credentials::tenant.eq(users::tenant));
    let rows: Vec<UserRows> = memberships::table
        .inner_join(users::table.on(is_member))
        .inner_join(credentials::table.on(its))
        .filter(memberships::tenant.eq(tenant(of)))
        .filter(memberships::group_name.eq(group.as_str()))
        .filter(memberships::user_id.ge(from))
        .order(memberships::user_id)
        .limit(fetch(after.limit))
        .select(UserRows::as_select())
        .load(connection)
        .await?;
    Ok(slice(rows, after.limit, User::try_from)?)
}
