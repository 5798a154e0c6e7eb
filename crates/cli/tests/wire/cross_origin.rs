//! Cross-origin requests (CORS).

use crate::facts::{FORM, JSON};
use crate::harness::Server;
use crate::requests::{Answer, form, machine};
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_domain::client::ClientStatus;
use countersign_domain::client::redirect_uri::RedirectUri;

const APP: &str = "https://app.example";
/// Origin of a client that is registered later.
const NEW: &str = "https://new.example:8443";
const STRANGER: &str = "https://evil.example";
const FOR_CLIENTS: [&str; 5] = [
    FORM,
    JSON,
    "/oauth2/userinfo",
    "/oauth2/revoke",
    "/oauth2/introspect",
];
const PUBLIC: [&str; 3] = [
    "/oauth2/jwks.json",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
];

async fn preflight(server: &Server, path: &str, origin: &str) -> Answer {
    preflight_with(server, path, origin, None).await
}

/// Sends a preflight request for a request with these headers.
async fn preflight_with(
    server: &Server,
    path: &str,
    origin: &str,
    headers: Option<&str>,
) -> Answer {
    let mut request = Request::builder()
        .method(Method::OPTIONS)
        .uri(path)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
    if let Some(headers) = headers {
        request = request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, headers);
    }
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status.as_u16(), 204);
    let credentials = (origin == APP || origin == NEW).then_some("true");
    assert_eq!(
        allows_credentials(&answer),
        credentials.filter(|_| allowed(&answer).is_some())
    );
    answer
}

fn allows_credentials(answer: &Answer) -> Option<&str> {
    answer.header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS)
}

fn allowed(answer: &Answer) -> Option<&str> {
    answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN)
}

fn varies(answer: &Answer) -> bool {
    let mut all = answer.headers.get_all(header::VARY).iter();
    all.any(|value| value == "Origin")
}

#[tokio::test]
async fn only_origins_of_clients_may_send_requests() {
    let server = Server::start().await;
    for path in FOR_CLIENTS {
        let answer = preflight(&server, path, APP).await;
        assert_eq!(allowed(&answer), Some(APP), "{path}");
        let methods = answer.header(header::ACCESS_CONTROL_ALLOW_METHODS);
        assert_eq!(methods, Some("GET, POST"));
        let headers = answer.header(header::ACCESS_CONTROL_ALLOW_HEADERS);
        assert_eq!(headers, Some("authorization, content-type"));
        assert!(varies(&answer));
        for origin in [
            STRANGER,
            "null",
            "https://app.example:8443",
            "http://app.example",
        ] {
            let answer = preflight(&server, path, origin).await;
            assert_eq!(allowed(&answer), None, "{path} {origin}");
            assert_eq!(answer.header(header::ACCESS_CONTROL_ALLOW_METHODS), None);
            assert!(varies(&answer));
        }
    }
}

#[tokio::test]
async fn client_origin_may_read_success_and_error_responses() {
    let server = Server::start().await;
    let media_type = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (body, status) in [(form(&machine()), 200), ("x=y".to_owned(), 400)] {
        for (origin, reads) in [(Some(APP), Some(APP)), (Some(STRANGER), None), (None, None)] {
            let mut headers = vec![media_type.clone()];
            headers.extend(origin.map(|origin| (header::ORIGIN, origin)));
            let answer = server.post(FORM, &headers, body.clone()).await;
            assert_eq!(answer.status.as_u16(), status);
            assert_eq!(allowed(&answer), reads);
            assert!(varies(&answer));
            assert_eq!(allows_credentials(&answer), reads.map(|_| "true"));
        }
    }
}

#[tokio::test]
async fn client_registration_and_deletion_change_allowed_origins() {
    let server = Server::start().await;
    let uri = RedirectUri::parse(&format!("{NEW}/callback")).unwrap();
    let asked = async || allowed(&preflight(&server, FORM, NEW).await).is_some();
    assert!(!asked().await);
    server
        .change("app", |client| client.redirect_uris.push(uri))
        .await;
    assert!(asked().await);
    server
        .change("app", |client| client.status = ClientStatus::Suspended)
        .await;
    assert!(!asked().await);
}

#[tokio::test]
async fn discovery_and_keys_allow_any_origin() {
    let server = Server::start().await;
    for path in PUBLIC {
        assert_eq!(allowed(&server.get(path).await.ok()), Some("*"), "{path}");
        let answer = preflight(&server, path, STRANGER).await;
        assert_eq!(allowed(&answer), Some("*"), "{path}");
        for (origin, reads, credentials) in [(STRANGER, "*", None), (APP, APP, Some("true"))] {
            let request = Request::get(path).header(header::ORIGIN, origin);
            let answer = server.send(request.body(Body::empty()).unwrap()).await.ok();
            assert_eq!(allowed(&answer), Some(reads), "{path} {origin}");
            assert_eq!(allows_credentials(&answer), credentials, "{path} {origin}");
            assert!(varies(&answer), "a cache must separate the origins");
        }
    }
}

#[tokio::test]
async fn preflight_allows_requested_headers_to_client_origins_only() {
    let server = Server::start().await;
    let headers = "authorization,content-type,x-requested-with,traceparent";
    for path in FOR_CLIENTS {
        let answer = preflight_with(&server, path, APP, Some(headers)).await;
        let allowed = answer.header(header::ACCESS_CONTROL_ALLOW_HEADERS);
        assert_eq!(allowed, Some(headers), "{path}");
        let answer = preflight_with(&server, path, STRANGER, Some(headers)).await;
        let allowed = answer.header(header::ACCESS_CONTROL_ALLOW_HEADERS);
        assert_eq!(allowed, None, "{path}");
    }
}

#[tokio::test]
async fn plain_options_get_405() {
    let server = Server::start().await;
    let options = async |path: &str| {
        let request = Request::builder().method(Method::OPTIONS).uri(path);
        server.send(request.body(Body::empty()).unwrap()).await
    };
    for path in [FORM, "/oauth2/introspect"] {
        assert_eq!(options(path).await.status.as_u16(), 405, "{path}");
    }
}

/// Browsers navigate to these endpoints, and scripts do not call them (RFC 9700 section 2.6). They read cookies, so no
/// other origin may send credentials.
#[tokio::test]
async fn authorization_endpoint_allows_no_cross_origin_requests() {
    let server = Server::start().await;
    for path in [
        "/oauth2/authorize",
        "/oauth2/logout",
        "/login",
        "/consent",
        "/account",
        "/api/sessions",
        "/signout",
    ] {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri(path)
            .header(header::ORIGIN, APP)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
        let preflight = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(allowed(&preflight), None, "{path}");
        assert_eq!(allows_credentials(&preflight), None, "{path}");
        let request = Request::get(path).header(header::ORIGIN, APP);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(allowed(&answer), None, "{path}");
        assert_eq!(allows_credentials(&answer), None, "{path}");
    }
}
