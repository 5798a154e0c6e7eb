//! Operators who may manage only the clients that they own.

use crate::admin::administrators::user;
use crate::admin::clients;
use crate::admin::escalation::{Attempts, mark, targets};
use crate::admin::root;
use crate::admin::users::jane;
use crate::world::{SINGLE, tenant};
use countersign_application::admin::AdminError;
use countersign_application::admin::clients::NewClient;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::{Client, ClientStatus};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_ports::{
    After, ClientRepository as _, Definition, DefinitionRepository as _, Race,
};
use countersign_store_contract::fixtures;

/// Returns an operator who may only manage their own clients, as user 1.
fn developer() -> Operator {
    Operator {
        permissions: [Permission::ClientsOwn].into(),
        holder: Some(user(1)),
        ..Operator::command_line("dev")
    }
}

/// Returns a new client as if the server had generated its ID.
fn generated(client: Client) -> NewClient {
    NewClient {
        has_generated_id: true,
        ..client.into()
    }
}

/// Returns the outcomes of every command on a client of the developer.
async fn on_own_client(change: impl FnOnce(&mut Client)) -> Attempts {
    let store = jane().await;
    let mut mine = Client {
        owner: Some(user(1)),
        ..fixtures::client("client_mine")
    };
    change(&mut mine);
    let event = fixtures::event_in(SINGLE);
    let _ = store.insert_client(SINGLE, &mine, &event).await.unwrap();
    let (admin, developer, tenant) = (clients::admin(&store), developer(), tenant());
    let (developer, mine) = (&developer, &mine.id);
    let rename = |client: &mut Client| client.name.push('!');
    let suspended = ClientStatus::Suspended;
    vec![
        (
            "rename",
            admin
                .update(tenant, developer, mine, rename)
                .await
                .map(drop),
        ),
        (
            "secret",
            admin
                .add_secret(tenant, developer, mine, None, None)
                .await
                .map(drop),
        ),
        (
            "status",
            admin
                .set_status(tenant, developer, mine, suspended)
                .await
                .map(drop),
        ),
        ("delete", admin.delete(tenant, developer, mine, None).await),
    ]
}

fn assert_client_writers_only(attempts: Attempts) {
    for (path, outcome) in attempts {
        let Err(AdminError::Refused(refusal)) = outcome else {
            panic!("{path}: {outcome:?}");
        };
        let missing = Permission::ClientsWrite.as_str();
        let missing = Refusal::PermissionMissing(Evidence::of(missing));
        assert_eq!(refusal, missing, "{path}");
    }
}

#[tokio::test]
async fn developer_cannot_change_own_first_party_client() {
    for (path, outcome) in on_own_client(|_| ()).await {
        assert!(outcome.is_ok(), "{path}: {outcome:?}");
    }
    let attempts = on_own_client(|client| client.first_party = true).await;
    assert_client_writers_only(attempts);
}

#[tokio::test]
async fn developer_cannot_change_or_mark_client_for_administration() {
    let marked = |client: &mut Client| {
        mark(client);
        // Without permissions in the scope, the reach of the client is empty.
        client.scope = Scope::none();
    };
    assert_client_writers_only(on_own_client(marked).await);
    let store = jane().await;
    let (admin, developer) = (clients::admin(&store), developer());
    let mut new = fixtures::client("client_new");
    marked(&mut new);
    let created = admin.create(tenant(), &developer, generated(new), None);
    let created = created.await.map(drop);
    assert_client_writers_only(vec![("create", created)]);
}

#[tokio::test]
async fn developer_cannot_set_resources_or_audience() {
    let store = jane().await;
    let (admin, developer) = (clients::admin(&store), developer());
    let plain = fixtures::client("client_mine");
    let id = plain.id.clone();
    let created = admin.create(tenant(), &developer, generated(plain), None);
    created.await.unwrap();
    let resource = |client: &mut Client| {
        client.resources = vec![Resource::parse("https://api.example").unwrap()];
    };
    let audience = |client: &mut Client| client.audience = Some("https://api.example".to_owned());
    let changes: [fn(&mut Client); 2] = [resource, audience];
    for change in changes {
        let edited = admin.update(tenant(), &developer, &id, change).await;
        let mut new = fixtures::client("client_new");
        change(&mut new);
        let created = admin
            .create(tenant(), &developer, generated(new), None)
            .await;
        assert_client_writers_only(vec![
            ("edit", edited.map(drop)),
            ("create", created.map(drop)),
        ]);
    }
}

/// A client without an audience uses its ID as `aud`, so a chosen one could be the audience of an API.
#[tokio::test]
async fn developer_gets_generated_client_ids_only() {
    let store = jane().await;
    let (admin, developer) = (clients::admin(&store), developer());
    let api = Definition::ResourceServer(fixtures::resource_server("billing"));
    let event = fixtures::event_in(SINGLE);
    let inserted = store.insert_definition(SINGLE, &api, &event).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    let api = tenant().admin_api();
    let audiences = [
        "billing",
        "urn:billing",
        "https://api.example",
        &api,
        "billing-app",
        "client_billing",
    ];
    for id in audiences {
        let new = fixtures::client(id);
        let refused = admin.create(tenant(), &developer, new.into(), None).await;
        assert_client_writers_only(vec![("create", refused.map(drop))]);
    }
    let chosen = fixtures::client("billing-app").into();
    for (operator, new) in [
        (&developer, generated(fixtures::client("client_own"))),
        (root(), chosen),
    ] {
        let created = admin.create(tenant(), operator, new, None).await;
        assert!(created.is_ok(), "{created:?}");
    }
}

#[tokio::test]
async fn developer_manages_only_own_clients() {
    let store = targets().await;
    let admin = clients::admin(&store);
    let developer = developer();
    let own = fixtures::client("client_mine");
    let created = admin.create(tenant(), &developer, generated(own), None);
    assert_eq!(created.await.unwrap().client.owner, Some(user(1)));
    let listed = admin.list(tenant(), &developer, After::start());
    let listed: Vec<_> = listed.await.unwrap().items;
    let ids: Vec<_> = listed.iter().map(|client| client.id.as_str()).collect();
    assert_eq!(ids, ["client_mine"]);
    assert!(admin.find(tenant(), &developer, "plain").await.is_err());
    let (mine, plain) = (
        fixtures::client_id("client_mine"),
        fixtures::client_id("plain"),
    );
    let rename = |client: &mut Client| client.name.push('!');
    assert!(
        admin
            .update(tenant(), &developer, &mine, rename)
            .await
            .is_ok()
    );
    assert!(
        admin
            .update(tenant(), &developer, &plain, rename)
            .await
            .is_err()
    );
    for change in [
        (|client: &mut Client| client.first_party = true) as fn(&mut Client),
        |client: &mut Client| client.owner = None,
        mark,
    ] {
        let refused = admin.update(tenant(), &developer, &mine, change).await;
        assert!(matches!(refused, Err(AdminError::Refused(_))));
    }
    assert!(
        admin
            .delete(tenant(), &developer, &mine, None)
            .await
            .is_ok()
    );
}
