//! Passkeys.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{race, tenant, text};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::passkeys::{PasskeyChange, PasskeyRow};
use countersign_adapters_sql::schema::passkeys;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, PasskeyRepository, Race, Slice, StoreError};
use diesel::prelude::*;

impl PasskeyRepository for SqliteStore {
    async fn insert_passkey(
        &self,
        tenant: TenantId,
        passkey: &Passkey,
    ) -> Result<Race, StoreError> {
        let row = PasskeyRow::new(tenant, passkey).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(passkeys::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn find_passkey(&self, of: TenantId, id: &[u8]) -> Result<Option<Passkey>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<PasskeyRow> = passkeys::table
                .find((tenant(of), id))
                .get_result(connection)
                .optional()?;
            Ok(row.map(Passkey::try_from).transpose()?)
        })
    }

    async fn list_passkeys(
        &self,
        of: TenantId,
        user: UserId,
        after: After<Vec<u8>>,
    ) -> Result<Slice<Passkey>, StoreError> {
        self.0.readers.point(|connection| {
            let mut query = passkeys::table
                .filter(passkeys::user_id.eq(Id::from(user)))
                .filter(passkeys::tenant.eq(tenant(of)))
                .order(passkeys::id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = after.key {
                query = query.filter(passkeys::id.gt(last));
            }
            let rows: Vec<PasskeyRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Passkey::try_from)?)
        })
    }

    async fn rename_passkey(
        &self,
        of: TenantId,
        user: UserId,
        id: &[u8],
        name: &str,
    ) -> Result<Race, StoreError> {
        let (id, name) = (id.to_vec(), text(name));
        let work = move |connection: &mut SqliteConnection| {
            let its = passkeys::table
                .find((tenant(of), &id))
                .filter(passkeys::user_id.eq(Id::from(user)));
            let update = diesel::update(its).set(passkeys::name.eq(&name));
            Ok(race(update.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn update_passkey(&self, of: TenantId, passkey: &Passkey) -> Result<Race, StoreError> {
        let id = passkey.id.clone();
        let change = PasskeyChange::try_from(passkey).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let its = passkeys::table.find((tenant(of), &id));
            Ok(race(diesel::update(its).set(&change).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn remove_passkey(
        &self,
        of: TenantId,
        user: UserId,
        id: &[u8],
    ) -> Result<Race, StoreError> {
        let id = id.to_vec();
        let work = move |connection: &mut SqliteConnection| {
            let its = passkeys::table
                .find((tenant(of), &id))
                .filter(passkeys::user_id.eq(Id::from(user)));
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }
}
