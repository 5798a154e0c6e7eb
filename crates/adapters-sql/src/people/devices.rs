//! Rows of trusted devices.

use crate::columns::{Failure, Unreadable, from_text, from_time, tenant, text, time};
use crate::id::Id;
use crate::schema::devices;
use countersign_domain::login::credential::Device;
use countersign_domain::tenant::TenantId;
use diesel::prelude::*;

/// Row of a trusted device.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = devices)]
pub struct DeviceRow {
    id: Id,
    tenant: i32,
    user_id: Id,
    name: String,
    created_at: i64,
    expires_at: i64,
}

impl DeviceRow {
    /// Creates the row of a device.
    pub fn new(of: TenantId, device: &Device) -> Result<Self, Failure> {
        Ok(Self {
            id: device.id.into(),
            tenant: tenant(of),
            user_id: device.user.into(),
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
            id: row.id.into(),
            user: row.user_id.into(),
            name: from_text("devices.name", row.name)?,
            created_at: from_time("devices.created_at", row.created_at)?,
            expires_at: from_time("devices.expires_at", row.expires_at)?,
        })
    }
}
