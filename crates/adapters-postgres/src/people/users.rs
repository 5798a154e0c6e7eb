//! Users.

use super::steps::take_step;
use super::user_credentials::{hand_over, insert, reset_factors};
use super::{memberships, recovery_codes};
use crate::feed::events;
use crate::keyset::from;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{
    Failure, integer, optional_text, race, tenant, text, time,
};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::memberships::MembershipRow;
use countersign_adapters_sql::people::users::{UserChange, UserRows};
use countersign_adapters_sql::schema::{credentials, users};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, EphemeralKey, EventRecord, Race, Slice, StoreError, UserKey, UserRepository,
};
use diesel::dsl::{Filter, Find, exists};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Joins users with their credentials.
macro_rules! users_with_credentials {
    () => {
        users::table.inner_join(
            credentials::table.on(credentials::user_id
                .eq(users::id)
                .and(credentials::tenant.eq(users::tenant))),
        )
    };
}

/// Selects the row of a user who may sign in.
fn enabled(of: TenantId, user: UserId) -> Filter<Find<users::table, (Id, i32)>, users::enabled> {
    users::table
        .find((Id::from(user), tenant(of)))
        .filter(users::enabled)
}

/// Returns whether the failure is an email address that another user has.
fn is_taken_email(failure: &Failure) -> bool {
    matches!(
        failure.downcast_ref(),
        Some(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information))
            if information.constraint_name() == Some("users_email")
    )
}

impl UserRepository for PostgresStore {
    async fn find_user(&self, of: TenantId, key: UserKey<'_>) -> Result<Option<User>, StoreError> {
        self.run(async |connection| {
            let users = users_with_credentials!()
                .filter(users::tenant.eq(tenant(of)))
                .select(UserRows::as_select());
            let rows: QueryResult<UserRows> = match key {
                UserKey::Id(id) => {
                    let users = users.filter(users::id.eq(Id::from(id)));
                    users.first(connection).await
                }
                UserKey::Email(email) => {
                    let users = users.filter(users::email.eq(email.as_str()));
                    users.first(connection).await
                }
            };
            Ok(rows.optional()?.map(User::try_from).transpose()?)
        })
        .await
    }

    async fn find_user_and_take_step(
        &self,
        of: TenantId,
        user: UserId,
        step: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<(User, Race)>, StoreError> {
        take_step(self, of, (user, step), now).await
    }

    async fn list_users(
        &self,
        of: TenantId,
        after: After<UserId>,
    ) -> Result<Slice<User>, StoreError> {
        let Some(from) = from(after.key) else {
            return Ok(Slice::default());
        };
        self.run(async |connection| {
            let rows: Vec<UserRows> = users_with_credentials!()
                .filter(users::tenant.eq(tenant(of)))
                .filter(users::id.ge(from))
                .order(users::id)
                .limit(fetch(after.limit))
                .select(UserRows::as_select())
                .load(connection)
                .await?;
            Ok(slice(rows, after.limit, User::try_from)?)
        })
        .await
    }

    async fn insert_user(
        &self,
        of: TenantId,
        user: &User,
        event: Option<&EventRecord>,
    ) -> Result<Race, StoreError> {
        let rows = UserRows::new(of, user, 1).map_err(StoreError::new)?;
        let groups = MembershipRow::of_user(of, user);
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                if !memberships::keep_groups(connection, of, &groups).await? {
                    return Ok(Race::Lost);
                }
                let race = insert(connection, rows, &groups).await?;
                events::record(connection, of, event, race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn update_user(
        &self,
        of: TenantId,
        user: &User,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let change = UserChange::try_from(user).map_err(StoreError::new)?;
        let read = integer(user.version).map_err(StoreError::new)?;
        let groups = MembershipRow::of_user(of, user);
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                if !memberships::keep_groups(connection, of, &groups).await? {
                    return Ok(Race::Lost);
                }
                let unchanged = users::table
                    .find((Id::from(user.id), tenant(of)))
                    .filter(users::version.eq(read));
                let update = diesel::update(unchanged).set(change);
                let race = race(update.execute(connection).await?);
                let theirs = (Id::from(user.id), tenant(of));
                memberships::replace_if_won(connection, race, theirs, &groups).await?;
                events::record(connection, of, Some(event), race).await
            };
            match connection.transaction(work).await {
                Err(failure) if is_taken_email(&failure) => Ok(Race::Lost),
                outcome => outcome,
            }
        })
        .await
    }

    async fn set_password_hash(
        &self,
        of: TenantId,
        user: UserId,
        hash: &str,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let hash = text(hash);
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let theirs = credentials::table.find((Id::from(user), tenant(of)));
                let update = diesel::update(theirs).set(credentials::password_hash.eq(hash));
                let race = race(update.execute(connection).await?);
                events::record(connection, of, Some(event), race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn reset_factors(
        &self,
        of: TenantId,
        user: UserId,
        secret: Option<&[u8]>,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let race = reset_factors(connection, (of, user), secret).await?;
                events::record(connection, of, Some(event), race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn verify_email(
        &self,
        of: TenantId,
        user: UserId,
        email: &Email,
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let theirs = enabled(of, user).filter(users::email.eq(email.as_str()));
            let update = diesel::update(theirs).set(users::email_verified.eq(true));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn hand_over(
        &self,
        of: TenantId,
        user: UserId,
        email: &Email,
        at: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let at = time(at).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                hand_over(connection, (of, user), email, at).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn replace_password_hash(
        &self,
        of: TenantId,
        user: UserId,
        present: Option<&str>,
        new: Option<&str>,
    ) -> Result<Race, StoreError> {
        let (present, new) = (optional_text(present), optional_text(new));
        self.run(async |connection| {
            let column = credentials::password_hash;
            let unchanged = credentials::table
                .find((Id::from(user), tenant(of)))
                .filter(exists(enabled(of, user)))
                .filter(column.is_not_distinct_from(present));
            let update = diesel::update(unchanged).set(column.eq(new));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn replace_totp_secret(
        &self,
        of: TenantId,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let column = credentials::sealed_totp_secret;
                let unchanged = credentials::table
                    .find((Id::from(user), tenant(of)))
                    .filter(exists(enabled(of, user)))
                    .filter(column.is_not_distinct_from(present));
                let update = diesel::update(unchanged).set(column.eq(new));
                let race = race(update.execute(connection).await?);
                if race == Race::Won {
                    recovery_codes::replace(connection, of, user, recovery_codes).await?;
                }
                Ok(race)
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn use_time_step(
        &self,
        of: TenantId,
        user: UserId,
        time_step: u64,
    ) -> Result<Race, StoreError> {
        let time_step = integer(time_step).map_err(StoreError::new)?;
        self.run(async |connection| {
            let last = credentials::last_time_step;
            let unused = credentials::table
                .find((Id::from(user), tenant(of)))
                .filter(last.is_null().or(last.lt(time_step)));
            let update = diesel::update(unused).set(last.eq(time_step));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }
}
