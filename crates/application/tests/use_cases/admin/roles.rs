//! Commands about admin roles.

use crate::admin::{events, fields, root, stored_events};
use crate::fakes::Fixed;
use crate::world::tenant;
use countersign_application::admin::roles::{RoleAdmin, RoleChange};
use countersign_application::admin::{AdminError, Conflict};
use countersign_domain::administration::role::{InvalidRole, RoleName, SHIPPED};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Permission;
use countersign_ports::{After, Store};
use countersign_store_contract::MemoryStore;
use std::sync::Arc;

pub(crate) fn admin<S: Store>(store: &Arc<S>) -> RoleAdmin<S> {
    RoleAdmin {
        store: store.clone(),
        events: events(),
        clock: Arc::new(Fixed),
    }
}

pub(crate) fn role(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

pub(crate) fn permitting(permissions: &[Permission]) -> RoleChange {
    RoleChange {
        permissions: Some(permissions.iter().copied().collect()),
        ..RoleChange::default()
    }
}

#[tokio::test]
async fn every_role_change_has_its_event() {
    let store = Arc::new(MemoryStore::default());
    let admin = admin(&store);
    let first = permitting(&[Permission::UsersRead]);
    let created = admin.create(tenant(), root(), role("help-desk"), &first);
    assert_eq!(created.await.unwrap().version, 1);
    let more = permitting(&[Permission::UsersRead, Permission::AuditRead]);
    for version in [2, 2] {
        let changed = admin.update(tenant(), root(), "help-desk", None, &more);
        assert_eq!(
            changed.await.unwrap().version,
            version,
            "no change, no event"
        );
    }
    let deleted = admin.delete(tenant(), root(), "help-desk", None).await;
    deleted.unwrap();
    let events = stored_events(&store).await;
    let actions: Vec<_> = events.iter().map(|event| event.action.clone()).collect();
    let expected = [
        Action::ADMIN_ROLE_CREATED,
        Action::ADMIN_ROLE_UPDATED,
        Action::ADMIN_ROLE_DELETED,
    ];
    assert_eq!(actions, expected);
    let change = (
        "permissions",
        Some("users:read"),
        Some("users:read audit:read"),
    );
    assert_eq!(fields(&events[1]), [change]);
    assert!(events.iter().all(|event| event.target.id == "help-desk"));
}

#[tokio::test]
async fn shipped_roles_are_listed_and_cannot_be_changed() {
    let store = Arc::new(MemoryStore::default());
    let admin = admin(&store);
    let own = RoleChange::default();
    for name in ["a", "operators", "z"] {
        let created = admin.create(tenant(), root(), role(name), &own).await;
        created.unwrap();
    }
    let mut names = Vec::new();
    let mut after = After::start();
    loop {
        after.limit = 2;
        let slice = admin.list(tenant(), root(), after.clone()).await.unwrap();
        assert!(slice.items.len() <= 2);
        names.extend(slice.items.iter().map(|role| role.name.to_string()));
        if !slice.has_more {
            break;
        }
        after = After::key(names.last().unwrap().clone());
    }
    let expected = [
        "a",
        "administrator",
        "auditor",
        "developer",
        "operator",
        "operators",
        "owner",
        "server-operator",
        "support",
        "z",
    ];
    assert_eq!(names, expected);
    for shipped in SHIPPED {
        let name = shipped.name;
        let answers = [
            admin
                .create(tenant(), root(), role(name), &own)
                .await
                .map(drop),
            admin
                .update(tenant(), root(), name, None, &own)
                .await
                .map(drop),
            admin.delete(tenant(), root(), name, None).await,
        ];
        for answer in answers {
            let shipped = matches!(answer, Err(AdminError::Role(InvalidRole::Shipped)));
            assert!(shipped, "{name}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn stale_version_of_role_is_refused() {
    let store = Arc::new(MemoryStore::default());
    let admin = admin(&store);
    let own = permitting(&[Permission::UsersRead]);
    let created = admin.create(tenant(), root(), role("help-desk"), &own);
    created.await.unwrap();
    let twice = admin
        .create(tenant(), root(), role("help-desk"), &own)
        .await;
    assert!(matches!(
        twice,
        Err(AdminError::Conflict(Conflict::RoleName))
    ));
    let none = permitting(&[]);
    let stale = admin
        .update(tenant(), root(), "help-desk", Some(7), &none)
        .await;
    assert!(matches!(stale, Err(AdminError::Stale)));
    let stale = admin.delete(tenant(), root(), "help-desk", Some(7)).await;
    assert!(matches!(stale, Err(AdminError::Stale)));
    let current = admin
        .update(tenant(), root(), "help-desk", Some(1), &none)
        .await;
    assert_eq!(current.unwrap().version, 2);
}
