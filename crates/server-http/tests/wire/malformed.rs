//! Malformed requests: the exact answer of RFC 6749 section 5.2, in each dialect's shape, and nothing
//! changed.

use crate::harness::{
    Answer, CALLBACK, FORM, JSON, SECRET, Server, VERIFIER, basic, exchange, form, json, machine,
    refreshing, with, without,
};
use axum::body::Body;
use axum::http::{Method, Request, header};
use countersign_domain::client::ClientSecret;
use countersign_domain::secret::Secret;
use countersign_ports::ClientRepository as _;
use countersign_store_contract::fixtures;
use std::time::Duration;

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// Holds an answer to the RFC: status, code, headers, and a body of the dialect's shape.
#[track_caller]
fn assert_refused(path: &str, answer: &Answer, status: u16, error: &str) {
    let body = answer.json();
    assert_eq!(
        (answer.status.as_u16(), body["error"].as_str()),
        (status, Some(error)),
        "{path}: {body}"
    );
    assert_eq!(
        answer.header(header::CONTENT_TYPE),
        Some("application/json")
    );
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
    assert_eq!(answer.header(header::PRAGMA), Some("no-cache"));
    let mut names: Vec<_> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let expected: &[&str] = if path == FORM {
        &["error", "error_description"]
    } else {
        &["codes", "error", "error_description"]
    };
    assert_eq!(names, expected);
    let description = body["error_description"].as_str().unwrap();
    let allowed = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    assert!(
        !description.is_empty() && description.bytes().all(allowed),
        "RFC 6749 section 5.2: {description}"
    );
    assert!(!String::from_utf8_lossy(&answer.body).contains(SECRET));
}

/// Sends the same parameters to both endpoints, each in its own form, and expects the same refusal.
async fn both_refuse(server: &Server, parameters: &[(&str, &str)], status: u16, error: &str) {
    let before = server.contents();
    assert_refused(FORM, &server.form(FORM, parameters).await, status, error);
    assert_refused(JSON, &server.form(JSON, parameters).await, status, error);
    let is_repeated = parameters
        .iter()
        .enumerate()
        .any(|(at, (name, _))| parameters[..at].iter().any(|(other, _)| other == name));
    if !is_repeated {
        assert_refused(JSON, &server.json(JSON, parameters).await, status, error);
    }
    assert_eq!(
        server.contents(),
        before,
        "a refusal changes nothing: {parameters:?}"
    );
}

#[tokio::test]
async fn a_missing_or_empty_parameter_is_an_invalid_request() {
    let server = Server::start().await;
    let code = server.code("web");
    let token = server.tokens("web").await.text("refresh_token");
    let exchange = exchange("web", &code);
    let refreshing = refreshing("web", &token);
    for (good, names) in [
        (
            &exchange,
            &[
                "grant_type",
                "client_id",
                "code",
                "redirect_uri",
                "code_verifier",
            ][..],
        ),
        (&refreshing, &["grant_type", "client_id", "refresh_token"]),
    ] {
        for name in names {
            both_refuse(&server, &without(good, name), 400, "invalid_request").await;
            both_refuse(&server, &with(good, name, ""), 400, "invalid_request").await;
        }
    }
    server.form(FORM, &exchange).await.ok();
}

#[tokio::test]
async fn an_empty_optional_parameter_counts_as_absent_and_an_unknown_one_is_ignored() {
    let server = Server::start().await;
    let parameters = with(&machine(), "scope", "");
    assert_eq!(
        server.form(FORM, &parameters).await.ok().text("scope"),
        "api:read api:write"
    );
    let parameters = [
        &machine()[..],
        &[("audience", "x"), ("audience", "y"), ("", "z")],
    ]
    .concat();
    server.form(FORM, &parameters).await.ok();
    let body = r#"{"grant_type":"client_credentials","client_id":"machine","client_secret":"correct horse battery staple","scope":null,"extra":{"a":[1]},"extra":2}"#;
    server
        .post(JSON, &[(header::CONTENT_TYPE, "application/json")], body)
        .await
        .ok();
}

#[tokio::test]
async fn a_repeated_parameter_is_an_invalid_request() {
    let server = Server::start().await;
    let code = server.code("web");
    let good = exchange("web", &code);
    for (name, value) in good.clone() {
        let repeated = [&good[..], &[(name, value)]].concat();
        both_refuse(&server, &repeated, 400, "invalid_request").await;
    }
    let body = r#"{"grant_type":"client_credentials","grant_type":"client_credentials","client_id":"machine","client_secret":"x"}"#;
    let answer = server
        .post(JSON, &[(header::CONTENT_TYPE, "application/json")], body)
        .await;
    assert_refused(JSON, &answer, 400, "invalid_request");
    server.form(FORM, &good).await.ok();
}

