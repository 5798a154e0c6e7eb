//! Bodies and methods: media type, size, encoding, GET.

use super::{URLENCODED, assert_refused};
use crate::facts::{FORM, JSON};
use crate::harness::Server;
use crate::requests::{form, json, machine};
use axum::body::Body;
use axum::http::{Method, Request, header};

#[tokio::test]
async fn wrong_content_type_is_invalid_request() {
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
async fn body_over_64_kib_is_invalid_request() {
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
async fn undecodable_body_is_invalid_request() {
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
async fn other_methods_get_405_with_allow() {
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
