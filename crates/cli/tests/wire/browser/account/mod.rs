//! `/account`: pages on which users manage their account.

mod forms;

use super::{Browser, REQUEST, served};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::login::{PASSWORD, one_time_code};
use axum::http::StatusCode;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::identifier::UserId;
use countersign_domain::login::session::Session;
use countersign_domain::user::{Email, User};
use countersign_ports::{
    After, ConsentRepository as _, SessionRepository as _, UserKey, UserRepository as _,
};

const JANE: &str = "jane@example.com";
const NEW: &str = "drei gr\u{fc}ne Eulen";

pub(crate) async fn user(browser: &Browser<'_>, email: &str) -> User {
    let email = Email::parse(email).unwrap();
    let found = browser
        .server
        .store
        .find_user(TENANT, UserKey::Email(&email));
    found.await.unwrap().unwrap()
}

async fn sessions(server: &Server, user: UserId) -> Vec<Session> {
    let listed = server.store.list_sessions(TENANT, user, After::start());
    listed.await.unwrap().items
}

async fn consents(server: &Server, user: UserId) -> Vec<Consent> {
    let listed = server.store.list_consents(TENANT, user, After::start());
    listed.await.unwrap().items
}

async fn live(browser: &Browser<'_>, user: UserId) -> usize {
    let sessions = sessions(browser.server, user).await;
    let now = browser.server.now();
    sessions
        .iter()
        .filter(|session| session.is_live(now))
        .count()
}

/// Posts a form with the `csrf` of the current page.
pub(crate) async fn act(browser: &mut Browser<'_>, path: &str, fields: &[(&str, &str)]) {
    let (_, hidden) = browser.form();
    let mut all: Vec<_> = hidden
        .into_iter()
        .filter(|(name, _)| name == "csrf")
        .collect();
    all.extend(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    browser.post(path, &all).await;
}

#[tokio::test]
async fn account_requires_login_and_returns() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.open("/").await;
    browser.log_in(JANE).await;
    assert_eq!(browser.path(), "/account");
    assert!(browser.html().contains(JANE));
}

#[tokio::test]
async fn account_shows_sessions_and_consents() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    for (path, text) in [
        ("/account/sessions", "This browser"),
        ("/account/applications", "Recognize you"),
        ("/account/security", "Change password"),
    ] {
        browser.open(path).await;
        let html = browser.html();
        assert!(html.contains(text), "{html}");
    }
    let cached = browser.header("cache-control");
    assert_eq!(cached, Some("no-store"));
}

#[tokio::test]
async fn account_shows_approximate_places_of_sessions() {
    let mut server = served().await;
    // The place of the second address is unknown.
    for address in ["192.0.2.7", "192.0.2.8"] {
        server.address = Some(address.parse().unwrap());
        let mut browser = Browser::of(&server, JANE).await;
        browser.open("/account/sessions").await;
        let html = browser.html();
        assert!(html.contains(address), "{html}");
        assert_eq!(html.matches("Probably Switzerland").count(), 1, "{html}");
        assert_eq!(html.matches("Probably").count(), 1, "{html}");
        browser.open("/account/data").await;
        act(&mut browser, "/account/data/download", &[]).await;
        let data: serde_json::Value = serde_json::from_str(&browser.html()).unwrap();
        let sessions = data["sessions"].as_array().unwrap();
        let places = sessions.iter().map(|session| &session["approximate_place"]);
        let known = places.filter(|place| **place == "Switzerland").count();
        assert_eq!(known, 1, "{data:#}");
    }
}

#[tokio::test]
async fn user_can_end_only_own_sessions() {
    let server = served().await;
    let mut here = Browser::of(&server, JANE).await;
    let mut there = Browser::new(&server);
    there.authorize(&REQUEST).await;
    there.log_in(JANE).await;
    let other = Browser::of(&server, "joe@example.com").await;
    let (jane, joe) = (
        user(&here, JANE).await,
        user(&other, "joe@example.com").await,
    );
    here.open("/account").await;
    let foreign = sessions(&server, joe.id).await[0].id;
    act(
        &mut here,
        "/account/sessions",
        &[("item", &foreign.to_string())],
    )
    .await;
    assert_eq!(live(&here, joe.id).await, 1);
    assert_eq!(live(&here, jane.id).await, 2);
    act(&mut here, "/account/sessions/others", &[]).await;
    assert_eq!(live(&here, jane.id).await, 1);
    assert_eq!(here.path(), "/account/sessions");
    there.open("/account").await;
    assert_eq!(there.path(), "/login");
}

