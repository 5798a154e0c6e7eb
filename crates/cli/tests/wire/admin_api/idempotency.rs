//! Requests with an `Idempotency-Key`.

use super::{API, send, send_with, server, token, token_with};
use axum::http::{HeaderName, Method, header};
use countersign_domain::client::Client;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");

#[tokio::test]
async fn idempotency_key_is_valid_for_one_operation_on_one_object() {
    let server = server("owner").await;
    let token = token(&server).await;
    let post = async |path: &str, keys: &[&str]| {
        let headers: Vec<_> = keys.iter().map(|key| (KEY, *key)).collect();
        send_with(&server, &token, (Method::POST, path), &headers, None).await
    };
    let (first, second) = (fixtures::user_id(1), fixtures::user_id(2));
    let disable = |user| format!("/users/{user}/disable");
    assert_eq!(post(&disable(second), &["a"]).await.status, 200);
    for path in [disable(first), format!("/users/{second}/enable")] {
        let reused = post(&path, &["a"]).await;
        assert_eq!(reused.status, 422, "{path}");
        assert_eq!(reused.text("code"), "key_reused", "{path}");
    }
    let stored = async |user| {
        let path = format!("/users/{user}");
        send(&server, &token, Method::GET, &path, None).await.ok()
    };
    assert_eq!(stored(first).await.json()["enabled"], true);
    assert_eq!(stored(second).await.json()["enabled"], false);
    let twice = post(&disable(second), &["b", "c"]).await;
    assert_eq!(twice.status, 400);
    assert_eq!(twice.text("field"), "Idempotency-Key");
}

#[tokio::test]
async fn request_with_idempotency_key_runs_once() {
    let server = server("owner").await;
    let token = token(&server).await;
    let create = async |key: &str, email: &str| {
        let body = json!({"email": email});
        let headers = [(KEY, key)];
        let target = (Method::POST, "/users");
        send_with(&server, &token, target, &headers, Some(&body)).await
    };
    let first = create("a", "new@example.com").await;
    assert_eq!(first.status, 201);
    let again = create("a", "new@example.com").await;
    assert_eq!(again.status, 201);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header(header::ETAG), first.header(header::ETAG));
    let other = create("a", "other@example.com").await;
    assert_eq!(
        (other.status.as_u16(), other.text("code").as_str()),
        (422, "key_reused")
    );
    let refused = create("b", "new@example.com").await;
    assert_eq!(refused.status, 409);
    let corrected = create("b", "corrected@example.com").await;
    assert_eq!(corrected.status, 201, "a refused request releases the key");
    assert_eq!(create("", "x@example.com").await.status, 400);
    server.pass(86_400);
    let fresh = super::token(&server).await;
    let body = json!({"email": "new@example.com"});
    let headers = [(KEY, "a")];
    let late = send_with(
        &server,
        &fresh,
        (Method::POST, "/users"),
        &headers,
        Some(&body),
    )
    .await;
    assert_eq!(late.json(), first.json(), "a day later");
    server.pass(2 * 86_400);
    let fresh = super::token(&server).await;
    let late = send_with(
        &server,
        &fresh,
        (Method::POST, "/users"),
        &headers,
        Some(&body),
    )
    .await;
    assert_eq!(
        late.status, 409,
        "the key has expired, the address is taken"
    );
}

#[tokio::test]
async fn stored_reply_needs_permission_client_and_second_factor() {
    let server = server("owner").await;
    let marked = |client: &mut Client| {
        client.resources = vec![Resource::parse(API).unwrap()];
        client.scope = Scope::parse("openid admin clients:own users:read").unwrap();
    };
    server.change("web", marked).await;
    let scoped = async |scope: &str| {
        let scope = Scope::parse(scope).unwrap();
        token_with(&server, |code| code.authorization.access.scope = scope).await
    };
    let post = async |token: &str, path: &str, body: Option<&Value>| {
        send_with(&server, token, (Method::POST, path), &[(KEY, "a")], body).await
    };
    let client = json!({
        "client_id": "client_batch",
        "client_name": "Batch",
        "client_type": "confidential",
        "grant_types": ["client_credentials"],
        "scope": "api:read",
    });
    let reset = format!("/users/{}/reset-password", fixtures::user_id(2));
    let all = token(&server).await;
    let created = post(&all, "/clients", Some(&client)).await;
    assert_eq!(created.status, 201);
    let again = post(&all, "/clients", Some(&client)).await;
    assert_eq!(again.json(), created.json());
    let reader = scoped("openid users:read").await;
    assert_eq!(post(&reader, "/clients", Some(&client)).await.status, 403);
    let own = scoped("openid clients:own").await;
    let other = post(&own, "/clients", Some(&client)).await;
    assert_eq!(other.status, 403, "the reply belongs to other permissions");

    assert_eq!(post(&all, &reset, None).await.status, 200);
    assert_eq!(post(&reader, &reset, None).await.status, 403);
    server.pass(901);
    assert_eq!(post(&all, &reset, None).await.status, 401, "stale");
    let stale = post(&all, "/clients", Some(&client)).await;
    assert_eq!(stale.status, 401, "the first request had a second factor");
    let fresh = token(&server).await;
    assert_eq!(post(&fresh, &reset, None).await.status, 200);
}
