//! Credentials of users. Changes to them do not change the version of a user.

use super::recovery_codes;
use countersign_adapters_sql::columns::{Failure, race};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::{credentials, devices, passkeys, users};
use countersign_domain::secret::SecretDigest;
use countersign_ports::Race;
use diesel::dsl::exists;
use diesel::prelude::*;

/// Primary key of the rows of a user: identifier and tenant.
pub(crate) type UserKeyColumns = (Id, i32);

/// Joins the credentials of the same user.
#[diesel::dsl::auto_type]
pub(crate) fn of_user() -> _ {
    let same_user = credentials::user_id.eq(users::id);
    credentials::table.on(same_user.and(credentials::tenant.eq(users::tenant)))
}

/// Selects the credentials of an enabled user.
#[diesel::dsl::auto_type]
fn enabled(key: UserKeyColumns) -> _ {
    let enabled_user = users::table.find(key).filter(users::enabled);
    credentials::table.find(key).filter(exists(enabled_user))
}

pub(crate) fn set_password_hash(
    connection: &mut SqliteConnection,
    key: UserKeyColumns,
    hash: &str,
) -> Result<Race, Failure> {
    let set = credentials::password_hash.eq(hash);
    let update = diesel::update(credentials::table.find(key)).set(set);
    Ok(race(update.execute(connection)?))
}

/// Sets or removes the secret of one-time codes, resets the used time steps, and removes recovery codes, devices and,
/// without a secret, passkeys.
pub(crate) fn reset_factors(
    connection: &mut SqliteConnection,
    key: UserKeyColumns,
    secret: Option<&[u8]>,
) -> Result<Race, Failure> {
    let set = (
        credentials::sealed_totp_secret.eq(secret),
        credentials::last_time_step.eq(None::<i64>),
    );
    let update = diesel::update(credentials::table.find(key)).set(set);
    let race = race(update.execute(connection)?);
    recovery_codes::replace(connection, key, &[])?;
    let (user, tenant) = key;
    let theirs = devices::table
        .filter(devices::user_id.eq(user))
        .filter(devices::tenant.eq(tenant));
    diesel::delete(theirs).execute(connection)?;
    if secret.is_none() {
        let theirs = passkeys::table
            .filter(passkeys::user_id.eq(user))
            .filter(passkeys::tenant.eq(tenant));
        diesel::delete(theirs).execute(connection)?;
    }
    Ok(race)
}

pub(crate) fn replace_password_hash(
    connection: &mut SqliteConnection,
    key: UserKeyColumns,
    present: Option<&str>,
    new: Option<&str>,
) -> Result<Race, Failure> {
    let unchanged = enabled(key).filter(credentials::password_hash.is(present));
    let update = diesel::update(unchanged).set(credentials::password_hash.eq(new));
    Ok(race(update.execute(connection)?))
}

pub(crate) fn replace_totp_secret(
    connection: &mut SqliteConnection,
    key: UserKeyColumns,
    present: Option<&[u8]>,
    new: Option<&[u8]>,
    codes: &[SecretDigest],
) -> Result<Race, Failure> {
    let unchanged = enabled(key).filter(credentials::sealed_totp_secret.is(present));
    let update = diesel::update(unchanged).set(credentials::sealed_totp_secret.eq(new));
    let race = race(update.execute(connection)?);
    if race == Race::Won {
        recovery_codes::replace(connection, key, codes)?;
    }
    Ok(race)
}

pub(crate) fn use_time_step(
    connection: &mut SqliteConnection,
    key: UserKeyColumns,
    time_step: i64,
) -> Result<Race, Failure> {
    let last = credentials::last_time_step;
    let unused = credentials::table
        .find(key)
        .filter(last.is_null().or(last.lt(time_step)));
    let update = diesel::update(unused).set(last.eq(time_step));
    Ok(race(update.execute(connection)?))
}
