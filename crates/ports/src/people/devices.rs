//! Storage of trusted devices.

use crate::answer::{Race, StoreError};
use crate::slice::{After, Slice};
use countersign_domain::identifier::{DeviceId, UserId};
use countersign_domain::login::credential::Device;
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// Trusted devices.
pub trait DeviceRepository {
    /// Stores a device. Returns `Lost` if a device with this ID exists.
    fn insert_device(
        &self,
        tenant: TenantId,
        device: &Device,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Returns the device with this ID.
    fn find_device(
        &self,
        tenant: TenantId,
        id: DeviceId,
    ) -> impl Future<Output = Result<Option<Device>, StoreError>> + Send;

    /// Returns a slice of a user's devices, ordered by ID.
    fn list_devices(
        &self,
        tenant: TenantId,
        user: UserId,
        after: After<DeviceId>,
    ) -> impl Future<Output = Result<Slice<Device>, StoreError>> + Send;

    /// Removes a device of a user. Returns `Lost` if the user has no device with this ID.
    fn remove_device(
        &self,
        tenant: TenantId,
        user: UserId,
        id: DeviceId,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Removes all devices of a user, and returns their number.
    fn remove_devices(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
