//! Users and passwords: all failed logins get the same response.

use super::{AUTHORIZE, CONFIRM, PASSWORD, confirm, login, start};
use crate::facts::{JSON, SECRET, VERIFIER};
use crate::requests::{exchange, with};
use countersign_domain::user::User;
use countersign_store_contract::fixtures;

#[tokio::test]
async fn aries_16_step_id_is_bound_to_client_user_and_challenge() {
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
async fn failed_logins_are_indistinguishable() {
    let server = start().await;
    let gone = User {
        enabled: false,
        password_hash: Some(PASSWORD.into()),
        ..fixtures::user(3, "gone@example.com")
    };
    server.add_user(&gone).await;
    let wrong = with(&login("jane@example.com"), "password", "wrong");
    let attempts = [
        wrong,
        login("unknown@example.com"),
        login("not an address"),
        login("gone@example.com"),
    ];
    let mut answers = Vec::new();
    for (number, attempt) in attempts.iter().enumerate() {
        let answer = server.json(AUTHORIZE, attempt).await;
        assert_eq!(
            server.passwords.looked_at(),
            number + 1,
            "one password is verified each time"
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
async fn user_disabled_after_login_gets_no_tokens() {
    let server = start().await;
    let step = server
        .json(AUTHORIZE, &login("jane@example.com"))
        .await
        .ok();
    let code = confirm(&server, &step).await.ok().text("code");
    let jane = fixtures::user_id(1);
    server.change_user(jane, |jane| jane.enabled = false).await;
    let answer = server.json(JSON, &exchange("web", &code)).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn password_change_invalidates_codes_and_login_steps() {
    let server = start().await;
    let begin = async || {
        let begun = server.json(AUTHORIZE, &login("jane@example.com")).await;
        begun.ok()
    };
    let (step, confirmed) = (begin().await, begin().await);
    let code = confirm(&server, &confirmed).await.ok().text("code");
    let jane = fixtures::user_id(1);
    server.set_password(jane, "another password").await;
    for answer in [
        confirm(&server, &step).await,
        server.json(JSON, &exchange("web", &code)).await,
    ] {
        assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
        assert_eq!(answer.json()["codes"][0]["code"], "password_changed");
    }
    server.set_password(jane, PASSWORD).await;
    let code = confirm(&server, &begin().await).await.ok().text("code");
    server.json(JSON, &exchange("web", &code)).await.ok();
}

#[tokio::test]
async fn user_disabled_during_login_cannot_finish() {
    let server = start().await;
    let step = server
        .json(AUTHORIZE, &login("jane@example.com"))
        .await
        .ok();
    let jane = fixtures::user_id(1);
    server.change_user(jane, |jane| jane.enabled = false).await;
    assert_eq!(
        confirm(&server, &step).await.refusal(),
        (401, "invalid_grant".into())
    );
}

#[tokio::test]
async fn responses_never_contain_password() {
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
