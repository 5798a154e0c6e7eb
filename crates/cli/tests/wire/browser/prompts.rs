//! Prompts, hints and authentication requirements of a request (OpenID Connect Core section 3.1.2.1).

use super::{Browser, REQUEST, served};
use crate::login::{PASSWORD, one_time_code};
use crate::requests::{claims, with};
use serde_json::json;

#[tokio::test]
async fn prompt_none_returns_error_instead_of_page() {
    let server = served().await;
    let silent = with(&REQUEST, "prompt", "none");
    let mut browser = Browser::new(&server);
    browser.authorize(&silent).await;
    assert_eq!(browser.parameter("error").unwrap(), "login_required");
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser.authorize(&silent).await;
    assert!(browser.parameter("code").is_some());
    browser.authorize(&with(&silent, "scope", "write")).await;
    assert_eq!(browser.parameter("error").unwrap(), "consent_required");
    server.pass(60);
    browser.authorize(&with(&silent, "max_age", "59")).await;
    assert_eq!(browser.parameter("error").unwrap(), "login_required");
    browser.authorize(&with(&silent, "acr_values", "phr")).await;
    assert!(browser.parameter("code").is_some(), "acr is voluntary");
}

#[tokio::test]
async fn prompt_login_updates_auth_time_and_keeps_session() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let first = server
        .redeem("web", &browser.parameter("code").unwrap())
        .await
        .ok();
    server.pass(100);
    for demand in [("prompt", "login"), ("max_age", "99")] {
        browser.authorize(&with(&REQUEST, demand.0, demand.1)).await;
        assert_eq!(browser.path(), "/login", "{demand:?}");
        assert!(browser.html().contains("value=\"jane@example.com\""));
        browser.log_in("jane@example.com").await;
        let code = browser.parameter("code").unwrap();
        let again = claims(&server.redeem("web", &code).await.ok().text("id_token"));
        assert_eq!(again["auth_time"], server.now().as_unix_seconds());
        assert_eq!(again["sid"], claims(&first.text("id_token"))["sid"]);
        server.pass(100);
    }
}

#[tokio::test]
async fn hint_selects_user() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let code = browser.parameter("code").unwrap();
    let hint = server.redeem("web", &code).await.ok().text("id_token");
    browser
        .authorize(&with(&REQUEST, "login_hint", "mia@example.com"))
        .await;
    assert!(browser.parameter("code").is_some(), "a session exists");
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser.log_in("mia@example.com").await;
    let code = one_time_code(&server, 0);
    browser.submit(&[("code", &code)]).await;
    let hinted = with(&with(&REQUEST, "id_token_hint", &hint), "prompt", "none");
    browser.authorize(&hinted).await;
    assert!(
        browser.parameter("code").is_some(),
        "jane still has a session in this browser"
    );
    let mut other = Browser::new(&server);
    other
        .authorize(&with(&REQUEST, "login_hint", "joe@example.com"))
        .await;
    assert!(other.html().contains("value=\"joe@example.com\""));
    other
        .authorize(&with(&REQUEST, "id_token_hint", &hint))
        .await;
    other.log_in("mia@example.com").await;
    server.pass(30);
    let code = one_time_code(&server, 0);
    other.submit(&[("code", &code)]).await;
    assert_eq!(
        other.parameter("error").unwrap(),
        "login_required",
        "another user signed in"
    );
}

#[tokio::test]
async fn prompt_select_account_shows_accounts() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser
        .authorize(&with(&REQUEST, "prompt", "select_account"))
        .await;
    assert_eq!(browser.path(), "/accounts");
    let html = browser.html();
    let jane = super::attribute(html.split("<button").nth(1).unwrap(), "value").unwrap();
    browser
        .submit(&[("account", "00000000-0000-0000-0000-000000000000")])
        .await;
    assert!(
        browser.html().contains("jane@example.com"),
        "a session of another browser is not offered"
    );
    browser.submit(&[("account", &jane)]).await;
    assert!(browser.parameter("code").is_some());
    let mut unknown = Browser::new(&server);
    unknown
        .authorize(&with(&REQUEST, "prompt", "select_account"))
        .await;
    assert_eq!(unknown.path(), "/login");
    unknown.authorize(&with(&REQUEST, "prompt", "none")).await;
    assert_eq!(unknown.parameter("error").unwrap(), "login_required");
}

#[tokio::test]
async fn essential_acr_asks_for_second_factor() {
    let server = served().await;
    let demand = r#"{"id_token":{"acr":{"essential":true,"value":"urn:countersign:2fa"}}}"#;
    let request = with(&REQUEST, "claims", demand);
    let mut jane = Browser::of(&server, "jane@example.com").await;
    jane.authorize(&request).await;
    assert_eq!(
        jane.parameter("error").unwrap(),
        "unmet_authentication_requirements"
    );
    let mut mia = Browser::new(&server);
    mia.authorize(&request).await;
    mia.submit(&[("email", "mia@example.com"), ("password", PASSWORD)])
        .await;
    let code = one_time_code(&server, 0);
    mia.submit(&[("code", &code)]).await;
    mia.submit(&[("decision", "agree")]).await;
    let code = mia.parameter("code").unwrap();
    let id_token = claims(&server.redeem("web", &code).await.ok().text("id_token"));
    assert_eq!(id_token["acr"], "urn:countersign:2fa");
    assert_eq!(id_token["amr"], json!(["pwd", "otp", "mfa"]));
}

#[tokio::test]
async fn ui_locales_select_page_language() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser
        .authorize(&with(&REQUEST, "ui_locales", "fr de"))
        .await;
    assert!(browser.html().contains("<html lang=\"de\""));
    browser
        .submit(&[("email", "jane@example.com"), ("password", "wrong")])
        .await;
    assert!(browser.html().contains("<html lang=\"de\""));
    browser.authorize(&with(&REQUEST, "display", "popup")).await;
    assert!(browser.html().contains("<html lang=\"en\""));
}
