//! Refused requests, explained from the ID that a person or a client sees.

use super::request_id;
use crate::admin_api::{send, server, token};
use crate::browser::Browser;
use crate::facts::FORM;
use crate::harness::Server;
use crate::login::login;
use crate::requests::{Answer, exchange, machine, with};
use axum::http::Method;
use serde_json::Value;

const EMAIL: &str = "jane@example.com";
/// In every request of these tests, where a secret belongs.
const GUESS: &str = "guess-7f3a9c";

async fn answered(server: &Server, id: &str) -> Answer {
    server.happened().await;
    let token = token(server).await;
    let path = format!("/explanations/{id}");
    send(server, &token, Method::GET, &path, None).await
}

/// Returns the explanation of a request. No explanation has a secret of the request.
async fn explained(server: &Server, id: &str) -> Value {
    let answer = answered(server, id).await.ok();
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert!(!text.contains(GUESS), "{text}");
    answer.json()
}

fn passed(explanation: &Value) -> Vec<&str> {
    let checks = explanation["passed"].as_array().unwrap().iter();
    checks
        .map(|check| check["check"].as_str().unwrap())
        .collect()
}

fn fact<'a>(explanation: &'a Value, name: &str) -> &'a str {
    let mut facts = explanation["facts"].as_array().unwrap().iter();
    let fact = facts.find(|fact| fact["name"] == name);
    fact.unwrap_or_else(|| panic!("{name}: {explanation}"))["value"]
        .as_str()
        .unwrap()
}

/// Returns the request ID that a page shows.
fn shown(html: &str) -> &str {
    let code = html.split("<code class=\"copyable\">").nth(1);
    let code = code.unwrap_or_else(|| panic!("no request ID in {html}"));
    code.split('<').next().unwrap()
}

#[tokio::test]
async fn refused_sign_in_is_explained_by_id_on_page() {
    let server = server("auditor").await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    let fields = [("email", EMAIL), ("password", GUESS)];
    browser.submit(&fields).await;
    let html = browser.html();
    let explanation = explained(&server, shown(&html)).await;
    assert_eq!(explanation["rule"], "login_failed");
    assert_eq!(explanation["endpoint"], "/login");
    assert_eq!(fact(&explanation, "method"), "password");
    assert_eq!(passed(&explanation), ["form_valid", "attempts_left"]);
    assert_eq!(explanation["failed"]["check"], "password_right");
    let jane = countersign_store_contract::fixtures::user_id(1).to_string();
    assert_eq!(explanation["user_id"], jane);
    // An email address is personal data, and may have been typed by mistake.
    assert!(!explanation.to_string().contains(EMAIL), "{explanation}");
}

#[tokio::test]
async fn refused_token_request_is_explained_by_id_in_header() {
    let server = server("auditor").await;
    let code = server.code("web");
    let verifier = format!("{GUESS}{}", "-".repeat(43));
    let exchanged = exchange("web", &code);
    let wrong_verifier = with(&exchanged, "code_verifier", &verifier);
    let wrong_secret = with(&exchanged, "client_secret", GUESS);
    let wrong_code = with(&exchanged, "code", GUESS);
    for (request, rule, failed) in [
        (&wrong_secret, "secret_wrong", "credentials_valid"),
        (&wrong_code, "code_unknown", "code_known"),
        (
            &wrong_verifier,
            "verifier_mismatch",
            "code_verifier_matches",
        ),
    ] {
        let answer = server.form(FORM, request).await;
        let explanation = explained(&server, &request_id(&answer)).await;
        assert_eq!(explanation["rule"], rule);
        assert_eq!(explanation["failed"]["check"], failed, "{explanation}");
        assert_eq!(explanation["error"], answer.text("error"));
        assert_eq!(explanation["client_id"], "web");
        assert_eq!(fact(&explanation, "grant_type"), "authorization_code");
        let method = fact(&explanation, "client_authentication");
        assert_eq!(method, "client_secret_post");
        assert_eq!(fact(&explanation, "code_verifier"), "sent");
        assert_eq!(passed(&explanation)[0], "request_readable");
        assert!(!explanation.to_string().contains(&code), "{explanation}");
    }
}

