//! Clients with the settings that they have by default: no PKCE, no userinfo request, any loopback port, a fixed scope.

use crate::browser::Browser;
use crate::facts::{CALLBACK, FORM, SECRET, VERIFIER};
use crate::harness::Server;
use crate::login::start;
use crate::requests::{Answer, claims, with, without};
use axum::http::header;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientType, GrantType};
use countersign_domain::scope::{Scope, UnregisteredScope};
use countersign_domain::user::profile::Address;
use countersign_store_contract::fixtures;
use serde_json::{Value, json};

const REQUEST: [(&str, &str); 5] = [
    ("client_id", "new"),
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
    ("scope", "openid profile email address phone"),
    ("nonce", "n-0S6_WzA2Mj"),
];

/// Creates a confidential client with the defaults of a new one.
fn new_client() -> Client {
    let id = fixtures::client_id("new");
    Client {
        secrets: vec![fixtures::client_secret("first")],
        grant_types: vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN],
        scope: Scope::parse("openid profile email address phone").unwrap(),
        redirect_uris: vec![RedirectUri::parse(CALLBACK).unwrap()],
        ..Client::new(id, "New", ClientType::Confidential, fixtures::NOW)
    }
}

/// Returns a server with the client and a user with an address and a phone number.
async fn served(client: &Client) -> Server {
    let server = start().await;
    server.register(client).await;
    server
        .change_user(fixtures::user_id(1), |jane| {
            jane.name = Some("Jane".to_owned());
            let phone = Some("+44 20 7946 0123".to_owned());
            jane.profile.set_text(StandardClaim::PhoneNumber, phone);
            jane.profile.address = Some(Address {
                locality: Some("London".to_owned()),
                ..Address::default()
            });
        })
        .await;
    server
}

/// Signs Jane in and consents, if she has not consented before. Returns the browser with the response for the client.
async fn signed_in<'a>(server: &'a Server, request: &[(&str, &str)]) -> Browser<'a> {
    let mut browser = Browser::new(server);
    browser.authorize(request).await;
    browser.log_in("jane@example.com").await;
    if browser.path() == "/consent" {
        browser.submit(&[("decision", "agree")]).await;
    }
    browser
}

fn exchange(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", "new"),
        ("client_secret", SECRET),
        ("redirect_uri", CALLBACK),
        ("code", code),
    ]
}

/// Signs Jane in and returns the token response.
async fn tokens(server: &Server, request: &[(&str, &str)]) -> Answer {
    let code = signed_in(server, request).await.parameter("code").unwrap();
    server.form(FORM, &exchange(&code)).await.ok()
}

async fn refresh(server: &Server, tokens: &Answer, scope: &str) -> Answer {
    let refresh_token = tokens.text("refresh_token");
    let request = [
        ("grant_type", "refresh_token"),
        ("client_id", "new"),
        ("client_secret", SECRET),
        ("refresh_token", &refresh_token),
        ("scope", scope),
    ];
    server.form(FORM, &request).await
}

fn id_token(answer: &Answer) -> Value {
    claims(&answer.text("id_token"))
}

#[tokio::test]
async fn new_client_signs_in_without_pkce_and_reads_id_token() {
    let server = served(&new_client()).await;
    let answer = tokens(&server, &REQUEST).await;
    let refreshed = refresh(&server, &answer, "openid email").await.ok();
    let claims = id_token(&answer);
    assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
    assert_eq!(claims["name"], "Jane");
    assert_eq!(claims["email"], "jane@example.com");
    let narrowed = id_token(&refreshed);
    assert_eq!(narrowed["email"], "jane@example.com");
    assert_eq!(narrowed.get("name"), None);
}

#[tokio::test]
async fn address_and_phone_are_only_in_userinfo_or_on_request() {
    let server = served(&new_client()).await;
    let answer = tokens(&server, &REQUEST).await;
    let claims = id_token(&answer);
    let bearer = format!("Bearer {}", answer.text("access_token"));
    let headers = [(header::AUTHORIZATION, bearer.as_str())];
    let info = server.post("/oauth2/userinfo", &headers, "").await.json();
    for name in ["address", "phone_number"] {
        assert_eq!(claims.get(name), None, "{name}");
        assert_ne!(info[name], Value::Null, "{name}");
    }
    let asked = r#"{"id_token":{"phone_number":null}}"#;
    let answer = tokens(&server, &with(&REQUEST, "claims", asked)).await;
    let claims = id_token(&answer);
    assert_eq!(claims["phone_number"], "+44 20 7946 0123");
    assert_eq!(claims.get("address"), None);
}

#[tokio::test]
async fn request_without_pkce_and_nonce_error_names_the_setting() {
    let server = served(&new_client()).await;
    let plain_oauth = with(&REQUEST, "scope", "profile");
    for request in [without(&REQUEST, "nonce"), plain_oauth] {
        let mut browser = Browser::new(&server);
        browser.authorize(&request).await;
        assert_eq!(browser.parameter("error").unwrap(), "invalid_request");
        let description = browser.parameter("error_description").unwrap();
        assert!(description.contains("nonce"), "{description}");
        assert!(
            description.contains("clients update --no-pkce"),
            "{description}"
        );
    }
}

