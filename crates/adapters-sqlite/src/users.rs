//! Users.

use crate::recovery_codes;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, integer, optional_text, race, text};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::users;
use countersign_adapters_sql::users::UserRow;
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_domain::user::{Email, User};
use countersign_ports::{Race, StoreError, UserKey, UserRepository};
use diesel::dsl::{Filter, Find};
use diesel::prelude::*;

/// The row of a user who may log in.
fn enabled(user: UserId) -> Filter<Find<users::table, Id>, users::enabled> {
    users::table
        .find(Id(*user.as_bytes()))
        .filter(users::enabled)
}

fn update(connection: &mut SqliteConnection, user: &UserRow) -> Result<Race, Failure> {
    let others = users::table.filter(users::email.eq(&user.email).and(users::id.ne(user.id)));
    if diesel::select(diesel::dsl::exists(others)).get_result(connection)? {
        return Ok(Race::Lost);
    }
    let update = diesel::update(users::table.find(user.id)).set(user);
    Ok(race(update.execute(connection)?))
}

impl UserRepository for SqliteStore {
    async fn find_user(&self, key: UserKey<'_>) -> Result<Option<User>, StoreError> {
        self.0.readers.point(|connection| {
            let users = users::table.select(UserRow::as_select());
            let row = match key {
                UserKey::Id(id) => users.find(Id(*id.as_bytes())).get_result(connection),
                UserKey::Email(email) => users
                    .filter(users::email.eq(email.as_str()))
                    .get_result(connection),
            };
            Ok(row.optional()?.map(User::try_from).transpose()?)
        })
    }

    async fn list_users(&self) -> Result<Vec<User>, StoreError> {
        let read = |connection: &mut SqliteConnection| {
            let rows = users::table
                .select(UserRow::as_select())
                .order((users::created_at, users::id))
                .load(connection)?;
            let users = rows.into_iter().map(User::try_from);
            Ok(users.collect::<Result<_, _>>()?)
        };
        self.0.readers.list(read).await
    }

    async fn insert_user(&self, user: &User) -> Result<Race, StoreError> {
        let row = UserRow::try_from(user).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(users::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn update_user(&self, user: &User) -> Result<Race, StoreError> {
        let row = UserRow::try_from(user).map_err(StoreError::new)?;
        let work = move |connection: &mut _| update(connection, &row);
        self.0.writer.write(work).await
    }

    async fn verify_email(&self, user: UserId, email: &Email) -> Result<Race, StoreError> {
        let email = email.as_str().to_owned();
        let work = move |connection: &mut SqliteConnection| {
            let theirs = enabled(user).filter(users::email.eq(&email));
            let update = diesel::update(theirs).set(users::email_verified.eq(true));
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn replace_password_hash(
        &self,
        user: UserId,
        present: Option<&str>,
        new: &str,
    ) -> Result<Race, StoreError> {
        let (present, new) = (optional_text(present), text(new));
        let work = move |connection: &mut SqliteConnection| {
            let unchanged = enabled(user).filter(users::password_hash.is(&present));
            let update = diesel::update(unchanged).set(users::password_hash.eq(&new));
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn replace_totp_secret(
        &self,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> Result<Race, StoreError> {
        let (present, new) = (present.map(<[u8]>::to_vec), new.map(<[u8]>::to_vec));
        let recovery_codes = recovery_codes.to_vec();
        let work = move |connection: &mut SqliteConnection| {
            let unchanged = enabled(user).filter(users::sealed_totp_secret.is(&present));
            let update = diesel::update(unchanged).set(users::sealed_totp_secret.eq(&new));
            let race = race(update.execute(connection)?);
            if race == Race::Won {
                recovery_codes::replace(connection, Id(*user.as_bytes()), &recovery_codes)?;
            }
            Ok(race)
        };
        self.0.writer.write(work).await
    }

    async fn use_time_step(&self, user: UserId, time_step: u64) -> Result<Race, StoreError> {
        let time_step = integer(time_step).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let last = users::last_time_step;
            let unused = users::table
                .find(Id(*user.as_bytes()))
                .filter(last.is_null().or(last.lt(time_step)));
            let update = diesel::update(unused).set(last.eq(time_step));
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }
}
