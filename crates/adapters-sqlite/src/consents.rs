//! What users have agreed to.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::race;
use countersign_adapters_sql::consents::ConsentRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::consents;
use countersign_domain::client::ClientId;
use countersign_domain::consent::Consent;
use countersign_domain::identifier::UserId;
use countersign_ports::{ConsentRepository, Race, StoreError};
use diesel::prelude::*;

impl ConsentRepository for SqliteStore {
    async fn find_consent(
        &self,
        user: UserId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<ConsentRow> = consents::table
                .find((Id(*user.as_bytes()), client.as_str()))
                .get_result(connection)
                .optional()?;
            Ok(row.map(Consent::try_from).transpose()?)
        })
    }

    async fn list_consents(&self, user: UserId) -> Result<Vec<Consent>, StoreError> {
        self.0.readers.point(|connection| {
            let rows: Vec<ConsentRow> = consents::table
                .filter(consents::user_id.eq(Id(*user.as_bytes())))
                .order(consents::client_id)
                .load(connection)?;
            let consents = rows.into_iter().map(Consent::try_from);
            Ok(consents.collect::<Result<_, _>>()?)
        })
    }

    async fn put_consent(&self, consent: &Consent) -> Result<(), StoreError> {
        let row = ConsentRow::try_from(consent).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            diesel::insert_into(consents::table)
                .values(&row)
                .on_conflict((consents::user_id, consents::client_id))
                .do_update()
                .set(&row)
                .execute(connection)?;
            Ok(())
        };
        self.0.writer.write(work).await
    }

    async fn remove_consent(&self, user: UserId, client: &ClientId) -> Result<Race, StoreError> {
        let client = client.to_string();
        let work = move |connection: &mut SqliteConnection| {
            let its = consents::table.find((Id(*user.as_bytes()), &client));
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }
}
