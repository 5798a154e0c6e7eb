//! Second factors: setup, removal and enforcement.

use super::account::user;
use super::passkeys::passkeys;
use super::{Browser, REQUEST, attribute, served};
use crate::facts::TENANT;
use crate::requests::with;
use axum::http::StatusCode;
use countersign_adapters_system::TotpCodes;
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_ports::{OneTimeCodes as _, PasskeyRepository as _, RecoveryCodeRepository as _};

const JANE: &str = "jane@example.com";

/// Returns the code of an app that has scanned the current page.
pub(crate) fn code(browser: &Browser<'_>) -> String {
    let html = browser.html();
    let secret = html.split("<code>").nth(1).unwrap();
    let secret = secret.split("</code>").next().unwrap();
    let mut bits = 0_u64;
    let mut held = 0;
    let mut bytes = Vec::new();
    for letter in secret.bytes().filter(|byte| *byte != b'=') {
        let five = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .iter()
            .position(|own| *own == letter);
        bits = bits << 5 | five.unwrap() as u64;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    let now = browser.server.now();
    (0..1_000_000)
        .map(|code| format!("{code:06}"))
        .find(|code| TotpCodes.matching_time_step(&bytes, code, now).is_some())
        .unwrap()
}

#[tokio::test]
async fn app_setup_shows_recovery_codes_once() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open("/account/authenticator").await;
    let right = code(&browser);
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    browser.submit(&[("code", wrong)]).await;
    assert!(user(&browser, JANE).await.sealed_totp_secret.is_none());
    browser.submit(&[("code", &right)]).await;
    let jane = user(&browser, JANE).await;
    assert!(jane.sealed_totp_secret.is_some());
    assert_eq!(browser.html().matches("<li><code>").count(), 10);
    assert_eq!(
        server
            .store
            .count_recovery_codes(TENANT, jane.id)
            .await
            .unwrap(),
        10
    );
    let html = browser.html();
    let recovery = html.split("<li><code>").nth(1).unwrap();
    let recovery = recovery.split('<').next().unwrap().to_owned();
    browser.open("/account/authenticator/remove").await;
    browser.submit(&[("code", &recovery)]).await;
    assert_eq!(browser.path(), "/account/security");
    assert!(user(&browser, JANE).await.sealed_totp_secret.is_none());
    assert_eq!(
        server
            .store
            .count_recovery_codes(TENANT, jane.id)
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn repeated_app_setup_shows_same_recovery_codes() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open("/account/authenticator").await;
    let (path, mut fields) = browser.form();
    fields.push(("code".into(), code(&browser)));
    let mut shown = Vec::new();
    for _ in 0..2 {
        browser.post(&path, &fields).await;
        let html = browser.html();
        let codes = html.split("<li><code>").skip(1);
        let codes: Vec<String> = codes
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect();
        assert_eq!(codes.len(), 10, "{html}");
        shown.push(codes);
    }
    assert_eq!(shown[0], shown[1]);
    let at = browser.at.clone();
    browser.open("/account/authenticator/remove").await;
    browser.submit(&[("code", &shown[1][0])]).await;
    assert!(user(&browser, JANE).await.sealed_totp_secret.is_none());
    browser.open(&at).await;
    assert!(
        !browser.html().contains(&shown[0][1]),
        "the enrollment is a new one"
    );
}

#[tokio::test]
async fn enrollment_deadline_does_not_include_login_time() {
    let server = served().await.with_accounts(MfaPolicy::Required, None);
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    server.pass(300);
    browser.log_in(JANE).await;
    let html = browser.html();
    let link = html.split("href=\"/account/authenticator").nth(1).unwrap();
    let link = format!("/account/authenticator{}", link.split('"').next().unwrap());
    browser.open(&link).await;
    server.pass(300);
    let late = browser.form();
    let code = code(&browser);
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.html().matches("<li><code>").count(), 10);
    server.pass(600);
    browser.post(&late.0, &late.1).await;
    assert_eq!(browser.path(), "/login");
}

