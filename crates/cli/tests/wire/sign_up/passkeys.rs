//! Accounts with a passkey instead of a password.

use super::{NEW, create, has_account, open};
use crate::browser::account::user;
use crate::browser::passkeys::{answer, passkeys};
use crate::browser::served;
use crate::recovery::code;
use axum::http::StatusCode;
use countersign_domain::audit::event::Action;

#[tokio::test]
async fn passkey_creates_account_without_password() {
    let server = served().await.with_sign_up(open());
    let mut browser = create(&server, NEW).await;
    let code = code(&server.outside.mail().pop().unwrap());
    browser.submit(&[("code", &code)]).await;
    let stale = answer(&browser, "phone");
    let other = "phone:another-challenge".to_owned();
    for (name, credential) in [("Mary", other), ("", stale.clone())] {
        let fields = [("name", name), ("credential", &credential)];
        browser.submit(&fields).await;
        assert_eq!(browser.status(), StatusCode::BAD_REQUEST, "{name}");
        assert_eq!(browser.path(), "/sign-up/account");
    }
    let fields = [("name", "Mary"), ("credential", &stale)];
    browser.submit(&fields).await;
    assert_eq!(browser.status(), StatusCode::BAD_REQUEST, "old challenge");
    assert!(browser.html().contains("value=\"Mary\""));
    assert!(!has_account(&server, NEW).await);
    let fresh = answer(&browser, "phone");
    browser
        .submit(&[("name", "Mary"), ("credential", &fresh)])
        .await;
    assert_eq!(browser.path(), "/consent");
    let mary = user(&browser, NEW).await;
    assert!(mary.email_verified && mary.password_hash.is_none());
    let own = passkeys(&server, NEW).await;
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].user, mary.id);
    let events = server.happened().await;
    let actions: Vec<_> = events.iter().map(|event| event.action.clone()).collect();
    for action in [Action::USER_REGISTERED, Action::USER_PASSKEY_ADDED] {
        assert!(actions.contains(&action), "{action:?}");
    }
}
