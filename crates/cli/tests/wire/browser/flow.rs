//! The flow from an authorization request to tokens.

use super::{AUTHORIZE, Browser, HERE, REQUEST, parameter, served};
use crate::requests::{claims, form, with, without};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

#[tokio::test]
async fn aries_17_aero2_12_login_and_consent_yield_tokens() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&with(&REQUEST, "nonce", "n-0S6")).await;
    assert_eq!(
        (browser.path(), browser.status()),
        ("/login", StatusCode::OK)
    );
    browser.log_in("jane@example.com").await;
    assert_eq!(browser.path(), "/consent");
    browser.submit(&[("decision", "agree")]).await;
    assert_eq!(browser.status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.parameter("state").unwrap(), "st /&+\u{e9}");
    assert_eq!(browser.parameter("iss").unwrap(), HERE);
    let code = browser.parameter("code").unwrap();
    let tokens = server.redeem("web", &code).await.ok();
    let id_token = claims(&tokens.text("id_token"));
    assert_eq!(id_token["nonce"], "n-0S6");
    assert_eq!(id_token["amr"], serde_json::json!(["pwd"]));
    assert_eq!(id_token["auth_time"], server.now().as_unix_seconds());
    assert!(id_token["sid"].is_string());
}

#[tokio::test]
async fn session_with_consent_issues_code_without_writes() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let before = server.contents();
    browser.authorize(&REQUEST).await;
    assert!(browser.parameter("code").is_some());
    assert_eq!(server.contents(), before);
}

#[tokio::test]
async fn post_authorization_request_works_like_get() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let request = Request::post(AUTHORIZE)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "https://app.example")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(form(&REQUEST)))
        .unwrap();
    browser.send(request).await;
    assert_eq!(
        browser.header("set-cookie"),
        None,
        "a request without cookies must not clear any"
    );
    let again = browser.location().unwrap();
    browser.open(&again).await;
    assert!(browser.parameter("code").is_some());
    assert_eq!(browser.parameter("state").unwrap(), "st /&+\u{e9}");
}

#[tokio::test]
async fn response_uses_requested_response_mode() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser
        .authorize(&with(&REQUEST, "response_mode", "query"))
        .await;
    assert!(browser.parameter("code").is_some());
    browser
        .authorize(&with(&REQUEST, "response_mode", "fragment"))
        .await;
    let location = browser.location().unwrap();
    let (uri, fragment) = location.split_once('#').unwrap();
    assert_eq!(uri, "https://app.example/callback");
    assert!(parameter(fragment, "code").is_some());
    assert_eq!(parameter(fragment, "iss").unwrap(), HERE);
    browser
        .authorize(&with(&REQUEST, "response_mode", "form_post"))
        .await;
    let (action, fields) = browser.form();
    assert_eq!(
        (browser.status(), action.as_str()),
        (StatusCode::OK, "https://app.example/callback")
    );
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!(fields[1].1, "st /&+\u{e9}");
    let policy = browser.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self'"), "{policy}");
    browser
        .authorize(&with(&REQUEST, "response_mode", "web_message"))
        .await;
    assert_eq!(browser.parameter("error").unwrap(), "invalid_request");
}

#[tokio::test]
async fn authorization_errors_are_redirected_or_shown() {
    let server = served().await;
    server
        .change("other", |client| {
            client.status = countersign_domain::client::ClientStatus::Suspended;
        })
        .await;
    let shown = [
        without(&REQUEST, "client_id"),
        without(&REQUEST, "redirect_uri"),
        with(&REQUEST, "client_id", "unknown"),
        with(&REQUEST, "client_id", "other"),
        with(&REQUEST, "redirect_uri", "https://evil.example/"),
        with(&REQUEST, "redirect_uri", "https://app.example/callback/"),
        [&REQUEST[..], &[("client_id", "web")]].concat(),
        [&REQUEST[..], &[("redirect_uri", "https://evil.example/")]].concat(),
    ];
    for request in shown {
        let mut browser = Browser::new(&server);
        browser.authorize(&request).await;
        assert_eq!(browser.location(), None, "{request:?}");
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST, "{request:?}");
        assert!(
            browser.html().contains("<dl class=\"facts\">"),
            "{request:?}"
        );
    }
    let told = [
        (without(&REQUEST, "response_type"), "invalid_request"),
        (
            with(&REQUEST, "response_type", "token"),
            "unsupported_response_type",
        ),
        (with(&REQUEST, "scope", "admin"), "invalid_scope"),
        (with(&REQUEST, "scope", "a  b"), "invalid_scope"),
        (without(&REQUEST, "code_challenge"), "invalid_request"),
        (
            with(&REQUEST, "code_challenge_method", "plain"),
            "invalid_request",
        ),
        (with(&REQUEST, "prompt", "none login"), "invalid_request"),
        (with(&REQUEST, "prompt", "create"), "invalid_request"),
        (with(&REQUEST, "max_age", "-1"), "invalid_request"),
        (with(&REQUEST, "claims", "[]"), "invalid_request"),
        (with(&REQUEST, "id_token_hint", "x.y.z"), "invalid_request"),
        (with(&REQUEST, "request", "x.y.z"), "request_not_supported"),
        (
            with(&REQUEST, "request_uri", "https://app.example/r"),
            "request_uri_not_supported",
        ),
        (
            with(&REQUEST, "registration", "{}"),
            "registration_not_supported",
        ),
        (
            with(&REQUEST, "resource", "https://unknown.example/"),
            "invalid_target",
        ),
        (with(&REQUEST, "prompt", "none"), "login_required"),
        (
            with(
                &REQUEST,
                "claims",
                r#"{"id_token":{"acr":{"essential":true,"value":"x"}}}"#,
            ),
            "unmet_authentication_requirements",
        ),
        (
            [&REQUEST[..], &[("scope", "read")]].concat(),
            "invalid_request",
        ),
    ];
    for (request, error) in told {
        let mut browser = Browser::new(&server);
        browser.authorize(&request).await;
        assert_eq!(
            browser.parameter("error").as_deref(),
            Some(error),
            "{request:?}"
        );
        assert_eq!(
            browser.parameter("state").unwrap(),
            "st /&+\u{e9}",
            "{request:?}"
        );
        assert_eq!(browser.parameter("iss").unwrap(), HERE, "{request:?}");
        assert_eq!(browser.parameter("code"), None, "{request:?}");
    }
}

#[tokio::test]
async fn client_without_code_grant_gets_unauthorized_client() {
    let server = served().await;
    server
        .change("web", |web| {
            web.grant_types
                .retain(|grant| grant.as_str() != "authorization_code");
        })
        .await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.parameter("error").unwrap(), "unauthorized_client");
}
