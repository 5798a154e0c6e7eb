//! Resource server administration commands.

use crate::admin::clients::{self, app, with_app};
use crate::admin::{events, fields, only, root, stored_events};
use crate::fakes::{Counting, Fixed};
use crate::world::tenant;
use countersign_application::admin::clients::NewClient;
use countersign_application::admin::resource_servers::{ResourceServerAdmin, ResourceServerChange};
use countersign_application::admin::{AdminError, Conflict, Missing};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Permission;
use countersign_domain::client::{Client, ClientType};
use countersign_domain::resource_server::InvalidResourceServer;
use countersign_ports::{After, ClientRepository as _, Race, Store};
use countersign_store_contract::{MemoryStore, fixtures};
use std::sync::Arc;

const API: &str = "https://api.example";

fn admin<S: Store>(store: &Arc<S>) -> ResourceServerAdmin<S> {
    ResourceServerAdmin {
        store: store.clone(),
        events: events(),
        clock: Arc::new(Fixed),
        entropy: Arc::new(Counting::default()),
    }
}

fn for_app() -> ResourceServerChange {
    ResourceServerChange {
        introspection_clients: Some(vec![app().clone()]),
        ..ResourceServerChange::default()
    }
}

/// Creates a store with the client `app` and a resource server.
async fn with_api() -> Arc<MemoryStore> {
    let store = with_app().await;
    let created = admin(&store)
        .create(tenant(), root(), API, &for_app())
        .await;
    assert_eq!(created.unwrap().version, 1);
    store
}

#[tokio::test]
async fn every_resource_server_change_has_its_event() {
    let store = with_api().await;
    let personal = ResourceServerChange {
        personal_claims: Some(true),
        ..ResourceServerChange::default()
    };
    for version in [2, 2] {
        let changed = admin(&store)
            .update(tenant(), root(), API, None, &personal)
            .await;
        assert_eq!(changed.unwrap().version, version, "no change, no event");
    }
    let deleted = admin(&store).delete(tenant(), root(), API, None).await;
    deleted.unwrap();
    let events = stored_events(&store).await;
    let events: Vec<_> = events
        .iter()
        .filter(|event| event.target.kind == "resource_server")
        .collect();
    let actions: Vec<_> = events.iter().map(|event| event.action.clone()).collect();
    let expected = [
        Action::RESOURCE_SERVER_CREATED,
        Action::RESOURCE_SERVER_UPDATED,
        Action::RESOURCE_SERVER_DELETED,
    ];
    assert_eq!(actions, expected);
    assert_eq!(
        fields(events[1]),
        [("personal_claims", Some("false"), Some("true"))]
    );
    assert!(events.iter().all(|event| event.target.id == API));
}

#[tokio::test]
async fn client_never_inherits_introspection_from_earlier_client() {
    let store = with_api().await;
    let clients = clients::admin(&store);
    let named = |outcome| {
        matches!(
            outcome,
            Err(AdminError::Conflict(Conflict::IsIntrospectionClient))
        )
    };
    let deleted = clients.delete(tenant(), root(), app(), None).await;
    assert!(named(deleted));
    // Earlier versions deleted such a client.
    let stored = store
        .find_client(tenant().id, app())
        .await
        .unwrap()
        .unwrap();
    let event = fixtures::event();
    let deleted = store.delete_client(tenant().id, app(), stored.version, &event);
    assert_eq!(deleted.await.unwrap(), Race::Won);
    let again = || clients.create(tenant(), root(), stored.clone().into(), None);
    assert!(named(again().await.map(drop)));
    let none = ResourceServerChange {
        introspection_clients: Some(Vec::new()),
        ..ResourceServerChange::default()
    };
    let servers = admin(&store);
    let changed = servers.update(tenant(), root(), API, None, &none);
    changed.await.unwrap();
    again().await.unwrap();
    clients.delete(tenant(), root(), app(), None).await.unwrap();
}

#[tokio::test]
async fn introspection_client_must_exist_and_be_confidential() {
    let store = with_app().await;
    let public = Client {
        client_type: ClientType::Public,
        secrets: Vec::new(),
        ..fixtures::client("public")
    };
    let event = fixtures::event();
    let _ = store
        .insert_client(tenant().id, &public, &event)
        .await
        .unwrap();
    for (id, reason) in [("public", "is public"), ("unknown", "does not exist")] {
        let change = ResourceServerChange {
            introspection_clients: Some(vec![app().clone(), fixtures::client_id(id)]),
            ..ResourceServerChange::default()
        };
        let created = admin(&store).create(tenant(), root(), API, &change).await;
        let error = created.unwrap_err();
        assert!(matches!(error, AdminError::IntrospectionClient(..)), "{id}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    let none = admin(&store).list(tenant(), root(), After::start()).await;
    assert!(none.unwrap().items.is_empty());
}

#[tokio::test]
async fn taken_unknown_or_malformed_audience_is_rejected() {
    let store = with_api().await;
    let admin = admin(&store);
    let nothing = ResourceServerChange::default();
    let taken = admin.create(tenant(), root(), API, &nothing).await;
    assert!(matches!(
        taken,
        Err(AdminError::Conflict(Conflict::Audience))
    ));
    let of_client = admin
        .create(tenant(), root(), app().as_str(), &nothing)
        .await;
    assert!(matches!(
        of_client,
        Err(AdminError::Conflict(Conflict::AudienceOfClient))
    ));
    let empty = admin.create(tenant(), root(), "", &nothing).await;
    let malformed = AdminError::from(InvalidResourceServer::AudienceMalformed);
    assert_eq!(empty.unwrap_err().to_string(), malformed.to_string());
    let unknown = admin.find(tenant(), root(), "https://other.example").await;
    let missing = Err(AdminError::NotFound(Missing::ResourceServer));
    assert_eq!(
        format!("{unknown:?}"),
        format!("{:?}", missing as Result<(), _>)
    );
}

#[tokio::test]
async fn client_identifier_cannot_be_the_audience_of_a_resource_server() {
    let store = with_api().await;
    let new = NewClient::from(fixtures::client(API));
    let created = clients::admin(&store)
        .create(tenant(), root(), new, None)
        .await;
    assert!(matches!(
        created,
        Err(AdminError::Conflict(Conflict::ClientIdOfAudience))
    ));
}

#[tokio::test]
async fn reading_and_writing_need_their_own_permissions() {
    let store = with_api().await;
    let admin = admin(&store);
    let reader = only(Permission::ResourceServersRead);
    let writer = only(Permission::ResourceServersWrite);
    let nothing = ResourceServerChange::default();
    assert!(admin.find(tenant(), &reader, API).await.is_ok());
    assert!(admin.list(tenant(), &writer, After::start()).await.is_err());
    assert!(
        admin
            .create(tenant(), &reader, "b", &nothing)
            .await
            .is_err()
    );
    assert!(
        admin
            .update(tenant(), &reader, API, None, &nothing)
            .await
            .is_err()
    );
    assert!(admin.delete(tenant(), &reader, API, None).await.is_err());
    assert!(admin.delete(tenant(), &writer, API, None).await.is_ok());
}
