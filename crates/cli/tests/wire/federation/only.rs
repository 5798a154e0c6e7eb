//! Providers as the only way in for a client.

use super::provider::{come_back, corp, leave, respond, set_up, sign_in};
use crate::browser::{Browser, REQUEST, served};
use crate::harness::Server;
use crate::login;
use crate::requests::with;
use axum::http::StatusCode;
use countersign_domain::federation::provider_name::ProviderName;

async fn restricted() -> Server {
    let server = served().await;
    set_up(&server, corp()).await;
    server
        .change("web", |web| {
            web.upstream_providers = vec![ProviderName::parse("corp").unwrap()];
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
async fn json_sign_in_of_restricted_client_is_refused() {
    let server = restricted().await;
    let answer = server
        .json(login::AUTHORIZE, &login::login("jane@example.com"))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
