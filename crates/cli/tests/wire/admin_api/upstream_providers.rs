//! Upstream providers.

use super::{send, send_with, server, token};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::{Method, header};
use countersign_domain::federation::protocol::{UpstreamAuthentication, UpstreamProtocol};
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_ports::{Defined as _, Definition, DefinitionKey, DefinitionRepository as _};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const ALL: &str = "/upstream-providers";
const CORP: &str = "/upstream-providers/corp";

fn corp() -> Value {
    json!({"name": "corp", "issuer": "https://login.corp.example", "client_id": "countersign",
        "client_secret": "first secret"})
}

async fn post(server: &Server, token: &str, body: Value) -> Answer {
    send(server, token, Method::POST, ALL, Some(&body)).await
}

async fn patch(server: &Server, token: &str, body: Value) -> Answer {
    send(server, token, Method::PATCH, CORP, Some(&body)).await
}

async fn stored(server: &Server, name: &str) -> UpstreamProvider {
    let key = DefinitionKey::of::<UpstreamProvider>(name);
    let found = server.store.find_definition(TENANT, &key).await.unwrap();
    found.and_then(UpstreamProvider::from_definition).unwrap()
}

/// Returns the status, the code and the field of an error.
fn refused(answer: &Answer) -> (u16, String, String) {
    let (code, field) = (answer.text("code"), answer.json()["field"].clone());
    let field = field.as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), code, field)
}

fn invalid(field: &str) -> (u16, String, String) {
    (400, "upstream_provider_invalid".into(), field.into())
}

#[tokio::test]
async fn preset_needs_only_client_id_and_secret() {
    let server = server("administrator").await;
    let token = token(&server).await;
    for (preset, kind, url, endpoint, trusted) in [
        (
            "google",
            "oidc",
            "issuer",
            "https://accounts.google.com",
            json!(["*"]),
        ),
        (
            "microsoft",
            "oidc",
            "issuer",
            "https://login.microsoftonline.com/common/v2.0",
            json!(["*"]),
        ),
        (
            "apple",
            "oidc",
            "issuer",
            "https://appleid.apple.com",
            json!([]),
        ),
        (
            "github",
            "oauth2",
            "emails_endpoint",
            "https://api.github.com/user/emails",
            json!(["*"]),
        ),
        ("gitlab", "oidc", "issuer", "https://gitlab.com", json!([])),
    ] {
        let new = json!({"name": preset, "preset": preset, "client_id": "1234",
            "client_secret": "x"});
        let created = post(&server, &token, new).await;
        assert_eq!(created.status, 201, "{preset}");
        let created = created.json();
        assert_eq!(created["type"], kind, "{preset}");
        assert_eq!(created[url], endpoint, "{preset}");
        assert_eq!(created["trusted_domains"], trusted, "{preset}");
    }
    let okta = json!({"name": "okta", "preset": "okta", "client_id": "1", "client_secret": "x"});
    let no_issuer = post(&server, &token, okta).await;
    assert_eq!(
        refused(&no_issuer),
        (400, "field_invalid".into(), "issuer".into())
    );
}

#[tokio::test]
async fn client_secret_is_sealed_and_never_shown() {
    let server = server("administrator").await;
    let token = token(&server).await;
    let created = post(&server, &token, corp()).await;
    assert_eq!(created.status, 201);
    let sealed = stored(&server, "corp").await.secret.unwrap().sealed;
    let rotated = patch(&server, &token, json!({"client_secret": "second secret"})).await;
    let rotated = rotated.ok().json();
    assert_ne!(stored(&server, "corp").await.secret.unwrap().sealed, sealed);
    let events = send(&server, &token, Method::GET, "/events", None).await;
    let events = events.ok().json().to_string();
    assert!(events.contains("upstream_provider.updated"), "{events}");
    assert!(events.contains("client_secret"), "{events}");
    let shown = format!("{}{rotated}{events}", created.json());
    assert!(!shown.contains("first secret") && !shown.contains("second secret"));
    let read = String::from_utf8_lossy(&sealed).into_owned();
    assert!(!read.contains("first secret"));
}

#[tokio::test]
async fn secret_goes_to_another_server_only_if_given_again() {
    let server = server("administrator").await;
    let token = token(&server).await;
    post(&server, &token, corp()).await;
    let evil = json!({"issuer": "https://evil.example"});
    let moved = patch(&server, &token, evil.clone()).await;
    assert_eq!(refused(&moved), invalid("client_secret"));
    assert_eq!(
        stored(&server, "corp")
            .await
            .protocol
            .issuer()
            .unwrap()
            .as_str(),
        "https://login.corp.example"
    );
    let mut known = evil;
    known["client_secret"] = json!("first secret");
    patch(&server, &token, known).await.ok();
}

