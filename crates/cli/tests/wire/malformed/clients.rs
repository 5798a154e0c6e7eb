//! Client authentication: multiple methods, invalid Basic, unknown clients, wrong secrets.

use super::{URLENCODED, assert_refused, both_refuse};
use crate::facts::{CALLBACK, FORM, JSON, SECRET, VERIFIER};
use crate::harness::Server;
use crate::requests::{basic, form, machine, with, without};
use axum::http::header;
use countersign_domain::client::{AuthenticationMethod, ClientSecret};
use countersign_domain::secret::Secret;
use countersign_store_contract::fixtures;
use std::time::Duration;

#[tokio::test]
async fn multiple_authentication_methods_are_invalid_request() {
    let server = Server::start().await;
    let header = basic("machine", "correct+horse+battery+staple");
    for path in [FORM, JSON] {
        let headers = [
            (header::CONTENT_TYPE, URLENCODED),
            (header::AUTHORIZATION, header.as_str()),
        ];
        let different = with(&machine(), "client_secret", "wrong");
        let answer = server.post(path, &headers, form(&different)).await;
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
async fn same_credentials_in_header_and_body_authenticate() {
    use AuthenticationMethod::{ClientSecretBasic, ClientSecretPost};
    let server = Server::start().await;
    let header = basic("machine", "correct+horse+battery+staple");
    for method in [None, Some(ClientSecretBasic), Some(ClientSecretPost)] {
        server
            .change("machine", |machine| machine.authentication_method = method)
            .await;
        for path in [FORM, JSON] {
            let headers = [
                (header::CONTENT_TYPE, URLENCODED),
                (header::AUTHORIZATION, header.as_str()),
            ];
            let answer = server.post(path, &headers, form(&machine())).await;
            answer.ok();
        }
    }
    let wrong = basic("machine", "wrong");
    let both = with(&machine(), "client_secret", "wrong");
    let headers = [
        (header::CONTENT_TYPE, URLENCODED),
        (header::AUTHORIZATION, wrong.as_str()),
    ];
    let answer = server.post(FORM, &headers, form(&both)).await;
    assert_refused(FORM, &answer, 401, "invalid_client");
}

#[tokio::test]
async fn failed_basic_authentication_gets_challenge() {
    let server = Server::start().await;
    let unknown = basic("unknown", "x");
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
async fn unknown_disabled_or_deleted_client_is_invalid_client() {
    let server = Server::start().await;
    let long = "x".repeat(300);
    for unknown in ["unknown", "MACHINE", "machine ", "\u{e9}", "\u{0}", &long] {
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
            client.status = countersign_domain::client::ClientStatus::Suspended;
        })
        .await;
    both_refuse(&server, &machine(), 401, "invalid_client").await;
    server.delete("machine").await;
    server.change("web", |_| {}).await;
    both_refuse(&server, &machine(), 401, "invalid_client").await;
}

#[tokio::test]
async fn wrong_expired_or_removed_secret_is_invalid_client() {
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
async fn public_client_with_secret_is_invalid_client() {
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
