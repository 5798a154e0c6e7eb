//! Security notices and their link.

use super::{JANE, NEW, code, forgot, link};
use crate::browser::account::{act, user};
use crate::browser::{Browser, REQUEST, SESSION, served};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::login::PASSWORD;
use axum::http::StatusCode;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::tenant::recovery::RecoveryPolicy;
use countersign_ports::{After, SessionRepository as _};

/// Returns a server that sends notices.
async fn with_notices() -> Server {
    served().await.with_recovery(RecoveryPolicy::default())
}

fn subjects(server: &Server) -> Vec<String> {
    let mail = server.outside.mail().into_iter();
    mail.map(|message| message.letter.subject).collect()
}

async fn sign_in(browser: &mut Browser<'_>) {
    let again = [&REQUEST[..], &[("prompt", "login")]].concat();
    browser.authorize(&again).await;
    browser.log_in(JANE).await;
}

#[tokio::test]
async fn only_first_sign_in_on_device_sends_notice() {
    let server = with_notices().await;
    let mut browser = Browser::new(&server);
    sign_in(&mut browser).await;
    sign_in(&mut browser).await;
    assert_eq!(
        subjects(&server),
        ["New sign-in to your Countersign account"]
    );
    let mail = server.outside.mail().pop().unwrap();
    assert_eq!(mail.recipient.as_str(), JANE);
    sign_in(&mut Browser::new(&server)).await;
    assert_eq!(server.outside.mail().len(), 2);
}

#[tokio::test]
async fn password_change_sends_notice_in_language_of_user() {
    let server = with_notices().await;
    let mut browser = Browser::of(&server, JANE).await;
    let jane = user(&browser, JANE).await.id;
    let german = |jane: &mut countersign_domain::user::User| {
        jane.profile
            .set_text(StandardClaim::Locale, Some("de-AT".into()));
    };
    server.change_user(jane, german).await;
    browser.open("/account/password").await;
    browser
        .submit(&[("password", PASSWORD), ("new_password", NEW)])
        .await;
    let last = subjects(&server).pop().unwrap();
    assert_eq!(
        last,
        "Ihr Passwort f\u{fc}r Countersign wurde ge\u{e4}ndert"
    );
}

#[tokio::test]
async fn recovery_sends_one_notice() {
    let server = with_notices().await;
    let mut browser = forgot(&server, JANE).await;
    let code = code(&server.outside.mail().pop().unwrap());
    browser.submit(&[("code", &code)]).await;
    browser.submit(&[("new_password", NEW)]).await;
    assert_eq!(
        subjects(&server),
        [
            "Reset your Countersign password",
            "Your Countersign password was reset"
        ]
    );
}

#[tokio::test]
async fn passkey_changes_send_notices() {
    let server = with_notices().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open("/account/passkey").await;
    let html = browser.html();
    let challenge = html.split("challenge-").nth(1).unwrap();
    let challenge = challenge.split(|own: char| !own.is_ascii_digit()).next();
    let credential = format!("laptop:challenge-{}", challenge.unwrap());
    browser
        .submit(&[("credential", &credential), ("name", "Laptop")])
        .await;
    act(
        &mut browser,
        "/account/passkey/remove",
        &[("item", "bGFwdG9w")],
    )
    .await;
    assert_eq!(
        subjects(&server)[1..],
        [
            "A passkey was added to your Countersign account",
            "A passkey was removed from your Countersign account",
        ]
    );
}

#[tokio::test]
async fn this_was_not_me_ends_sessions_and_starts_recovery() {
    let server = with_notices().await;
    let thief = Browser::of(&server, JANE).await;
    let jane = user(&thief, JANE).await.id;
    let notice = link(&server.outside.mail().pop().unwrap());
    assert!(notice.starts_with("/secure?token="), "{notice}");
    // Users read mail late.
    server.pass(6 * 24 * 3600);
    let thief = Browser::of(&server, JANE).await;
    let mut owner = Browser::new(&server);
    owner.open(&notice).await;
    let live = async || {
        let listed = server.store.list_sessions(TENANT, jane, After::start());
        let sessions = listed.await.unwrap().items;
        sessions
            .iter()
            .filter(|own| own.is_live(server.now()))
            .count()
    };
    assert_eq!(live().await, 1, "opening the link ends nothing");
    owner.submit(&[]).await;
    assert_eq!(live().await, 0);
    assert_eq!(owner.path(), "/recover/check");
    let recovery = server.outside.mail().pop().unwrap();
    owner.submit(&[("code", &code(&recovery))]).await;
    assert_eq!(owner.path(), "/recover/password");
    assert!(owner.cookies.contains_key(SESSION));
    owner.open(&notice).await;
    assert_eq!(owner.status(), StatusCode::GONE, "single use");
    drop(thief);
}

#[tokio::test]
async fn unverified_registrant_gets_no_notices() {
    let server = with_notices().await;
    let jane = user(&Browser::new(&server), JANE).await.id;
    let registered = |jane: &mut countersign_domain::user::User| {
        (jane.email_verified, jane.self_registered) = (false, true);
    };
    server.change_user(jane, registered).await;
    sign_in(&mut Browser::new(&server)).await;
    assert_eq!(subjects(&server), [""; 0]);
}

#[tokio::test]
async fn notices_can_be_disabled() {
    let server = served().await.with_recovery(RecoveryPolicy {
        sends_notices: false,
        ..RecoveryPolicy::default()
    });
    sign_in(&mut Browser::new(&server)).await;
    assert_eq!(subjects(&server), [""; 0]);
}
