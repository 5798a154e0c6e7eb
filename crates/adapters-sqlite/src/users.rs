//! Users.

use crate::schema::users;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{
    Failure, Unreadable, from_bytes, from_text, from_time, integer, race, text, time,
};
use countersign_domain::identifier::UserId;
use countersign_domain::user::{Email, User};
use countersign_ports::{Race, StoreError, UserKey, UserRepository};
use diesel::prelude::*;

/// All of a user but the last time step, which only [`UserRepository::use_time_step`] changes.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_default_value = false, treat_none_as_null = true)]
struct UserRow {
    id: Vec<u8>,
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
            id: user.id.as_bytes().into(),
            email: user.email.as_str().into(),
            name: user.name.as_deref().map(text),
            enabled: user.enabled,
            password_hash: user.password_hash.clone(),
            sealed_totp_secret: user.sealed_totp_secret.clone(),
            created_at: time(user.created_at)?,
        })
    }
}

impl TryFrom<UserRow> for User {
    type Error = Unreadable;

    fn try_from(row: UserRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: UserId::from_bytes(from_bytes("users.id", &row.id)?),
            email: Email::parse(&row.email).map_err(|_| Unreadable("users.email"))?,
            name: row
                .name
                .map(|name| from_text("users.name", name))
                .transpose()?,
            enabled: row.enabled,
            password_hash: row.password_hash,
            sealed_totp_secret: row.sealed_totp_secret,
            created_at: from_time("users.created_at", row.created_at)?,
        })
    }
}

fn update(connection: &mut SqliteConnection, user: &UserRow) -> Result<Race, Failure> {
    let others = users::table.filter(users::email.eq(&user.email).and(users::id.ne(&user.id)));
    if diesel::select(diesel::dsl::exists(others)).get_result(connection)? {
        return Ok(Race::Lost);
    }
    let update = diesel::update(users::table.find(&user.id)).set(user);
    Ok(race(update.execute(connection)?))
}

impl UserRepository for SqliteStore {
    async fn find_user(&self, key: UserKey<'_>) -> Result<Option<User>, StoreError> {
        self.0.readers.point(|connection| {
            let users = users::table.select(UserRow::as_select());
            let row = match key {
                UserKey::Id(id) => users.find(&id.as_bytes()[..]).first(connection),
                UserKey::Email(email) => users
                    .filter(users::email.eq(email.as_str()))
                    .first(connection),
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

    async fn use_time_step(&self, user: UserId, time_step: u64) -> Result<Race, StoreError> {
        let time_step = integer(time_step).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let last = users::last_time_step;
            let unused = users::table
                .find(&user.as_bytes()[..])
                .filter(last.is_null().or(last.lt(time_step)));
            let update = diesel::update(unused).set(last.eq(time_step));
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }
}
