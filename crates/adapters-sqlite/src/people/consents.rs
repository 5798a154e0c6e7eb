//! Consents of users.

use crate::store::SqliteStore;
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

impl ConsentRepository for SqliteStore {
    async fn find_consent(
        &self,
        of: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<ConsentRow> = consents::table
                .find((Id::from(user), tenant(of), client.as_str()))
                .get_result(connection)
                .optional()?;
            Ok(row.map(Consent::try_from).transpose()?)
        })
    }

    async fn list_consents(
        &self,
        of: TenantId,
        user: UserId,
        after: After<ClientId>,
    ) -> Result<Slice<Consent>, StoreError> {
        self.0.readers.point(|connection| {
            let mut query = consents::table
                .filter(consents::user_id.eq(Id::from(user)))
                .filter(consents::tenant.eq(tenant(of)))
                .order(consents::client_id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = &after.key {
                query = query.filter(consents::client_id.gt(last.as_str()));
            }
            let rows: Vec<ConsentRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Consent::try_from)?)
        })
    }

    async fn put_consent(&self, tenant: TenantId, consent: &Consent) -> Result<(), StoreError> {
        let row = ConsentRow::new(tenant, consent).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            diesel::insert_into(consents::table)
                .values(&row)
                .on_conflict((consents::user_id, consents::tenant, consents::client_id))
                .do_update()
                .set(&row)
                .execute(connection)?;
            Ok(())
        };
        self.0.writer.write(work).await
    }

    async fn remove_consent(
        &self,
        of: TenantId,
        user: UserId,
        client: &ClientId,
    ) -> Result<Race, StoreError> {
        let client = client.to_string();
        let work = move |connection: &mut SqliteConnection| {
            let its = consents::table.find((Id::from(user), tenant(of), &client));
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }
}
