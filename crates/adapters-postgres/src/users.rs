//! Users.

use crate::recovery_codes;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{integer, optional_text, race, text};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::users;
use countersign_adapters_sql::users::UserRow;
use countersign_domain::identifier::UserId;
use countersign_domain::secret::SecretDigest;
use countersign_domain::user::{Email, User};
use countersign_ports::{Race, StoreError, UserKey, UserRepository};
use diesel::dsl::{Filter, Find};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// The row of a user who may log in.
fn enabled(user: UserId) -> Filter<Find<users::table, Id>, users::enabled> {
    users::table
        .find(Id(*user.as_bytes()))
        .filter(users::enabled)
}

impl UserRepository for PostgresStore {
    async fn find_user(&self, key: UserKey<'_>) -> Result<Option<User>, StoreError> {
        self.run(async |connection| {
            let users = users::table.select(UserRow::as_select());
            let row: QueryResult<UserRow> = match key {
                UserKey::Id(id) => users.find(Id(*id.as_bytes())).first(connection).await,
                UserKey::Email(email) => {
                    let users = users.filter(users::email.eq(email.as_str()));
                    users.first(connection).await
                }
            };
            Ok(row.optional()?.map(User::try_from).transpose()?)
        })
        .await
    }

    async fn list_users(&self) -> Result<Vec<User>, StoreError> {
        self.run(async |connection| {
            let rows: Vec<UserRow> = users::table
                .select(UserRow::as_select())
                .order((users::created_at, users::id))
                .load(connection)
                .await?;
            let users = rows.into_iter().map(User::try_from);
            Ok(users.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn insert_user(&self, user: &User) -> Result<Race, StoreError> {
        let row = UserRow::try_from(user).map_err(StoreError::new)?;
        self.run(async |connection| {
            let insert = diesel::insert_into(users::table)
                .values(row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection).await?))
        })
        .await
    }

    async fn update_user(&self, user: &User) -> Result<Race, StoreError> {
        let row = UserRow::try_from(user).map_err(StoreError::new)?;
        self.run(async |connection| {
            let update = diesel::update(users::table.find(row.id)).set(row);
            match update.execute(connection).await {
                Ok(changed) => Ok(race(changed)),
                // The address is another's.
                Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                    Ok(Race::Lost)
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    async fn verify_email(&self, user: UserId, email: &Email) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let theirs = enabled(user).filter(users::email.eq(email.as_str()));
            let update = diesel::update(theirs).set(users::email_verified.eq(true));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn replace_password_hash(
        &self,
        user: UserId,
        present: Option<&str>,
        new: &str,
    ) -> Result<Race, StoreError> {
        let (present, new) = (optional_text(present), text(new));
        self.run(async |connection| {
            let column = users::password_hash;
            let unchanged = enabled(user).filter(column.is_not_distinct_from(present));
            let update = diesel::update(unchanged).set(column.eq(new));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn replace_totp_secret(
        &self,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let column = users::sealed_totp_secret;
                let unchanged = enabled(user).filter(column.is_not_distinct_from(present));
                let update = diesel::update(unchanged).set(column.eq(new));
                let race = race(update.execute(connection).await?);
                if race == Race::Won {
                    recovery_codes::replace(connection, user, recovery_codes).await?;
                }
                Ok(race)
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn use_time_step(&self, user: UserId, time_step: u64) -> Result<Race, StoreError> {
        let time_step = integer(time_step).map_err(StoreError::new)?;
        self.run(async |connection| {
            let last = users::last_time_step;
            let unused = users::table
                .find(Id(*user.as_bytes()))
                .filter(last.is_null().or(last.lt(time_step)));
            let update = diesel::update(unused).set(last.eq(time_step));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }
}
