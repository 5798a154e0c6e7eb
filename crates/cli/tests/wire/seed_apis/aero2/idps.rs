//! `/api/idps`.

use super::{call, invalid};
use crate::admin_api::{self, token};
use crate::harness::Server;
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

const IDPS: &str = "/api/idps";

fn forge() -> Value {
    json!({"name": "forge", "type": "oauth2", "display_name": "Forge", "client_id": "abc",
        "client_secret": "hidden", "authorization_endpoint": "https://forge.example/authorize",
        "token_endpoint": "https://forge.example/token",
        "userinfo_endpoint": "https://forge.example/user", "scopes": "read:user user:email"})
}

/// Lists the providers without a token.
async fn seen_by_visitors(server: &Server) -> Value {
    let request = Request::get(IDPS).body(Body::empty()).unwrap();
    server.send(request).await.ok().json()["idps"].clone()
}

#[tokio::test]
async fn aero2_27_operator_creates_edits_and_deletes_idp() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    let call = async |method, path: &str, body| call(&server, &token, method, path, body).await;
    let created = call(Method::POST, IDPS, Some(forge())).await;
    assert_eq!(created.status, 201);
    let created = created.json();
    for field in ["name", "type", "display_name", "client_id", "scopes"] {
        assert_eq!(created[field], forge()[field], "{field}");
    }
    let id = created["id"].as_str().unwrap();
    let one = format!("{IDPS}/{id}");
    let listed = call(Method::GET, IDPS, None).await.ok().json();
    assert_eq!(listed["idps"], json!([created]));
    assert_eq!(listed["pagination"]["total"], 1);
    assert!(!listed.to_string().contains("hidden"));

    let disabled = call(Method::PUT, &one, Some(json!({"enabled": false})))
        .await
        .ok();
    assert_eq!(
        disabled.json(),
        json!({"message": "Identity provider updated"})
    );
    let change = json!({"type": "oidc", "issuer": "https://forge.example", "scopes": "openid",
        "client_secret": "hidden"});
    call(Method::PUT, &one, Some(change)).await.ok();
    let listed = call(Method::GET, IDPS, None).await.ok().json();
    assert_eq!(listed["idps"][0]["issuer"], "https://forge.example");
    assert_eq!(listed["idps"][0]["enabled"], false);
    assert_eq!(listed["idps"][0].get("token_endpoint"), None);

    let deleted = call(Method::DELETE, &one, None).await.ok();
    assert_eq!(
        deleted.json(),
        json!({"message": "Identity provider deleted"})
    );
    let gone = call(Method::PUT, &one, Some(json!({"enabled": true}))).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn aero2_27_issuer_alone_suffices_and_common_providers_are_built_in() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    let create = async |body| call(&server, &token, Method::POST, IDPS, Some(body)).await;
    let corp = json!({"name": "corp", "type": "oidc", "issuer": "https://login.corp.example",
        "client_id": "abc", "client_secret": "hidden"});
    assert_eq!(create(corp).await.status, 201);
    let google = json!({"name": "google", "client_id": "abc", "client_secret": "hidden"});
    let google = create(google).await;
    assert_eq!(google.text("issuer"), "https://accounts.google.com");
    let github = json!({"name": "github", "type": "oauth2", "client_id": "abc",
        "client_secret": "hidden"});
    let github = create(github).await;
    assert_eq!(
        github.text("userinfo_endpoint"),
        "https://api.github.com/user"
    );
}

#[tokio::test]
async fn aero2_27_visitors_see_only_buttons_of_enabled_idps() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    call(&server, &token, Method::POST, IDPS, Some(forge())).await;
    let button = json!({"id": "forge", "name": "forge", "type": "oauth2",
        "display_name": "Forge", "enabled": true});
    assert_eq!(seen_by_visitors(&server).await, json!([button]));
    let one = format!("{IDPS}/forge");
    let disable = json!({"enabled": false});
    call(&server, &token, Method::PUT, &one, Some(disable))
        .await
        .ok();
    assert_eq!(seen_by_visitors(&server).await, json!([]));
    for (method, path) in [
        (Method::POST, IDPS),
        (Method::PUT, &one),
        (Method::DELETE, &one),
    ] {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/json");
        let request = request.body(Body::from("{}")).unwrap();
        assert_eq!(server.send(request).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn aero2_27_invalid_idp_is_refused_with_field() {
    let server = admin_api::server("administrator").await;
    let token = token(&server).await;
    for (field, value) in [
        (
            "authorization_endpoint",
            json!("http://forge.example/authorize"),
        ),
        ("token_endpoint", json!("//forge.example/token")),
        ("userinfo_endpoint", Value::Null),
        ("scopes", json!("read:user  user:email")),
        ("client_secret", Value::Null),
        ("type", json!("saml")),
    ] {
        let mut new = forge();
        new[field] = value;
        let answer = call(&server, &token, Method::POST, IDPS, Some(new)).await;
        let named = match field {
            // The rule is about all URLs.
            "authorization_endpoint" => "issuer",
            own => own,
        };
        let expected = (400, "validation_error".to_owned(), named.to_owned());
        assert_eq!(invalid(&answer), expected);
    }
    let operator = admin_api::server("operator").await;
    let token = admin_api::token(&operator).await;
    let refused = call(&operator, &token, Method::POST, IDPS, Some(forge())).await;
    assert_eq!(refused.status, 403);
}
