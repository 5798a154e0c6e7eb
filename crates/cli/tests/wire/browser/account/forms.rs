//! Forms of account pages belong to the session that they were rendered for.

use super::{JANE, NEW};
use crate::browser::{Browser, REQUEST, served};
use crate::login::PASSWORD;
use axum::http::StatusCode;

/// Page, path of a form on it, and what a user enters.
type Row = (&'static str, &'static str, Entered);
type Entered = &'static [(&'static str, &'static str)];

const FORMS: [Row; 18] = [
    ("/account", "/account/email", &[]),
    ("/account/profile", "/account/profile", &[("name", "Joe")]),
    (
        "/account/password",
        "/account/password",
        &[("password", PASSWORD), ("new_password", NEW)],
    ),
    ("/account/password/remove", "/account/password/remove", &[]),
    (
        "/account/email/change",
        "/account/email/change",
        &[("email", "new@example.com")],
    ),
    ("/account/delete", "/account/delete", &[("confirm", "yes")]),
    ("/account/data", "/account/data/download", &[]),
    (
        "/account/authenticator",
        "/account/authenticator",
        &[("code", "000000")],
    ),
    (
        "/account/authenticator/remove",
        "/account/authenticator/remove",
        &[("code", "000000")],
    ),
    (
        "/account/recovery-codes",
        "/account/recovery-codes",
        &[("code", "000000")],
    ),
    (
        "/account/passkey",
        "/account/passkey",
        &[("credential", "x")],
    ),
    ("/account/passkey/offer", "/account/passkey/offer", &[]),
    (
        "/account/security",
        "/account/passkey/rename",
        &[("item", "eA"), ("name", "x")],
    ),
    (
        "/account/security",
        "/account/passkey/remove",
        &[("item", "eA")],
    ),
    ("/account/sessions", "/account/sessions", &[("item", "x")]),
    ("/account/sessions", "/account/sessions/others", &[]),
    ("/account/sessions", "/account/devices", &[("item", "x")]),
    (
        "/account/applications",
        "/account/consents",
        &[("item", "web")],
    ),
];

/// Signs another user in, in the same browser.
async fn switch(browser: &mut Browser<'_>) {
    let again = [&REQUEST[..], &[("prompt", "login")]].concat();
    browser.authorize(&again).await;
    browser.log_in("joe@example.com").await;
}

#[tokio::test]
async fn form_of_another_session_is_refused_and_changes_nothing() {
    for (page, path, entered) in FORMS {
        let server = served().await;
        let mut browser = Browser::of(&server, JANE).await;
        browser.open(page).await;
        assert_eq!((browser.path(), browser.status()), (page, StatusCode::OK));
        let (_, mut fields) = browser.form();
        fields.retain(|(name, _)| entered.iter().all(|(own, _)| own != name));
        let entered = entered.iter();
        fields.extend(entered.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        switch(&mut browser).await;
        let before = server.contents();
        browser.post(path, &fields).await;
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST, "{path}");
        let html = browser.html();
        assert!(
            html.contains("belongs to another session"),
            "{path}: {html}"
        );
        assert!(html.contains("href=\"/account\""), "{path}");
        assert_eq!(server.contents(), before, "{path}");
    }
}

#[tokio::test]
async fn form_survives_new_sign_in_of_same_session() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open("/account/profile").await;
    let (_, mut fields) = browser.form();
    fields.push(("name".to_owned(), "Jane Doe".to_owned()));
    let again = [&REQUEST[..], &[("prompt", "login")]].concat();
    browser.authorize(&again).await;
    browser.log_in(JANE).await;
    browser.post("/account/profile", &fields).await;
    let jane = super::user(&browser, JANE).await;
    assert_eq!(jane.name.as_deref(), Some("Jane Doe"));
}

#[tokio::test]
async fn deletion_without_confirmation_is_refused_beside_form() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    browser.open("/account/delete").await;
    let before = server.contents();
    browser.submit(&[]).await;
    assert_eq!(browser.path(), "/account/delete");
    assert!(browser.html().contains("Check the box to confirm."));
    assert_eq!(server.contents(), before);
}