#[tokio::test]
async fn an_unknown_grant_type_is_unsupported() {
    let server = Server::start().await;
    for grant_type in [
        "password",
        "Authorization_Code",
        "urn:ietf:params:oauth:grant-type:device_code",
        "\u{0}",
    ] {
        both_refuse(
            &server,
            &with(&machine(), "grant_type", grant_type),
            400,
            "unsupported_grant_type",
        )
        .await;
    }
}

#[tokio::test]
async fn a_wrong_content_type_is_an_invalid_request() {
    let server = Server::start().await;
    let body = form(&machine());
    for content_type in [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded; charset=utf-16",
        "",
        "*/*",
    ] {
        for path in [FORM, JSON] {
            let answer = server
                .post(path, &[(header::CONTENT_TYPE, content_type)], body.clone())
                .await;
            assert_refused(path, &answer, 400, "invalid_request");
        }
    }
    for path in [FORM, JSON] {
        assert_refused(
            path,
            &server.post(path, &[], body.clone()).await,
            400,
            "invalid_request",
        );
        let twice = [
            (header::CONTENT_TYPE, URLENCODED),
            (header::CONTENT_TYPE, URLENCODED),
        ];
        assert_refused(
            path,
            &server.post(path, &twice, body.clone()).await,
            400,
            "invalid_request",
        );
    }
    assert_refused(
        FORM,
        &server.json(FORM, &machine()).await,
        400,
        "invalid_request",
    );
}

#[tokio::test]
async fn a_body_over_64_kib_is_an_invalid_request_and_one_of_64_kib_is_read() {
    let server = Server::start().await;
    for (path, content_type, body) in [
        (FORM, URLENCODED, form(&machine()) + "&pad="),
        (JSON, URLENCODED, form(&machine()) + "&pad="),
    ] {
        let fits = format!("{body}{}", "x".repeat(64 * 1024 - body.len()));
        server
            .post(path, &[(header::CONTENT_TYPE, content_type)], fits.clone())
            .await
            .ok();
        for extra in [1, 2 * 1024 * 1024] {
            let answer = server
                .post(
                    path,
                    &[(header::CONTENT_TYPE, content_type)],
                    fits.clone() + &"x".repeat(extra),
                )
                .await;
            assert_refused(path, &answer, 400, "invalid_request");
        }
    }
}

#[tokio::test]
async fn what_is_not_utf_8_percent_encoding_or_json_is_an_invalid_request() {
    let server = Server::start().await;
    let good = form(&machine());
    for bad in [
        &b"&scope=%"[..],
        b"&scope=%f",
        b"&scope=%zz",
        b"&scope=%ff",
        b"&scope=\xff",
        b"&%c3=x",
    ] {
        for path in [FORM, JSON] {
            let body = [good.as_bytes(), bad].concat();
            let answer = server
                .post(path, &[(header::CONTENT_TYPE, URLENCODED)], body)
                .await;
            assert_refused(path, &answer, 400, "invalid_request");
        }
    }
    let good = json(&machine());
    let cut = &good[..good.len() - 1];
    for bad in [
        cut.as_bytes(),
        b"",
        b"[]",
        b"null",
        b"\"x\"",
        b"{\"grant_type\":\"\xff\"}",
        b"{\"grant_type\":1}",
        b"{} {}",
    ] {
        let answer = server
            .post(
                JSON,
                &[(header::CONTENT_TYPE, "application/json")],
                bad.to_vec(),
            )
            .await;
        assert_refused(JSON, &answer, 400, "invalid_request");
    }
}

#[tokio::test]
async fn two_client_authentications_are_an_invalid_request() {
    let server = Server::start().await;
    let header = basic("machine", "correct+horse+battery+staple");
    for path in [FORM, JSON] {
        let headers = [
            (header::CONTENT_TYPE, URLENCODED),
            (header::AUTHORIZATION, header.as_str()),
        ];
        let answer = server.post(path, &headers, form(&machine())).await;
        assert_refused(path, &answer, 400, "invalid_request");
        let other = form(&[("grant_type", "client_credentials"), ("client_id", "web")]);
        assert_refused(
            path,
            &server.post(path, &headers, other).await,
            400,
            "invalid_request",
        );
        let twice = [headers[0].clone(), headers[1].clone(), headers[1].clone()];
        let answer = server
            .post(path, &twice, "grant_type=client_credentials")
            .await;
        assert_refused(path, &answer, 400, "invalid_request");
        server
            .post(path, &headers, "grant_type=client_credentials")
            .await
            .ok();
    }
}

