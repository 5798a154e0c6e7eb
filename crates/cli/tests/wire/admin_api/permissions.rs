//! Every operation of the `OpenAPI` document against every shipped admin role.

mod groups;
mod people;
mod registration;
mod rows;
mod tenants;
mod upstream;
mod webhooks;

use super::{API, send, server, token, user};
use crate::facts::TENANT;
use crate::harness::Server;
use axum::http::Method;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::role::{AdminRole, RoleName, SHIPPED};
use countersign_domain::audit::event::{Event, EventContext, Party};
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::value_rule::AttributeType;
use countersign_domain::client::Client;
use countersign_domain::resource_server::ResourceServer;
use countersign_ports::{
    After, Audit as _, Definition, DefinitionRepository as _, KeyChange, Race,
    SigningKeyRepository as _, StoredEvent, Transfer as _,
};
use countersign_store_contract::fixtures;
use groups::GROUPS;
use people::{PEOPLE, give, inviting, with_ids};
use registration::REGISTRATION;
use rows::{CLIENT_READERS, CLIENT_WRITERS, Row, SERVER_READERS, WRITERS, none};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tenants::{TENANTS, tenant};
use upstream::UPSTREAM;
use webhooks::{WEBHOOKS, webhook};

const TABLE: &[Row] = &[
    Row("listClients", "GET /clients", none, CLIENT_READERS),
    Row("createClient", "POST /clients", new_client, CLIENT_WRITERS),
    Row("getClient", "GET /clients/mine", none, CLIENT_READERS),
    Row(
        "updateClient",
        "PATCH /clients/mine",
        || json!({"client_name": "New"}),
        CLIENT_WRITERS,
    ),
    Row("deleteClient", "DELETE /clients/mine", none, CLIENT_WRITERS),
    Row(
        "addClientSecret",
        "POST /clients/mine/secrets",
        || json!({}),
        CLIENT_WRITERS,
    ),
    Row(
        "expireClientSecret",
        "POST /clients/mine/secrets/first",
        || json!({"expires_at": 4_000_000_000_u64}),
        CLIENT_WRITERS,
    ),
    Row(
        "removeClientSecret",
        "DELETE /clients/mine/secrets/first",
        none,
        CLIENT_WRITERS,
    ),
    Row(
        "listResourceServers",
        "GET /resource-servers",
        none,
        SERVER_READERS,
    ),
    Row(
        "createResourceServer",
        "POST /resource-servers",
        || json!({"audience": "new"}),
        WRITERS,
    ),
    Row(
        "getResourceServer",
        "GET /resource-servers/api",
        none,
        SERVER_READERS,
    ),
    Row(
        "updateResourceServer",
        "PATCH /resource-servers/api",
        || json!({"name": "New"}),
        WRITERS,
    ),
    Row(
        "deleteResourceServer",
        "DELETE /resource-servers/api",
        none,
        WRITERS,
    ),
    Row(
        "listAdminRoles",
        "GET /admin-roles",
        none,
        "owner administrator auditor",
    ),
    Row(
        "createAdminRole",
        "POST /admin-roles",
        || json!({"name": "new"}),
        "owner",
    ),
    Row(
        "getAdminRole",
        "GET /admin-roles/owner",
        none,
        "owner administrator auditor",
    ),
    Row(
        "updateAdminRole",
        "PATCH /admin-roles/empty",
        || json!({"description": "New"}),
        "owner",
    ),
    Row(
        "deleteAdminRole",
        "DELETE /admin-roles/empty",
        none,
        "owner",
    ),
    Row("listSigningKeys", "GET /signing-keys", none, SERVER_READERS),
    Row(
        "rotateSigningKeys",
        "POST /signing-keys/rotate",
        none,
        WRITERS,
    ),
    Row(
        "revokeSigningKey",
        "POST /signing-keys/leaked/revoke",
        none,
        WRITERS,
    ),
    Row("listEvents", "GET /events", none, SERVER_READERS),
    Row(
        "explainRequest",
        "GET /explanations/1m4xrc00000000000000",
        none,
        SERVER_READERS,
    ),
    Row(
        "eraseEvents",
        "POST /events/erase",
        || json!({"user_id": fixtures::user_id(5).to_string()}),
        "owner",
    ),
];

fn new_client() -> Value {
    json!({
        "client_name": "New",
        "client_type": "confidential",
        "grant_types": ["client_credentials"],
        "scope": "api:read",
    })
}

