//! Properties for arbitrary requests: no panic, no 5xx, and always a response in the format of the dialect.

use crate::facts::{FORM, JSON, SECRET};
use crate::harness::Server;
use crate::requests::{exchange, form, json, machine, refreshing};
use axum::body::Body;
use axum::http::{HeaderValue, Request, header};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const PATHS: [&str; 5] = [
    FORM,
    JSON,
    "/v1/oauth2/authorize",
    "/v1/oauth2/authorize/mfa",
    "/v1/oauth2/authorize/confirm",
];
const NAMES: [&str; 16] = [
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion_type",
    "client_assertion",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "email",
    "password",
    "next_step_auth_id",
    "verification_code",
    "response_type",
    "nonce",
];
const VALUES: [&str; 14] = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "code",
    "web",
    "app",
    "machine",
    SECRET,
    "",
    "https://app.example/callback",
    "read write",
    "\u{0}\u{e9}",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3ZWIifQ.",
];

/// Generates requests from real names, values and media types, mixed with random ones.
fn requests() -> impl Strategy<Value = (usize, Option<String>, Option<Vec<u8>>, Vec<u8>)> {
    let value = prop_oneof![
        prop::sample::select(&VALUES[..]).prop_map(str::to_owned),
        "\\PC{0,20}"
    ];
    let pairs = prop::collection::vec((prop::sample::select(&NAMES[..]), value), 0..8);
    let body = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        pairs.clone().prop_map(|pairs| form(&pairs).into_bytes()),
        pairs.prop_map(|pairs| json(&pairs).into_bytes()),
        "[a-z_=&%0-9+]{0,60}".prop_map(String::into_bytes),
        "[\\{\\}\\[\\]\",:a-z_\\\\0-9]{0,60}".prop_map(String::into_bytes),
    ];
    let content_type = prop_oneof![
        Just(None),
        Just(Some("application/json".to_owned())),
        Just(Some("application/x-www-form-urlencoded".to_owned())),
        "[ -~]{0,30}".prop_map(Some),
    ];
    let authorization = prop_oneof![
        3 => Just(None),
        1 => "(Basic|Bearer|basic|) ?[A-Za-z0-9+/=:]{0,40}".prop_map(|text| Some(text.into_bytes())),
        1 => prop::collection::vec(0x20_u8..=0xff, 0..40).prop_map(Some),
    ];
    (0..PATHS.len(), content_type, authorization, body)
}

#[test]
fn arbitrary_request_causes_no_panic_or_5xx() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Server::start());
    let mut runner = TestRunner::new(Config {
        cases: 4096,
        failure_persistence: None,
        ..Config::default()
    });
    let judged = runner.run(&requests(), |(path, content_type, authorization, body)| {
        let path = PATHS[path];
        let mut request = Request::post(path);
        if let Some(value) = content_type.and_then(|text| HeaderValue::from_str(&text).ok()) {
            request = request.header(header::CONTENT_TYPE, value);
        }
        if let Some(value) = authorization.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()) {
            request = request.header(header::AUTHORIZATION, value);
        }
        let answer = runtime.block_on(server.send(request.body(Body::from(body)).unwrap()));
        let status = answer.status.as_u16();
        let json = answer.json();
        if status == 200 {
            prop_assert!(json["access_token"].is_string(), "{}", json);
        } else {
            prop_assert!(matches!(status, 400 | 401), "{} {}", status, json);
            prop_assert!(json["error"].is_string() && json["error_description"].is_string());
            prop_assert_eq!(json["codes"].is_array(), path != FORM);
        }
        prop_assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
        Ok(())
    });
    judged.unwrap();
}

#[test]
fn request_with_changed_byte_gets_well_formed_response() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Server::start());
    let code = server.code("web");
    let refresh_token = runtime.block_on(server.tokens("web")).text("refresh_token");
    let bodies = [
        form(&exchange("web", &code)),
        form(&refreshing("web", &refresh_token)),
        form(&machine()),
    ];
    let mut runner = TestRunner::new(Config {
        cases: 1024,
        failure_persistence: None,
        ..Config::default()
    });
    let judged = runner.run(
        &(0..bodies.len(), any::<prop::sample::Index>(), any::<u8>()),
        |(body, at, byte)| {
            let mut body = bodies[body].clone().into_bytes();
            let at = at.index(body.len());
            body[at] = byte;
            let headers = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded")];
            let answer = runtime.block_on(server.post(FORM, &headers, body));
            prop_assert!(
                matches!(answer.status.as_u16(), 200 | 400 | 401),
                "{}",
                answer.status
            );
            prop_assert!(answer.json().is_object());
            Ok(())
        },
    );
    judged.unwrap();
}