#[tokio::test]
async fn removed_consent_is_requested_again() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    let jane = user(&browser, JANE).await;
    browser.open("/account").await;
    act(&mut browser, "/account/consents", &[("item", "web")]).await;
    assert_eq!(browser.status(), StatusCode::OK);
    assert!(consents(&server, jane.id).await.is_empty());
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/consent");
}

#[tokio::test]
async fn password_change_requires_old_password_and_ends_other_sessions() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    let mut other = Browser::new(&server);
    other.authorize(&REQUEST).await;
    other.log_in(JANE).await;
    let jane = user(&browser, JANE).await.id;
    browser.open("/account/password").await;
    for (present, new) in [
        ("wrong", NEW),
        (PASSWORD, "short"),
        (PASSWORD, "jane@example.com"),
    ] {
        browser
            .submit(&[("password", present), ("new_password", new)])
            .await;
        assert!(browser.html().contains("role=\"alert\""));
        assert!(browser.html().contains("class=\"problem\""), "{new}");
        assert_eq!(live(&browser, jane).await, 2);
    }
    browser
        .submit(&[("password", PASSWORD), ("new_password", NEW)])
        .await;
    assert_eq!(browser.path(), "/account/security");
    assert_eq!(live(&browser, jane).await, 1);
    assert_eq!(
        user(&browser, JANE).await.password_hash.as_deref(),
        Some(NEW)
    );
}

#[tokio::test]
async fn emailed_code_verifies_address() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    let jane = user(&browser, JANE).await.id;
    server
        .change_user(jane, |jane| jane.email_verified = false)
        .await;
    browser.open("/account").await;
    act(&mut browser, "/account/email", &[]).await;
    let mail = server.outside.mail().pop().unwrap();
    let code: String = mail.letter.subject.chars().take(6).collect();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    browser.submit(&[("code", wrong)]).await;
    assert!(!user(&browser, JANE).await.email_verified);
    browser.submit(&[("code", &code)]).await;
    assert_eq!(browser.path(), "/account");
    assert!(user(&browser, JANE).await.email_verified);
}

#[tokio::test]
async fn rejected_form_redirects_to_its_page_with_problem() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in("mia@example.com").await;
    browser
        .submit(&[("code", &one_time_code(&server, 0))])
        .await;
    for (path, fields) in [
        (
            "/account/password",
            &[("password", "x"), ("new_password", NEW)][..],
        ),
        ("/account/authenticator/remove", &[("code", "000000")]),
        ("/account/recovery-codes", &[("code", "")]),
    ] {
        browser.open(path).await;
        assert!(!browser.html().contains("class=\"problem\""), "{path}");
        browser.submit(fields).await;
        // A redirect to a page: a reload does not submit the form again.
        assert!(browser.at.starts_with(&format!("{path}?interaction=")));
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
        assert!(browser.html().contains("class=\"problem\""), "{path}");
    }
}

#[tokio::test]
async fn form_of_another_browser_is_rejected() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    let mut thief = Browser::of(&server, "joe@example.com").await;
    thief.open("/account").await;
    let (_, hidden) = thief.form();
    let mut fields: Vec<_> = hidden
        .into_iter()
        .filter(|(name, _)| name == "csrf")
        .collect();
    fields.push(("item".to_owned(), "web".to_owned()));
    browser.post("/account/consents", &fields).await;
    assert_eq!(browser.status(), StatusCode::BAD_REQUEST);
    let jane = user(&browser, JANE).await.id;
    assert_eq!(consents(&server, jane).await.len(), 1);
}