/// Returns a server with the targets of the requests.
async fn with_targets(role: &str) -> Server {
    let server = server(role).await.with_sign_up(inviting());
    let mine = Client {
        owner: Some(user(1)),
        ..fixtures::client("mine")
    };
    server.register(&mine).await;
    let api = ResourceServer::new("api", "API", fixtures::NOW);
    let mut disabled = fixtures::user(3, "disabled@example.com");
    disabled.enabled = false;
    let staff = GroupName::parse("staff").unwrap();
    for name in ["staff", "empty"] {
        server.add_group(name).await;
    }
    disabled.groups.push(staff);
    server.add_user(&disabled).await;
    give(&server).await;
    let role = |name| AdminRole::new(RoleName::parse(name).unwrap(), fixtures::NOW);
    let erasable = Event {
        target: Party::new("user", fixtures::user_id(5).to_string()),
        request: Some("1m4xrc00000000000000".to_owned()),
        context: EventContext {
            refusal: Some("login_failed".to_owned()),
            ..EventContext::default()
        },
        ..fixtures::event().event
    };
    let erasable = StoredEvent::from(&fixtures::record_of(TENANT, erasable));
    let added = server.store.insert_event(TENANT, &erasable).await;
    assert_eq!(added.unwrap(), Race::Won);
    let (seen, _) = server.store.list_signing_keys(TENANT).await.unwrap();
    let leaked = KeyChange {
        seen,
        add: vec![fixtures::signing_key("leaked")],
        retire: Vec::new(),
    };
    let added = server.store.change_signing_keys(TENANT, &leaked, None);
    assert_eq!(added.await.unwrap(), Race::Won);
    let badge = AttributeName::parse("badge").unwrap();
    for definition in [
        Definition::ResourceServer(api),
        Definition::Attribute(Attribute::new(badge, AttributeType::Text, fixtures::NOW)),
        Definition::AdminRole(role("empty")),
        Definition::AdminRole(role("held")),
        Definition::Webhook(webhook()),
        Definition::RegisteredTenant(tenant()),
        Definition::Invitation(fixtures::invitation("invited@example.com")),
        Definition::UpstreamProvider(fixtures::upstream_provider("corp")),
        Definition::InitialAccessToken(fixtures::initial_access_token("partner")),
    ] {
        let event = fixtures::event();
        let inserted = server.store.insert_definition(TENANT, &definition, &event);
        assert_eq!(inserted.await.unwrap(), Race::Won);
    }
    server
}

/// Returns the operations of the document: the status of success by ID.
async fn operations() -> BTreeMap<String, u16> {
    let server = server("owner").await;
    let document = server.get("/admin/v1/openapi.json").await.ok().json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap().values();
    let items = paths.flat_map(|path| path.as_object().unwrap().values());
    let described = items.map(|item| {
        let statuses = item["responses"].as_object().unwrap().keys();
        let mut statuses = statuses.filter_map(|status| status.parse().ok());
        let id = item["operationId"].as_str().unwrap().to_owned();
        (id, statuses.next().unwrap())
    });
    described.collect()
}

#[tokio::test]
async fn shipped_roles_permit_exactly_their_operations_with_events() {
    let operations = operations().await;
    let table = || {
        TABLE
            .iter()
            .chain(PEOPLE)
            .chain(GROUPS)
            .chain(WEBHOOKS)
            .chain(TENANTS)
            .chain(UPSTREAM)
            .chain(REGISTRATION)
    };
    let listed: BTreeSet<_> = table().map(|row| row.0.to_owned()).collect();
    let described: BTreeSet<_> = operations.keys().cloned().collect();
    assert_eq!(listed, described, "every operation has a row");
    for Row(id, request, body, roles) in table() {
        let (method, path) = request.split_once(' ').unwrap();
        let path = with_ids(path);
        let method: Method = method.parse().unwrap();
        let body = Some(body()).filter(|body| !body.is_null());
        for role in SHIPPED {
            let server = with_targets(role.name).await;
            let token = token(&server).await;
            let answer = send(&server, &token, method.clone(), &path, body.as_ref()).await;
            let allowed = roles.split(' ').any(|name| name == role.name);
            let expected = if allowed { operations[*id] } else { 403 };
            let text = String::from_utf8_lossy(&answer.body);
            assert_eq!(answer.status, expected, "{id} as {}: {text}", role.name);
            if !allowed {
                assert_ne!(answer.text("missing_permissions"), "");
            }
            let changes = allowed && method != Method::GET;
            assert_eq!(
                changed(&server).await,
                changes,
                "event of {id} as {}",
                role.name
            );
        }
    }
}

/// Returns whether the audit log has an event of user 1.
async fn changed(server: &Server) -> bool {
    let events = server.store.list_events(TENANT, After::start()).await;
    let mut records = events.unwrap().items.into_iter();
    let jane = fixtures::user_id(1).to_string();
    records.any(|record| record.event.operator.id == jane)
}

#[tokio::test]
async fn marked_client_is_out_of_reach_without_its_permissions() {
    let server = with_targets("operator").await;
    let token = token(&server).await;
    let mark = json!({"resources": [API], "scope": "users:read users:write"});
    let answer = send(&server, &token, Method::PATCH, "/clients/mine", Some(&mark)).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.text("missing_permissions"), "users:write");
    let callback = json!({"redirect_uris": ["https://evil.example/callback"]});
    let answer = send(
        &server,
        &token,
        Method::PATCH,
        "/clients/web",
        Some(&callback),
    )
    .await;
    assert_eq!(answer.status, 403);
}
