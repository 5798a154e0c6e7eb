//! Login steps: parameters, responses and lifetime.

use super::{AUTHORIZE, confirm, login, mfa, one_time_code, start};
use crate::facts::{CALLBACK, JSON, TENANT};
use crate::requests::{exchange, with, without};
use countersign_ports::{UserKey, UserRepository as _};
use serde_json::json;

#[tokio::test]
async fn aries_13_login_accepts_ten_parameters_and_returns_five_fields() {
    let server = start().await;
    let step = server
        .json(AUTHORIZE, &login("jane@example.com"))
        .await
        .ok();
    let mut body = step.json();
    let id = body["next_step_auth_id"].take();
    assert!(id.as_str().unwrap().starts_with("auth_consent_"));
    assert_eq!(
        body,
        json!({"next_step_auth_id": null, "is_mfa": false, "consent_required": true, "client_name": "App", "scopes": ["read", "write"]})
    );
}

#[tokio::test]
async fn aries_15_confirm_returns_valid_code_and_redirect_uri() {
    let server = start().await;
    let step = server
        .json(AUTHORIZE, &login("jane@example.com"))
        .await
        .ok();
    let confirmed = confirm(&server, &step).await.ok();
    assert_eq!(confirmed.text("redirect_uri"), CALLBACK);
    let tokens = server
        .json(JSON, &exchange("web", &confirmed.text("code")))
        .await
        .ok();
    let jane = server
        .store
        .find_user(
            TENANT,
            UserKey::Email(&countersign_domain::user::Email::parse("jane@example.com").unwrap()),
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        crate::requests::claims(&tokens.text("access_token"))["sub"],
        jane.id.to_string()
    );
}

#[tokio::test]
async fn aries_16_step_id_is_single_use() {
    let server = start().await;
    let first = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    let second = mfa(&server, &first, &one_time_code(&server, 0)).await.ok();
    server.pass(30);
    assert_eq!(
        mfa(&server, &first, &one_time_code(&server, 0))
            .await
            .refusal(),
        (400, "invalid_grant".into())
    );
    confirm(&server, &second).await.ok();
    assert_eq!(
        confirm(&server, &second).await.refusal(),
        (400, "invalid_grant".into())
    );
}

#[tokio::test]
async fn aries_16_step_id_expires_after_ten_minutes() {
    let server = start().await;
    let step = server
        .json(AUTHORIZE, &login("jane@example.com"))
        .await
        .ok();
    server.pass(600);
    assert_eq!(
        confirm(&server, &step).await.refusal(),
        (400, "invalid_grant".into())
    );
}

#[tokio::test]
async fn each_invalid_authorization_request_has_its_error() {
    let server = start().await;
    let good = login("jane@example.com");
    for name in ["email", "password", "client_id", "redirect_uri"] {
        assert_eq!(
            server
                .json(AUTHORIZE, &without(&good, name))
                .await
                .refusal(),
            (400, "invalid_request".into()),
            "{name}"
        );
    }
    for (name, value, status, error) in [
        ("client_id", "unknown", 401, "invalid_client"),
        ("client_id", "machine", 400, "invalid_request"),
        (
            "redirect_uri",
            "https://evil.example/",
            400,
            "invalid_request",
        ),
        ("response_type", "token", 400, "unsupported_response_type"),
        ("scope", "read admin", 400, "invalid_scope"),
        ("code_challenge", "short", 400, "invalid_request"),
        ("code_challenge_method", "plain", 400, "invalid_request"),
    ] {
        let answer = server.json(AUTHORIZE, &with(&good, name, value)).await;
        assert_eq!(
            answer.refusal(),
            (status, error.to_owned()),
            "{name}={value}"
        );
    }
    assert_eq!(
        server.passwords.looked_at(),
        0,
        "no password is verified for an invalid request, to save work"
    );
    let bare = without(&without(&good, "code_challenge"), "code_challenge_method");
    assert_eq!(
        server.json(AUTHORIZE, &bare).await.refusal(),
        (400, "invalid_request".into())
    );
    server
        .json(AUTHORIZE, &with(&bare, "client_id", "loose"))
        .await
        .ok();
    assert_eq!(
        server.form(AUTHORIZE, &good).await.refusal(),
        (400, "invalid_request".into()),
        "only JSON is accepted"
    );
}

#[tokio::test]
async fn response_type_and_scope_have_defaults() {
    let server = start().await;
    let bare = without(
        &without(&login("jane@example.com"), "response_type"),
        "scope",
    );
    let step = server.json(AUTHORIZE, &bare).await.ok();
    assert_eq!(step.json()["scopes"], json!(["openid", "read", "write"]));
}