#[tokio::test]
async fn refused_redirect_is_explained_by_id_on_page() {
    let server = server("auditor").await;
    let mut browser = Browser::new(&server);
    let uri = "https://app.example/other?token=1";
    let request = with(&crate::browser::REQUEST, "redirect_uri", uri);
    browser.authorize(&request).await;
    let html = browser.html();
    let explanation = explained(&server, shown(&html)).await;
    assert_eq!(explanation["rule"], "redirect_uri_not_registered");
    assert_eq!(explanation["evidence"], "https://app.example/other?..");
    assert_eq!(passed(&explanation), ["request_readable", "client_known"]);
    assert_eq!(explanation["failed"]["check"], "redirect_uri_registered");
    let noted = fact(&explanation, "redirect_uri");
    assert_eq!(noted, "https://app.example/other");
    let advice = explanation["advice"].as_str().unwrap();
    assert!(advice.contains("countersign clients edit"), "{advice}");
}

#[tokio::test]
async fn error_for_client_is_explained_by_id_of_redirect() {
    let server = server("auditor").await;
    let mut browser = Browser::new(&server);
    let request = with(&crate::browser::REQUEST, "scope", "read everything");
    browser.authorize(&request).await;
    assert_eq!(browser.parameter("error").unwrap(), "invalid_scope");
    let id = browser.header("request-id").unwrap().to_owned();
    let explanation = explained(&server, &id).await;
    assert_eq!(explanation["rule"], "scope_not_registered");
    assert_eq!(explanation["evidence"], "everything");
    assert_eq!(fact(&explanation, "scope"), "read everything");
    assert_eq!(fact(&explanation, "code_challenge"), "S256");
    let passed = passed(&explanation);
    assert!(passed.contains(&"response_type_code"), "{passed:?}");
    assert!(!passed.contains(&"code_challenge_valid"), "{passed:?}");
}

#[tokio::test]
async fn refused_json_login_is_explained() {
    let server = server("auditor").await;
    let wrong = with(&login(EMAIL), "password", GUESS);
    let answer = server.json("/v1/oauth2/authorize", &wrong).await;
    let explanation = explained(&server, &request_id(&answer)).await;
    assert_eq!(explanation["failed"]["check"], "password_right");
    let passed = passed(&explanation);
    assert!(passed.contains(&"redirect_uri_registered"), "{passed:?}");
}

#[tokio::test]
async fn request_without_stored_refusal_gets_404_with_reason() {
    let server = server("auditor").await;
    let accepted = server.form(FORM, &machine()).await.ok();
    let accepted = request_id(&accepted);
    let unknown = format!("{}0000000000000", &accepted[..7]);
    server.pass(10);
    let open = answered(&server, &accepted).await;
    let open = open.text("detail");
    assert!(open.contains("when the minute ends"), "{open}");
    server.pass(60);
    for (id, words) in [
        (accepted.as_str(), "the request was accepted"),
        (&unknown, "the request was accepted"),
        ("1234", "not a request ID"),
    ] {
        let answer = answered(&server, id).await;
        assert_eq!(answer.status, 404);
        let detail = answer.text("detail");
        assert!(detail.contains(words), "{detail}");
    }
}

#[tokio::test]
async fn counts_are_given_where_bound_was_reached() {
    let mut server = server("auditor").await;
    server.address = Some([192, 0, 2, 7].into());
    let wrong = [("grant_type", "unknown")];
    let mut last = String::new();
    for _ in 0..30 {
        last = request_id(&server.form(FORM, &wrong).await);
    }
    server.pass(60);
    let answer = answered(&server, &last).await;
    assert_eq!(answer.status, 404);
    let detail = answer.text("detail");
    assert!(detail.contains("10 by grant_type_unsupported"), "{detail}");
}
