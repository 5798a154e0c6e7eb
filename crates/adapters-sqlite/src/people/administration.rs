//! What operators search, list and remove.

use super::memberships;
use super::removals::{delete, remove};
use super::user_credentials::of_user;
use crate::feed::events::record;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, tenant, text};
use countersign_adapters_sql::definitions::DefinitionRow;
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::search::EmailRange;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{grants, users};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, Subject, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, Definition, Ended, EventRecord, Removal, Slice, StoreError, UserAdministration,
    UserDeletion,
};
use diesel::prelude::*;

fn search(
    connection: &mut SqliteConnection,
    of: TenantId,
    range: &EmailRange,
    limit: u32,
) -> Result<Slice<User>, Failure> {
    let mut query = users::table
        .inner_join(of_user())
        .filter(users::tenant.eq(tenant(of)))
        .order(users::email)
        .select(UserRows::as_select())
        .limit(fetch(limit))
        .into_boxed();
    query = if range.includes_from {
        query.filter(users::email.ge(&range.from))
    } else {
        query.filter(users::email.gt(&range.from))
    };
    if let Some(end) = &range.end {
        query = query.filter(users::email.lt(end));
    }
    let rows: Vec<UserRows> = query.load(connection)?;
    Ok(slice(rows, limit, User::try_from)?)
}

/// Stores the event if something was removed.
fn record_if_ended(
    connection: &mut SqliteConnection,
    ended: Option<Ended>,
    event: &EventRows,
) -> Result<Option<Ended>, Failure> {
    if ended.is_some() {
        record(connection, event)?;
    }
    Ok(ended)
}

impl UserAdministration for SqliteStore {
    async fn search_users(
        &self,
        of: TenantId,
        prefix: &EmailPrefix,
        after: After<Email>,
    ) -> Result<Slice<User>, StoreError> {
        let range = EmailRange::new(prefix, after.key.as_ref());
        let read = move |connection: &mut _| search(connection, of, &range, after.limit);
        self.0.readers.list(read).await
    }

    async fn list_members(
        &self,
        of: TenantId,
        group: &GroupName,
        after: After<UserId>,
    ) -> Result<Slice<User>, StoreError> {
        let group = group.as_str().to_owned();
        let read =
            move |connection: &mut _| memberships::list(connection, (tenant(of), &group), after);
        self.0.readers.list(read).await
    }

    async fn list_user_grants(
        &self,
        of: TenantId,
        user: UserId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let subject = text(Subject::from(user).as_str());
        let read = move |connection: &mut SqliteConnection| {
            let mut query = grants::table
                .filter(grants::subject.eq(subject))
                .filter(grants::tenant.eq(tenant(of)))
                .order(grants::id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = after.key {
                query = query.filter(grants::id.gt(Id::from(last)));
            }
            let rows: Vec<GrantRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Grant::try_from)?)
        };
        self.0.readers.list(read).await
    }

    async fn delete_user(
        &self,
        of: TenantId,
        deletion: &UserDeletion,
        event: &EventRecord,
    ) -> Result<Option<Ended>, StoreError> {
        let left = deletion.holders.clone().map(Definition::Administrators);
        let left = left.map(|left| DefinitionRow::new(of, &left, deletion.holders_version + 1));
        let left = left.transpose().map_err(StoreError::new)?;
        let event = EventRows::new(of, event).map_err(StoreError::new)?;
        let deletion = deletion.clone();
        let work = move |connection: &mut SqliteConnection| {
            let ended = delete(connection, of, &deletion, left.as_ref(), event.at())?;
            record_if_ended(connection, ended, &event)
        };
        self.0.writer.write(work).await
    }

    async fn remove(
        &self,
        of: TenantId,
        removal: &Removal,
        event: &EventRecord,
    ) -> Result<Option<Ended>, StoreError> {
        let event = EventRows::new(of, event).map_err(StoreError::new)?;
        let removal = removal.clone();
        let work = move |connection: &mut SqliteConnection| {
            let ended = remove(connection, of, &removal, event.at())?;
            record_if_ended(connection, ended, &event)
        };
        self.0.writer.write(work).await
    }
}
