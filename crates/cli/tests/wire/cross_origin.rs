//! Cross-origin requests (CORS).

use crate::facts::{FORM, JSON};
use crate::harness::Server;
use crate::requests::{Answer, form, machine};
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_domain::client::ClientStatus;
use countersign_domain::client::redirect_uri::RedirectUri;

const APP: &str = "https://app.example";
const STRANGER: &str = "https://evil.example";
const FOR_CLIENTS: [&str; 4] = [FORM, JSON, "/oauth2/userinfo", "/oauth2/revoke"];
const PUBLIC: [&str; 3] = [
    "/oauth2/jwks.json",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
];

async fn preflight(server: &Server, path: &str, origin: &str) -> Answer {
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri(path)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status.as_u16(), 204);
    assert_eq!(
        answer.header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS),
        None
    );
    answer
}

fn allowed(answer: &Answer) -> Option<&str> {
    answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN)
}

fn varies(answer: &Answer) -> bool {
    answer.header(header::VARY) == Some("Origin")
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
            assert_eq!(
                answer.header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS),
                None
            );
        }
    }
}

#[tokio::test]
async fn client_registration_and_deletion_change_allowed_origins() {
    let server = Server::start().await;
    let uri = RedirectUri::parse("https://new.example:8443/callback").unwrap();
    let asked =
        async || allowed(&preflight(&server, FORM, "https://new.example:8443").await).is_some();
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
    }
}

#[tokio::test]
async fn introspection_and_plain_options_get_405() {
    let server = Server::start().await;
    let options = async |path: &str, origin: Option<&str>| {
        let mut request = Request::builder().method(Method::OPTIONS).uri(path);
        if let Some(origin) = origin {
            request = request
                .header(header::ORIGIN, origin)
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
        }
        server.send(request.body(Body::empty()).unwrap()).await
    };
    let answer = options("/oauth2/introspect", Some(APP)).await;
    assert_eq!((answer.status.as_u16(), allowed(&answer)), (405, None));
    assert_eq!(options(FORM, None).await.status.as_u16(), 405);
}

/// Browsers navigate to this endpoint, and scripts do not call it (RFC 9700 section 2.6).
#[tokio::test]
async fn authorization_endpoint_allows_no_cross_origin_requests() {
    let server = Server::start().await;
    for path in ["/oauth2/authorize", "/oauth2/logout", "/login", "/consent"] {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri(path)
            .header(header::ORIGIN, APP)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
        let preflight = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(allowed(&preflight), None, "{path}");
        let request = Request::get(path).header(header::ORIGIN, APP);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(allowed(&answer), None, "{path}");
    }
}
