//! What users have agreed to.

use crate::store::PostgresStore;
use countersign_adapters_sql::columns::race;
use countersign_adapters_sql::consents::ConsentRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::consents;
use countersign_domain::client::ClientId;
use countersign_domain::consent::Consent;
use countersign_domain::identifier::UserId;
use countersign_ports::{ConsentRepository, Race, StoreError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

impl ConsentRepository for PostgresStore {
    async fn find_consent(
        &self,
        user: UserId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError> {
        self.run(async |connection| {
            let row: Option<ConsentRow> = consents::table
                .find((Id(*user.as_bytes()), client.as_str()))
                .first(connection)
                .await
                .optional()?;
            Ok(row.map(Consent::try_from).transpose()?)
        })
        .await
    }

    async fn list_consents(&self, user: UserId) -> Result<Vec<Consent>, StoreError> {
        self.run(async |connection| {
            let rows: Vec<ConsentRow> = consents::table
                .filter(consents::user_id.eq(Id(*user.as_bytes())))
                .order(consents::client_id)
                .load(connection)
                .await?;
            let consents = rows.into_iter().map(Consent::try_from);
            Ok(consents.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn put_consent(&self, consent: &Consent) -> Result<(), StoreError> {
        let row = ConsentRow::try_from(consent).map_err(StoreError::new)?;
        self.run(async |connection| {
            diesel::insert_into(consents::table)
                .values(&row)
                .on_conflict((consents::user_id, consents::client_id))
                .do_update()
                .set(&row)
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }

    async fn remove_consent(&self, user: UserId, client: &ClientId) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let its = consents::table.find((Id(*user.as_bytes()), client.as_str()));
            Ok(race(diesel::delete(its).execute(connection).await?))
        })
        .await
    }
}
