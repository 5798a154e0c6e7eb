//! Passkeys.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::race;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::passkeys::{PasskeyChange, PasskeyRow};
use countersign_adapters_sql::schema::passkeys;
use countersign_domain::credential::Passkey;
use countersign_domain::identifier::UserId;
use countersign_ports::{PasskeyRepository, Race, StoreError};
use diesel::prelude::*;

impl PasskeyRepository for SqliteStore {
    async fn insert_passkey(&self, passkey: &Passkey) -> Result<Race, StoreError> {
        let row = PasskeyRow::try_from(passkey).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(passkeys::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn find_passkey(&self, id: &[u8]) -> Result<Option<Passkey>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<PasskeyRow> =
                passkeys::table.find(id).get_result(connection).optional()?;
            Ok(row.map(Passkey::try_from).transpose()?)
        })
    }

    async fn list_passkeys(&self, user: UserId) -> Result<Vec<Passkey>, StoreError> {
        self.0.readers.point(|connection| {
            let rows: Vec<PasskeyRow> = passkeys::table
                .filter(passkeys::user_id.eq(Id(*user.as_bytes())))
                .order((passkeys::created_at, passkeys::id))
                .load(connection)?;
            let passkeys = rows.into_iter().map(Passkey::try_from);
            Ok(passkeys.collect::<Result<_, _>>()?)
        })
    }

    async fn update_passkey(&self, passkey: &Passkey) -> Result<Race, StoreError> {
        let id = passkey.id.clone();
        let change = PasskeyChange::try_from(passkey).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let update = diesel::update(passkeys::table.find(&id)).set(&change);
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn remove_passkey(&self, user: UserId, id: &[u8]) -> Result<Race, StoreError> {
        let id = id.to_vec();
        let work = move |connection: &mut SqliteConnection| {
            let its = passkeys::table
                .find(&id)
                .filter(passkeys::user_id.eq(Id(*user.as_bytes())));
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }
}
