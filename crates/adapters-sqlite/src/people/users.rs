//! Users.

use super::lookups::{find, list};
use super::sessions::end_all;
use super::{identity_rows, memberships, user_credentials as own};
use crate::ephemera;
use crate::feed::events::record;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{
    Failure, integer, optional_text, race, tenant, text, time,
};
use countersign_adapters_sql::ephemera::EphemeralRow;
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::memberships::MembershipRow;
use countersign_adapters_sql::people::users::{UserChange, UserRows};
use countersign_adapters_sql::schema::{credentials, users};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, Ephemeral, EphemeralKey, EventRecord, Race, Slice, StoreError, UserKey, UserRepository,
};
use diesel::dsl::exists;
use diesel::prelude::*;

fn event_row(tenant: TenantId, event: &EventRecord) -> Result<EventRows, StoreError> {
    EventRows::new(tenant, event).map_err(StoreError::new)
}

/// Inserts the rows of a user. Returns `Lost` if the ID or the email address is taken.
pub(crate) fn insert(
    connection: &mut SqliteConnection,
    rows: &UserRows,
    groups: &[MembershipRow],
) -> Result<Race, Failure> {
    let inserted = diesel::insert_into(users::table)
        .values(&rows.user)
        .on_conflict_do_nothing()
        .execute(connection)?;
    if inserted > 0 {
        diesel::insert_into(credentials::table)
            .values(&rows.credentials)
            .execute(connection)?;
        memberships::insert(connection, groups)?;
    }
    Ok(race(inserted))
}

fn update(
    connection: &mut SqliteConnection,
    (id, tenant): (Id, i32),
    version: i64,
    (change, groups): (&UserChange, &[MembershipRow]),
) -> Result<Race, Failure> {
    let others = users::table
        .filter(users::tenant.eq(tenant))
        .filter(users::email.eq(&change.email))
        .filter(users::id.ne(id));
    if diesel::select(exists(others)).get_result(connection)?
        || !memberships::groups_exist(connection, tenant, groups)?
    {
        return Ok(Race::Lost);
    }
    let of_version = users::table
        .find((id, tenant))
        .filter(users::version.eq(version));
    let update = diesel::update(of_version).set(change);
    let race = race(update.execute(connection)?);
    if race == Race::Won {
        memberships::remove(connection, (id, tenant))?;
        memberships::insert(connection, groups)?;
    }
    Ok(race)
}

/// Inserts the event if the change was made.
fn record_if_won(
    connection: &mut SqliteConnection,
    race: Race,
    event: Option<&EventRows>,
) -> Result<Race, Failure> {
    if let (Race::Won, Some(event)) = (race, event) {
        record(connection, event)?;
    }
    Ok(race)
}

impl UserRepository for SqliteStore {
    async fn find_user(&self, of: TenantId, key: UserKey<'_>) -> Result<Option<User>, StoreError> {
        let rows = self
            .0
            .readers
            .point(|connection| Ok(find(connection, of, key)?));
        let user = rows?.map(User::try_from).transpose();
        user.map_err(StoreError::new)
    }

