//! Groups of users, and [`UserAdministration::list_members`](countersign_ports::UserAdministration::list_members).

use crate::contract::definitions::definition;
use crate::contract::support::{all, user};
use crate::fixtures::{NOW, event_in, user_id};
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::User;
use countersign_ports::{
    After, Definition, DefinitionKey, Race, Store, StoreError, UserDeletion, UserKey,
};
use std::sync::Arc;
use tokio::task::JoinSet;

fn group(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

async fn insert_groups(store: &impl Store, tenant: TenantId, names: &[&str]) {
    for name in names {
        let definition = Definition::Group(Group::new(group(name), NOW));
        let event = event_in(tenant);
        let inserted = store.insert_definition(tenant, &definition, &event).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
}

/// Returns a user in these groups.
fn member(number: u8, groups: &[&str]) -> User {
    User {
        groups: groups.iter().map(|name| group(name)).collect(),
        ..user(number, &format!("{number}@example.com"))
    }
}

async fn insert(store: &impl Store, tenant: TenantId, user: &User) -> Race {
    store.insert_user(tenant, user, None).await.unwrap()
}

async fn update(store: &impl Store, tenant: TenantId, user: &User) -> Race {
    let event = event_in(tenant);
    store.update_user(tenant, user, &event).await.unwrap()
}

/// Deletes a group at version 1.
async fn delete(store: &impl Store, tenant: TenantId, name: &str) -> Result<Race, StoreError> {
    let (key, event) = (DefinitionKey::of::<Group>(name), event_in(tenant));
    store.delete_definition(tenant, &key, 1, &event).await
}

/// Returns the numbers of the members of a group.
async fn members(store: &impl Store, tenant: TenantId, name: &str) -> Vec<u8> {
    let group = group(name);
    let listed = store.list_members(tenant, &group, After::start());
    let listed = all(listed.await);
    listed.iter().map(|user| user.id.as_bytes()[0]).collect()
}

/// A user keeps the groups in their order. Groups list their members in slices, ordered by ID.
pub async fn members_are_listed_by_user_id<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_groups(&*store, tenant, &["staff", "on-call"]).await;
    for number in [3, 1, 2] {
        let joe = member(number, &["staff", "on-call"]);
        assert_eq!(insert(&*store, tenant, &joe).await, Race::Won);
        let key = UserKey::Id(joe.id);
        let stored = store.find_user(tenant, key).await.unwrap().unwrap();
        assert_eq!(stored.groups, joe.groups);
    }
    assert_eq!(insert(&*store, tenant, &member(4, &[])).await, Race::Won);
    assert_eq!(members(&*store, tenant, "staff").await, [1, 2, 3]);
    assert_eq!(members(&*store, tenant, "missing").await, [0; 0]);
    let after = |key, limit| After { key, limit };
    let name = group("on-call");
    let first = store.list_members(tenant, &name, after(None, 2)).await;
    let first = first.unwrap();
    assert_eq!((first.items.len(), first.has_more), (2, true));
    let rest = store.list_members(tenant, &name, after(Some(user_id(2)), 2));
    let rest = rest.await.unwrap();
    assert_eq!((rest.items.len(), rest.has_more), (1, false));
    assert_eq!(rest.items[0].id, user_id(3));
}

/// An update replaces the groups of a user. A lost update changes none.
pub async fn update_replaces_groups<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_groups(&*store, tenant, &["a", "b", "c"]).await;
    for number in [1, 2] {
        let user = member(number, &["a", "b"]);
        assert_eq!(insert(&*store, tenant, &user).await, Race::Won);
    }
    let changed = member(1, &["b", "c"]);
    let stale = User {
        version: 7,
        ..changed.clone()
    };
    assert_eq!(update(&*store, tenant, &stale).await, Race::Lost);
    assert_eq!(members(&*store, tenant, "c").await, [0; 0]);
    assert_eq!(update(&*store, tenant, &changed).await, Race::Won);
    for (name, expected) in [("a", &[2][..]), ("b", &[1, 2]), ("c", &[1])] {
        assert_eq!(members(&*store, tenant, name).await, expected, "{name}");
    }
}

/// A user cannot be in a group that does not exist, even if another kind of definition has its name.
pub async fn user_of_missing_group_loses<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_groups(&*store, tenant, &["staff"]).await;
    let event = event_in(tenant);
    let server = definition("missing");
    let inserted = store.insert_definition(tenant, &server, &event);
    assert_eq!(inserted.await.unwrap(), Race::Won);
    let lost = member(1, &["staff", "missing"]);
    assert_eq!(insert(&*store, tenant, &lost).await, Race::Lost);
    let present = member(1, &["staff"]);
    assert_eq!(insert(&*store, tenant, &present).await, Race::Won);
    assert_eq!(update(&*store, tenant, &lost).await, Race::Lost);
    let found = store.find_user(tenant, UserKey::Id(present.id)).await;
    let found = found.unwrap().unwrap();
    assert_eq!((found.version, found.groups), (1, present.groups));
    assert_eq!(members(&*store, tenant, "missing").await, [0; 0]);
}

/// A group with members cannot be deleted. Members leave by an update, or when they are deleted.
pub async fn group_with_members_is_not_deleted<S: Store>(store: Arc<S>, tenant: TenantId) {
    insert_groups(&*store, tenant, &["staff", "other"]).await;
    for number in [1, 2] {
        let user = member(number, &["staff"]);
        assert_eq!(insert(&*store, tenant, &user).await, Race::Won);
    }
    assert_eq!(delete(&*store, tenant, "staff").await.unwrap(), Race::Lost);
    assert_eq!(update(&*store, tenant, &member(1, &[])).await, Race::Won);
    assert_eq!(delete(&*store, tenant, "staff").await.unwrap(), Race::Lost);
    let deletion = UserDeletion {
        user: user_id(2),
        version: 1,
        holders_version: 0,
        holders: None,
    };
    let event = event_in(tenant);
    let deleted = store.delete_user(tenant, &deletion, &event).await;
    assert!(deleted.unwrap().is_some());
    for name in ["staff", "other"] {
        assert_eq!(delete(&*store, tenant, name).await.unwrap(), Race::Won);
    }
}

/// If users join a group while it is deleted, either the group stays or no user has joined.
pub async fn deleted_group_has_no_members_despite_race<S: Store>(store: Arc<S>, tenant: TenantId) {
    for round in 0..8 {
        let name = format!("group-{round}");
        insert_groups(&*store, tenant, &[&name]).await;
        let mut tasks = JoinSet::new();
        for number in 0..4 {
            let (store, name) = (store.clone(), name.clone());
            let joining = member(10 + round * 4 + number, &[&name]);
            tasks.spawn(async move { insert(&*store, tenant, &joining).await });
        }
        let (deleting, own) = (store.clone(), name.clone());
        tasks.spawn(async move { delete(&*deleting, tenant, &own).await.unwrap() });
        tasks.join_all().await;
        let key = DefinitionKey::of::<Group>(&*name);
        let exists = store.find_definition(tenant, &key).await.unwrap().is_some();
        let joined = members(&*store, tenant, &name).await.len();
        assert!(exists || joined == 0, "{joined} members of a deleted group");
    }
}
