use super::{ask, request_id};
use crate::browser::Browser;
use crate::facts::{FORM, JSON};
use crate::harness::Server;
use crate::requests::{form, machine};
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_application::CurrentRequest;
use countersign_store_contract::fixtures;
use std::collections::BTreeSet;

const ACCEPTS_PAGES: (header::HeaderName, &str) = (header::ACCEPT, "text/html,*/*;q=0.8");

#[tokio::test]
async fn every_response_has_its_own_request_id() {
    let server = Server::start().await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    let html = browser.html();
    let style = html.split("href=\"").nth(1).unwrap();
    let style = style.split('"').next().unwrap();
    let mut ids = BTreeSet::new();
    for (method, path) in [
        (Method::POST, FORM),
        (Method::POST, JSON),
        (Method::GET, FORM),
        (Method::OPTIONS, FORM),
        (Method::GET, "/oauth2/userinfo"),
        (Method::POST, "/oauth2/introspect"),
        (Method::POST, "/oauth2/revoke"),
        (Method::POST, "/v1/oauth2/authorize"),
        (Method::GET, "/oauth2/authorize"),
        (Method::POST, "/oauth2/authorize"),
        (Method::GET, "/oauth2/logout"),
        (Method::GET, "/.well-known/openid-configuration"),
        (Method::GET, "/oauth2/jwks.json"),
        (Method::HEAD, "/oauth2/jwks.json"),
        (Method::GET, "/oauth2/jwks/unknown"),
        (Method::GET, "/login"),
        (Method::GET, "/login/%ff"),
        (Method::GET, "/account"),
        (Method::PUT, "/account"),
        (Method::GET, "/api/sessions"),
        (Method::GET, style),
        (Method::GET, "/assets/unknown.css"),
        (Method::GET, "/health"),
        (Method::GET, "/health/live"),
        (Method::GET, "/unknown"),
    ] {
        let answer = ask(&server, method, path, &[]).await;
        ids.insert(request_id(&answer));
    }
    assert_eq!(ids.len(), 25);
    let form_type = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded")];
    let accepted = server.post(FORM, &form_type, form(&machine()));
    ids.insert(request_id(&accepted.await.ok()));
    let too_large = server.post(FORM, &form_type, vec![b'x'; 100 * 1024]);
    ids.insert(request_id(&too_large.await));
    assert_eq!(ids.len(), 27);
}

/// The ID could be that of another request, and would lead an operator to its log lines.
#[tokio::test]
async fn request_id_of_client_is_ignored() {
    let server = Server::start().await;
    let chosen = (header::HeaderName::from_static("request-id"), "chosen");
    let answer = ask(&server, Method::GET, "/health/live", &[chosen]).await;
    assert_ne!(request_id(&answer), "chosen");
}

#[tokio::test]
async fn error_page_shows_request_id_in_its_language() {
    let server = Server::start().await;
    for (path, language, label) in [
        ("/oauth2/authorize?client_id=unknown", "en", "Request ID"),
        ("/oauth2/authorize?client_id=unknown", "de", "Anfrage-ID"),
        ("/unknown", "en", "Page not found"),
        ("/unknown", "de", "Seite nicht gefunden"),
        ("/logout", "en", "This page has expired"),
        ("/logout", "de", "Diese Seite ist abgelaufen"),
    ] {
        let headers = [ACCEPTS_PAGES, (header::ACCEPT_LANGUAGE, language)];
        let answer = ask(&server, Method::GET, path, &headers).await;
        assert!(answer.status.is_client_error(), "{path}");
        let html = String::from_utf8(answer.body.clone()).unwrap();
        assert!(html.contains(label), "{html}");
        let shown = format!("<code class=\"copyable\">{}</code>", request_id(&answer));
        assert!(html.contains(&shown), "{html}");
    }
}

#[tokio::test]
async fn scripts_of_other_origins_may_read_request_id() {
    let server = Server::start().await;
    let origin = [(header::ORIGIN, "https://app.example")];
    for path in [
        FORM,
        JSON,
        "/oauth2/userinfo",
        "/oauth2/revoke",
        "/oauth2/jwks.json",
        "/.well-known/openid-configuration",
    ] {
        let answer = ask(&server, Method::GET, path, &origin).await;
        let exposed = answer.header(header::ACCESS_CONTROL_EXPOSE_HEADERS);
        let exposed = exposed.unwrap_or_default().split(", ");
        assert!(
            exposed.into_iter().any(|name| name == "request-id"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn panic_in_handler_gets_500_with_request_id() {
    use axum::Router;
    use axum::routing::get;
    use countersign_server_http::wire::{REQUEST_ID, identified};
    use tower::ServiceExt as _;

    let router = Router::new().route("/", get(async || -> &'static str { panic!("expected") }));
    let request = Request::get("/").body(Body::empty()).unwrap();
    let current = CurrentRequest::new(None, fixtures::NOW);
    let response = identified(current, router.oneshot(request), |_| ())
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 500);
    assert!(response.headers().contains_key(REQUEST_ID));
    let media_type = &response.headers()[header::CONTENT_TYPE];
    assert_eq!(media_type, "application/json");
}
