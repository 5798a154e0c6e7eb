//! `/api/sessions`, `/signout` and `/v1/users/me`: rows 24 of both checklists.

use super::{Browser, HERE, served};
use crate::facts::{CALLBACK, FORM, VERIFIER};
use crate::harness::Server;
use crate::requests::Answer;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use serde_json::{Value, json};

const JANE: &str = "jane@example.com";

async fn ask(
    browser: &mut Browser<'_>,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, Value) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = browser.send(request.body(Body::empty()).unwrap()).await;
    let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    (answer.status, body)
}

/// Returns an access token of jane for the client `web`.
async fn token(browser: &Browser<'_>) -> String {
    let code = browser.parameter("code").unwrap();
    let exchange = [
        ("grant_type", "authorization_code"),
        ("client_id", "web"),
        ("client_secret", crate::facts::SECRET),
        ("redirect_uri", CALLBACK),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    let answer: Answer = browser.server.form(FORM, &exchange).await.ok();
    format!("Bearer {}", answer.text("access_token"))
}

#[tokio::test]
async fn aero2_24_sessions_are_listed_and_ended() {
    let server = served().await;
    server
        .change("web", |web| {
            web.first_party = true;
            web.scope = Scope::parse("openid read user:sessions").unwrap();
        })
        .await;
    let mut browser = with_scope(&server, "openid user:sessions").await;
    let bearer = token(&browser).await;
    let _other = Browser::of(&server, JANE).await;
    let _third = Browser::of(&server, JANE).await;
    let mut script = Browser::new(&server);
    let headers = [("authorization", bearer.as_str())];
    let (status, by_token) = ask(&mut script, Method::GET, "/api/sessions", &headers).await;
    assert_eq!(status, StatusCode::OK);
    let (_, by_session) = ask(&mut browser, Method::GET, "/api/sessions", &[]).await;
    assert_eq!(by_token, by_session);
    let sessions = by_token["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    let of = |current: bool| {
        let mut found = sessions
            .iter()
            .filter(|session| session["is_current"] == current);
        found.next().unwrap()["id"].as_str().unwrap().to_owned()
    };
    let current = format!("/api/sessions/{}", of(true));
    let (status, _) = ask(&mut script, Method::DELETE, &current, &headers).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let other = format!("/api/sessions/{}", of(false));
    let ended = ask(&mut script, Method::DELETE, &other, &headers).await;
    assert_eq!(
        ended,
        (StatusCode::OK, json!({"message": "Session revoked"}))
    );
    let (status, _) = ask(&mut script, Method::DELETE, &other, &headers).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let ended = ask(&mut script, Method::DELETE, "/api/sessions", &headers).await;
    let body = json!({"message": "All other sessions revoked", "revoked_count": 1});
    assert_eq!(ended, (StatusCode::OK, body));
}

/// Signs Jane in with this scope.
async fn with_scope<'a>(server: &'a Server, scope: &str) -> Browser<'a> {
    let mut browser = Browser::new(server);
    let mut request = super::REQUEST.to_vec();
    request[3] = ("scope", scope);
    browser.authorize(&request).await;
    browser.log_in(JANE).await;
    if browser.path() == "/consent" {
        browser.submit(&[("decision", "agree")]).await;
    }
    browser
}

/// A stolen token of a first-party client must not end sessions, unless it was made for that.
#[tokio::test]
async fn third_party_client_or_token_without_scope_cannot_manage_sessions() {
    let server = served().await;
    server
        .change("web", |web| {
            web.scope = Scope::parse("openid read user:sessions").unwrap();
        })
        .await;
    for (first_party, scope) in [(false, "openid user:sessions"), (true, "openid read")] {
        server
            .change("web", |web| web.first_party = first_party)
            .await;
        let browser = with_scope(&server, scope).await;
        let bearer = token(&browser).await;
        let mut script = Browser::new(&server);
        let headers = [("authorization", bearer.as_str())];
        for method in [Method::GET, Method::DELETE] {
            let (status, body) = ask(&mut script, method, "/api/sessions", &headers).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            assert_eq!(body["error"], "insufficient_scope");
            let challenge = script.header("www-authenticate").unwrap();
            assert!(challenge.contains("error=\"insufficient_scope\""));
        }
    }
}

#[tokio::test]
async fn token_for_another_resource_is_rejected() {
    let server = served().await;
    let api = Resource::parse("https://api.example").unwrap();
    server
        .change("web", |web| {
            web.first_party = true;
            web.scope = Scope::parse("openid user:information").unwrap();
            web.resources = vec![api];
        })
        .await;
    let mut browser = Browser::new(&server);
    let mut request = super::REQUEST.to_vec();
    request[3] = ("scope", "openid user:information");
    request.push(("resource", "https://api.example"));
    browser.authorize(&request).await;
    browser.log_in(JANE).await;
    let bearer = token(&browser).await;
    let headers = [("authorization", bearer.as_str())];
    let mut script = Browser::new(&server);
    for path in ["/api/sessions", "/v1/users/me", "/oauth2/userinfo"] {
        let (status, body) = ask(&mut script, Method::GET, path, &headers).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(body["error"], "invalid_token", "{path}");
    }
}

#[tokio::test]
async fn session_api_rejects_other_sites_and_anonymous_callers() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    let (status, _) = ask(
        &mut browser,
        Method::DELETE,
        "/api/sessions",
        &[("origin", "https://evil.example")],
    )
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let mut unknown = Browser::new(&server);
    let (status, _) = ask(&mut unknown, Method::GET, "/api/sessions", &[]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let forged = [("authorization", "Bearer x.y.z")];
    let (status, _) = ask(&mut unknown, Method::GET, "/api/sessions", &forged).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn aero2_24_sign_out_ends_session_and_clears_cookie() {
    let server = served().await;
    server
        .change("web", |web| web.openid.frontchannel_logout_uri = None)
        .await;
    let mut browser = Browser::of(&server, JANE).await;
    let evil = [("origin", "https://evil.example")];
    let (status, _) = ask(&mut browser, Method::POST, "/signout", &evil).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, _) = ask(&mut browser, Method::POST, "/signout", &[("origin", HERE)]).await;
    assert_eq!(status, StatusCode::FOUND);
    assert_eq!(browser.location().as_deref(), Some("/"));
    assert!(
        browser
            .cookies
            .keys()
            .all(|name| !name.ends_with("session"))
    );
    browser.open("/account").await;
    assert_eq!(browser.path(), "/login");
}

#[tokio::test]
async fn aries_24_user_record_requires_information_scope() {
    let server = served().await;
    let wide = "openid read user:information";
    server
        .change("web", |web| web.scope = Scope::parse(wide).unwrap())
        .await;
    let narrow = Browser::of(&server, JANE).await;
    let bearer = token(&narrow).await;
    let mut script = Browser::new(&server);
    let headers = [("authorization", bearer.as_str())];
    let (status, body) = ask(&mut script, Method::GET, "/v1/users/me", &headers).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(body["codes"][0]["code"], "information_scope_missing");
    let mut browser = Browser::new(&server);
    let mut request = super::REQUEST;
    request[3] = ("scope", wide);
    browser.authorize(&request).await;
    browser.log_in(JANE).await;
    browser.submit(&[("decision", "agree")]).await;
    let bearer = token(&browser).await;
    let headers = [("authorization", bearer.as_str())];
    let (status, body) = ask(&mut script, Method::GET, "/v1/users/me", &headers).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&body["email"], &body["email_verified"]),
        (&json!(JANE), &json!(true))
    );
}
