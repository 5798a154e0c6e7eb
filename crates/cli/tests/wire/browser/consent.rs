//! Consent: when the server asks for it, and for what.

use super::{Browser, REQUEST, served};
use crate::requests::with;
use axum::http::header;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientType};
use countersign_store_contract::fixtures;

#[tokio::test]
async fn aries_17_denied_consent_returns_error_without_code() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in("jane@example.com").await;
    browser.submit(&[("decision", "refuse")]).await;
    assert_eq!(browser.parameter("error").unwrap(), "access_denied");
    assert_eq!(browser.parameter("state").unwrap(), "st /&+\u{e9}");
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/consent", "no consent is stored");
}

#[tokio::test]
async fn consent_is_remembered_for_granted_scope_only() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser.authorize(&with(&REQUEST, "scope", "read")).await;
    assert!(browser.parameter("code").is_some(), "a smaller scope");
    browser
        .authorize(&with(&REQUEST, "scope", "read write"))
        .await;
    assert_eq!(browser.path(), "/consent");
    browser.submit(&[("decision", "agree")]).await;
    browser.authorize(&REQUEST).await;
    assert!(
        browser.parameter("code").is_some(),
        "the first consent is still valid"
    );
    browser
        .authorize(&with(&REQUEST, "prompt", "consent"))
        .await;
    assert_eq!(browser.path(), "/consent");
    browser.submit(&[("decision", "agree")]).await;
    assert!(browser.parameter("code").is_some());
}

#[tokio::test]
async fn individually_requested_claims_need_consent() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let claims = r#"{"userinfo":{"email":null,"phone_number":null}}"#;
    browser.authorize(&with(&REQUEST, "claims", claims)).await;
    assert_eq!(browser.path(), "/consent", "no consent yet");
    let asked = browser.html();
    let list = asked.split("class=\"scopes\"").nth(1).unwrap();
    let lines = list.split("</ul>").next().unwrap().matches("<li>").count();
    assert_eq!(lines, 3, "openid, read and the address: {list}");
    browser.submit(&[("decision", "agree")]).await;
    let code = browser.parameter("code").unwrap();
    let tokens = server.redeem("web", &code).await.ok();
    let bearer = format!("Bearer {}", tokens.text("access_token"));
    let told = server
        .post(
            "/oauth2/userinfo",
            &[(header::AUTHORIZATION, bearer.as_str())],
            "",
        )
        .await;
    let told = told.json();
    assert_eq!(told["email"], "jane@example.com");
    assert_eq!(
        told.get("phone_number"),
        None,
        "the client is not registered for it"
    );
    browser.authorize(&with(&REQUEST, "claims", claims)).await;
    assert!(browser.parameter("code").is_some(), "consent is stored");
}

#[tokio::test]
async fn first_party_client_skips_consent_unless_requested() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    let request = with(&REQUEST, "client_id", "trusted");
    browser.authorize(&request).await;
    browser.log_in("jane@example.com").await;
    assert!(browser.parameter("code").is_some());
    browser
        .authorize(&with(&request, "prompt", "consent"))
        .await;
    assert_eq!(browser.path(), "/consent");
}

#[tokio::test]
async fn impersonable_client_asks_for_consent_every_time() {
    let server = served().await;
    let loopback = RedirectUri::parse("http://127.0.0.1/callback").unwrap();
    let app = Client {
        client_type: ClientType::Public,
        secrets: Vec::new(),
        redirect_uris: vec![loopback],
        ..fixtures::client("native")
    };
    server.register(&app).await;
    let request = with(&REQUEST, "client_id", "native");
    let request = with(&request, "redirect_uri", "http://127.0.0.1:51004/callback");
    let mut browser = Browser::new(&server);
    browser.authorize(&request).await;
    browser.log_in("jane@example.com").await;
    for _ in 0..2 {
        assert_eq!(browser.path(), "/consent");
        browser.submit(&[("decision", "agree")]).await;
        let answer = browser.location().unwrap();
        assert!(answer.contains("code="), "{answer}");
        browser.authorize(&request).await;
    }
    browser.authorize(&with(&request, "prompt", "none")).await;
    let answer = browser.location().unwrap();
    assert!(answer.contains("error=consent_required"), "{answer}");
}

#[tokio::test]
async fn consent_is_bound_to_account() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser
        .authorize(&with(&REQUEST, "prompt", "consent"))
        .await;
    let (path, form_of_jane) = browser.form();
    // Mia signs in in another tab and is the current user now.
    let code = crate::login::one_time_code(&server, 0);
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser.log_in("mia@example.com").await;
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/consent");
    let agree = [form_of_jane, vec![("decision".into(), "agree".into())]].concat();
    browser.post(&path, &agree).await;
    let code = browser.parameter("code").unwrap();
    let tokens = server.redeem("web", &code).await.ok();
    let subject = crate::requests::claims(&tokens.text("id_token"))["sub"].clone();
    assert_eq!(
        subject,
        fixtures::user(1, "jane@example.com").id.to_string()
    );
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/consent", "no consent of mia");
}

#[tokio::test]
async fn form_sent_twice_is_harmless() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    let (login, fields) = browser.form();
    let typed = [
        fields,
        vec![
            ("email".into(), "jane@example.com".into()),
            ("password".into(), crate::login::PASSWORD.into()),
        ],
    ]
    .concat();
    browser.post(&login, &typed).await;
    browser.post(&login, &typed).await;
    assert_eq!(browser.path(), "/consent");
    let (consent, fields) = browser.form();
    let agree = [fields, vec![("decision".into(), "agree".into())]].concat();
    browser.post(&consent, &agree).await;
    let first = browser.parameter("code").unwrap();
    browser.post(&consent, &agree).await;
    let second = browser.parameter("code").unwrap();
    for code in [first, second] {
        server.redeem("web", &code).await.ok();
    }
}
