//! Passkeys.

use crate::store::PostgresStore;
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
use diesel_async::RunQueryDsl;

impl PasskeyRepository for PostgresStore {
    async fn insert_passkey(&self, of: TenantId, passkey: &Passkey) -> Result<Race, StoreError> {
        let row = PasskeyRow::new(of, passkey).map_err(StoreError::new)?;
        self.run(async |connection| {
            let insert = diesel::insert_into(passkeys::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection).await?))
        })
        .await
    }

    async fn find_passkey(&self, of: TenantId, id: &[u8]) -> Result<Option<Passkey>, StoreError> {
        self.run(async |connection| {
            let row: Option<PasskeyRow> = passkeys::table
                .find((tenant(of), id))
                .first(connection)
                .await
                .optional()?;
            Ok(row.map(Passkey::try_from).transpose()?)
        })
        .await
    }

    async fn list_passkeys(
        &self,
        of: TenantId,
        user: UserId,
        after: After<Vec<u8>>,
    ) -> Result<Slice<Passkey>, StoreError> {
        let key = after.key.unwrap_or_default();
        self.run(async |connection| {
            let rows: Vec<PasskeyRow> = passkeys::table
                .filter(passkeys::user_id.eq(Id::from(user)))
                .filter(passkeys::tenant.eq(tenant(of)))
                .filter(passkeys::id.gt(key))
                .order(passkeys::id)
                .limit(fetch(after.limit))
                .load(connection)
                .await?;
            Ok(slice(rows, after.limit, Passkey::try_from)?)
        })
        .await
    }

    async fn rename_passkey(
        &self,
        of: TenantId,
        user: UserId,
        id: &[u8],
        name: &str,
    ) -> Result<Race, StoreError> {
        let name = text(name);
        self.run(async |connection| {
            let its = passkeys::table
                .find((tenant(of), id))
                .filter(passkeys::user_id.eq(Id::from(user)));
            let update = diesel::update(its).set(passkeys::name.eq(&name));
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn update_passkey(&self, of: TenantId, passkey: &Passkey) -> Result<Race, StoreError> {
        let change = PasskeyChange::try_from(passkey).map_err(StoreError::new)?;
        self.run(async |connection| {
            let its = passkeys::table.find((tenant(of), &passkey.id));
            let update = diesel::update(its).set(&change);
            Ok(race(update.execute(connection).await?))
        })
        .await
    }

    async fn remove_passkey(
        &self,
        of: TenantId,
        user: UserId,
        id: &[u8],
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let its = passkeys::table
                .find((tenant(of), id))
                .filter(passkeys::user_id.eq(Id::from(user)));
            Ok(race(diesel::delete(its).execute(connection).await?))
        })
        .await
    }
}
