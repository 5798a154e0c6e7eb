//! Sign-in at a client that registered itself.

use super::{anyone, notes, register, send};
use crate::browser::{Browser, REQUEST};
use crate::facts::{CALLBACK, CHALLENGE, VERIFIER};
use crate::login::PASSWORD;
use crate::requests::{basic, form, with};
use axum::http::{Method, header};
use serde_json::{Value, json};

/// Returns the parameters of an authorization request of a client.
fn asking<'a>(client: &'a str, redirect_uri: &'a str) -> Vec<(&'a str, &'a str)> {
    let request = with(&REQUEST, "client_id", client);
    let request = with(&request, "redirect_uri", redirect_uri);
    with(&request, "scope", "openid email")
}

fn text<'a>(shown: &'a Value, name: &str) -> &'a str {
    shown[name].as_str().unwrap()
}

#[tokio::test]
async fn user_signs_in_after_consent() {
    let server = anyone().await;
    let shown = register(&server, None, &notes()).await.json();
    let id = text(&shown, "client_id");
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser.authorize(&asking(id, CALLBACK)).await;
    assert_eq!(browser.path(), "/consent");
    assert!(!browser.html().contains("class=\"problem\""));
    browser.submit(&[("decision", "agree")]).await;
    let code = browser.parameter("code").unwrap();
    let basic = basic(id, text(&shown, "client_secret"));
    let headers = [
        (header::AUTHORIZATION, basic.as_str()),
        (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
    ];
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]);
    let tokens = server.post("/oauth2/token", &headers, body).await.ok();
    assert_eq!(tokens.text("scope"), "openid email");
    browser.authorize(&asking(id, CALLBACK)).await;
    assert!(browser.parameter("code").is_some(), "consent is remembered");
}

#[tokio::test]
async fn changed_metadata_asks_for_consent_again() {
    let server = anyone().await;
    let shown = register(&server, None, &notes()).await.json();
    let id = text(&shown, "client_id");
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser.authorize(&asking(id, CALLBACK)).await;
    browser.submit(&[("decision", "agree")]).await;
    assert!(browser.parameter("code").is_some());
    let mut change = notes();
    change["client_id"] = json!(id);
    change["client_name"] = json!("Bank");
    let path = format!("/oauth2/register/{id}");
    let token = Some(text(&shown, "registration_access_token"));
    send(&server, Method::PUT, &path, token, Some(&change))
        .await
        .ok();
    server.follow().await;
    browser.authorize(&asking(id, CALLBACK)).await;
    assert_eq!(browser.path(), "/consent");
    assert!(browser.html().contains("Bank"));
    server.pass(1);
    browser.submit(&[("decision", "agree")]).await;
    assert!(browser.parameter("code").is_some());
    browser.authorize(&asking(id, CALLBACK)).await;
    assert!(
        browser.parameter("code").is_some(),
        "the new consent counts"
    );
}

#[tokio::test]
async fn malformed_request_is_not_redirected_to_stranger() {
    let server = anyone().await;
    let shown = register(&server, None, &notes()).await.json();
    let mut browser = Browser::new(&server);
    let request = asking(text(&shown, "client_id"), CALLBACK);
    for wrong in [
        with(&request, "response_type", "token"),
        with(&request, "scope", "unregistered"),
        [&request[..], &[("prompt", "none"), ("prompt", "none")]].concat(),
    ] {
        browser.authorize(&wrong).await;
        assert_eq!(browser.status().as_u16(), 400, "{wrong:?}");
        assert_eq!(browser.parameter("error"), None);
    }
    browser.authorize(&with(&request, "prompt", "none")).await;
    // RFC 9700 section 4.11.2 excepts silent authentication.
    assert_eq!(browser.parameter("error").unwrap(), "login_required");
}

#[tokio::test]
async fn stranger_may_not_collect_passwords() {
    let server = anyone().await;
    let mut body = notes();
    body["token_endpoint_auth_method"] = json!("none");
    let shown = register(&server, None, &body).await.json();
    let fields = [
        ("email", "jane@example.com"),
        ("password", PASSWORD),
        ("client_id", text(&shown, "client_id")),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let refused = server.json("/v1/oauth2/authorize", &fields).await;
    assert_eq!(refused.status.as_u16(), 400);
    let rule = String::from_utf8_lossy(&refused.body).into_owned();
    assert!(rule.contains("a client that registered itself"), "{rule}");
}

#[tokio::test]
async fn page_warns_of_loopback_and_links_to_policy() {
    let server = anyone().await;
    let mut body = notes();
    body["redirect_uris"] = json!(["http://127.0.0.1/callback"]);
    body["policy_uri"] = json!("https://app.example/privacy?a=1&b=2");
    body["tos_uri"] = json!("https://app.example/terms");
    let shown = register(&server, None, &body).await.json();
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let request = asking(text(&shown, "client_id"), "http://127.0.0.1:7000/callback");
    browser.authorize(&request).await;
    assert_eq!(browser.path(), "/consent");
    let html = browser.html();
    assert!(
        html.contains("Any app on this device could pretend to be Notes."),
        "{html}"
    );
    assert!(html.contains("https://app.example/terms"));
    assert!(
        html.contains("https://app.example/privacy?a=1&#38;b=2"),
        "{html}"
    );
}
