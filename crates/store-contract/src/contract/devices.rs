//! [`DeviceRepository`](countersign_ports::DeviceRepository).

use super::all;
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

/// "Stores a device": every field of it.
pub async fn a_new_device_is_found_as_it_was<S: Store>(store: Arc<S>, tenant: TenantId) {
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

/// "Unless one of this id is there: then `Lost`."
pub async fn a_device_is_inserted_once<S: Store>(store: Arc<S>, tenant: TenantId) {
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

/// "The devices of a user, in the order of their ids."
pub async fn the_devices_of_a_user_are_listed_by_id<S: Store>(store: Arc<S>, tenant: TenantId) {
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

/// "Forgets a device of a user. `Lost` if that user has none of this id."
pub async fn a_device_is_forgotten_by_its_owner_alone<S: Store>(store: Arc<S>, tenant: TenantId) {
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

/// "Forgets all devices of a user, and says how many there were."
pub async fn all_devices_of_a_user_are_forgotten_and_no_other<S: Store>(
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