#[tokio::test]
async fn a_failed_attempt_by_basic_is_challenged() {
    let server = Server::start().await;
    let unknown = basic("nobody", "x");
    let wrong = basic("machine", "wrong");
    for path in [FORM, JSON] {
        for bad in [
            "Basic",
            "Basic %%%",
            "Basic bWFjaGluZQ==",
            "Basic /zo=",
            &unknown,
            &wrong,
            "Basic bWFjaGluZTolenq=",
        ] {
            let headers = [
                (header::CONTENT_TYPE, URLENCODED),
                (header::AUTHORIZATION, bad),
            ];
            let answer = server
                .post(path, &headers, "grant_type=client_credentials")
                .await;
            assert_refused(path, &answer, 401, "invalid_client");
            let challenge = answer.header(header::WWW_AUTHENTICATE);
            assert!(
                challenge.is_some_and(|challenge| challenge.starts_with("Basic realm=")),
                "{bad}"
            );
        }
        let headers = [
            (header::CONTENT_TYPE, URLENCODED),
            (header::AUTHORIZATION, "Digest x"),
        ];
        assert_refused(
            path,
            &server.post(path, &headers, form(&machine())).await,
            401,
            "invalid_client",
        );
    }
    let headers = [
        (header::CONTENT_TYPE, URLENCODED),
        (header::AUTHORIZATION, "Bearer x"),
    ];
    assert_refused(
        FORM,
        &server.post(FORM, &headers, form(&machine())).await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn an_unknown_disabled_or_deleted_client_is_an_invalid_client() {
    let server = Server::start().await;
    let long = "x".repeat(300);
    for unknown in ["nobody", "MACHINE", "machine ", "\u{e9}", "\u{0}", &long] {
        both_refuse(
            &server,
            &with(&machine(), "client_id", unknown),
            401,
            "invalid_client",
        )
        .await;
    }
    server
        .change("machine", |client| {
            client.status = countersign_domain::client::ClientStatus::Suspended
        })
        .await;
    both_refuse(&server, &machine(), 401, "invalid_client").await;
    let _ = server
        .store
        .delete_client(&fixtures::client_id("machine"))
        .await
        .unwrap();
    server.change("web", |_| {}).await;
    both_refuse(&server, &machine(), 401, "invalid_client").await;
}

#[tokio::test]
async fn a_wrong_expired_or_removed_secret_is_an_invalid_client() {
    let server = Server::start().await;
    both_refuse(
        &server,
        &with(&machine(), "client_secret", "wrong"),
        401,
        "invalid_client",
    )
    .await;
    both_refuse(
        &server,
        &without(&machine(), "client_secret"),
        401,
        "invalid_client",
    )
    .await;
    let second = Secret::new("second");
    server
        .change("machine", |client| {
            let expires_at = Some(fixtures::NOW.plus(Duration::from_secs(60)));
            client.secrets.push(ClientSecret {
                name: "second".into(),
                digest: second.digest(),
                expires_at,
                ..client.secrets[0].clone()
            });
        })
        .await;
    let by_second = with(&machine(), "client_secret", "second");
    server.form(FORM, &machine()).await.ok();
    server.form(FORM, &by_second).await.ok();
    server.pass(60);
    both_refuse(&server, &by_second, 401, "invalid_client").await;
    server
        .change("machine", |client| client.secrets.clear())
        .await;
    both_refuse(&server, &machine(), 401, "invalid_client").await;
}

#[tokio::test]
async fn a_forged_truncated_or_borrowed_code_is_an_invalid_grant() {
    let server = Server::start().await;
    let code = server.code("web");
    let good = exchange("web", &code);
    let cut = &code[..code.len() - 1];
    let mut flipped = code.clone().into_bytes();
    flipped[20] = if flipped[20] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let longer = format!("{code}A");
    for bad in [
        "x",
        cut,
        &flipped,
        &longer,
        "\u{e9}",
        "%00",
        "eyJhbGciOiJub25lIn0.e30.",
    ] {
        both_refuse(&server, &with(&good, "code", bad), 400, "invalid_grant").await;
    }
    both_refuse(&server, &exchange("other", &code), 400, "invalid_grant").await;
    both_refuse(&server, &exchange("app", &code), 400, "invalid_grant").await;
    both_refuse(
        &server,
        &with(&good, "redirect_uri", "https://app.example/other"),
        400,
        "invalid_grant",
    )
    .await;
    let expired = server.code_with("web", |code| code.expires_at = fixtures::NOW);
    both_refuse(&server, &exchange("web", &expired), 400, "invalid_grant").await;
    server.form(FORM, &good).await.ok();
}

#[tokio::test]
async fn each_fault_of_a_verifier_has_its_answer() {
    let server = Server::start().await;
    let code = server.code("web");
    let good = exchange("web", &code);
    let (long, wrong) = ("a".repeat(129), "a".repeat(43));
    both_refuse(
        &server,
        &without(&good, "code_verifier"),
        400,
        "invalid_request",
    )
    .await;
    both_refuse(
        &server,
        &with(&good, "code_verifier", &VERIFIER[..42]),
        400,
        "invalid_request",
    )
    .await;
    both_refuse(
        &server,
        &with(&good, "code_verifier", &long),
        400,
        "invalid_request",
    )
    .await;
    both_refuse(
        &server,
        &with(&good, "code_verifier", &wrong),
        400,
        "invalid_grant",
    )
    .await;
    let unbound = server.code_with("loose", |code| code.requested.challenge = None);
    let uncalled_for = exchange("loose", &unbound);
    both_refuse(&server, &uncalled_for, 400, "invalid_request").await;
    server
        .form(FORM, &without(&uncalled_for, "code_verifier"))
        .await
        .ok();
    server.form(FORM, &good).await.ok();
}

#[tokio::test]
async fn a_forged_borrowed_or_widened_refresh_is_refused() {
    let server = Server::start().await;
    for token in [
        server.tokens("web").await.text("refresh_token"),
        server
            .json(JSON, &exchange("web", &server.code("web")))
            .await
            .ok()
            .text("refresh_token"),
    ] {
        let good = refreshing("web", &token);
        let cut = &token[..token.len() - 1];
        let mut flipped = token.clone().into_bytes();
        let middle = flipped.len() / 2;
        flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
        let flipped = String::from_utf8(flipped).unwrap();
        for bad in ["x", cut, &flipped, "..", "\u{e9}"] {
            both_refuse(
                &server,
                &with(&good, "refresh_token", bad),
                400,
                "invalid_grant",
            )
            .await;
        }
        both_refuse(&server, &refreshing("other", &token), 400, "invalid_grant").await;
        both_refuse(&server, &refreshing("app", &token), 400, "invalid_grant").await;
        both_refuse(
            &server,
            &with(&good, "scope", "openid read write admin"),
            400,
            "invalid_scope",
        )
        .await;
        both_refuse(
            &server,
            &with(&good, "scope", "read  write"),
            400,
            "invalid_scope",
        )
        .await;
        let machine = with(
            &with(&machine(), "grant_type", "refresh_token"),
            "refresh_token",
            &token,
        );
        both_refuse(&server, &machine, 400, "unauthorized_client").await;
        server.form(FORM, &good).await.ok();
    }
}

#[tokio::test]
async fn another_method_than_post_is_405_with_allow() {
    let server = Server::start().await;
    let steps = [
        "/v1/oauth2/authorize",
        "/v1/oauth2/authorize/mfa",
        "/v1/oauth2/authorize/confirm",
    ];
    for path in [&[FORM, JSON][..], &steps].concat() {
        for method in [
            Method::GET,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::OPTIONS,
        ] {
            let uri =
                format!("{path}?grant_type=client_credentials&client_id=machine&client_secret=x");
            let answer = server
                .send(
                    Request::builder()
                        .method(method)
                        .uri(uri)
                        .body(Body::empty())
                        .unwrap(),
                )
                .await;
            assert_refused(path, &answer, 405, "invalid_request");
            assert_eq!(answer.header(header::ALLOW), Some("POST"), "{path}");
        }
    }
}

#[tokio::test]
async fn parameters_in_the_uri_are_not_read() {
    let server = Server::start().await;
    let path = format!("{FORM}?{}", form(&machine()));
    let answer = server
        .post(&path, &[(header::CONTENT_TYPE, URLENCODED)], "")
        .await;
    assert_refused(FORM, &answer, 400, "invalid_request");
}

#[tokio::test]
async fn what_a_public_client_with_a_secret_sends_is_an_invalid_client() {
    let server = Server::start().await;
    let code = server.code("app");
    let parameters = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("client_secret", SECRET),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    both_refuse(&server, &parameters, 401, "invalid_client").await;
}
