//! Introspection by resource servers.

use crate::harness::Server;
use crate::introspection::{inactive, introspected};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::resource::Resource;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::scope::Scope;
use countersign_store_contract::fixtures;
use serde_json::Value;

const API: &str = "https://api.example";

/// Resource server of [`API`], whose client is `other`.
fn api() -> ResourceServer {
    ResourceServer {
        introspection_clients: vec![fixtures::client_id("other")],
        ..ResourceServer::new(API, "API", fixtures::NOW)
    }
}

/// Returns a server with a user, and tokens that `web` has for [`API`] with this scope.
async fn signed_in(scope: &str) -> (Server, String) {
    let server = Server::start().await;
    let mut jane = fixtures::user(1, "jane@example.com");
    jane.profile
        .set_text(StandardClaim::Locale, Some("en".into()));
    server.add_user(&jane).await;
    server
        .change("web", |client| {
            client.scope = Scope::parse("openid email profile read").unwrap();
        })
        .await;
    let scope = Scope::parse(scope).unwrap();
    let code = server.code_with("web", |code| {
        code.authorization.subject = fixtures::user_id(1).into();
        code.authorization.access.scope = scope;
        code.authorization.access.resources = vec![Resource::parse(API).unwrap()];
    });
    let token = server.redeem("web", &code).await.ok().text("access_token");
    (server, token)
}

#[tokio::test]
async fn registered_client_introspects_tokens_of_audience() {
    let (server, token) = signed_in("openid email read").await;
    assert_eq!(introspected(&server, "other", &token).await, inactive());
    server.put_resource_server(api()).await;
    let described = introspected(&server, "other", &token).await;
    assert_eq!(described["active"], true);
    assert_eq!(described["aud"], API);
    assert_eq!(described["client_id"], "web");
    for name in ["username", "email", "email_verified"] {
        assert_eq!(described.get(name), None, "{name} without registration");
    }
    assert_eq!(introspected(&server, "es256", &token).await, inactive());
    let elsewhere = server.tokens("web").await.text("access_token");
    assert_eq!(introspected(&server, "other", &elsewhere).await, inactive());
}

#[tokio::test]
async fn resource_server_change_takes_effect() {
    let (server, token) = signed_in("openid").await;
    server.put_resource_server(api()).await;
    assert_eq!(introspected(&server, "other", &token).await["active"], true);
    let closed = ResourceServer {
        introspection_clients: Vec::new(),
        version: 1,
        ..api()
    };
    server.put_resource_server(closed).await;
    assert_eq!(introspected(&server, "other", &token).await, inactive());
}

async fn personal(scope: &str) -> Value {
    let (server, token) = signed_in(scope).await;
    let api = ResourceServer {
        personal_claims: true,
        ..api()
    };
    server.put_resource_server(api).await;
    introspected(&server, "other", &token).await
}

#[tokio::test]
async fn personal_claims_follow_scope_of_token() {
    let described = personal("openid email").await;
    assert_eq!(described["username"], "jane@example.com");
    assert_eq!(described["email"], "jane@example.com");
    assert_eq!(described.get("locale"), None);
    let described = personal("openid profile").await;
    assert_eq!(described["locale"], "en");
    for name in ["username", "email"] {
        assert_eq!(described.get(name), None, "{name} without its scope");
    }
}

#[tokio::test]
async fn token_of_disabled_user_is_inactive_for_resource_server() {
    let (server, token) = signed_in("openid email").await;
    let api = ResourceServer {
        personal_claims: true,
        ..api()
    };
    server.put_resource_server(api).await;
    server
        .change_user(fixtures::user_id(1), |user| user.enabled = false)
        .await;
    assert_eq!(introspected(&server, "other", &token).await, inactive());
}

#[tokio::test]
async fn resource_server_may_not_introspect_refresh_tokens() {
    let (server, _) = signed_in("openid").await;
    server.put_resource_server(api()).await;
    let refresh = server.tokens("web").await.text("refresh_token");
    assert_eq!(introspected(&server, "other", &refresh).await, inactive());
}
