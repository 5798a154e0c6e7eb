//! Stolen session cookies, and the changes that invalidate them.

use super::{Browser, HERE, REQUEST, SESSION, served};
use crate::harness::Server;
use crate::login::{PASSWORD, one_time_code};
use crate::requests::{claims, form, with};
use axum::body::Body;
use axum::http::{Request, header};

const JANE: &str = "jane@example.com";
const MIA: &str = "mia@example.com";

/// Returns a browser with all cookies of another one.
fn thief_of<'a>(owner: &Browser<'a>) -> Browser<'a> {
    Browser {
        cookies: owner.cookies.clone(),
        ..Browser::new(owner.server)
    }
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    let request = Request::get("/account").body(Body::empty()).unwrap();
    browser.send(request).await.status.is_success()
}

/// Asserts that the thief is signed out without a change of the cookie, and that the owner is still signed in.
async fn assert_void(thief: &mut Browser<'_>, owner: &mut Browser<'_>) {
    assert_ne!(thief.cookies[SESSION], owner.cookies[SESSION]);
    assert!(!is_signed_in(thief).await);
    let headers = &thief.answer.as_ref().unwrap().headers;
    assert!(!headers.contains_key(header::SET_COOKIE), "{headers:?}");
    assert!(is_signed_in(owner).await);
}

#[tokio::test]
async fn cookie_stolen_before_sign_in_is_void() {
    let server = served().await;
    let mut owner = Browser::of(&server, JANE).await;
    let mut thief = thief_of(&owner);
    assert!(is_signed_in(&mut thief).await);
    owner.authorize(&with(&REQUEST, "prompt", "login")).await;
    owner.log_in(JANE).await;
    assert_void(&mut thief, &mut owner).await;
}

#[tokio::test]
async fn cookie_stolen_before_password_change_is_void() {
    let server = served().await;
    let mut owner = Browser::of(&server, JANE).await;
    let mut thief = thief_of(&owner);
    owner.open("/account/password").await;
    let new = "drei gr\u{fc}ne Eulen";
    owner
        .submit(&[("password", PASSWORD), ("new_password", new)])
        .await;
    assert_eq!(owner.path(), "/account/security");
    assert_void(&mut thief, &mut owner).await;
}

const TWO_FACTORS: [&str; 2] = ["acr_values", "urn:countersign:2fa"];

/// Returns a browser in which Mia is signed in with a password on a remembered device.
async fn with_one_factor(server: &Server) -> Browser<'_> {
    let mut browser = Browser::new(server);
    browser.authorize(&REQUEST).await;
    browser.log_in(MIA).await;
    let code = one_time_code(server, 0);
    browser
        .submit(&[("code", &code), ("remember", "yes")])
        .await;
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser.log_in(MIA).await;
    browser.submit(&[("decision", "agree")]).await;
    server.pass(60);
    browser
}

async fn step_up(browser: &mut Browser<'_>) {
    let [name, value] = TWO_FACTORS;
    browser.authorize(&with(&REQUEST, name, value)).await;
    assert_eq!(browser.path(), "/login/second-factor");
}

#[tokio::test]
async fn cookie_stolen_before_step_up_is_void() {
    let server = served().await;
    let mut owner = with_one_factor(&server).await;
    let mut thief = thief_of(&owner);
    step_up(&mut thief).await;
    step_up(&mut owner).await;
    let code = one_time_code(&server, 0);
    owner.submit(&[("code", &code)]).await;
    assert!(owner.parameter("code").is_some());
    // A second factor does not help the thief either.
    server.pass(60);
    let code = one_time_code(&server, 0);
    thief.submit(&[("code", &code)]).await;
    assert_eq!(thief.path(), "/login");
    assert_void(&mut thief, &mut owner).await;
}

#[tokio::test]
async fn slow_response_to_former_cookie_keeps_other_accounts() {
    let server = served().await;
    let mut owner = Browser::of(&server, JANE).await;
    owner.authorize(&with(&REQUEST, "prompt", "login")).await;
    owner.log_in("joe@example.com").await;
    let mut slow = thief_of(&owner);
    owner.authorize(&with(&REQUEST, "prompt", "login")).await;
    owner.log_in(JANE).await;
    server.pass(2400);
    assert!(is_signed_in(&mut slow).await, "joe");
    let headers = &slow.answer.as_ref().unwrap().headers;
    assert!(!headers.contains_key(header::SET_COOKIE), "{headers:?}");
    let select = with(&REQUEST, "prompt", "select_account");
    owner.authorize(&select).await;
    let html = owner.html();
    assert!(html.contains(JANE) && html.contains("joe@example.com"));
}

#[tokio::test]
async fn new_secret_keeps_grants_and_back_channel_logout() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    let code = browser.parameter("code").unwrap();
    let tokens = server.redeem("web", &code).await.ok();
    let session = claims(&tokens.text("id_token"))["sid"].clone();
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser.log_in(JANE).await;
    let refresh_token = tokens.text("refresh_token");
    let refreshed = server.refresh("web", &refresh_token).await.ok();
    let hint = tokens.text("id_token");
    let query = form(&[("id_token_hint", hint.as_str())]);
    browser.open(&format!("/oauth2/logout?{query}")).await;
    let told = server.outside.logouts();
    let token = claims(&told[0].1);
    assert_eq!((&token["iss"], &token["sid"]), (&HERE.into(), &session));
    assert!(!browser.cookies.contains_key(SESSION));
    let refresh_token = refreshed.text("refresh_token");
    let refused = server.refresh("web", &refresh_token).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn rejected_step_up_remembers_no_device() {
    let server = served().await;
    let mut owner = with_one_factor(&server).await;
    let mut thief = thief_of(&owner);
    step_up(&mut thief).await;
    step_up(&mut owner).await;
    let code = one_time_code(&server, 0);
    owner.submit(&[("code", &code)]).await;
    assert!(owner.parameter("code").is_some());
    server.pass(60);
    let code = one_time_code(&server, 0);
    let devices = thief.cookies.get("__Host-countersign-device").cloned();
    thief.submit(&[("code", &code), ("remember", "yes")]).await;
    assert_eq!(thief.path(), "/login");
    assert_eq!(
        thief.cookies.get("__Host-countersign-device").cloned(),
        devices,
        "a rejected sign-in remembers the device"
    );
}
