//! Logout at the provider of a session.

use super::provider::{DISCOVERY, come_back, corp, document, leave, respond_with, set_up, sign_in};
use crate::browser::{Browser, parameter, served};
use crate::harness::Server;
use crate::requests::form;
use crate::token::private_key_jwt::OWN;
use axum::http::StatusCode;
use serde_json::json;
use std::time::Duration;

const END: &str = "https://idp.example/end?tenant=1";
const BYE: &str = "https://app.example/bye";

/// Sets up the provider. Its document has an `end_session_endpoint` if `is_offered`.
async fn set_up_with(server: &Server, is_set: bool, is_offered: bool) {
    let mut provider = corp();
    provider.rp_initiated_logout = is_set;
    set_up(server, provider).await;
    let mut document = document();
    if is_offered {
        document["end_session_endpoint"] = json!(END);
    }
    server.outside.publish(DISCOVERY, &document.to_string());
}

/// Asks for a logout for the client `web`, and confirms it.
async fn log_out(browser: &mut Browser<'_>) {
    let parameters = [
        ("client_id", "web"),
        ("post_logout_redirect_uri", BYE),
        ("state", "a b"),
    ];
    browser
        .open(&format!("/oauth2/logout?{}", form(&parameters)))
        .await;
    browser.submit(&[("decision", "logout")]).await;
}

/// Returns a parameter of the request that ends the session at the provider.
fn at_provider(browser: &Browser<'_>, name: &str) -> Option<String> {
    let location = browser.location().unwrap();
    assert!(location.starts_with(END), "{location}");
    parameter(location.split_once('?').unwrap().1, name)
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.open("/rp/userinfo").await;
    browser.status() == StatusCode::OK
}

#[tokio::test]
async fn logout_ends_session_at_provider_and_returns_to_client() {
    let server = served().await;
    set_up_with(&server, true, true).await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    let departed = leave(&mut browser).await;
    let claims = departed.claims(&server, "1", "new@example.com");
    let id_token = OWN.sign(&claims);
    respond_with(&server, &id_token, &claims);
    come_back(&mut browser, &departed).await;
    log_out(&mut browser).await;
    assert_eq!(at_provider(&browser, "id_token_hint"), Some(id_token));
    assert_eq!(
        at_provider(&browser, "client_id").as_deref(),
        Some("countersign")
    );
    assert_eq!(
        at_provider(&browser, "post_logout_redirect_uri").as_deref(),
        Some("https://auth.example/rp/logout")
    );
    let state = at_provider(&browser, "state").unwrap();
    assert!(!is_signed_in(&mut browser).await);
    let back = format!("/rp/logout?{}", form(&[("state", &state)]));
    browser.open(&back).await;
    assert_eq!(
        browser.location().as_deref(),
        Some("https://app.example/bye?state=a%20b")
    );
    let mut other = Browser::new(&server);
    other.open(&back).await;
    assert_eq!((other.status(), other.location()), (StatusCode::OK, None));
}

#[tokio::test]
async fn sign_out_of_account_page_leads_to_provider() {
    let server = served().await;
    set_up_with(&server, true, true).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    browser.open("/account").await;
    browser.submit(&[]).await;
    let html = browser.html();
    assert!(
        html.contains("https://idp.example/end?tenant=1&#38;client_id="),
        "{html}"
    );
    assert!(!is_signed_in(&mut browser).await);
    browser.open("/rp/logout").await;
    assert_eq!(browser.status(), StatusCode::OK);
}

/// Signs out in another session than one that the provider can end.
async fn ends_here(mut browser: Browser<'_>, what: &str) {
    log_out(&mut browser).await;
    let location = browser.location();
    let bye = "https://app.example/bye?state=a%20b";
    assert_eq!(location.as_deref(), Some(bye), "{what}");
}

#[tokio::test]
async fn logout_stays_here_unless_setting_and_provider_have_it() {
    for (is_set, is_offered) in [(false, true), (true, false)] {
        let server = served().await;
        set_up_with(&server, is_set, is_offered).await;
        let mut browser = Browser::new(&server);
        sign_in(&server, &mut browser, "1", "new@example.com").await;
        ends_here(browser, &format!("{is_set} {is_offered}")).await;
    }
}

#[tokio::test]
async fn logout_stays_here_after_provider_is_disabled() {
    let server = served().await;
    set_up_with(&server, true, true).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    let mut disabled = corp();
    disabled.rp_initiated_logout = true;
    disabled.enabled = false;
    disabled.version = 1;
    set_up(&server, disabled).await;
    ends_here(browser, "disabled").await;
}

#[tokio::test]
async fn session_with_password_ends_here() {
    let server = served().await;
    set_up_with(&server, true, true).await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    browser.log_in("jane@example.com").await;
    ends_here(browser, "password").await;
}

#[tokio::test]
async fn session_here_ends_before_provider_answers() {
    let server = served().await;
    set_up_with(&server, true, true).await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    // Another node, which does not know the document of the provider yet.
    let node = server.beside();
    node.outside.silence(DISCOVERY);
    let mut elsewhere = Browser::new(&node);
    elsewhere.cookies.clone_from(&browser.cookies);
    let waits = tokio::time::timeout(Duration::from_millis(500), log_out(&mut elsewhere));
    assert!(waits.await.is_err(), "{}", elsewhere.html());
    assert!(!is_signed_in(&mut browser).await);
}
