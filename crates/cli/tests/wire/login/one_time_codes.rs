//! One-time codes: single use and rate limits.

use super::{AUTHORIZE, confirm, login, mfa, one_time_code, start};
use crate::requests::with;
use countersign_domain::login::mfa_policy::MfaPolicy;
use serde_json::json;

#[tokio::test]
async fn aries_14_user_with_one_time_codes_gets_second_step() {
    let server = start().await;
    let first = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    assert_eq!(
        (&first.json()["is_mfa"], &first.json()["consent_required"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        confirm(&server, &first).await.refusal(),
        (400, "invalid_grant".into()),
        "the second step cannot be skipped"
    );
    for malformed in ["", "12345", "1234567", "12345a", "\u{661}\u{662}\u{663}"] {
        assert_eq!(
            mfa(&server, &first, malformed).await.refusal(),
            (400, "invalid_request".into()),
            "{malformed}"
        );
    }
    let second = mfa(&server, &first, &one_time_code(&server, 0)).await.ok();
    assert_ne!(
        second.text("next_step_auth_id"),
        first.text("next_step_auth_id")
    );
    assert_eq!(second.json()["scopes"], json!(["read", "write"]));
    confirm(&server, &second).await.ok();
}

#[tokio::test]
async fn required_factor_blocks_login_by_password_alone() {
    let server = start().await.with_accounts(MfaPolicy::Required, None);
    let refused = server.json(AUTHORIZE, &login("jane@example.com")).await;
    assert_eq!(refused.refusal(), (403, "access_denied".into()));
    assert_eq!(refused.json()["codes"][0]["code"], "factor_missing");
    let wrong = with(&login("jane@example.com"), "password", "wrong");
    let wrong = server.json(AUTHORIZE, &wrong).await;
    assert_eq!(wrong.json()["codes"][0]["code"], "login_failed");
    let first = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    let second = mfa(&server, &first, &one_time_code(&server, 0)).await.ok();
    confirm(&server, &second).await.ok();
}

#[tokio::test]
async fn five_wrong_one_time_codes_end_login() {
    let server = start().await;
    let step = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    let right = one_time_code(&server, 0);
    let wrong = one_time_code(&server, 3600);
    for _ in 0..5 {
        assert_eq!(
            mfa(&server, &step, &wrong).await.refusal(),
            (401, "invalid_grant".into())
        );
    }
    let ended = mfa(&server, &step, &right).await;
    assert_eq!(ended.refusal(), (400, "invalid_grant".into()));
    assert_eq!(ended.json()["codes"][0]["code"], "login_ended");
}

#[tokio::test]
async fn one_time_code_guesses_are_limited_across_logins() {
    let server = start().await;
    let wrong = one_time_code(&server, 3600);
    for _ in 0..4 {
        let step = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
        for _ in 0..5 {
            assert_eq!(mfa(&server, &step, &wrong).await.status.as_u16(), 401);
        }
    }
    let step = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    let answer = mfa(&server, &step, &one_time_code(&server, 0)).await;
    assert_eq!(
        answer.json()["codes"][0]["code"],
        "one_time_codes_exhausted"
    );
    server.pass(600);
    let step = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    mfa(&server, &step, &one_time_code(&server, 0)).await.ok();
}

#[tokio::test]
async fn four_wrong_one_time_codes_keep_login() {
    let server = start().await;
    let step = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    let wrong = one_time_code(&server, 3600);
    for _ in 0..4 {
        assert_eq!(mfa(&server, &step, &wrong).await.status.as_u16(), 401);
    }
    mfa(&server, &step, &one_time_code(&server, 0)).await.ok();
}

#[tokio::test]
async fn one_time_code_is_single_use_across_logins() {
    let server = start().await;
    let code = one_time_code(&server, 0);
    let first = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    let second = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    mfa(&server, &first, &code).await.ok();
    assert_eq!(
        mfa(&server, &second, &code).await.refusal(),
        (401, "invalid_grant".into())
    );
}
