//! Known devices: their cookie, and sign-ins after the guesses of a stranger.

use super::{Browser, REQUEST, served};
use crate::harness::Server;
use crate::login::PASSWORD;
use crate::requests::with;
use axum::body::Body;
use axum::http::{Request, header};
use countersign_store_contract::fixtures;
use std::collections::BTreeMap;

const JANE: &str = "jane@example.com";
const JOE: &str = "joe@example.com";
const KNOWN: &str = "__Host-countersign-known";

/// Guesses Jane's password ten times, in a browser without cookies.
async fn guess(server: &Server) {
    let mut stranger = Browser::new(server);
    stranger.authorize(&REQUEST).await;
    for _ in 0..10 {
        let guess = [("email", JANE), ("password", "wrong")];
        stranger.submit(&guess).await;
        assert_eq!(stranger.status().as_u16(), 400);
    }
}

/// Signs in as Jane. Returns the status of the last response.
async fn status_with(browser: &mut Browser<'_>, password: &str) -> u16 {
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    browser
        .submit(&[("email", JANE), ("password", password)])
        .await;
    browser.status().as_u16()
}

async fn status(browser: &mut Browser<'_>) -> u16 {
    status_with(browser, PASSWORD).await
}

/// Accepts the consent page and the redirect to the client.
fn is_success(status: u16) -> bool {
    matches!(status, 200 | 303)
}

#[tokio::test]
async fn owner_on_known_device_signs_in_despite_guesses() {
    let server = served().await;
    let mut owner = Browser::of(&server, JANE).await;
    guess(&server).await;
    assert_eq!(status(&mut Browser::new(&server)).await, 429);
    assert!(is_success(status(&mut owner).await));
    // The owner's own mistakes count, too.
    owner.authorize(&with(&REQUEST, "prompt", "login")).await;
    for _ in 0..10 {
        let guess = [("email", JANE), ("password", "wrong")];
        owner.submit(&guess).await;
        assert_eq!(owner.status().as_u16(), 400);
    }
    assert_eq!(status(&mut owner).await, 429);
}

#[tokio::test]
async fn cookie_of_another_account_or_browser_does_not_help() {
    let server = served().await;
    let joe = Browser::of(&server, JOE).await;
    let jane = Browser::of(&server, JANE).await;
    guess(&server).await;
    // Joe's browser with Jane's cookie.
    let mut cookies = joe.cookies.clone();
    assert_eq!(status(&mut in_browser(&server, cookies.clone())).await, 429);
    cookies.insert(KNOWN.to_owned(), jane.cookies[KNOWN].clone());
    assert_eq!(status(&mut in_browser(&server, cookies)).await, 429);
    // Jane's browser with a forged cookie.
    for forged in ["", "x", &joe.cookies[KNOWN], &jane.cookies[KNOWN][1..]] {
        let mut cookies = jane.cookies.clone();
        cookies.insert(KNOWN.to_owned(), forged.to_owned());
        let status = status(&mut in_browser(&server, cookies)).await;
        assert_eq!(status, 429, "{forged}");
    }
    assert!(is_success(
        status(&mut in_browser(&server, jane.cookies)).await
    ));
}

fn in_browser(server: &Server, cookies: BTreeMap<String, String>) -> Browser<'_> {
    Browser {
        cookies,
        ..Browser::new(server)
    }
}

#[tokio::test]
async fn password_change_keeps_only_its_own_device_known() {
    let server = served().await;
    let (mut here, mut other) = (
        Browser::of(&server, JANE).await,
        Browser::of(&server, JANE).await,
    );
    let new = "drei gr\u{fc}ne Eulen";
    here.open("/account/password").await;
    here.submit(&[("password", PASSWORD), ("new_password", new)])
        .await;
    assert_eq!(here.path(), "/account/security");
    guess(&server).await;
    assert!(is_success(status_with(&mut here, new).await));
    assert_eq!(status_with(&mut other, new).await, 429);
    let reset = "vier blaue Katzen";
    server.set_password(fixtures::user_id(1), reset).await;
    assert_eq!(status_with(&mut here, reset).await, 429, "after a reset");
}

#[tokio::test]
async fn known_device_cookie_is_host_only_and_names_no_account() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    assert!(!browser.cookies.contains_key(KNOWN), "before the sign-in");
    let (path, fields) = browser.form();
    let typed = [("email", JANE), ("password", PASSWORD)];
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form: Vec<_> = fields.into_iter().chain(typed).collect();
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(crate::requests::form(&form)))
        .unwrap();
    let answer = browser.send(request).await;
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.find(|cookie| cookie.starts_with(KNOWN)).unwrap();
    for attribute in [
        "Path=/",
        "Max-Age=34560000",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
    ] {
        assert!(cookie.contains(&format!("; {attribute}")), "{cookie}");
    }
    assert!(!cookie.contains("jane"));
}
