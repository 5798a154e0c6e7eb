//! Clients that register themselves: `POST /oauth2/register` (RFC 7591).

mod consent;
mod limits;
mod management;

use crate::browser::served;
use crate::facts::ISSUER;
use crate::harness::Server;
use crate::requests::Answer;
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_domain::client::dynamic::policy::{RegistrationMode, RegistrationPolicy};
use countersign_ports::{Definition, DefinitionRepository as _, Race};
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const REGISTER: &str = "/oauth2/register";

/// Initial access token of the fixture.
const INITIAL: &str = "partner.partner";

/// Returns a server with a policy.
async fn open(mode: RegistrationMode, change: impl FnOnce(&mut RegistrationPolicy)) -> Server {
    let server = served().await.with_settings(|settings| {
        let policy = &mut settings.client_registration;
        policy.mode = mode;
        change(policy);
    });
    let token = Definition::InitialAccessToken(fixtures::initial_access_token("partner"));
    let event = fixtures::event();
    let inserted = server
        .store
        .insert_definition(crate::facts::TENANT, &token, &event);
    assert_eq!(inserted.await.unwrap(), Race::Won);
    server
}

async fn anyone() -> Server {
    open(RegistrationMode::Anonymous, |_| {}).await
}

/// Sends a request with a JSON body and a bearer token.
async fn send(
    server: &Server,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    server.send(request.body(Body::from(body)).unwrap()).await
}

async fn register(server: &Server, token: Option<&str>, body: &Value) -> Answer {
    let answer = send(server, Method::POST, REGISTER, token, Some(body)).await;
    // The server follows the change feed.
    server.follow().await;
    answer
}

fn notes() -> Value {
    json!({"client_name": "Notes", "redirect_uris": ["https://app.example/callback"]})
}

#[tokio::test]
async fn registered_client_gets_everything_that_was_registered() {
    let server = anyone().await;
    let mut body = notes();
    body["contacts"] = json!(["jane@example.com"]);
    body["scope"] = json!("openid email admin");
    body["policy_uri"] = json!("https://app.example/privacy");
    let answer = register(&server, None, &body).await;
    assert_eq!(answer.status.as_u16(), 201);
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
    let shown = answer.json();
    let id = shown["client_id"].as_str().unwrap();
    let expected = json!({
        "client_id": id,
        "client_secret": shown["client_secret"],
        "client_id_issued_at": server.now().as_unix_seconds(),
        "client_secret_expires_at": 0,
        "registration_access_token": shown["registration_access_token"],
        "registration_client_uri": format!("{ISSUER}{REGISTER}/{id}"),
        "client_name": "Notes",
        "redirect_uris": ["https://app.example/callback"],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": "openid email",
        "policy_uri": "https://app.example/privacy",
        "subject_type": "public",
        "id_token_signed_response_alg": "RS256",
    });
    assert_eq!(shown, expected);
    for secret in ["client_secret", "registration_access_token"] {
        assert_eq!(shown[secret].as_str().unwrap().len(), 43, "256 bits");
    }
}

#[tokio::test]
async fn public_client_gets_no_secret() {
    let server = anyone().await;
    let mut body = notes();
    body["token_endpoint_auth_method"] = json!("none");
    let shown = register(&server, None, &body).await.json();
    assert!(shown["client_secret"].is_null() && shown["client_secret_expires_at"].is_null());
    assert!(shown["registration_access_token"].is_string());
}

#[tokio::test]
async fn token_mode_needs_valid_initial_access_token() {
    let server = open(RegistrationMode::Token, |_| {}).await;
    let missing = register(&server, None, &notes()).await;
    assert_eq!(missing.status.as_u16(), 401);
    let challenge = missing.header(header::WWW_AUTHENTICATE).unwrap();
    assert_eq!(challenge, "Bearer realm=\"countersign\"");
    for wrong in ["partner.other", "other.partner", "partner", "."] {
        let refused = register(&server, Some(wrong), &notes()).await;
        assert_eq!(
            refused.refusal(),
            (401, "invalid_token".to_owned()),
            "{wrong}"
        );
    }
    for _ in 0..2 {
        let accepted = register(&server, Some(INITIAL), &notes()).await;
        assert_eq!(accepted.status.as_u16(), 201);
    }
    let used_up = register(&server, Some(INITIAL), &notes()).await;
    assert_eq!(used_up.refusal(), (401, "invalid_token".to_owned()));
}

