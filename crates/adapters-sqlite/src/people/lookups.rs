//! Look-ups of users.

use super::user_credentials::of_user;
use countersign_adapters_sql::columns::{Failure, tenant};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::users;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{After, Slice, UserKey};
use diesel::prelude::*;

/// Returns both rows of a user.
pub(crate) fn find(
    connection: &mut SqliteConnection,
    of: TenantId,
    key: UserKey<'_>,
) -> QueryResult<Option<UserRows>> {
    let users = users::table
        .inner_join(of_user())
        .filter(users::tenant.eq(tenant(of)))
        .select(UserRows::as_select());
    let rows = match key {
        UserKey::Id(id) => users
            .filter(users::id.eq(Id::from(id)))
            .get_result(connection),
        UserKey::Email(email) => users
            .filter(users::email.eq(email.as_str()))
            .get_result(connection),
    };
    rows.optional()
}

/// Returns a slice of the users of a tenant, ordered by ID.
pub(super) fn list(
    connection: &mut SqliteConnection,
    tenant: i32,
    after: After<UserId>,
) -> Result<Slice<User>, Failure> {
    let mut query = users::table
        .inner_join(of_user())
        .filter(users::tenant.eq(tenant))
        .order(users::id)
        .select(UserRows::as_select())
        .limit(fetch(after.limit))
        .into_boxed();
    if let Some(last) = after.key {
        query = query.filter(users::id.gt(Id::from(last)));
    }
    let rows: Vec<UserRows> = query.load(connection)?;
    Ok(slice(rows, after.limit, User::try_from)?)
}
