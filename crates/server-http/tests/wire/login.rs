//! Logins in JSON steps: rows 13 to 16 of the JSON dialect's checklist.

use crate::facts::{CALLBACK, CHALLENGE, JSON, SECRET, VERIFIER, seal};
use crate::harness::Server;
use crate::requests::{Answer, exchange, with, without};
use countersign_adapters_system::TotpCodes;
use countersign_application::totp_context;
use countersign_domain::user::User;
use countersign_ports::{OneTimeCodes as _, UserKey, UserRepository as _};
use countersign_store_contract::fixtures;
use serde_json::json;

const AUTHORIZE: &str = "/v1/oauth2/authorize";
const MFA: &str = "/v1/oauth2/authorize/mfa";
const CONFIRM: &str = "/v1/oauth2/authorize/confirm";
const PASSWORD: &str = "SecurePassword123!";
const TOTP_SECRET: &[u8] = b"12345678901234567890";

/// A server with jane, who has a password, and mia, who has one-time codes too.
async fn start() -> Server {
    let server = Server::start().await;
    let jane = User {
        password_hash: Some(PASSWORD.into()),
        ..fixtures::user(1, "jane@example.com")
    };
    let mia = fixtures::user(2, "mia@example.com");
    let sealed = seal(&totp_context(mia.id), TOTP_SECRET);
    let mia = User {
        password_hash: Some(PASSWORD.into()),
        sealed_totp_secret: Some(sealed),
        ..mia
    };
    for user in [jane, mia] {
        let _ = server.store.insert_user(&user).await.unwrap();
    }
    server
}

