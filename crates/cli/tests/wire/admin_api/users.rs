//! Users, and the resources that the other tests do not cover.

use super::{API, send, send_with, server, token, user};
use crate::login::{AUTHORIZE, PASSWORD, login};
use crate::requests::with;
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
    let unknown = call(Method::GET, "/users?email=unknown%40example.com", None)
        .await
        .ok();
    assert_eq!(unknown.json()["items"], json!([]));

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
async fn users_are_searched_by_prefix_in_slices() {
    let server = server("auditor").await;
    let token = token(&server).await;
    for (number, email) in [(3, "jo@example.com"), (4, "john@example.com")] {
        server.add_user(&fixtures::user(number, email)).await;
    }
    let get = async |query: &str| {
        let path = format!("/users?{query}");
        send(&server, &token, Method::GET, &path, None).await
    };
    let found = get("email_prefix=JO&limit=2").await.ok().json();
    let emails = |found: &Value| {
        let items = found["items"].as_array().unwrap().iter();
        items.map(|user| user["email"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(emails(&found), ["jo@example.com", "joe@example.com"]);
    assert_eq!(found["next"], "joe@example.com");
    let rest = get("email_prefix=JO&limit=2&after=joe%40example.com").await;
    let rest = rest.ok().json();
    assert_eq!(emails(&rest), ["john@example.com"]);
    assert_eq!(rest["next"], Value::Null);
    for (bad, field) in [
        ("email_prefix=", "email_prefix"),
        ("email_prefix=a%00", "email_prefix"),
        ("email_prefix=jo&after=joe", "after"),
        ("email_prefix=jo&email=joe%40example.com", "email"),
    ] {
        let refused = get(bad).await;
        assert_eq!(
            (refused.status.as_u16(), refused.text("field").as_str()),
            (400, field)
        );
    }
}

#[tokio::test]
async fn unlocked_user_signs_in_before_window_ends() {
    let server = server("support").await;
    let token = token(&server).await;
    server.set_password(fixtures::user_id(2), PASSWORD).await;
    let wrong = with(&login("joe@example.com"), "password", "wrong");
    for _ in 0..10 {
        assert_eq!(server.json(AUTHORIZE, &wrong).await.status, 401);
    }
    let right = login("joe@example.com");
    assert_eq!(server.json(AUTHORIZE, &right).await.status, 429);
    let unlock = format!("/users/{}/unlock", fixtures::user_id(2));
    let unlocked = send(&server, &token, Method::POST, &unlock, None).await;
    assert_eq!(unlocked.ok().text("email"), "joe@example.com");
    server.json(AUTHORIZE, &right).await.ok();
}

#[tokio::test]
async fn deletion_checks_version_and_frees_address() {
    let server = server("owner").await;
    let token = token(&server).await;
    let joe = format!("/users/{}", fixtures::user_id(2));
    let delete = async |tag: &str| {
        let headers = [(header::IF_MATCH, tag)];
        let target = (Method::DELETE, joe.as_str());
        let answer = send_with(&server, &token, target, &headers, None).await;
        answer.status.as_u16()
    };
    assert_eq!(delete("\"99\"").await, 412);
    assert_eq!(delete("\"1\"").await, 204);
    assert_eq!(delete("\"1\"").await, 404);
    let body = json!({"email": "joe@example.com"});
    let created = send(&server, &token, Method::POST, "/users", Some(&body)).await;
    assert_eq!(created.status, 201);
    for list in [
        "passkeys",
        "recovery-codes",
        "devices",
        "consents",
        "sessions",
        "grants",
    ] {
        let path = format!("{joe}/{list}");
        let gone = send(&server, &token, Method::GET, &path, None).await;
        assert_eq!(gone.status, 404, "{list}");
    }
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
