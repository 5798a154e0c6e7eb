//! Trusted devices.

use crate::keyset::from;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{race, tenant};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::people::devices::DeviceRow;
use countersign_adapters_sql::schema::devices;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::identifier::{DeviceId, UserId};
use countersign_domain::login::credential::Device;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, DeviceRepository, Race, Slice, StoreError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

impl DeviceRepository for PostgresStore {
    async fn insert_device(&self, of: TenantId, device: &Device) -> Result<Race, StoreError> {
        let row = DeviceRow::new(of, device).map_err(StoreError::new)?;
        self.run(async |connection| {
            let insert = diesel::insert_into(devices::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection).await?))
        })
        .await
    }

    async fn find_device(&self, of: TenantId, id: DeviceId) -> Result<Option<Device>, StoreError> {
        self.run(async |connection| {
            let row: Option<DeviceRow> = devices::table
                .find((Id::from(id), tenant(of)))
                .first(connection)
                .await
                .optional()?;
            Ok(row.map(Device::try_from).transpose()?)
        })
        .await
    }

    async fn list_devices(
        &self,
        of: TenantId,
        user: UserId,
        after: After<DeviceId>,
    ) -> Result<Slice<Device>, StoreError> {
        let Some(from) = from(after.key) else {
            return Ok(Slice::default());
        };
        self.run(async |connection| {
            let rows: Vec<DeviceRow> = devices::table
                .filter(devices::user_id.eq(Id::from(user)))
                .filter(devices::tenant.eq(tenant(of)))
                .filter(devices::id.ge(from))
                .order(devices::id)
                .limit(fetch(after.limit))
                .load(connection)
                .await?;
            Ok(slice(rows, after.limit, Device::try_from)?)
        })
        .await
    }

    async fn remove_device(
        &self,
        of: TenantId,
        user: UserId,
        id: DeviceId,
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let its = devices::table
                .find((Id::from(id), tenant(of)))
                .filter(devices::user_id.eq(Id::from(user)));
            Ok(race(diesel::delete(its).execute(connection).await?))
        })
        .await
    }

    async fn remove_devices(&self, of: TenantId, user: UserId) -> Result<u64, StoreError> {
        self.run(async |connection| {
            let theirs = devices::table
                .filter(devices::user_id.eq(Id::from(user)))
                .filter(devices::tenant.eq(tenant(of)));
            Ok(diesel::delete(theirs).execute(connection).await? as u64)
        })
        .await
    }
}
