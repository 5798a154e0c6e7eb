//! A remembered device as a row.

use crate::columns::{Failure, Unreadable, from_text, from_time, text, time};
use crate::id::Id;
use crate::schema::devices;
use countersign_domain::credential::Device;
use countersign_domain::identifier::{DeviceId, UserId};
use diesel::prelude::*;

/// A remembered device.
#[derive(Queryable, Insertable)]
#[diesel(table_name = devices)]
pub struct DeviceRow {
    id: Id,
    user_id: Id,
    name: String,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<&Device> for DeviceRow {
    type Error = Failure;

    fn try_from(device: &Device) -> Result<Self, Failure> {
        Ok(Self {
            id: Id(*device.id.as_bytes()),
            user_id: Id(*device.user.as_bytes()),
            name: text(&device.name),
            created_at: time(device.created_at)?,
            expires_at: time(device.expires_at)?,
        })
    }
}

impl TryFrom<DeviceRow> for Device {
    type Error = Unreadable;

    fn try_from(row: DeviceRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: DeviceId::from_bytes(row.id.0),
            user: UserId::from_bytes(row.user_id.0),
            name: from_text("devices.name", row.name)?,
            created_at: from_time("devices.created_at", row.created_at)?,
            expires_at: from_time("devices.expires_at", row.expires_at)?,
        })
    }
}
