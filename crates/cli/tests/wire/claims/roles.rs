//! `GET /v1/users/{sub}/roles`.

use super::{API, jane, server};
use crate::facts::FORM;
use crate::harness::Server;
use crate::requests::{Answer, machine};
use axum::body::Body;
use axum::http::{Request, header};
use countersign_domain::resource::Resource;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::scope::Scope;
use countersign_store_contract::fixtures::{self, application_role, defined_role};
use serde_json::json;

const QUERY: &str = "audience=https%3A%2F%2Fapi.example";

/// Returns a server whose client `machine` introspects for the resource server, and its access token with this scope.
async fn asking(scope: &str) -> (Server, String) {
    let server = server().await;
    server
        .change("machine", |own| own.scope = Scope::parse(scope).unwrap())
        .await;
    let api = ResourceServer {
        introspection_clients: vec![fixtures::client_id("machine")],
        roles: vec![defined_role("editor"), defined_role("reader")],
        version: 1,
        ..ResourceServer::new(API, "API", fixtures::NOW)
    };
    server.put_resource_server(api).await;
    let token = server
        .form(FORM, &machine())
        .await
        .ok()
        .text("access_token");
    (server, token)
}

async fn ask(server: &Server, token: &str, subject: &str, query: &str) -> Answer {
    let request = Request::get(format!("/v1/users/{subject}/roles?{query}"));
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    server.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn resource_server_learns_roles_that_it_defines() {
    let (server, token) = asking("user:roles").await;
    server
        .change_user(jane(), |user| {
            user.roles.insert(API, application_role("reader"));
            user.roles.insert(API, application_role("undefined"));
            user.roles
                .insert("https://b.example", application_role("admin"));
        })
        .await;
    let subject = jane().to_string();
    let answer = ask(&server, &token, &subject, QUERY).await.ok();
    let expected = json!({"sub": subject, "audience": API, "roles": ["editor", "reader"]});
    assert_eq!(answer.json(), expected);
    server
        .change_user(jane(), |user| user.enabled = false)
        .await;
    let answer = ask(&server, &token, &subject, QUERY).await.ok();
    assert_eq!(answer.json()["roles"], json!([]));
    for stranger in ["jane", "%FF", &fixtures::user_id(8).to_string()] {
        let answer = ask(&server, &token, stranger, QUERY).await.ok();
        assert_eq!(answer.json()["roles"], json!([]), "{stranger}");
    }
}

#[tokio::test]
async fn roles_request_that_breaks_a_rule_is_refused() {
    let (server, token) = asking("user:roles").await;
    let subject = jane().to_string();
    let other = "audience=https%3A%2F%2Fb.example";
    let refused = ask(&server, &token, &subject, other).await;
    assert_eq!(refused.refusal(), (403, "insufficient_scope".into()));
    let missing = ask(&server, &token, &subject, "").await;
    assert_eq!(missing.refusal(), (400, "invalid_request".into()));
    let of_user = server.tokens("web").await.text("access_token");
    let refused = ask(&server, &of_user, &subject, QUERY).await;
    assert_eq!(refused.refusal(), (403, "insufficient_scope".into()));
    let refused = ask(&server, "x", &subject, QUERY).await;
    assert_eq!(refused.refusal(), (401, "invalid_token".into()));
    server
        .change("machine", |own| {
            own.resources = vec![Resource::parse(API).unwrap()];
        })
        .await;
    let mut parameters = machine();
    parameters.push(("resource", API));
    let for_api = server.form(FORM, &parameters).await.ok();
    let refused = ask(&server, &for_api.text("access_token"), &subject, QUERY).await;
    assert_eq!(refused.status.as_u16(), 401);
    let (server, token) = asking("api:read").await;
    let refused = ask(&server, &token, &subject, QUERY).await;
    assert_eq!(refused.refusal(), (403, "insufficient_scope".into()));
}
