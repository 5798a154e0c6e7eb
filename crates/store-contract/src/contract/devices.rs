//! [`DeviceRepository`](countersign_ports::DeviceRepository).

use crate::fixtures::{NOW, device, device_id, later, user_id};
use countersign_domain::credential::Device;
use countersign_ports::{Race, Store};
use std::sync::Arc;

async fn insert(store: &impl Store, device: &Device) {
    assert_eq!(store.insert_device(device).await.unwrap(), Race::Won);
}

/// "Stores a device": every field of it.
pub async fn a_new_device_is_found_as_it_was<S: Store>(store: Arc<S>) {
    let odd = Device {
        user: user_id(255),
        name: "Ünïcode 👩‍🚀 \0 '; --".into(),
        created_at: later(1),
        expires_at: later(2),
        ..device(u64::MAX)
    };
    for device in [device(1), odd] {
        insert(&*store, &device).await;
        let found = store.find_device(device.id).await.unwrap();
        assert_eq!(found, Some(device));
    }
    assert_eq!(store.find_device(device_id(2)).await.unwrap(), None);
}

/// "Unless one of this id is there: then `Lost`."
pub async fn a_device_is_inserted_once<S: Store>(store: Arc<S>) {
    insert(&*store, &device(1)).await;
    let other = Device {
        user: user_id(2),
        ..device(1)
    };
    assert_eq!(store.insert_device(&other).await.unwrap(), Race::Lost);
    let found = store.find_device(device_id(1)).await.unwrap();
    assert_eq!(found, Some(device(1)));
}

/// "All devices of a user, by the time they were remembered, then by id."
pub async fn the_devices_of_a_user_are_listed_by_age_then_by_id<S: Store>(store: Arc<S>) {
    let at = |number, created_at| Device {
        created_at,
        ..device(number)
    };
    let in_order = [
        at(9, NOW),
        at(2, later(1)),
        at(3, later(1)),
        at(1, later(2)),
    ];
    for device in in_order.iter().rev() {
        insert(&*store, device).await;
    }
    let of_other = Device {
        user: user_id(2),
        ..device(5)
    };
    insert(&*store, &of_other).await;
    assert_eq!(store.list_devices(user_id(1)).await.unwrap(), in_order);
    assert_eq!(store.list_devices(user_id(3)).await.unwrap(), []);
}

/// "Forgets a device of a user. `Lost` if that user has none of this id."
pub async fn a_device_is_forgotten_by_its_owner_alone<S: Store>(store: Arc<S>) {
    for number in [1, 2] {
        insert(&*store, &device(number)).await;
    }
    for (user, race) in [(2, Race::Lost), (1, Race::Won), (1, Race::Lost)] {
        let removed = store.remove_device(user_id(user), device_id(1)).await;
        assert_eq!(removed.unwrap(), race);
    }
    assert_eq!(store.find_device(device_id(1)).await.unwrap(), None);
    assert!(store.find_device(device_id(2)).await.unwrap().is_some());
}

/// "Forgets all devices of a user, and says how many there were."
pub async fn all_devices_of_a_user_are_forgotten_and_no_other<S: Store>(store: Arc<S>) {
    for number in [1, 2] {
        insert(&*store, &device(number)).await;
    }
    let of_other = Device {
        user: user_id(2),
        ..device(3)
    };
    insert(&*store, &of_other).await;
    for count in [2, 0] {
        assert_eq!(store.remove_devices(user_id(1)).await.unwrap(), count);
    }
    assert_eq!(store.list_devices(user_id(1)).await.unwrap(), []);
    assert_eq!(store.list_devices(user_id(2)).await.unwrap(), [of_other]);
}
