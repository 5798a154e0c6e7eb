//! Commands that grant and revoke admin roles.

use crate::admin::roles::{self, permitting, role};
use crate::admin::users::jane;
use crate::admin::{events, fields, root, stored_events};
use crate::fakes::Fixed;
use crate::world::{SINGLE, tenant};
use countersign_application::admin::administrators::AdministratorAdmin;
use countersign_application::admin::groups::{GroupAdmin, GroupChange};
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::administration::administrators::{Administrators, InvalidAssignment};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::operator::Permission;
use countersign_domain::client::{Client, ClientType, GrantType};
use countersign_domain::scope::Scope;
use countersign_ports::{
    ClientRepository as _, Definition, DefinitionRepository as _, Race, Store, UserRepository as _,
};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

pub(crate) fn admin<S: Store>(store: &Arc<S>) -> AdministratorAdmin<S> {
    AdministratorAdmin {
        store: store.clone(),
        events: events(),
        clock: Arc::new(Fixed),
    }
}

pub(crate) fn user(number: u8) -> Holder {
    Holder::User(fixtures::user_id(number))
}

pub(crate) fn client(id: &str) -> Holder {
    Holder::Client(fixtures::client_id(id))
}

pub(crate) async fn grant(store: &Arc<MemoryStore>, holder: &Holder, name: &str) {
    let (admin, role) = (admin(store), role(name));
    let granted = admin.grant(tenant(), root(), holder, &role, false);
    granted.await.unwrap();
}

#[tokio::test]
async fn last_owner_keeps_role() {
    let store = jane().await;
    let joe = fixtures::user(2, "joe@example.com");
    let _ = store.insert_user(SINGLE, &joe, None).await.unwrap();
    grant(&store, &user(1), "owner").await;
    let admin = admin(&store);
    let revoke = async |number| {
        let revoked = admin.revoke(tenant(), root(), &user(number), None).await;
        revoked.map(|own| own.roles.len())
    };
    let last = revoke(1).await;
    let refused = matches!(
        last,
        Err(AdminError::Assignment(InvalidAssignment::LastOwner))
    );
    assert!(refused, "{last:?}");
    grant(&store, &user(2), "owner").await;
    assert_eq!(revoke(1).await.unwrap(), 0);
    assert!(revoke(2).await.is_err());
    let events = stored_events(&store).await;
    let changes: Vec<_> = events
        .iter()
        .map(|event| (event.action.as_str(), fields(event)))
        .collect();
    let gained = vec![("admin_roles", None, Some("owner"))];
    let gone = vec![("admin_roles", Some("owner"), None)];
    let expected = [
        ("admin_role.granted", gained.clone()),
        // The events of each process are together.
        ("admin_role.revoked", gone),
        ("admin_role.granted", gained),
    ];
    assert_eq!(changes[changes.len() - 3..], expected);
}

#[tokio::test]
async fn concurrent_revocations_leave_one_owner() {
    let store = jane().await;
    let joe = fixtures::user(2, "joe@example.com");
    let _ = store.insert_user(SINGLE, &joe, None).await.unwrap();
    for number in [1, 2] {
        grant(&store, &user(number), "owner").await;
    }
    let (one, two) = (user(1), user(2));
    let (first, second) = (admin(&store), admin(&store));
    let (first, second) = tokio::join!(
        first.revoke(tenant(), root(), &one, None),
        second.revoke(tenant(), root(), &two, None),
    );
    assert_eq!(
        [first.is_ok(), second.is_ok()]
            .iter()
            .filter(|ok| **ok)
            .count(),
        1
    );
    let all = admin(&store).list(tenant(), root()).await.unwrap();
    assert!(all.is_held("owner"));
}

#[tokio::test]
async fn holder_and_role_must_exist() {
    let store = jane().await;
    let public = Client {
        client_type: ClientType::Public,
        secrets: Vec::new(),
        ..fixtures::client("public")
    };
    let mut joe = fixtures::user(2, "joe@example.com");
    joe.enabled = false;
    let event = fixtures::event_in(SINGLE);
    let _ = store.insert_client(SINGLE, &public, &event).await.unwrap();
    let _ = store.insert_user(SINGLE, &joe, None).await.unwrap();
    let admin = admin(&store);
    let grant = async |holder: Holder, name| {
        let role = role(name);
        let granted = admin.grant(tenant(), root(), &holder, &role, false);
        granted.await.unwrap_err()
    };
    let found = grant(user(3), "owner").await;
    assert!(matches!(found, AdminError::NotFound(Missing::User)));
    let found = grant(client("unknown"), "owner").await;
    assert!(matches!(found, AdminError::NotFound(Missing::Client)));
    let found = grant(user(1), "nothing").await;
    assert!(matches!(found, AdminError::NotFound(Missing::Role)));
    let found = grant(client("public"), "owner").await;
    assert!(matches!(
        found,
        AdminError::Conflict(Conflict::PublicClient)
    ));
    let found = grant(user(2), "owner").await;
    assert!(matches!(
        found,
        AdminError::Conflict(Conflict::UserDisabled)
    ));
}

