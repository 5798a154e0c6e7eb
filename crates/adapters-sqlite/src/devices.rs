//! Remembered devices.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::race;
use countersign_adapters_sql::devices::DeviceRow;
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::devices;
use countersign_domain::credential::Device;
use countersign_domain::identifier::{DeviceId, UserId};
use countersign_ports::{DeviceRepository, Race, StoreError};
use diesel::prelude::*;

impl DeviceRepository for SqliteStore {
    async fn insert_device(&self, device: &Device) -> Result<Race, StoreError> {
        let row = DeviceRow::try_from(device).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(devices::table)
                .values(&row)
                .on_conflict_do_nothing();
            Ok(race(insert.execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn find_device(&self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<DeviceRow> = devices::table
                .find(Id(*id.as_bytes()))
                .get_result(connection)
                .optional()?;
            Ok(row.map(Device::try_from).transpose()?)
        })
    }

    async fn list_devices(&self, user: UserId) -> Result<Vec<Device>, StoreError> {
        self.0.readers.point(|connection| {
            let rows: Vec<DeviceRow> = devices::table
                .filter(devices::user_id.eq(Id(*user.as_bytes())))
                .order((devices::created_at, devices::id))
                .load(connection)?;
            let devices = rows.into_iter().map(Device::try_from);
            Ok(devices.collect::<Result<_, _>>()?)
        })
    }

    async fn remove_device(&self, user: UserId, id: DeviceId) -> Result<Race, StoreError> {
        let work = move |connection: &mut SqliteConnection| {
            let its = devices::table
                .find(Id(*id.as_bytes()))
                .filter(devices::user_id.eq(Id(*user.as_bytes())));
            Ok(race(diesel::delete(its).execute(connection)?))
        };
        self.0.writer.write(work).await
    }

    async fn remove_devices(&self, user: UserId) -> Result<u64, StoreError> {
        let work = move |connection: &mut SqliteConnection| {
            let theirs = devices::table.filter(devices::user_id.eq(Id(*user.as_bytes())));
            Ok(diesel::delete(theirs).execute(connection)? as u64)
        };
        self.0.writer.write(work).await
    }
}
