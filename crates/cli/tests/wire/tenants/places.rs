//! Hosts and paths of tenants.

use super::{OWN, add, server};
use crate::harness::Server;
use axum::body::Body;
use axum::http::{Request, header};

#[tokio::test]
async fn metadata_names_issuer_and_endpoints_of_tenant() {
    let (server, [_, acme, bolt]) = server().await;
    for (place, path, issuer) in [
        (
            acme,
            "/.well-known/openid-configuration",
            "https://auth.example/t/acme",
        ),
        (
            acme,
            "/.well-known/oauth-authorization-server",
            "https://auth.example/t/acme",
        ),
        (
            OWN,
            "/.well-known/oauth-authorization-server/t/acme",
            "https://auth.example/t/acme",
        ),
        (
            OWN,
            "/.well-known/openid-configuration/t/acme",
            "https://auth.example/t/acme",
        ),
        (
            bolt,
            "/.well-known/openid-configuration",
            "https://bolt.example",
        ),
        (
            OWN,
            "/.well-known/openid-configuration",
            "https://auth.example",
        ),
    ] {
        let document = place.get(&server, path).await.ok();
        assert_eq!(document.text("issuer"), issuer, "{path}");
        let endpoint = format!("{issuer}/oauth2/token");
        assert_eq!(document.text("token_endpoint"), endpoint, "{path}");
    }
}

#[tokio::test]
async fn unknown_and_disabled_tenants_look_alike() {
    let (server, [_, acme, _]) = server().await;
    let at = |host: &'static str, path: &'static str| {
        let request = Request::get(path).header(header::HOST, host);
        server.send(request.body(Body::empty()).unwrap())
    };
    let path = "/t/acme/.well-known/openid-configuration";
    at("auth.example", path).await.ok();
    super::administration::set_enabled(&server, "acme", false).await;
    let unknown = at("auth.example", "/t/none/.well-known/openid-configuration").await;
    let disabled = at("auth.example", path).await;
    assert_eq!(unknown.status.as_u16(), 404);
    assert_eq!(
        (unknown.status, &unknown.body),
        (disabled.status, &disabled.body)
    );
    super::administration::set_enabled(&server, "acme", true).await;
    assert!(
        acme.is_active(&server, &acme.tokens(&server).await.text("access_token"))
            .await
    );
}

#[tokio::test]
async fn tenant_with_host_is_not_at_path() {
    let (server, _) = server().await;
    let request = Request::get("/t/bolt/oauth2/jwks.json").header(header::HOST, "auth.example");
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status.as_u16(), 404);
}

#[tokio::test]
async fn host_is_compared_without_case_and_default_port() {
    let (server, _) = server().await;
    for host in ["bolt.example", "BOLT.example", "bolt.example:443"] {
        let request = Request::get("/.well-known/openid-configuration").header(header::HOST, host);
        let answer = server.send(request.body(Body::empty()).unwrap()).await.ok();
        assert_eq!(answer.text("issuer"), "https://bolt.example", "{host}");
    }
}

#[tokio::test]
async fn pages_of_tenant_with_path_stay_below_path() {
    let (server, [_, acme, _]) = server().await;
    let visited = acme.get(&server, "/account").await;
    let location = visited.headers["location"].to_str().unwrap().to_owned();
    assert!(
        location.starts_with("/t/acme/login?interaction="),
        "{location}"
    );
    let cookies: Vec<_> = visited.headers.get_all(header::SET_COOKIE).iter().collect();
    assert!(!cookies.is_empty());
    let mut sent = Vec::new();
    for cookie in cookies {
        let cookie = cookie.to_str().unwrap();
        sent.push(cookie.split_once(';').unwrap().0.to_owned());
        let name = cookie.split_once('=').unwrap().0;
        assert!(
            name.starts_with("__Host-") && name.ends_with("-acme"),
            "{cookie}"
        );
    }
    let request = Request::get(&location)
        .header(header::HOST, "auth.example")
        .header(header::COOKIE, sent.join("; "));
    let page = server.send(request.body(Body::empty()).unwrap()).await.ok();
    let html = String::from_utf8(page.body).unwrap();
    let mut links = 0;
    for name in ["href", "action", "src"] {
        for rest in html.split(&format!("{name}=\"/")).skip(1) {
            assert!(
                rest.starts_with("t/acme/"),
                "{name}=\"/{}",
                rest.get(..40).unwrap()
            );
            links += 1;
        }
    }
    assert!(links > 3, "{html}");
}

#[tokio::test]
async fn limit_of_requests_is_per_tenant() {
    let server = Server::start().await;
    let (acme, other) = (
        add(&server, "acme", None).await,
        add(&server, "other", None).await,
    );
    super::administration::set_limits(&server, "acme", 3).await;
    let path = "/oauth2/jwks.json";
    for _ in 0..3 {
        acme.get(&server, path).await.ok();
    }
    let refused = acme.get(&server, path).await;
    assert_eq!(refused.refusal(), (429, "temporarily_unavailable".into()));
    assert!(refused.header(header::RETRY_AFTER).is_some());
    for place in [other, OWN] {
        place.get(&server, path).await.ok();
    }
    server.pass(60);
    acme.get(&server, path).await.ok();
}

#[tokio::test]
async fn limited_json_dialect_gets_its_own_error_shape() {
    let server = Server::start().await;
    let acme = add(&server, "acme", None).await;
    super::administration::set_limits(&server, "acme", 0).await;
    let refused = acme.form(&server, "/v1/oauth2/token", &[]).await;
    assert_eq!(refused.status.as_u16(), 429);
    assert_eq!(refused.json()["codes"][0]["code"], "tenant_requests");
}
