//! Identities.

use super::identity_rows::{link, remove_all};
use super::memberships;
use super::users::insert;
use crate::feed::events::record;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{race, tenant};
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::identities::{IdentityChange, IdentityRow};
use countersign_adapters_sql::people::memberships::MembershipRow;
use countersign_adapters_sql::people::users::UserRows;
use countersign_adapters_sql::schema::identities;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::federation::identity::Identity;
use countersign_domain::identifier::{IdentityId, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{After, EventRecord, IdentityRepository, Race, Slice, StoreError};
use diesel::prelude::*;

impl IdentityRepository for SqliteStore {
    async fn insert_identity(
        &self,
        tenant: TenantId,
        identity: &Identity,
    ) -> Result<Race, StoreError> {
        let row = IdentityRow::new(tenant, identity).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| link(connection, &row);
        self.0.writer.write(work).await
    }

    async fn insert_user_with_identity(
        &self,
        of: TenantId,
        user: &User,
        identity: &Identity,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let rows = UserRows::new(of, user, 1).map_err(StoreError::new)?;
        let groups = MembershipRow::of_user(of, user);
        let row = IdentityRow::new(of, identity).map_err(StoreError::new)?;
        let key = (tenant(of), Id::from(identity.id));
        let event = EventRows::new(of, event).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            if !memberships::groups_exist(connection, tenant(of), &groups)?
                || link(connection, &row)? == Race::Lost
            {
                return Ok(Race::Lost);
            }
            if insert(connection, &rows, &groups)? == Race::Lost {
                diesel::delete(identities::table.find(key)).execute(connection)?;
                return Ok(Race::Lost);
            }
            record(connection, &event)?;
            Ok(Race::Won)
        };
        self.0.writer.write(work).await
    }

    async fn find_identity(
        &self,
        of: TenantId,
        id: IdentityId,
    ) -> Result<Option<Identity>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<IdentityRow> = identities::table
                .find((tenant(of), Id::from(id)))
                .get_result(connection)
                .optional()?;
            Ok(row.map(Identity::try_from).transpose()?)
        })
    }

    async fn list_identities(
        &self,
        of: TenantId,
        user: UserId,
        after: After<IdentityId>,
    ) -> Result<Slice<Identity>, StoreError> {
        self.0.readers.point(|connection| {
            let mut query = identities::table
                .filter(identities::user_id.eq(Id::from(user)))
                .filter(identities::tenant.eq(tenant(of)))
                .order(identities::id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = after.key {
                query = query.filter(identities::id.gt(Id::from(last)));
            }
            let rows: Vec<IdentityRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Identity::try_from)?)
        })
    }

    async fn update_identity(&self, of: TenantId, identity: &Identity) -> Result<Race, StoreError> {
        let (id, user) = (Id::from(identity.id), Id::from(identity.user));
        let change = IdentityChange::try_from(identity).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let its = identities::table
                .find((tenant(of), id))
                .filter(identities::user_id.eq(user));
            Ok(race(diesel::update(its).set(&change).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn remove_identity(
        &self,
        of: TenantId,
        user: UserId,
        id: IdentityId,
    ) -> Result<Race, StoreError> {
        let work = move |connection: &mut SqliteConnection| {
            let its = identities::table
                .find((tenant(of), Id::from(id)))
                .filter(identities::user_id.eq(Id::from(user)));
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn remove_identities(&self, of: TenantId, user: UserId) -> Result<u64, StoreError> {
        let key = (Id::from(user), tenant(of));
        let work = move |connection: &mut SqliteConnection| remove_all(connection, key);
        self.0.writer.write(work).await
    }
}
