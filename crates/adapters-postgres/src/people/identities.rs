//! Identities.

use super::identity_rows::{link, remove_all};
use super::memberships;
use super::user_credentials::insert;
use crate::feed::events;
use crate::keyset::from;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{race, tenant};
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
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

impl IdentityRepository for PostgresStore {
    async fn insert_identity(&self, of: TenantId, identity: &Identity) -> Result<Race, StoreError> {
        let row = IdentityRow::new(of, identity).map_err(StoreError::new)?;
        self.run(async |connection| Ok(link(connection, &row).await?))
            .await
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
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                if !memberships::keep_groups(connection, of, &groups).await?
                    || link(connection, &row).await? == Race::Lost
                {
                    return Ok(Race::Lost);
                }
                let race = insert(connection, rows, &groups).await?;
                if race == Race::Lost {
                    let its = identities::table.find(key);
                    diesel::delete(its).execute(connection).await?;
                }
                events::record(connection, of, Some(event), race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn find_identity(
        &self,
        of: TenantId,
        id: IdentityId,
    ) -> Result<Option<Identity>, StoreError> {
        self.run(async |connection| {
            let row: Option<IdentityRow> = identities::table
                .find((tenant(of), Id::from(id)))
                .first(connection)
                .await
                .optional()?;
            Ok(row.map(Identity::try_from).transpose()?)
        })
        .await
    }

    async fn list_identities(
        &self,
        of: TenantId,
        user: UserId,
        after: After<IdentityId>,
    ) -> Result<Slice<Identity>, StoreError> {
        let Some(from) = from(after.key) else {
            return Ok(Slice::default());
        };
        self.run(async |connection| {
            let rows: Vec<IdentityRow> = identities::table
                .filter(identities::user_id.eq(Id::from(user)))
                .filter(identities::tenant.eq(tenant(of)))
                .filter(identities::id.ge(from))
                .order(identities::id)
                .limit(fetch(after.limit))
                .load(connection)
                .await?;
            Ok(slice(rows, after.limit, Identity::try_from)?)
        })
        .await
    }

    async fn update_identity(&self, of: TenantId, identity: &Identity) -> Result<Race, StoreError> {
        let change = IdentityChange::try_from(identity).map_err(StoreError::new)?;
        self.run(async |connection| {
            let its = identities::table
                .find((tenant(of), Id::from(identity.id)))
                .filter(identities::user_id.eq(Id::from(identity.user)));
            let update = diesel::update(its).set(&change);
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn remove_identity(
        &self,
        of: TenantId,
        user: UserId,
        id: IdentityId,
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let its = identities::table
                .find((tenant(of), Id::from(id)))
                .filter(identities::user_id.eq(Id::from(user)));
            Ok(race(diesel::delete(its).execute(connection).await?))
        })
        .await
    }

    async fn remove_identities(&self, of: TenantId, user: UserId) -> Result<u64, StoreError> {
        self.run(async |connection| Ok(remove_all(connection, (of, user)).await?))
            .await
    }
}
