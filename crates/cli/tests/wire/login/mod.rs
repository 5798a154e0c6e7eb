//! Logins in JSON steps: rows 13 to 16 of the JSON dialect checklist.

mod one_time_codes;
mod steps;
mod users;

use crate::facts::{CALLBACK, CHALLENGE, seal};
use crate::harness::Server;
use crate::requests::Answer;
use countersign_adapters_system::TotpCodes;
use countersign_application::totp_context;
use countersign_domain::user::User;
use countersign_ports::OneTimeCodes as _;
use countersign_store_contract::fixtures;

pub(super) const AUTHORIZE: &str = "/v1/oauth2/authorize";
pub(super) const MFA: &str = "/v1/oauth2/authorize/mfa";
pub(super) const CONFIRM: &str = "/v1/oauth2/authorize/confirm";
pub(super) const PASSWORD: &str = "SecurePassword123!";
pub(super) const TOTP_SECRET: &[u8] = b"12345678901234567890";

/// Returns a server with two users: jane has a password, mia also has one-time codes.
pub(super) async fn start() -> Server {
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
        server.add_user(&user).await;
    }
    server
}

pub(super) fn login(email: &str) -> Vec<(&str, &str)> {
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

pub(super) async fn confirm(server: &Server, step: &Answer) -> Answer {
    server
        .json(
            CONFIRM,
            &[("next_step_auth_id", &step.text("next_step_auth_id"))],
        )
        .await
}

pub(super) async fn mfa(server: &Server, step: &Answer, code: &str) -> Answer {
    server
        .json(
            MFA,
            &[
                ("next_step_auth_id", step.text("next_step_auth_id").as_str()),
                ("verification_code", code),
            ],
        )
        .await
}

/// Returns the one-time code that is valid `seconds` after the current time of the server.
pub(super) fn one_time_code(server: &Server, seconds: u64) -> String {
    let now = server.now().plus(std::time::Duration::from_secs(seconds));
    (0..1_000_000)
        .map(|code| format!("{code:06}"))
        .find(|code| {
            TotpCodes.matching_time_step(TOTP_SECRET, code, now) == Some(now.as_unix_seconds() / 30)
        })
        .unwrap()
}