#[tokio::test]
async fn method_without_secret_removes_it() {
    let server = server("administrator").await;
    let token = token(&server).await;
    post(&server, &token, corp()).await;
    let method = |name: &str| json!({"token_endpoint_auth_method": name});
    let changed = patch(&server, &token, method("private_key_jwt")).await.ok();
    assert_eq!(changed.json()["secret_created_at"], Value::Null);
    assert_eq!(stored(&server, "corp").await.secret, None);
    let back = patch(&server, &token, method("client_secret_basic")).await;
    assert_eq!(refused(&back), invalid("client_secret"));
}

#[tokio::test]
async fn private_network_needs_permission_of_its_own() {
    let mut local = corp();
    local["issuer"] = json!("http://127.0.0.1:9000");
    local["allow_private_network"] = json!(true);
    let administrator = server("administrator").await;
    let token = token(&administrator).await;
    let created = post(&administrator, &token, local.clone()).await;
    assert_eq!(created.status, 403);
    let missing = created.text("missing_permissions");
    assert_eq!(missing, "upstream-providers:private-networks");
    let owner = server("owner").await;
    let token = super::token(&owner).await;
    assert_eq!(post(&owner, &token, local.clone()).await.status, 201);
    local["allow_private_network"] = json!(false);
    local["name"] = json!("other");
    let plain = post(&owner, &token, local).await;
    assert_eq!(refused(&plain), invalid("issuer"));
}

#[tokio::test]
async fn provider_in_private_network_is_not_moved_without_permission() {
    let server = server("administrator").await;
    let token = token(&server).await;
    let name = ProviderName::parse("corp").unwrap();
    let issuer = UpstreamUrl::parse("http://127.0.0.1:9000").unwrap();
    let protocol = UpstreamProtocol::OpenIdConnect { issuer };
    let mut local = UpstreamProvider::new(name, None, protocol, "countersign", fixtures::NOW);
    local.authentication = UpstreamAuthentication::None;
    local.allow_private_network = true;
    server.put(Definition::UpstreamProvider(local)).await;
    let moved = json!({"issuer": "http://127.0.0.1:1"});
    assert_eq!(patch(&server, &token, moved).await.status, 403);
    patch(&server, &token, json!({"display_name": "New"}))
        .await
        .ok();
}

#[tokio::test]
async fn provider_is_changed_and_deleted() {
    let server = server("administrator").await;
    let token = token(&server).await;
    post(&server, &token, corp()).await;
    assert_eq!(post(&server, &token, corp()).await.status, 409);
    let tables = json!({
        "groups": {"claim": "groups", "values": {"eng": ["engineers", "staff"]}},
        "roles": {"claim": "groups", "values": {"eng": {"https://api.example": ["editor"]}}},
        "profile": {"name": ["nickname"]},
        "home_domains": ["corp.example"],
        "enabled": false,
    });
    let stale = [(header::IF_MATCH, "\"7\"")];
    let target = (Method::PATCH, CORP);
    let refusal = send_with(&server, &token, target.clone(), &stale, Some(&tables)).await;
    assert_eq!(refusal.status, 412);
    let changed = patch(&server, &token, tables.clone()).await.ok().json();
    for field in ["groups", "roles", "home_domains", "enabled"] {
        assert_eq!(changed[field], tables[field], "{field}");
    }
    assert_eq!(changed["profile"]["name"], json!(["nickname"]));
    assert_eq!(changed["profile"]["email"], json!(["email", "mail"]));
    let renamed = patch(&server, &token, json!({"name": "other"})).await;
    assert_eq!(renamed.status, 400);
    let deleted = send(&server, &token, Method::DELETE, CORP, None).await;
    assert_eq!(deleted.status, 204);
    let gone = send(&server, &token, Method::GET, CORP, None).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn invalid_provider_is_refused_with_field() {
    let server = server("administrator").await;
    let token = token(&server).await;
    for (field, value) in [
        ("trusted_domains", json!(["Corp.example"])),
        ("trusted_domains", json!(["*", "corp.example"])),
        ("issuer", json!("login.corp.example")),
        ("preset", json!("google")),
        ("preset", json!("facebook")),
        ("type", json!("saml")),
        ("token_endpoint", json!("https://login.corp.example/token")),
        ("scope", json!("email")),
        ("profile", json!({"address": ["home"]})),
        (
            "groups",
            json!({"claim": "groups", "values": {"a": ["Not a name"]}}),
        ),
        ("client_secret", json!("ünïcode")),
        ("client_secret", Value::Null),
        ("name", json!("Corp")),
    ] {
        let mut new = corp();
        new[field] = value;
        let answer = post(&server, &token, new).await;
        let (status, _, named) = refused(&answer);
        assert_eq!((status, named.as_str()), (400, field), "{}", answer.json());
    }
}
