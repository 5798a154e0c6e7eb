//! Credentials of users: changes of several tables at once, within a transaction of the caller.

use super::{identity_rows, memberships, recovery_codes, sessions};
use countersign_adapters_sql::columns::{Failure, race, tenant};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::memberships::MembershipRow;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{credentials, devices, passkeys, users};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::Email;
use countersign_ports::Race;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Inserts a user with its credentials and groups. Must run in a transaction.
pub(crate) async fn insert(
    connection: &mut AsyncPgConnection,
    rows: UserRows,
    groups: &[MembershipRow],
) -> QueryResult<Race> {
    let inserted = diesel::insert_into(users::table)
        .values(rows.user)
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    if inserted > 0 {
        diesel::insert_into(credentials::table)
            .values(rows.credentials)
            .execute(connection)
            .await?;
        memberships::insert(connection, groups).await?;
    }
    Ok(race(inserted))
}

/// Sets or removes the secret of one-time codes, and removes recovery codes, devices and, without a secret, passkeys.
pub(super) async fn reset_factors(
    connection: &mut AsyncPgConnection,
    (of, user): (TenantId, UserId),
    secret: Option<&[u8]>,
) -> Result<Race, Failure> {
    let theirs = credentials::table.find((Id::from(user), tenant(of)));
    let update = diesel::update(theirs).set((
        credentials::sealed_totp_secret.eq(secret),
        credentials::last_time_step.eq(None::<i64>),
    ));
    let race = race(update.execute(connection).await?);
    recovery_codes::replace(connection, of, user, &[]).await?;
    let theirs = devices::table
        .filter(devices::user_id.eq(Id::from(user)))
        .filter(devices::tenant.eq(tenant(of)));
    diesel::delete(theirs).execute(connection).await?;
    if secret.is_none() {
        let theirs = passkeys::table
            .filter(passkeys::user_id.eq(Id::from(user)))
            .filter(passkeys::tenant.eq(tenant(of)));
        diesel::delete(theirs).execute(connection).await?;
    }
    Ok(race)
}

/// Removes the credentials of a user whose address is verified for the first time, and ends the sessions.
pub(super) async fn hand_over(
    connection: &mut AsyncPgConnection,
    (of, user): (TenantId, UserId),
    email: &Email,
    at: i64,
) -> Result<Option<Vec<SessionId>>, Failure> {
    let unverified = users::table
        .find((Id::from(user), tenant(of)))
        .filter(users::enabled)
        .filter(users::email_verified.eq(false))
        .filter(users::email.eq(email.as_str()));
    let verify = diesel::update(unverified).set(users::email_verified.eq(true));
    if race(verify.execute(connection).await?) == Race::Lost {
        return Ok(None);
    }
    let _ = reset_factors(connection, (of, user), None).await?;
    identity_rows::remove_all(connection, (of, user)).await?;
    let own = credentials::table.find((Id::from(user), tenant(of)));
    let remove = diesel::update(own).set(credentials::password_hash.eq(None::<String>));
    remove.execute(connection).await?;
    let ended = sessions::end_all(connection, (of, user), None, at).await?;
    Ok(Some(ended))
}