#[tokio::test]
async fn initial_access_token_expires() {
    let server = open(RegistrationMode::Token, |_| {}).await;
    server.pass(59);
    let accepted = register(&server, Some(INITIAL), &notes()).await;
    assert_eq!(accepted.status.as_u16(), 201);
    server.pass(1);
    let expired = register(&server, Some(INITIAL), &notes()).await;
    assert_eq!(expired.refusal(), (401, "invalid_token".to_owned()));
}

#[tokio::test]
async fn refused_metadata_uses_up_no_token() {
    let server = open(RegistrationMode::Token, |_| {}).await;
    for _ in 0..3 {
        let refused = register(&server, Some(INITIAL), &json!({})).await;
        assert_eq!(refused.refusal(), (400, "invalid_redirect_uri".to_owned()));
    }
    let accepted = register(&server, Some(INITIAL), &notes()).await;
    assert_eq!(accepted.status.as_u16(), 201);
}

#[tokio::test]
async fn registration_can_be_off_and_is_discovered_otherwise() {
    let document = "/.well-known/openid-configuration";
    let server = open(RegistrationMode::Off, |_| {}).await;
    let refused = register(&server, Some(INITIAL), &notes()).await;
    assert_eq!(refused.refusal(), (403, "access_denied".to_owned()));
    let shown = server.get(document).await.ok().json();
    assert!(shown["registration_endpoint"].is_null());
    let server = open(RegistrationMode::Token, |_| {}).await;
    let shown = server.get(document).await.ok().json();
    let expected = format!("{ISSUER}{REGISTER}");
    assert_eq!(shown["registration_endpoint"], json!(expected));
}

#[tokio::test]
async fn invalid_metadata_has_code_of_rfc_7591() {
    let server = anyone().await;
    for (member, value, code) in [
        ("redirect_uris", json!([]), "invalid_redirect_uri"),
        (
            "redirect_uris",
            json!("https://app.example"),
            "invalid_redirect_uri",
        ),
        (
            "redirect_uris",
            json!(["http://app.example/cb"]),
            "invalid_redirect_uri",
        ),
        (
            "redirect_uris",
            json!(["https://*.app.example/cb"]),
            "invalid_redirect_uri",
        ),
        (
            "redirect_uris",
            json!(["com.example.app:/cb"]),
            "invalid_redirect_uri",
        ),
        (
            "grant_types",
            json!(["client_credentials"]),
            "invalid_client_metadata",
        ),
        (
            "response_types",
            json!(["token"]),
            "invalid_client_metadata",
        ),
        ("client_name", json!("a\nb"), "invalid_client_metadata"),
        ("client_name", json!({}), "invalid_client_metadata"),
        ("scope", json!("admin"), "invalid_client_metadata"),
        (
            "token_endpoint_auth_method",
            json!("private_key_jwt"),
            "invalid_client_metadata",
        ),
        (
            "id_token_signed_response_alg",
            json!("HS256"),
            "invalid_client_metadata",
        ),
    ] {
        let mut body = notes();
        body[member] = value.clone();
        let refused = register(&server, None, &body).await;
        assert_eq!(
            refused.refusal(),
            (400, code.to_owned()),
            "{member}: {value}"
        );
        assert!(refused.header(header::WWW_AUTHENTICATE).is_none());
    }
    let not_json = server.post(REGISTER, &[], "x").await;
    assert_eq!(not_json.refusal(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn page_of_any_origin_may_register() {
    let server = anyone().await;
    let request = Request::post(REGISTER)
        .header(header::ORIGIN, "https://anywhere.example")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(notes().to_string()));
    let answer = server.send(request.unwrap()).await;
    assert_eq!(answer.status.as_u16(), 201);
    assert_eq!(
        answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        Some("*")
    );
}