#[tokio::test]
async fn enrollment_is_bound_to_user() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open("/account/authenticator").await;
    let (path, mut fields) = browser.form();
    fields.push(("code".into(), code(&browser)));
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    // The form of an earlier version names no session, like this one.
    let (_, unbound) = browser.form();
    fields.retain(|(name, _)| name != "csrf");
    fields.extend(unbound.into_iter().filter(|(name, _)| name == "csrf"));
    browser.log_in("joe@example.com").await;
    browser.post(&path, &fields).await;
    assert!(browser.html().contains("class=\"problem\""));
    for email in [JANE, "joe@example.com"] {
        let user = user(&browser, email).await;
        assert!(user.sealed_totp_secret.is_none(), "{email}");
    }
}

#[tokio::test]
async fn expired_enrollment_is_refused_after_new_sign_in() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open("/account/authenticator").await;
    let (path, mut fields) = browser.form();
    server.pass(600);
    fields.push(("code".into(), code(&browser)));
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser.log_in(JANE).await;
    browser.post(&path, &fields).await;
    assert_eq!(browser.path(), "/account/authenticator");
    assert!(browser.html().contains("class=\"problem\""));
    assert!(user(&browser, JANE).await.sealed_totp_secret.is_none());
}

#[tokio::test]
async fn stale_login_cannot_change_factors() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    server.pass(300);
    browser.open("/account/authenticator").await;
    let code = code(&browser);
    server.pass(300);
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/login");
    assert!(user(&browser, JANE).await.sealed_totp_secret.is_none());
    for path in [
        "/account/passkey",
        "/account/authenticator",
        "/account/authenticator/remove",
        "/account/recovery-codes",
        "/account/password/remove",
        "/account/email/change",
        "/account/delete",
    ] {
        browser.open(path).await;
        assert_eq!(browser.path(), "/login", "{path}");
    }
}

#[tokio::test]
async fn enrollment_is_rejected_when_second_factors_are_off() {
    let server = served().await.with_accounts(MfaPolicy::Off, None);
    let mut browser = Browser::of(&server, JANE).await;
    for path in ["/account/passkey", "/account/authenticator", "/mfa-setup"] {
        browser.open(path).await;
        assert_eq!(browser.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn required_factor_is_enrolled_before_code_is_issued() {
    let server = served().await.with_accounts(MfaPolicy::Required, None);
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in(JANE).await;
    assert_eq!(browser.path(), "/mfa-setup");
    // An attempt to skip enrollment: the same request, now with a session.
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/mfa-setup");
    let html = browser.html();
    let link = html.split("href=\"/account/authenticator").nth(1).unwrap();
    let link = format!("/account/authenticator{}", link.split('"').next().unwrap());
    browser.open(&link).await;
    let code = code(&browser);
    browser.submit(&[("code", &code)]).await;
    let html = browser.html();
    let next = html.split("href=\"/continue").nth(1).unwrap();
    let next = format!("/continue{}", next.split('"').next().unwrap());
    browser.open(&next).await;
    assert_eq!(browser.path(), "/consent");
    browser.submit(&[("decision", "agree")]).await;
    assert!(browser.parameter("code").is_some());
    assert!(passkeys(&server, JANE).await.is_empty());
    server.pass(30);
    browser.open("/account/authenticator/remove").await;
    browser.submit(&[("code", "000000")]).await;
    assert!(user(&browser, JANE).await.sealed_totp_secret.is_some());
}

#[tokio::test]
async fn required_factor_asks_for_passkey_after_password() {
    let server = served().await.with_accounts(MfaPolicy::Required, None);
    let mut browser = Browser::new(&server);
    let passkey = Passkey {
        id: b"key".to_vec(),
        user: user(&browser, JANE).await.id,
        name: "phone".into(),
        credential: Vec::new(),
        created_at: server.now(),
        last_used_at: None,
    };
    let _ = server.store.insert_passkey(TENANT, &passkey).await.unwrap();
    browser.authorize(&REQUEST).await;
    browser.log_in(JANE).await;
    assert_eq!(browser.path(), "/login/passkey");
    assert!(!browser.cookies.contains_key("__Host-countersign-session"));
    let options = attribute(&browser.html(), "data-options").unwrap();
    let challenge = options.split("\"challenge\":\"").nth(1).unwrap();
    let challenge = challenge.split('"').next().unwrap();
    browser
        .submit(&[("credential", &format!("key:{challenge}"))])
        .await;
    assert_eq!(browser.path(), "/consent");
}
