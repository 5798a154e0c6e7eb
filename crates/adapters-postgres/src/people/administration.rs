//! What operators search, list and remove.

use super::memberships;
use super::removals::{delete, remove};
use crate::feed::events;
use crate::grants::statements::ListOfSubject;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, tenant, text};
use countersign_adapters_sql::people::search::EmailRange;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::{credentials, users};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{GrantId, Subject, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, Ended, EventRecord, Race, Removal, Slice, StoreError, UserAdministration, UserDeletion,
};
use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Stores the event if something was removed.
async fn record_if_ended(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    ended: Option<Ended>,
    event: &EventRecord,
) -> Result<Option<Ended>, Failure> {
    let race = if ended.is_some() {
        Race::Won
    } else {
        Race::Lost
    };
    let _ = events::record(connection, of, Some(event), race).await?;
    Ok(ended)
}

impl UserAdministration for PostgresStore {
    async fn search_users(
        &self,
        of: TenantId,
        prefix: &EmailPrefix,
        after: After<Email>,
    ) -> Result<Slice<User>, StoreError> {
        let range = EmailRange::new(prefix, after.key.as_ref());
        self.run(async |connection| {
            let its = credentials::user_id.eq(users::id);
            let its = its.and(credentials::tenant.eq(users::tenant));
            let mut query = users::table
                .inner_join(credentials::table.on(its))
                .filter(users::tenant.eq(tenant(of)))
                .order(users::email)
                .limit(fetch(after.limit))
                .select(UserRows::as_select())
                .into_boxed();
            query = if range.includes_from {
                query.filter(users::email.ge(&range.from))
            } else {
                query.filter(users::email.gt(&range.from))
            };
            if let Some(end) = &range.end {
                query = query.filter(users::email.lt(end));
            }
            let rows: Vec<UserRows> = query.load(connection).await?;
            Ok(slice(rows, after.limit, User::try_from)?)
        })
        .await
    }

    async fn list_members(
        &self,
        of: TenantId,
        group: &GroupName,
        after: After<UserId>,
    ) -> Result<Slice<User>, StoreError> {
        self.run(async |connection| memberships::list(connection, (of, group), after).await)
            .await
    }

    async fn list_user_grants(
        &self,
        of: TenantId,
        user: UserId,
        after: After<GrantId>,
    ) -> Result<Slice<Grant>, StoreError> {
        let statement = |from| ListOfSubject {
            subject: text(Subject::from(user).as_str()),
            tenant: tenant(of),
            from,
            most: fetch(after.limit),
        };
        self.list_unhurried(after, statement).await
    }

    async fn delete_user(
        &self,
        of: TenantId,
        deletion: &UserDeletion,
        event: &EventRecord,
    ) -> Result<Option<Ended>, StoreError> {
        let work = async |connection: &mut AsyncPgConnection| {
            let ended = delete(connection, of, deletion, event.event.at).await?;
            record_if_ended(connection, of, ended, event).await
        };
        let outcome = self
            .0
            .connections
            .run_unhurried(async |connection| connection.transaction(work).await);
        outcome.await.map_err(StoreError::new)
    }

    async fn remove(
        &self,
        of: TenantId,
        removal: &Removal,
        event: &EventRecord,
    ) -> Result<Option<Ended>, StoreError> {
        let work = async |connection: &mut AsyncPgConnection| {
            let ended = remove(connection, of, removal, event.event.at).await?;
            record_if_ended(connection, of, ended, event).await
        };
        if !matches!(removal, Removal::Consent(..) | Removal::Grants(_)) {
            return self
                .run(async |connection| connection.transaction(work).await)
                .await;
        }
        let outcome = self
            .0
            .connections
            .run_unhurried(async |connection| connection.transaction(work).await);
        outcome.await.map_err(StoreError::new)
    }
}
