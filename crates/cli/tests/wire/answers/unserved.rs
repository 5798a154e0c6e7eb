use super::ask;
use crate::facts::{FORM, JSON};
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::{Method, header};

const APP: &str = "https://app.example";
const ACCEPTS_PAGES: (header::HeaderName, &str) = (header::ACCEPT, "text/html,*/*;q=0.8");

/// Form of an error.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// RFC 6749 section 5.2.
    OAuth,
    /// The same with `codes`.
    Flat,
    Page,
}

/// Endpoints, each with its allowed methods and the form of its errors.
const ENDPOINTS: &[(&str, &str, Shape)] = &[
    (FORM, "POST", Shape::OAuth),
    (JSON, "POST", Shape::Flat),
    ("/v1/oauth2/authorize", "POST", Shape::Flat),
    ("/v1/oauth2/authorize/mfa", "POST", Shape::Flat),
    ("/v1/oauth2/authorize/confirm", "POST", Shape::Flat),
    ("/v1/users", "POST", Shape::Flat),
    ("/v1/users/me", "GET,HEAD", Shape::Flat),
    ("/oauth2/userinfo", "GET,HEAD,POST", Shape::OAuth),
    ("/oauth2/introspect", "POST", Shape::OAuth),
    ("/oauth2/revoke", "POST", Shape::OAuth),
    ("/oauth2/jwks.json", "GET,HEAD", Shape::OAuth),
    ("/oauth2/jwks/1", "GET,HEAD", Shape::OAuth),
    (
        "/.well-known/openid-configuration",
        "GET,HEAD",
        Shape::OAuth,
    ),
    (
        "/.well-known/oauth-authorization-server",
        "GET,HEAD",
        Shape::OAuth,
    ),
    ("/api/sessions", "GET,HEAD,DELETE", Shape::OAuth),
    ("/api/sessions/1", "DELETE", Shape::OAuth),
    ("/health", "GET,HEAD", Shape::OAuth),
    ("/health/live", "GET,HEAD", Shape::OAuth),
    ("/health/ready", "GET,HEAD", Shape::OAuth),
    ("/oauth2/authorize", "GET,HEAD,POST", Shape::Page),
    ("/oauth2/logout", "GET,HEAD,POST", Shape::Page),
    ("/logout", "POST", Shape::Page),
    ("/signout", "POST", Shape::Page),
    ("/login", "GET,HEAD,POST", Shape::Page),
    ("/login/passkey", "GET,HEAD,POST", Shape::Page),
    ("/continue", "GET,HEAD", Shape::Page),
    ("/consent", "GET,HEAD,POST", Shape::Page),
    ("/accounts", "GET,HEAD,POST", Shape::Page),
    ("/account", "GET,HEAD", Shape::Page),
    ("/account/password", "GET,HEAD,POST", Shape::Page),
    ("/account/sessions", "GET,HEAD,POST", Shape::Page),
    ("/assets/style.css", "GET,HEAD", Shape::Page),
];

#[track_caller]
fn assert_shape(answer: &Answer, shape: Shape, error: &str, path: &str) {
    let media_type = answer.header(header::CONTENT_TYPE).unwrap_or_default();
    assert_eq!(
        answer.header(header::CACHE_CONTROL),
        Some("no-store"),
        "{path}"
    );
    if let Shape::Page = shape {
        assert_eq!(media_type, "text/html; charset=utf-8", "{path}");
        return;
    }
    assert_eq!(media_type, "application/json", "{path}");
    assert_eq!(answer.text("error"), error, "{path}");
    assert!(!answer.text("error_description").is_empty(), "{path}");
    let has_codes = answer.json()["codes"].is_array();
    assert_eq!(has_codes, matches!(shape, Shape::Flat), "{path}");
}

#[tokio::test]
async fn method_not_allowed_gets_405_in_shape_of_its_endpoint() {
    let server = Server::start().await;
    for (path, allowed, shape) in ENDPOINTS {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            if allowed.split(',').any(|own| own == method.as_str()) {
                continue;
            }
            let answer = ask(&server, method, path, &[]).await;
            assert_eq!(answer.status.as_u16(), 405, "{path}");
            assert_eq!(answer.header(header::ALLOW), Some(*allowed), "{path}");
            assert_shape(&answer, *shape, "invalid_request", path);
        }
    }
}

#[tokio::test]
async fn client_origin_may_read_405_of_cross_origin_endpoints() {
    let server = Server::start().await;
    let origin = [(header::ORIGIN, APP)];
    for (path, readable) in [
        (FORM, Some(APP)),
        (JSON, Some(APP)),
        ("/oauth2/userinfo", Some(APP)),
        ("/oauth2/revoke", Some(APP)),
        ("/oauth2/jwks.json", Some(APP)),
        ("/.well-known/openid-configuration", Some(APP)),
        ("/oauth2/introspect", Some(APP)),
        ("/login", None),
    ] {
        let answer = ask(&server, Method::PUT, path, &origin).await;
        assert_eq!(answer.status.as_u16(), 405, "{path}");
        let allowed = answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(allowed, readable, "{path}");
    }
}

/// An opener policy would permanently cut the link of a pop-up to the client.
#[tokio::test]
async fn method_not_allowed_page_of_interaction_keeps_opener() {
    let server = Server::start().await;
    let policy = header::HeaderName::from_static("cross-origin-opener-policy");
    let page = ask(&server, Method::PUT, "/consent", &[]).await;
    assert_eq!(page.header(policy.clone()), None);
    let page = ask(&server, Method::PUT, "/account", &[]).await;
    assert_eq!(page.header(policy), Some("same-origin"));
}

#[tokio::test]
async fn unknown_path_is_page_for_browsers_and_json_for_programs() {
    let server = Server::start().await;
    for (path, for_browsers, for_programs) in [
        ("/unknown", Shape::Page, Shape::OAuth),
        ("/account/unknown", Shape::Page, Shape::OAuth),
        ("/assets/unknown", Shape::Page, Shape::OAuth),
        ("/v1/unknown", Shape::Flat, Shape::Flat),
        ("/oauth2/unknown", Shape::OAuth, Shape::OAuth),
        ("/oauth2/jwks/unknown", Shape::OAuth, Shape::OAuth),
        ("/api/unknown", Shape::OAuth, Shape::OAuth),
        ("/.well-known/unknown", Shape::OAuth, Shape::OAuth),
    ] {
        for (headers, shape) in [(&[ACCEPTS_PAGES][..], for_browsers), (&[], for_programs)] {
            let answer = ask(&server, Method::GET, path, headers).await;
            assert_eq!(answer.status.as_u16(), 404, "{path}");
            assert_shape(&answer, shape, "not_found", path);
        }
    }
}
