//! Requests of devices (RFC 8628 sections 3.1 and 3.2).

use super::{BEGIN, with_devices};
use crate::facts::{ISSUER, SECRET};
use crate::requests::basic;
use axum::http::header;
use countersign_domain::resource::Resource;
use countersign_ports::{Ephemera as _, EphemeralKind};

#[tokio::test]
async fn answer_has_all_members() {
    let server = with_devices().await;
    let answer = server.form(BEGIN, &[("client_id", "tv")]).await.ok();
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
    let json = answer.json();
    assert_eq!(json["expires_in"], 600);
    assert_eq!(json["interval"], 5);
    assert_eq!(json["verification_uri"], format!("{ISSUER}/device"));
    let code = answer.text("user_code");
    let complete = format!("{ISSUER}/device?user_code={code}");
    assert_eq!(json["verification_uri_complete"], complete);
    let (first, second) = code.split_once('-').unwrap();
    let letters = |part: &str| {
        let is_one = |letter: char| "BCDFGHJKLMNPQRSTVWXZ".contains(letter);
        part.len() == 4 && part.chars().all(is_one)
    };
    assert!(letters(first) && letters(second), "{code}");
    assert!(answer.text("device_code").len() > 43);
}

#[tokio::test]
async fn request_writes_one_row_without_its_codes() {
    let server = with_devices().await;
    let answer = server.form(BEGIN, &[("client_id", "tv")]).await.ok();
    let rows = server.store.count(
        crate::facts::TENANT,
        EphemeralKind::DeviceRequest,
        server.now(),
    );
    assert_eq!(rows.await.unwrap(), 1);
    let contents = server.contents();
    let code = answer.text("user_code");
    for secret in [answer.text("device_code"), code.replace('-', ""), code] {
        assert!(!contents.contains(&secret), "{secret}");
    }
}

#[tokio::test]
async fn refused_request_has_error_of_its_rule() {
    let server = with_devices().await;
    for (parameters, status, error) in [
        (&[("client_id", "web")][..], 401, "invalid_client"),
        (&[("client_id", "unknown")], 401, "invalid_client"),
        (&[("client_id", "console")], 401, "invalid_client"),
        (
            &[("client_id", "web"), ("client_secret", SECRET)],
            400,
            "unauthorized_client",
        ),
        (
            &[("client_id", "tv"), ("scope", "admin")],
            400,
            "invalid_scope",
        ),
        (
            &[("client_id", "tv"), ("resource", "https://api.example")],
            400,
            "invalid_target",
        ),
        (
            &[("client_id", "tv"), ("scope", "read"), ("scope", "write")],
            400,
            "invalid_request",
        ),
    ] {
        let answer = server.form(BEGIN, parameters).await;
        assert_eq!(answer.refusal(), (status, error.into()), "{parameters:?}");
    }
    let answer = server.get(BEGIN).await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn confidential_client_authenticates_in_header_or_body() {
    let server = with_devices().await;
    let body = [("client_id", "console"), ("client_secret", SECRET)];
    server.form(BEGIN, &body).await.ok();
    for (secret, status) in [(SECRET, 200), ("wrong", 401)] {
        let credentials = basic("console", secret);
        let headers = [
            (header::AUTHORIZATION, credentials.as_str()),
            (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        ];
        let answer = server.post(BEGIN, &headers, "").await;
        assert_eq!(answer.status, status);
        let challenge = answer.headers.contains_key(header::WWW_AUTHENTICATE);
        assert_eq!(challenge, status == 401);
    }
}

#[tokio::test]
async fn requests_are_limited_per_address() {
    let mut server = with_devices().await;
    for _ in 0..100 {
        server.form(BEGIN, &[("client_id", "tv")]).await.ok();
    }
    let answer = server.form(BEGIN, &[("client_id", "tv")]).await;
    assert_eq!(answer.status, 429);
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    server.address = "192.0.2.8".parse().ok();
    server.form(BEGIN, &[("client_id", "tv")]).await.ok();
}

#[tokio::test]
async fn registered_resource_is_audience_of_token() {
    let server = with_devices().await;
    let api = "https://api.example";
    server
        .change("tv", |tv| {
            tv.resources = vec![Resource::parse(api).unwrap()];
        })
        .await;
    let parameters = [("client_id", "tv"), ("resource", api), ("scope", "read")];
    let begun = server.form(BEGIN, &parameters).await.ok();
    super::answer(&server, &begun.text("user_code"), "agree").await;
    let tokens = super::poll(&server, "tv", &begun.text("device_code")).await;
    let claims = crate::requests::claims(&tokens.ok().text("access_token"));
    assert_eq!(claims["aud"], api);
    assert_eq!(claims["scope"], "read");
}

#[tokio::test]
async fn discovery_names_endpoint_and_grant_type() {
    let server = with_devices().await;
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ] {
        let metadata = server.get(path).await.ok().json();
        let endpoint = format!("{ISSUER}{BEGIN}");
        assert_eq!(metadata["device_authorization_endpoint"], endpoint);
        let grant_types = metadata["grant_types_supported"].as_array().unwrap();
        assert!(grant_types.iter().any(|one| one == super::DEVICE_CODE));
    }
}
