//! Providers as the only way in, for a client and for the whole server.

use super::provider::{come_back, corp, leave, respond, set_up, sign_in};
use crate::browser::{Browser, REQUEST, served};
use crate::harness::Server;
use crate::login;
use crate::recovery::link;
use crate::requests::json;
use crate::requests::with;
use axum::http::{StatusCode, header};
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::tenant::sign_up::{SignUpMode, SignUpPolicy};
use std::time::Duration;

fn name(text: &str) -> ProviderName {
    ProviderName::parse(text).unwrap()
}

fn only(server: Server, provider: &str) -> Server {
    server.with_settings(|settings| settings.upstream_only = vec![name(provider)])
}

async fn restricted() -> Server {
    let server = served().await;
    set_up(&server, corp()).await;
    server
        .change("web", |web| {
            web.upstream_providers = vec![name("corp")];
        })
        .await;
    server
}

#[tokio::test]
async fn page_of_restricted_client_offers_only_its_providers() {
    let server = restricted().await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    let (_, fields) = browser.form();
    browser.authorize(&REQUEST).await;
    let html = browser.html();
    assert!(
        !html.contains("name=\"password\"") && !html.contains("<form method"),
        "{html}"
    );
    assert!(html.contains("Continue with Corp"), "{html}");
    // A forged form does not help.
    let interaction = browser.at.split("interaction=").nth(1).unwrap().to_owned();
    let csrf = fields.into_iter().find(|(name, _)| name == "csrf").unwrap();
    let forged = [
        csrf,
        ("interaction".to_owned(), interaction),
        ("email".to_owned(), "jane@example.com".to_owned()),
        ("password".to_owned(), login::PASSWORD.to_owned()),
    ];
    browser.post("/login", &forged).await;
    assert_eq!(browser.status(), StatusCode::FORBIDDEN);
    browser.authorize(&REQUEST).await;
    let departed = leave(&mut browser).await;
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.path(), "/consent", "{}", browser.html());
}

#[tokio::test]
async fn session_of_another_method_does_not_count_for_restricted_client() {
    let server = restricted().await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    browser.log_in("jane@example.com").await;
    assert_eq!(browser.path(), "/account");
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/login");
    browser.authorize(&with(&REQUEST, "prompt", "none")).await;
    assert_eq!(browser.parameter("error").unwrap(), "login_required");
    // One of the provider does.
    let mut other = Browser::new(&server);
    sign_in(&server, &mut other, "1", "new@example.com").await;
    other.authorize(&REQUEST).await;
    assert_eq!(other.path(), "/consent", "{}", other.html());
}

#[tokio::test]
async fn later_password_in_session_of_provider_does_not_count_for_restricted_client() {
    let server = restricted().await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "jane@example.com").await;
    let again = with(&with(&REQUEST, "client_id", "trusted"), "prompt", "login");
    browser.authorize(&again).await;
    browser.log_in("jane@example.com").await;
    assert!(browser.parameter("code").is_some(), "{}", browser.at);
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/login");
}

#[tokio::test]
async fn json_sign_in_of_restricted_client_is_refused() {
    let server = restricted().await;
    let answer = server
        .json(login::AUTHORIZE, &login::login("jane@example.com"))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn only_way_in_of_server_holds_for_account_page_too() {
    let server = served().await;
    let before = Browser::of(&server, "jane@example.com").await.cookies;
    let server = only(server, "corp");
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    browser.cookies = before;
    browser.open("/account").await;
    assert_eq!(browser.path(), "/login", "a session of before");
    let html = browser.html();
    assert!(!html.contains("name=\"password\""), "{html}");
    assert!(html.contains("Continue with Corp"), "{html}");
    let departed = leave(&mut browser).await;
    respond(&server, &departed.claims(&server, "1", "new@example.com"));
    come_back(&mut browser, &departed).await;
    assert_eq!(browser.path(), "/account", "{}", browser.html());
}

#[tokio::test]
async fn server_with_only_way_in_takes_no_password_and_no_other_provider() {
    let server = only(served().await, "github");
    set_up(&server, corp()).await;
    let mut browser = Browser::new(&server);
    browser.open("/rp/authorize?idp=corp").await;
    assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
    browser.authorize(&REQUEST).await;
    assert!(!browser.html().contains("/rp/authorize"));
    let login = login::login("jane@example.com");
    let answer = server.json(login::AUTHORIZE, &login).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn session_of_provider_counts_after_lifetimes_have_changed() {
    let server = restricted().await;
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, "1", "new@example.com").await;
    let cookies = browser.cookies;
    // The value about the provider is stored under the week in which the session was to end.
    let server = server.with_settings(|settings| {
        let mut longer = settings.lifetimes.settings();
        longer.longest_session += Duration::from_secs(14 * 24 * 3600);
        settings.lifetimes = Lifetimes::new(longer).unwrap();
    });
    let mut browser = Browser::new(&server);
    browser.cookies = cookies;
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/consent", "{}", browser.html());
}

#[tokio::test]
async fn server_with_only_way_in_registers_no_user() {
    let server = served()
        .await
        .with_accounts(MfaPolicy::Optional, Some("app"));
    let server = only(server, "corp");
    let new = [
        ("email", "new@example.com"),
        ("password", "SecurePassword123!"),
        ("country", "DEU"),
    ];
    let headers = [(header::CONTENT_TYPE, "application/json")];
    let answer = server.post("/v1/users", &headers, json(&new)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(server.outside.mail().is_empty());
}

#[tokio::test]
async fn link_of_before_creates_no_account_once_provider_is_only_way_in() {
    let server = served().await.with_sign_up(SignUpPolicy {
        mode: SignUpMode::Open,
        ..SignUpPolicy::default()
    });
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    let carried = browser.at.split_once('?').unwrap().1;
    browser.open(&format!("/sign-up?{carried}")).await;
    browser.submit(&[("email", "new@example.com")]).await;
    let link = link(&server.outside.mail().pop().unwrap());
    let server = only(server, "corp");
    let answer = server.get(&link).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn server_with_only_way_in_offers_no_sign_up() {
    let mut offers = Vec::new();
    for only in [None, Some("corp")] {
        let server = served().await.with_settings(|settings| {
            settings.sign_up.mode = SignUpMode::Open;
            settings.upstream_only = only.into_iter().map(name).collect();
        });
        let mut browser = Browser::new(&server);
        browser.authorize(&REQUEST).await;
        let carried = browser.at.split_once('?').unwrap().1;
        browser.open(&format!("/sign-up?{carried}")).await;
        offers.push(browser.html().contains("name=\"email\""));
    }
    assert_eq!(offers, [true, false]);
}
