//! Cookies, CSRF protection and page headers.

use super::{Browser, REQUEST, SESSION, served};
use crate::login::PASSWORD;
use crate::requests::with;
use axum::http::{StatusCode, header};
use countersign_domain::login::mfa_policy::MfaPolicy;

#[tokio::test]
async fn aero2_29_cookies_are_host_only_and_pages_uncached() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in("jane@example.com").await;
    let names: Vec<&str> = browser.cookies.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "__Host-countersign-browser",
            "__Host-countersign-known",
            "__Host-countersign-session"
        ]
    );
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(browser.header(name), Some(value));
    }
    assert!(browser.header("strict-transport-security").is_some());
    let policy = browser.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    let (_, fields) = Browser::new_login(&server).await;
    assert!(fields.iter().any(|(name, _)| name == "csrf"));
}

#[tokio::test]
async fn only_authorization_pages_keep_window_opener() {
    const POLICY: &str = "cross-origin-opener-policy";
    let server = served().await.with_accounts(MfaPolicy::Required, None);
    let mut browser = Browser::new(&server);
    browser
        .authorize(&with(&REQUEST, "client_id", "unknown"))
        .await;
    assert_eq!(browser.header(POLICY), None);
    browser.authorize(&REQUEST).await;
    assert_eq!((browser.path(), browser.header(POLICY)), ("/login", None));
    browser.log_in("jane@example.com").await;
    let path = browser.path();
    assert_eq!((path, browser.header(POLICY)), ("/mfa-setup", None));
    let html = browser.html();
    let link = html.split("href=\"/account/authenticator").nth(1).unwrap();
    let link = format!("/account/authenticator{}", link.split('"').next().unwrap());
    browser.open(&link).await;
    assert_eq!(browser.header(POLICY), None);
    for path in ["/account", "/account/authenticator", "/account/password"] {
        browser.open(path).await;
        assert_eq!(browser.header(POLICY), Some("same-origin"), "{path}");
    }
    browser.open("/oauth2/logout").await;
    assert_eq!(browser.header(POLICY), Some("same-origin"));
}

impl<'a> Browser<'a> {
    async fn new_login(server: &'a crate::harness::Server) -> (Self, Vec<(String, String)>) {
        let mut browser = Self::new(server);
        browser.authorize(&REQUEST).await;
        let (_, fields) = browser.form();
        (browser, fields)
    }
}

fn login(fields: &[(String, String)]) -> Vec<(String, String)> {
    let typed = [("email", "jane@example.com"), ("password", PASSWORD)];
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    [fields, &typed].concat()
}

#[tokio::test]
async fn aero2_29_forged_login_form_is_rejected() {
    let server = served().await;
    let (mut victim, own) = Browser::new_login(&server).await;
    let (_, attackers) = Browser::new_login(&server).await;
    let bare: Vec<_> = own
        .iter()
        .filter(|(name, _)| name != "csrf")
        .cloned()
        .collect();
    for fields in [&bare, &attackers] {
        victim.post("/login", &login(fields)).await;
        assert_eq!(victim.status(), StatusCode::BAD_REQUEST);
    }
    let mixed: Vec<_> = attackers
        .iter()
        .map(|(name, value)| {
            if name == "csrf" {
                own.iter().find(|(own, _)| own == "csrf").unwrap().clone()
            } else {
                (name.clone(), value.clone())
            }
        })
        .collect();
    victim.post("/login", &login(&mixed)).await;
    assert_eq!(
        victim.status(),
        StatusCode::BAD_REQUEST,
        "the interaction is of another browser"
    );
    for (origin, site) in [
        ("https://evil.example", "cross-site"),
        ("null", "cross-site"),
    ] {
        let body = crate::requests::form(
            &login(&own)
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect::<Vec<_>>(),
        );
        let request = axum::http::Request::post("/login")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", site)
            .body(axum::body::Body::from(body))
            .unwrap();
        victim.send(request).await;
        assert_eq!(victim.status(), StatusCode::BAD_REQUEST, "{origin}");
    }
    assert!(!victim.cookies.contains_key("__Host-countersign-session"));
    victim.post("/login", &login(&own)).await;
    assert_eq!(victim.path(), "/consent");
}

#[tokio::test]
async fn page_does_not_open_in_another_browser() {
    let server = served().await;
    let (browser, _) = Browser::new_login(&server).await;
    let mut other = Browser::of(&server, "jane@example.com").await;
    for path in [
        "/login",
        "/consent",
        "/accounts",
        "/continue",
        "/login/second-factor",
        "/login/email-code",
        "/login/passkey",
    ] {
        let query = browser.at.split_once('?').unwrap().1;
        other.open(&format!("{path}?{query}")).await;
        assert_eq!(other.status(), StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn cookie_without_live_session_is_ignored() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let own = browser.cookies[SESSION].clone();
    let (session, secret) = own.split_once('.').unwrap();
    let unknown = format!("AAAAAAAAAAAAAAAAAAAAAA.{secret}");
    let wrong = [
        format!("{own}x"),
        format!("{session}."),
        own.replace('.', ".."),
    ];
    let forged = [
        "x".to_owned(),
        "~x~".to_owned(),
        session.to_owned(),
        unknown,
    ];
    for cookie in forged.iter().chain(&wrong) {
        browser.cookies.insert(SESSION.to_owned(), cookie.clone());
        browser.authorize(&REQUEST).await;
        assert_eq!(browser.path(), "/login", "{cookie}");
        // A wrong secret may be a former one.
        assert_eq!(
            browser.cookies.contains_key(SESSION),
            wrong.contains(cookie),
            "{cookie}"
        );
    }
    browser.cookies.insert(SESSION.to_owned(), own);
    server.pass(3600);
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/login", "the session expired");
}

#[tokio::test]
async fn only_use_extends_session() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    for _ in 0..3 {
        server.pass(2400);
        browser.authorize(&REQUEST).await;
        assert!(browser.parameter("code").is_some());
    }
    browser.authorize(&with(&REQUEST, "max_age", "7199")).await;
    assert_eq!(
        browser.path(),
        "/login",
        "use does not change the time of sign-in"
    );
    server.pass(3601);
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/login");
}

/// With another status, the browser might send the form to the redirect target (RFC 9700 section 4.12).
#[tokio::test]
async fn redirect_after_password_is_303_without_credentials() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser
        .authorize(&with(&REQUEST, "client_id", "trusted"))
        .await;
    let (path, fields) = browser.form();
    let fields = login(&fields);
    let fields: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let request = axum::http::Request::post(&path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "null")
        .header("sec-fetch-site", "same-origin")
        .body(axum::body::Body::from(crate::requests::form(&fields)))
        .unwrap();
    browser.send(request).await;
    assert_eq!(browser.status(), StatusCode::SEE_OTHER);
    let location = browser.location().unwrap();
    assert!(
        !location.contains(PASSWORD) && !location.contains("jane"),
        "{location}"
    );
}
