//! [`DeviceRepository`](countersign_ports::DeviceRepository).

use crate::contract::support::all;
use crate::fixtures::{NOW, device, device_id, later, user_id};
use countersign_domain::login::credential::Device;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Race, Store};
use std::sync::Arc;

async fn insert(store: &impl Store, tenant: TenantId, device: &Device) {
    assert_eq!(
        store.insert_device(tenant, device).await.unwrap(),
        Race::Won
    );
}

/// A stored device keeps every field.
pub async fn new_device_keeps_every_field<S: Store>(store: Arc<S>, tenant: TenantId) {
    let odd = Device {
        user: user_id(255),
        name: "Ünïcode 👩‍🚀 \0 '; --".into(),
        created_at: later(1),
        expires_at: later(2),
        ..device(u64::MAX)
    };
    for device in [device(1), odd] {
        insert(&*store, tenant, &device).await;
        let found = store.find_device(tenant, device.id).await.unwrap();
        assert_eq!(found, Some(device));
    }
    assert_eq!(store.find_device(tenant, device_id(2)).await.unwrap(), None);
}

/// Inserting a device with an existing ID returns `Lost`.
pub async fn inserting_existing_device_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert(&*store, tenant, &device(1)).await;
    let other = Device {
        user: user_id(2),
        ..device(1)
    };
    assert_eq!(
        store.insert_device(tenant, &other).await.unwrap(),
        Race::Lost
    );
    let found = store.find_device(tenant, device_id(1)).await.unwrap();
    assert_eq!(found, Some(device(1)));
}

/// A user's devices are listed by ID.
pub async fn user_devices_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    let at = |number, created_at| Device {
        created_at,
        ..device(number)
    };
    let in_order = [
        at(1, later(2)),
        at(2, later(1)),
        at(3, later(1)),
        at(256, NOW),
    ];
    for device in in_order.iter().rev() {
        insert(&*store, tenant, device).await;
    }
    let of_other = Device {
        user: user_id(2),
        ..device(5)
    };
    insert(&*store, tenant, &of_other).await;
    assert_eq!(
        all(store.list_devices(tenant, user_id(1), After::start()).await),
        in_order
    );
    assert_eq!(
        all(store.list_devices(tenant, user_id(3), After::start()).await),
        []
    );
}

/// Only the owner can remove a device. Otherwise, or if it does not exist, the call returns `Lost`.
pub async fn only_owner_removes_device<S: Store>(store: Arc<S>, tenant: TenantId) {
    for number in [1, 2] {
        insert(&*store, tenant, &device(number)).await;
    }
    for (user, race) in [(2, Race::Lost), (1, Race::Won), (1, Race::Lost)] {
        let removed = store
            .remove_device(tenant, user_id(user), device_id(1))
            .await;
        assert_eq!(removed.unwrap(), race);
    }
    assert_eq!(store.find_device(tenant, device_id(1)).await.unwrap(), None);
    assert!(
        store
            .find_device(tenant, device_id(2))
            .await
            .unwrap()
            .is_some()
    );
}

/// Removing all devices of a user returns their number and keeps the devices of other users.
pub async fn removing_all_devices_keeps_other_users_devices<S: Store>(
    store: Arc<S>,
    tenant: TenantId,
) {
    for number in [1, 2] {
        insert(&*store, tenant, &device(number)).await;
    }
    let of_other = Device {
        user: user_id(2),
        ..device(3)
    };
    insert(&*store, tenant, &of_other).await;
    for count in [2, 0] {
        assert_eq!(
            store.remove_devices(tenant, user_id(1)).await.unwrap(),
            count
        );
    }
    assert_eq!(
        all(store.list_devices(tenant, user_id(1), After::start()).await),
        []
    );
    assert_eq!(
        all(store.list_devices(tenant, user_id(2), After::start()).await),
        [of_other]
    );
}
