//! The API of Aries: row 20 of its checklist, and who may use it.

use crate::admin_api::{self, send_to, token, token_with};
use crate::facts::{CALLBACK, JSON};
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::{HeaderName, Method, header};
use countersign_domain::scope::Scope;
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const CLIENTS: &str = "/v1/users/api/clients";
const STATUS: &str = "/v1/users/api/client/status";

fn new() -> Value {
    json!({
        "name": "Bot",
        "scopes": ["openid", "market:information"],
        "redirect_uris": [CALLBACK],
        "domains": ["app.example"],
    })
}

async fn call(
    server: &Server,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Answer {
    send_to(server, token, (method, path), &[], body.as_ref()).await
}

/// Exchanges a fresh code of the client at the JSON endpoint.
async fn exchange(server: &Server, id: &str, secret: &str) -> Answer {
    let code = server.code_with(id, |code| {
        code.authorization.access.scope = Scope::parse("openid").unwrap();
        code.binding.challenge = None;
    });
    let parameters = [
        ("grant_type", "authorization_code"),
        ("client_id", id),
        ("client_secret", secret),
        ("code", &code),
        ("redirect_uri", CALLBACK),
    ];
    server.json(JSON, &parameters).await
}

#[tokio::test]
async fn aries_20_owner_creates_edits_disables_and_deletes_client() {
    let server = admin_api::server("developer").await;
    let token = token(&server).await;
    let created = call(&server, &token, Method::POST, CLIENTS, Some(new()))
        .await
        .ok();
    let (id, secret) = (created.text("client_id"), created.text("client_secret"));
    assert_eq!(created.json()["scopes"], new()["scopes"]);
    exchange(&server, &id, &secret).await.ok();

    let one = format!("{CLIENTS}/{id}");
    server.pass(60);
    let renamed = call(
        &server,
        &token,
        Method::PUT,
        &one,
        Some(json!({"name": "Robot"})),
    );
    let renamed = renamed.await.ok().json();
    assert_eq!(renamed["name"], "Robot");
    for member in ["scopes", "redirect_uris", "domains"] {
        assert_eq!(renamed[member], new()[member], "stays");
    }
    assert_ne!(renamed["updated_at"], renamed["created_at"]);
    let listed = call(&server, &token, Method::GET, CLIENTS, None).await.ok();
    assert_eq!(listed.json(), json!({"clients": [renamed]}));
    assert!(renamed.get("client_secret").is_none(), "shown once");

    for (status, code) in [("inactive", 401), ("suspended", 401), ("active", 200)] {
        let body = json!({"client_id": id, "status": status});
        let changed = call(&server, &token, Method::PATCH, STATUS, Some(body))
            .await
            .ok();
        assert_eq!(changed.text("client_id"), id);
        assert_ne!(changed.text("message"), "");
        assert_ne!(changed.text("updated_at"), "");
        server.follow().await;
        assert_eq!(
            exchange(&server, &id, &secret).await.status,
            code,
            "{status}"
        );
    }
    let deleted = call(&server, &token, Method::DELETE, &one, None).await.ok();
    assert_eq!(deleted.body, b"");
    server.follow().await;
    assert_eq!(exchange(&server, &id, &secret).await.status, 401);
    assert_eq!(
        call(&server, &token, Method::DELETE, &one, None)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn aries_20_client_of_another_owner_is_out_of_reach() {
    // The owner of the server could change every client through the admin API.
    let server = admin_api::server("owner").await;
    let token = token(&server).await;
    let listed = call(&server, &token, Method::GET, CLIENTS, None).await.ok();
    assert_eq!(listed.json(), json!({"clients": []}));
    let path = format!("{CLIENTS}/other");
    let rename = Some(json!({"name": "Mine"}));
    let disable = Some(json!({"client_id": "other", "status": "inactive"}));
    for (method, path, body) in [
        (Method::PUT, path.as_str(), rename),
        (Method::DELETE, path.as_str(), None),
        (Method::PATCH, STATUS, disable),
    ] {
        let before = server.contents();
        let answer = call(&server, &token, method, path, body).await;
        assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()));
        assert_eq!(server.contents(), before);
    }
    let stranger = token_with(&server, |code| {
        code.authorization.subject = fixtures::user_id(2).into();
    });
    let answer = call(&server, &stranger.await, Method::GET, CLIENTS, None).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn aries_20_invalid_client_is_refused_in_flat_format() {
    let server = admin_api::server("developer").await;
    let token = token(&server).await;
    for (name, value) in [
        ("name", json!("")),
        ("name", json!(null)),
        ("scopes", json!([])),
        ("scopes", json!(["read write"])),
        ("scopes", json!("read")),
        ("redirect_uris", json!([])),
        ("redirect_uris", json!(["http://app.example/callback"])),
        ("redirect_uris", json!(["https://other.example/callback"])),
        ("domains", json!(["*.example"])),
        ("nam", json!("Bot")),
    ] {
        let mut body = new();
        body[name] = value;
        let answer = call(&server, &token, Method::POST, CLIENTS, Some(body)).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".to_owned()),
            "{name}"
        );
        let code = &answer.json()["codes"][0];
        assert_eq!(code["field"], name, "{code}");
        assert!(code["code"].is_string() && code["description"].is_string());
    }
    let answer = server.get(CLIENTS).await;
    assert_eq!(answer.refusal(), (401, "invalid_token".to_owned()));
    assert!(answer.header(header::WWW_AUTHENTICATE).is_some());
    let answer = call(&server, &token, Method::POST, STATUS, None).await;
    assert_eq!(answer.refusal(), (405, "invalid_request".to_owned()));
    let status = json!({"client_id": "web", "status": "on"});
    let answer = call(&server, &token, Method::PATCH, STATUS, Some(status)).await;
    assert_eq!(answer.json()["codes"][0]["field"], "status");
}

#[tokio::test]
async fn api_of_other_server_does_not_exist_unless_enabled() {
    let server = admin_api::server("developer").await.without_seed_apis();
    let token = token(&server).await;
    for path in [CLIENTS, STATUS, "/api/clients"] {
        let answer = call(&server, &token, Method::GET, path, None).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn repeated_creation_needs_the_second_factor_of_the_first() {
    let server = admin_api::server("developer").await;
    let token = token(&server).await;
    let create = async || {
        let headers = [(HeaderName::from_static("idempotency-key"), "a")];
        let target = (Method::POST, CLIENTS);
        send_to(&server, &token, target, &headers, Some(&new())).await
    };
    let created = create().await.ok().json();
    assert_eq!(create().await.ok().json(), created);
    server.pass(901);
    assert_eq!(create().await.status, 401);
}
