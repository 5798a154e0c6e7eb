//! Users.

use crate::id::Id;
use crate::schema::users;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{
    Failure, Unreadable, from_text, from_time, integer, race, text, time,
};
use countersign_domain::identifier::UserId;
use countersign_domain::user::{Email, User};
use countersign_ports::{Race, StoreError, UserKey, UserRepository};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::RunQueryDsl;

/// All of a user but the last time step, which only [`UserRepository::use_time_step`] changes.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_default_value = false, treat_none_as_null = true)]
struct UserRow {
    id: Id,
    email: String,
    name: Option<String>,
    enabled: bool,
    password_hash: Option<String>,
    sealed_totp_secret: Option<Vec<u8>>,
    created_at: i64,
}

impl TryFrom<&User> for UserRow {
    type Error = Failure;

    fn try_from(user: &User) -> Result<Self, Failure> {
        Ok(Self {
            id: Id(*user.id.as_bytes()),
            email: user.email.as_str().into(),
            name: user.name.as_deref().map(text),
            enabled: user.enabled,
            password_hash: user.password_hash.as_deref().map(text),
            sealed_totp_secret: user.sealed_totp_secret.clone(),
            created_at: time(user.created_at)?,
        })
    }
}

impl TryFrom<UserRow> for User {
    type Error = Unreadable;

    fn try_from(row: UserRow) -> Result<Self, Unreadable> {
        let optional_text =
            |column, value: Option<String>| value.map(|value| from_text(column, value)).transpose();
        Ok(Self {
            id: UserId::from_bytes(row.id.0),
            email: Email::parse(&row.email).map_err(|_| Unreadable("users.email"))?,
            name: optional_text("users.name", row.name)?,
            enabled: row.enabled,
            password_hash: optional_text("users.password_hash", row.password_hash)?,
            sealed_totp_secret: row.sealed_totp_secret,
            created_at: from_time("users.created_at", row.created_at)?,
        })
    }
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