fn login(email: &str) -> Vec<(&str, &str)> {
    vec![
        ("email", email),
        ("password", PASSWORD),
        ("client_id", "web"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "read write"),
        ("state", "random_state_string_123"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("sid", "session_xyz789"),
    ]
}

async fn confirm(server: &Server, step: &Answer) -> Answer {
    server
        .json(
            CONFIRM,
            &[("next_step_auth_id", &step.text("next_step_auth_id"))],
        )
        .await
}

async fn mfa(server: &Server, step: &Answer, code: &str) -> Answer {
    server
        .json(
            MFA,
            &[
                ("next_step_auth_id", &step.text("next_step_auth_id")),
                ("verification_code", code),
            ],
        )
        .await
}

/// The code that is right at the server's present plus `seconds`.
fn one_time_code(server: &Server, seconds: u64) -> String {
    let now = server.now().plus(std::time::Duration::from_secs(seconds));
    (0..1_000_000)
        .map(|code| format!("{code:06}"))
        .find(|code| {
            TotpCodes.matching_time_step(TOTP_SECRET, code, now) == Some(now.as_unix_seconds() / 30)
        })
        .unwrap()
}

#[tokio::test]
async fn aries_13_all_ten_parameters_are_taken_and_five_fields_answered() {
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
async fn aries_15_confirm_answers_code_and_redirect_uri_and_the_code_is_good() {
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
        .find_user(UserKey::Email(
            &countersign_domain::user::Email::parse("jane@example.com").unwrap(),
        ))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        crate::requests::claims(&tokens.text("access_token"))["sub"],
        jane.id.to_string()
    );
}

#[tokio::test]
async fn aries_14_a_user_with_one_time_codes_needs_one_and_gets_a_new_step() {
    let server = start().await;
    let first = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    assert_eq!(
        (&first.json()["is_mfa"], &first.json()["consent_required"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(
        confirm(&server, &first).await.refusal(),
        (400, "invalid_grant".into()),
        "the code cannot be skipped"
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
async fn aries_16_a_step_id_is_single_use() {
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
async fn aries_16_a_step_id_lives_ten_minutes() {
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
async fn aries_16_a_step_id_is_bound_to_client_user_and_challenge() {
    let server = start().await;
    let step = server
        .json(AUTHORIZE, &login("jane@example.com"))
        .await
        .ok();
    let id = step.text("next_step_auth_id");
    for at in [14, id.len() / 2, id.len() - 2] {
        let mut forged = id.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        let answer = server
            .json(CONFIRM, &[("next_step_auth_id", &forged)])
            .await;
        assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
    }
    let code = confirm(&server, &step).await.ok().text("code");
    assert!(
        !server
            .json(JSON, &exchange("other", &code))
            .await
            .status
            .is_success()
    );
    let wrong = "a".repeat(43);
    assert!(
        !server
            .json(
                JSON,
                &with(&exchange("web", &code), "code_verifier", &wrong)
            )
            .await
            .status
            .is_success()
    );
    server
        .json(
            JSON,
            &with(&exchange("web", &code), "code_verifier", VERIFIER),
        )
        .await
        .ok();
}

#[tokio::test]
async fn an_unknown_user_a_disabled_one_and_a_wrong_password_get_the_same_answer_for_the_same_work()
{
    let server = start().await;
    let gone = User {
        enabled: false,
        password_hash: Some(PASSWORD.into()),
        ..fixtures::user(3, "gone@example.com")
    };
    let _ = server.store.insert_user(&gone).await.unwrap();
    let wrong = with(&login("jane@example.com"), "password", "wrong");
    let attempts = [
        wrong,
        login("nobody@example.com"),
        login("not an address"),
        login("gone@example.com"),
    ];
    let mut answers = Vec::new();
    for (number, attempt) in attempts.iter().enumerate() {
        let answer = server.json(AUTHORIZE, attempt).await;
        assert_eq!(
            server.passwords.looked_at(),
            number + 1,
            "one password is looked at each time"
        );
        answers.push((answer.status, answer.body));
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    assert_eq!(answers[0].0.as_u16(), 401);
}

#[tokio::test]
async fn five_wrong_one_time_codes_end_the_login() {
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
async fn twenty_one_time_codes_are_tried_for_a_user_whatever_the_number_of_logins() {
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
async fn a_user_disabled_after_the_login_gets_no_tokens_for_the_code() {
    let server = start().await;
    let step = server
        .json(AUTHORIZE, &login("jane@example.com"))
        .await
        .ok();
    let code = confirm(&server, &step).await.ok().text("code");
    let jane = User {
        enabled: false,
        ..fixtures::user(1, "jane@example.com")
    };
    let _ = server.store.update_user(&jane).await.unwrap();
    let answer = server.json(JSON, &exchange("web", &code)).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn four_wrong_one_time_codes_do_not_end_the_login() {
    let server = start().await;
    let step = server.json(AUTHORIZE, &login("mia@example.com")).await.ok();
    let wrong = one_time_code(&server, 3600);
    for _ in 0..4 {
        assert_eq!(mfa(&server, &step, &wrong).await.status.as_u16(), 401);
    }
    mfa(&server, &step, &one_time_code(&server, 0)).await.ok();
}

#[tokio::test]
async fn a_one_time_code_is_good_once_whatever_the_login() {
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

#[tokio::test]
async fn a_user_disabled_in_the_middle_of_a_login_does_not_finish_it() {
    let server = start().await;
    let step = server
        .json(AUTHORIZE, &login("jane@example.com"))
        .await
        .ok();
    let jane = User {
        enabled: false,
        ..fixtures::user(1, "jane@example.com")
    };
    let _ = server.store.update_user(&jane).await.unwrap();
    assert_eq!(
        confirm(&server, &step).await.refusal(),
        (401, "invalid_grant".into())
    );
}

#[tokio::test]
async fn each_fault_of_the_authorization_request_has_its_answer() {
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
        ("client_id", "nobody", 401, "invalid_client"),
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
        "no password is looked at for a request that cannot be served"
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
        "JSON alone"
    );
}

#[tokio::test]
async fn the_response_type_defaults_to_code_and_the_scope_to_all_that_is_registered() {
    let server = start().await;
    let bare = without(
        &without(&login("jane@example.com"), "response_type"),
        "scope",
    );
    let step = server.json(AUTHORIZE, &bare).await.ok();
    assert_eq!(step.json()["scopes"], json!(["openid", "read", "write"]));
}

#[tokio::test]
async fn no_answer_holds_the_password() {
    let server = start().await;
    for attempt in [
        login("jane@example.com"),
        with(&login("jane@example.com"), "email", "x"),
        with(&login("jane@example.com"), "scope", "admin"),
    ] {
        let answer = server.json(AUTHORIZE, &attempt).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert!(!text.contains(PASSWORD) && !text.contains(SECRET), "{text}");
    }
}
