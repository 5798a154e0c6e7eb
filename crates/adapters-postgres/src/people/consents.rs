//! Consents of users.

use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{race, tenant};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::consents::ConsentRow;
use countersign_adapters_sql::schema::consents;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::authorize::consent::Consent;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, ConsentRepository, Race, Slice, StoreError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

impl ConsentRepository for PostgresStore {
    async fn find_consent(
        &self,
        of: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError> {
        self.run(async |connection| {
            let row: Option<ConsentRow> = consents::table
                .find((Id::from(user), tenant(of), client.as_str()))
                .first(connection)
                .await
                .optional()?;
            Ok(row.map(Consent::try_from).transpose()?)
        })
        .await
    }

    async fn list_consents(
        &self,
        of: TenantId,
        user: UserId,
        after: After<ClientId>,
    ) -> Result<Slice<Consent>, StoreError> {
        let key = after.key.as_ref().map_or("", ClientId::as_str);
        self.run(async |connection| {
            let rows: Vec<ConsentRow> = consents::table
                .filter(consents::user_id.eq(Id::from(user)))
                .filter(consents::tenant.eq(tenant(of)))
                .filter(consents::client_id.gt(key))
                .order(consents::client_id)
                .limit(fetch(after.limit))
                .load(connection)
                .await?;
            Ok(slice(rows, after.limit, Consent::try_from)?)
        })
        .await
    }

    async fn put_consent(&self, of: TenantId, consent: &Consent) -> Result<(), StoreError> {
        let row = ConsentRow::new(of, consent).map_err(StoreError::new)?;
        self.run(async |connection| {
            diesel::insert_into(consents::table)
                .values(&row)
                .on_conflict((consents::user_id, consents::tenant, consents::client_id))
                .do_update()
                .set(&row)
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }

    async fn remove_consent(
        &self,
        of: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let its = consents::table.find((Id::from(user), tenant(of), client.as_str()));
            Ok(race(diesel::delete(its).execute(connection).await?))
        })
        .await
    }
}
