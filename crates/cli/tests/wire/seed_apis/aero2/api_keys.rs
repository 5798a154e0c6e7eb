//! API keys: who they stand for, and for how long.

use super::call;
use crate::admin_api::{self, send, token};
use crate::facts::{FORM, JSON, tenant};
use crate::harness::Server;
use axum::http::Method;
use countersign_domain::administration::holder::Holder;
use countersign_domain::client::{Client, ClientStatus};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_store_contract::fixtures;
use serde_json::json;

const KEYS: &str = "/api/clients/machine/api-keys";
const DAY: u64 = 86_400;

/// Returns a server where user 1 and the client `machine` hold these roles.
async fn server_of(user: &str, machine: &str) -> Server {
    let holders = [
        (admin_api::user(1), user),
        (admin_api::user(9), "owner"),
        (Holder::Client(fixtures::client_id("machine")), machine),
    ];
    let server = admin_api::server_with(&holders).await;
    let mark = |client: &mut Client| {
        client.resources = vec![Resource::parse(&tenant().admin_api()).unwrap()];
        client.scope = Scope::parse("api:read admin").unwrap();
    };
    server.change("machine", mark).await;
    server
}

/// Returns a server where user 1 is an owner, and the client `machine` holds this role.
async fn server(role: &str) -> Server {
    server_of("owner", role).await
}

/// Creates or rotates the key, and returns the publishable and the secret one.
async fn rotate(server: &Server) -> (String, String) {
    let token = token(server).await;
    let rotated = call(server, &token, Method::POST, KEYS, None).await.ok();
    (rotated.text("publishable_key"), rotated.text("secret_key"))
}

async fn status(server: &Server, key: &str) -> u16 {
    let answer = call(server, key, Method::GET, "/api/clients", None).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn aero2_33_rotated_key_is_valid_for_another_day() {
    let server = server("operator").await;
    let (_, old) = rotate(&server).await;
    assert_eq!(status(&server, &old).await, 200);
    server.pass(10 * DAY);
    assert_eq!(
        status(&server, &old).await,
        200,
        "no expiry without rotation"
    );
    let (_, new) = rotate(&server).await;
    server.pass(DAY - 1);
    assert_eq!(
        (status(&server, &old).await, status(&server, &new).await),
        (200, 200)
    );
    server.pass(1);
    assert_eq!(
        (status(&server, &old).await, status(&server, &new).await),
        (401, 200)
    );
    let token = token(&server).await;
    call(&server, &token, Method::DELETE, KEYS, None).await.ok();
    assert_eq!(status(&server, &new).await, 401);
}

#[tokio::test]
async fn aero2_33_key_has_permissions_of_its_client_only() {
    let server = server("auditor").await;
    let (_, key) = rotate(&server).await;
    assert_eq!(status(&server, &key).await, 200);
    let rename = Some(json!({"name": "Mine"}));
    let answer = call(&server, &key, Method::PUT, "/api/clients/other", rename).await;
    assert_eq!(answer.status, 403);
    server
        .change("machine", |client| client.status = ClientStatus::Suspended)
        .await;
    assert_eq!(status(&server, &key).await, 401);
}

#[tokio::test]
async fn aero2_33_key_is_valid_for_this_api_only() {
    let server = server("owner").await;
    let (publishable, key) = rotate(&server).await;
    assert!(publishable.starts_with("pk_live_") && key.starts_with("sk_live_"));
    assert_eq!(status(&server, &publishable).await, 401);
    for (path, method) in [
        ("/v1/users/api/clients", Method::GET),
        ("/oauth2/userinfo", Method::GET),
        ("/api/sessions", Method::GET),
    ] {
        let answer = call(&server, &key, method, path, None).await;
        assert_eq!(answer.status, 401, "{path}");
    }
    assert_eq!(
        send(&server, &key, Method::GET, "/clients", None)
            .await
            .status,
        401
    );
    let parameters = [
        ("grant_type", "client_credentials"),
        ("client_id", "machine"),
        ("client_secret", key.as_str()),
    ];
    for path in [FORM, JSON] {
        assert_eq!(server.form(path, &parameters).await.status, 401);
    }
}

#[tokio::test]
async fn aero2_33_key_of_administrator_needs_its_permissions() {
    let server = server_of("operator", "support").await;
    let token = token(&server).await;
    let answer = call(&server, &token, Method::POST, KEYS, None).await;
    assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()));
}

#[tokio::test]
async fn key_of_client_without_mark_or_scope_is_refused() {
    let server = server("operator").await;
    let (_, key) = rotate(&server).await;
    assert_eq!(status(&server, &key).await, 200);
    let narrow = |client: &mut Client| client.scope = Scope::parse("api:read").unwrap();
    server.change("machine", narrow).await;
    assert_eq!(status(&server, &key).await, 403);
    let unmark = |client: &mut Client| client.resources.clear();
    server.change("machine", unmark).await;
    assert_eq!(status(&server, &key).await, 403);
}
