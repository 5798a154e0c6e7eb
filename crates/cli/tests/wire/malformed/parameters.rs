//! Parameters: missing, empty, repeated, unknown.

use super::{URLENCODED, assert_refused, both_refuse};
use crate::facts::{FORM, JSON};
use crate::harness::Server;
use crate::requests::{exchange, form, machine, refreshing, with, without};
use axum::http::header;

#[tokio::test]
async fn missing_or_empty_parameter_is_invalid_request() {
    let server = Server::start().await;
    let code = server.code("web");
    let token = server.tokens("web").await.text("refresh_token");
    let exchange = exchange("web", &code);
    let refreshing = refreshing("web", &token);
    for (good, names) in [
        (
            &exchange,
            &["grant_type", "client_id", "code", "code_verifier"][..],
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

/// OAuth 2.1 section 4.1.3 drops `redirect_uri` from token requests. The contract of the JSON dialect requires it.
#[tokio::test]
async fn redirect_uri_may_be_missing_or_empty_with_challenge() {
    let server = Server::start().await;
    for empty in [false, true] {
        let change = |good: &_| {
            if empty {
                with(good, "redirect_uri", "")
            } else {
                without(good, "redirect_uri")
            }
        };
        let code = server.code("web");
        let exchange = change(&exchange("web", &code));
        let refused = server.json(JSON, &exchange).await.refusal();
        assert_eq!(refused, (400, "invalid_request".into()));
        server.form(FORM, &exchange).await.ok();
        let unbound = server.code_with("loose", |code| code.binding.challenge = None);
        let exchange = change(&without(
            &self::exchange("loose", &unbound),
            "code_verifier",
        ));
        let refused = server.form(FORM, &exchange).await.refusal();
        assert_eq!(refused, (400, "invalid_request".into()));
    }
}

#[tokio::test]
async fn empty_optional_and_unknown_parameters_are_ignored() {
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
async fn repeated_parameter_is_invalid_request() {
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
async fn unknown_grant_type_is_unsupported() {
    let server = Server::start().await;
    for grant_type in [
        "password",
        "Authorization_Code",
        "urn:ietf:params:oauth:grant-type:device-code",
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
async fn parameters_in_uri_are_ignored() {
    let server = Server::start().await;
    let path = format!("{FORM}?{}", form(&machine()));
    let answer = server
        .post(&path, &[(header::CONTENT_TYPE, URLENCODED)], "")
        .await;
    assert_refused(FORM, &answer, 400, "invalid_request");
}
