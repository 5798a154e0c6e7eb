//! `/api/roles` and the roles of a user.

use super::{call, invalid};
use crate::admin_api::{self, send, token, token_with};
use axum::http::Method;
use countersign_store_contract::fixtures;
use serde_json::json;

#[tokio::test]
async fn aero2_25_role_gets_permissions_and_is_granted() {
    let server = admin_api::server("owner").await;
    let token = token(&server).await;
    let call = async |path: &str, body| call(&server, &token, Method::POST, path, Some(body)).await;
    let new = json!({"name": "help-desk", "description": "Helps users"});
    let created = call("/api/roles", new).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.json()["permissions"], json!([]));
    let id = created.text("id");
    let permissions = format!("/api/roles/{id}/permissions");
    for (permission, expected) in [
        ("users:read", json!(["users:read"])),
        ("roles:read", json!(["users:read", "admin-roles:read"])),
    ] {
        let added = call(&permissions, json!({"permission_id": permission}))
            .await
            .ok();
        assert_eq!(added.json()["permissions"], expected);
    }
    let roles = format!("/api/users/{}/roles", fixtures::user_id(2));
    let granted = call(&roles, json!({"role_id": id})).await.ok();
    assert_eq!(granted.json(), json!({"message": "Role granted"}));
    let joe = token_with(&server, |code| {
        code.authorization.subject = fixtures::user_id(2).into();
    });
    let joe = joe.await;
    let read = send(&server, &joe, Method::GET, "/users", None).await;
    assert_eq!(read.status, 200);

    for (path, body, status) in [
        ("/api/roles", json!({"name": "help-desk"}), 409),
        ("/api/roles", json!({"name": "Help Desk"}), 400),
        (&permissions, json!({"permission_id": "users:destroy"}), 400),
        (
            "/api/roles/none/permissions",
            json!({"permission_id": "users:read"}),
            404,
        ),
        (&roles, json!({"role_id": "none"}), 404),
        (&roles, json!({"role": id}), 400),
    ] {
        assert_eq!(invalid(&call(path, body).await).0, status, "{path}");
    }
}

#[tokio::test]
async fn aero2_25_admin_is_the_role_owner() {
    let server = admin_api::server("owner").await;
    let owner = token(&server).await;
    let user = format!("/api/users/{}", fixtures::user_id(2));
    let roles = format!("{user}/roles");
    let admin = json!({"role_id": "admin"});
    let granted = call(&server, &owner, Method::POST, &roles, Some(admin.clone())).await;
    granted.ok();
    let shown = call(&server, &owner, Method::GET, &user, None).await.ok();
    assert_eq!(shown.json()["roles"], json!(["held", "admin"]));
    let add = json!({"permission_id": "users:read"});
    let path = "/api/roles/admin/permissions";
    let answer = call(&server, &owner, Method::POST, path, Some(add)).await;
    assert!(
        answer.status.is_client_error(),
        "the role is part of the server"
    );

    let server = admin_api::server("administrator").await;
    let administrator = token(&server).await;
    let answer = call(&server, &administrator, Method::POST, &roles, Some(admin)).await;
    assert_eq!(answer.refusal(), (403, "insufficient_scope".to_owned()));
}