    async fn find_user_and_take_step(
        &self,
        of: TenantId,
        user: UserId,
        step: &EphemeralKey,
        now: Timestamp,
    ) -> Result<Option<(User, Race)>, StoreError> {
        let is_live = !step.expires_at.has_passed(now);
        let row = EphemeralRow::new(of, step, &Ephemeral::new(&[])).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let Some(rows) = find(connection, of, UserKey::Id(user))? else {
                return Ok(None);
            };
            let user = User::try_from(rows)?;
            let race = if user.enabled && is_live {
                ephemera::insert(connection, &row)?
            } else {
                Race::Lost
            };
            Ok(Some((user, race)))
        };
        self.0.writer.write(work).await
    }

    async fn list_users(
        &self,
        of: TenantId,
        after: After<UserId>,
    ) -> Result<Slice<User>, StoreError> {
        let read = move |connection: &mut _| list(connection, tenant(of), after);
        self.0.readers.list(read).await
    }

    async fn insert_user(
        &self,
        of: TenantId,
        user: &User,
        event: Option<&EventRecord>,
    ) -> Result<Race, StoreError> {
        let rows = UserRows::new(of, user, 1).map_err(StoreError::new)?;
        let groups = MembershipRow::of_user(of, user);
        let event = event.map(|event| event_row(of, event)).transpose()?;
        let work = move |connection: &mut _| {
            if !memberships::groups_exist(connection, tenant(of), &groups)? {
                return Ok(Race::Lost);
            }
            let race = insert(connection, &rows, &groups)?;
            record_if_won(connection, race, event.as_ref())
        };
        self.0.writer.write(work).await
    }

    async fn update_user(
        &self,
        of: TenantId,
        user: &User,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let key = (Id::from(user.id), tenant(of));
        let version = integer(user.version).map_err(StoreError::new)?;
        let change = UserChange::try_from(user).map_err(StoreError::new)?;
        let groups = MembershipRow::of_user(of, user);
        let event = event_row(of, event)?;
        let work = move |connection: &mut _| {
            let race = update(connection, key, version, (&change, &groups))?;
            record_if_won(connection, race, Some(&event))
        };
        self.0.writer.write(work).await
    }

    async fn set_password_hash(
        &self,
        of: TenantId,
        user: UserId,
        hash: &str,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let key = (Id::from(user), tenant(of));
        let (hash, event) = (text(hash), event_row(of, event)?);
        let work = move |connection: &mut _| {
            let race = own::set_password_hash(connection, key, &hash)?;
            record_if_won(connection, race, Some(&event))
        };
        self.0.writer.write(work).await
    }

    async fn reset_factors(
        &self,
        of: TenantId,
        user: UserId,
        secret: Option<&[u8]>,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let key = (Id::from(user), tenant(of));
        let (secret, event) = (secret.map(<[u8]>::to_vec), event_row(of, event)?);
        let work = move |connection: &mut _| {
            let race = own::reset_factors(connection, key, secret.as_deref())?;
            record_if_won(connection, race, Some(&event))
        };
        self.0.writer.write(work).await
    }

    async fn verify_email(
        &self,
        of: TenantId,
        user: UserId,
        email: &Email,
    ) -> Result<Race, StoreError> {
        let email = email.as_str().to_owned();
        let work = move |connection: &mut SqliteConnection| {
            let theirs = users::table
                .find((Id::from(user), tenant(of)))
                .filter(users::enabled)
                .filter(users::email.eq(&email));
            let update = diesel::update(theirs).set(users::email_verified.eq(true));
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn hand_over(
        &self,
        of: TenantId,
        user: UserId,
        email: &Email,
        at: Timestamp,
    ) -> Result<Option<Vec<SessionId>>, StoreError> {
        let key = (Id::from(user), tenant(of));
        let email = email.as_str().to_owned();
        let at = time(at).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let theirs = users::table
                .find(key)
                .filter(users::enabled)
                .filter(users::email_verified.eq(false))
                .filter(users::email.eq(&email));
            let verify = diesel::update(theirs).set(users::email_verified.eq(true));
            if race(verify.execute(connection)?) == Race::Lost {
                return Ok(None);
            }
            let _ = own::reset_factors(connection, key, None)?;
            identity_rows::remove_all(connection, key)?;
            let without = credentials::password_hash.eq(None::<String>);
            let remove = diesel::update(credentials::table.find(key)).set(without);
            remove.execute(connection)?;
            end_all(connection, key, None, at).map(Some)
        };
        self.0.writer.write(work).await
    }

    async fn replace_password_hash(
        &self,
        of: TenantId,
        user: UserId,
        present: Option<&str>,
        new: Option<&str>,
    ) -> Result<Race, StoreError> {
        let key = (Id::from(user), tenant(of));
        let (present, new) = (optional_text(present), optional_text(new));
        let work = move |connection: &mut _| {
            own::replace_password_hash(connection, key, present.as_deref(), new.as_deref())
        };
        self.0.writer.write(work).await
    }

    async fn replace_totp_secret(
        &self,
        of: TenantId,
        user: UserId,
        present: Option<&[u8]>,
        new: Option<&[u8]>,
        recovery_codes: &[SecretDigest],
    ) -> Result<Race, StoreError> {
        let key = (Id::from(user), tenant(of));
        let (present, new) = (present.map(<[u8]>::to_vec), new.map(<[u8]>::to_vec));
        let codes = recovery_codes.to_vec();
        let work = move |connection: &mut _| {
            let (present, new) = (present.as_deref(), new.as_deref());
            own::replace_totp_secret(connection, key, present, new, &codes)
        };
        self.0.writer.write(work).await
    }

    async fn use_time_step(
        &self,
        of: TenantId,
        user: UserId,
        time_step: u64,
    ) -> Result<Race, StoreError> {
        let key = (Id::from(user), tenant(of));
        let time_step = integer(time_step).map_err(StoreError::new)?;
        let work = move |connection: &mut _| own::use_time_step(connection, key, time_step);
        self.0.writer.write(work).await
    }
}
