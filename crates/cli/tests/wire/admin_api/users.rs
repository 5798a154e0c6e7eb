//! Users, and the resources that the other tests do not cover.

use super::{API, send, send_with, server, token, user};
use axum::http::{Method, header};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

#[tokio::test]
async fn user_is_found_edited_and_reset() {
    let server = server("support").await;
    let token = token(&server).await;
    let joe = format!("/users/{}", fixtures::user_id(2));
    let call = async |method: Method, path: &str, body: Option<Value>| {
        send(&server, &token, method, path, body.as_ref()).await
    };
    let found = call(Method::GET, "/users?email=JOE%40example.com", None)
        .await
        .ok();
    assert_eq!(
        found.json()["items"][0]["id"],
        fixtures::user_id(2).to_string()
    );
    let nobody = call(Method::GET, "/users?email=nobody%40example.com", None)
        .await
        .ok();
    assert_eq!(nobody.json()["items"], json!([]));

    let moved = call(
        Method::PATCH,
        &joe,
        Some(json!({"email": "Joe@new.example"})),
    )
    .await
    .ok();
    assert_eq!(moved.text("email"), "joe@new.example");
    assert_eq!(
        moved.json()["email_verified"],
        false,
        "a new address is unverified"
    );
    let refused = call(
        Method::PATCH,
        &joe,
        Some(json!({"email": "jane@example.com"})),
    )
    .await;
    assert_eq!(refused.status, 409);

    let reset = call(Method::POST, &format!("{joe}/reset-factors"), None)
        .await
        .ok();
    assert_eq!(reset.json()["revoked_grants"], 0);
    let password = call(Method::POST, &format!("{joe}/reset-password"), None)
        .await
        .ok();
    assert_eq!(password.text("password").len(), 43);
    let disabled = call(Method::POST, &format!("{joe}/disable"), None)
        .await
        .ok();
    assert_eq!(disabled.json()["enabled"], false);
    let owner = format!("/users/{}/reset-password", fixtures::user_id(9));
    assert_eq!(call(Method::POST, &owner, None).await.status, 403);
}

#[tokio::test]
async fn admin_api_cannot_be_registered_as_resource_server() {
    let server = server("owner").await;
    let token = token(&server).await;
    let body = json!({"audience": API, "introspection_clients": ["other"]});
    let answer = send(
        &server,
        &token,
        Method::POST,
        "/resource-servers",
        Some(&body),
    )
    .await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.text("field"), "audience");
}

#[tokio::test]
async fn last_owner_is_kept() {
    let server = server("owner").await;
    let token = token(&server).await;
    let path = |holder| format!("/administrators/{holder}/roles/owner");
    let other = send(&server, &token, Method::DELETE, &path(user(9)), None).await;
    assert_eq!(other.status, 204);
    let last = send(&server, &token, Method::DELETE, &path(user(1)), None).await;
    assert_eq!(
        (last.status.as_u16(), last.text("code").as_str()),
        (409, "assignment_invalid")
    );
}

#[tokio::test]
async fn stale_patch_is_refused_with_412() {
    let server = server("owner").await;
    let token = token(&server).await;
    for (path, body) in [
        ("/admin-roles", json!({"name": "new"})),
        ("/resource-servers", json!({"audience": "new"})),
    ] {
        let created = send(&server, &token, Method::POST, path, Some(&body)).await;
        assert_eq!(created.status, 201);
    }
    let joe = format!("/users/{}", fixtures::user_id(2));
    for (path, patch) in [
        (joe.as_str(), json!({"name": "New"})),
        ("/admin-roles/new", json!({"description": "New"})),
        ("/resource-servers/new", json!({"name": "New"})),
    ] {
        let shown = send(&server, &token, Method::GET, path, None).await.ok();
        let current = shown.header(header::ETAG).unwrap();
        let with = async |tag: &str| {
            let headers = [(header::IF_MATCH, tag)];
            let target = (Method::PATCH, path);
            let answer = send_with(&server, &token, target, &headers, Some(&patch)).await;
            answer.status.as_u16()
        };
        assert_eq!(with("\"99\"").await, 412, "{path}");
        assert_eq!(with(current).await, 200, "{path}");
        assert_eq!(with(current).await, 412, "{path}");
    }
}
