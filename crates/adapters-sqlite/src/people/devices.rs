//! Trusted devices.

use crate::store::SqliteStore;
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

impl DeviceRepository for SqliteStore {
    async fn insert_device(&self, tenant: TenantId, device: &Device) -> Result<Race, StoreError> {
        let row = DeviceRow::new(tenant, device).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(devices::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn find_device(&self, of: TenantId, id: DeviceId) -> Result<Option<Device>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<DeviceRow> = devices::table
                .find((Id::from(id), tenant(of)))
                .get_result(connection)
                .optional()?;
            Ok(row.map(Device::try_from).transpose()?)
        })
    }

    async fn list_devices(
        &self,
        of: TenantId,
        user: UserId,
        after: After<DeviceId>,
    ) -> Result<Slice<Device>, StoreError> {
        self.0.readers.point(|connection| {
            let mut query = devices::table
                .filter(devices::user_id.eq(Id::from(user)))
                .filter(devices::tenant.eq(tenant(of)))
                .order(devices::id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = after.key {
                query = query.filter(devices::id.gt(Id::from(last)));
            }
            let rows: Vec<DeviceRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Device::try_from)?)
        })
    }

    async fn remove_device(
        &self,
        of: TenantId,
        user: UserId,
        id: DeviceId,
    ) -> Result<Race, StoreError> {
        let work = move |connection: &mut SqliteConnection| {
            let its = devices::table
                .find((Id::from(id), tenant(of)))
                .filter(devices::user_id.eq(Id::from(user)));
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn remove_devices(&self, of: TenantId, user: UserId) -> Result<u64, StoreError> {
        let work = move |connection: &mut SqliteConnection| {
            let theirs = devices::table
                .filter(devices::user_id.eq(Id::from(user)))
                .filter(devices::tenant.eq(tenant(of)));
            Ok(diesel::delete(theirs).execute(connection)? as u64)
        };
        self.0.writer.write(work).await
    }
}