/// An attacker removes the code challenge from the request, because the nonce makes it optional.
#[tokio::test]
async fn code_verifier_after_removed_challenge_is_rejected() {
    let server = served(&new_client()).await;
    let browser = signed_in(&server, &REQUEST).await;
    let code = browser.parameter("code").unwrap();
    let with_verifier = with(&exchange(&code), "code_verifier", VERIFIER);
    let refused = server.form(FORM, &with_verifier).await;
    assert_eq!(refused.refusal(), (400, "invalid_request".into()));
    // The rejected request changes nothing.
    server.form(FORM, &exchange(&code)).await.ok();
}

#[tokio::test]
async fn tenant_seeded_from_aero2_requires_pkce_despite_nonce() {
    let policy = RequestPolicy {
        pkce_for_all: true,
        ..RequestPolicy::default()
    };
    let server = served(&new_client()).await.with_requests(policy);
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.parameter("error").unwrap(), "invalid_request");
    let step = [
        ("email", "jane@example.com"),
        ("password", crate::login::PASSWORD),
    ];
    let json_login = server
        .json("/v1/oauth2/authorize", &[&REQUEST[..], &step].concat())
        .await;
    assert_eq!(json_login.refusal(), (400, "invalid_request".into()));
}

/// Returns the number of lines in the list of the consent page.
fn consented(browser: &Browser<'_>) -> usize {
    let html = browser.html();
    let list = html.split("class=\"scopes\"").nth(1).unwrap();
    list.split("</ul>").next().unwrap().matches("<li>").count()
}

#[tokio::test]
async fn unregistered_offline_access_is_neither_shown_nor_granted() {
    let server = served(&new_client()).await;
    let scope = "openid offline_access email";
    let request = with(&REQUEST, "scope", scope);
    let mut browser = Browser::new(&server);
    browser.authorize(&request).await;
    browser.log_in("jane@example.com").await;
    assert_eq!(consented(&browser), 2, "openid and email");
    browser.submit(&[("decision", "agree")]).await;
    let code = browser.parameter("code").unwrap();
    let answer = server.form(FORM, &exchange(&code)).await.ok();
    assert_eq!(answer.text("scope"), "openid email");
    let refreshed = refresh(&server, &answer, scope).await.ok();
    assert_eq!(refreshed.text("scope"), "openid email");
}

#[tokio::test]
async fn ignored_scope_is_neither_shown_nor_granted() {
    let scope = "openid groups email";
    let request = with(&REQUEST, "scope", scope);
    let server = served(&new_client()).await;
    let mut browser = Browser::new(&server);
    browser.authorize(&request).await;
    assert_eq!(browser.parameter("error").unwrap(), "invalid_scope");

    let server = server.with_requests(RequestPolicy {
        unregistered_scope: UnregisteredScope::Ignore,
        ..RequestPolicy::default()
    });
    let mut browser = Browser::new(&server);
    browser.authorize(&request).await;
    browser.log_in("jane@example.com").await;
    assert_eq!(consented(&browser), 2, "openid and email");
    browser.submit(&[("decision", "agree")]).await;
    let code = browser.parameter("code").unwrap();
    let answer = server.form(FORM, &exchange(&code)).await.ok();
    assert_eq!(answer.text("scope"), "openid email");
    let refreshed = refresh(&server, &answer, scope).await.ok();
    assert_eq!(refreshed.text("scope"), "openid email");
    let machine = [
        ("grant_type", "client_credentials"),
        ("client_id", "machine"),
        ("client_secret", SECRET),
        ("scope", "api:read groups"),
    ];
    let answer = server.form(FORM, &machine).await.ok();
    assert_eq!(answer.json()["scope"], json!("api:read"));
}

#[tokio::test]
async fn confidential_native_client_may_use_any_loopback_port() {
    let client = Client {
        redirect_uris: vec![RedirectUri::parse("http://localhost/callback").unwrap()],
        ..new_client()
    };
    let server = served(&client).await;
    let listening = "http://localhost:51004/callback";
    let browser = signed_in(&server, &with(&REQUEST, "redirect_uri", listening)).await;
    let location = browser.location().unwrap();
    let query = location
        .strip_prefix("http://localhost:51004/callback?")
        .unwrap();
    let code = crate::browser::parameter(query, "code").unwrap();
    let other_port = with(
        &exchange(&code),
        "redirect_uri",
        "http://localhost:51005/callback",
    );
    let refused = server.form(FORM, &other_port).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".into()));
    let same = with(&exchange(&code), "redirect_uri", listening);
    server.form(FORM, &same).await.ok();
}

#[tokio::test]
async fn other_host_than_loopback_shows_error_page() {
    let client = Client {
        redirect_uris: vec![RedirectUri::parse("http://localhost/callback").unwrap()],
        ..new_client()
    };
    let server = served(&client).await;
    for uri in [
        "http://localhost.evil/callback",
        "http://localhost:51004@evil.example/callback",
        "http://127.0.0.1:51004/callback",
        "http://localhost:51004/other",
        "https://localhost:51004/callback",
        "http://localhost:0/callback",
    ] {
        let mut browser = Browser::new(&server);
        browser
            .authorize(&with(&REQUEST, "redirect_uri", uri))
            .await;
        assert_eq!(browser.status().as_u16(), 400, "{uri}");
        assert_eq!(browser.location(), None, "{uri}");
    }
}