/// A grant that races with a deletion can leave the role of a client, or a holder of a role, that no longer exists.
#[tokio::test]
async fn new_client_role_or_group_inherits_no_assignment() {
    let store = jane().await;
    let mut all = Administrators::new();
    let staff = GroupName::parse("staff").unwrap();
    for (holder, name) in [
        (user(1), "owner"),
        (client("notes"), "help-desk"),
        (Holder::Group(staff.clone()), "owner"),
    ] {
        all.grant(&holder, role(name), false).unwrap();
    }
    let left = Definition::Administrators(all);
    let event = fixtures::event();
    let inserted = store.insert_definition(SINGLE, &left, &event);
    assert_eq!(inserted.await.unwrap(), Race::Won);
    let clients = crate::admin::clients::admin(&store);
    let notes = Client::new(
        fixtures::client_id("notes"),
        "Notes",
        ClientType::Confidential,
        fixtures::NOW,
    );
    let notes = Client {
        grant_types: vec![GrantType::CLIENT_CREDENTIALS],
        scope: Scope::parse("a").unwrap(),
        ..notes
    };
    let created = clients.create(tenant(), root(), notes.into(), None).await;
    assert!(matches!(
        created,
        Err(AdminError::Conflict(Conflict::HoldsRoles))
    ));
    let own = permitting(&[Permission::ClientsRead]);
    let roles = roles::admin(&store);
    let created = roles.create(tenant(), root(), role("help-desk"), &own);
    assert!(matches!(
        created.await,
        Err(AdminError::Conflict(Conflict::RoleHeld))
    ));
    let groups = GroupAdmin {
        store: store.clone(),
        events: events(),
        clock: Arc::new(Fixed),
    };
    let created = groups
        .create(tenant(), root(), staff, &GroupChange::default())
        .await;
    assert!(matches!(
        created,
        Err(AdminError::Conflict(Conflict::GroupHoldsRoles))
    ));
}

#[tokio::test]
async fn held_role_and_holding_client_cannot_be_deleted() {
    let store = jane().await;
    let roles = roles::admin(&store);
    let own = permitting(&[Permission::ClientsRead]);
    let created = roles.create(tenant(), root(), role("help-desk"), &own);
    created.await.unwrap();
    grant(&store, &client("app"), "help-desk").await;
    let deleted = roles.delete(tenant(), root(), "help-desk", None).await;
    assert!(matches!(
        deleted,
        Err(AdminError::Conflict(Conflict::RoleHeld))
    ));
    let clients = crate::admin::clients::admin(&store);
    let app = fixtures::client_id("app");
    let deleted = clients.delete(tenant(), root(), &app, None).await;
    assert!(matches!(
        deleted,
        Err(AdminError::Conflict(Conflict::HoldsRoles))
    ));
    let (admin, app) = (admin(&store), client("app"));
    let revoked = admin.revoke(tenant(), root(), &app, None);
    revoked.await.unwrap();
    let app = fixtures::client_id("app");
    let deleted = clients.delete(tenant(), root(), &app, None).await;
    assert!(deleted.is_ok());
    let deleted = roles.delete(tenant(), root(), "help-desk", None).await;
    assert!(deleted.is_ok());
}

#[tokio::test]
async fn owner_cannot_be_disabled() {
    let store = jane().await;
    grant(&store, &user(1), "owner").await;
    let users = crate::admin::users::admin(&store);
    let sessions = crate::composition::sessions(&store, &Arc::default());
    let disabled = users.disable(tenant(), root(), &sessions, fixtures::user_id(1));
    let disabled = disabled.await;
    assert!(matches!(
        disabled,
        Err(AdminError::Conflict(Conflict::IsOwner))
    ));
}
