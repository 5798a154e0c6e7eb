//! Recovery in the middle of an authorization request.

use super::{JANE, asked, code};
use crate::browser::{REQUEST, served};
use countersign_domain::audit::event::Action;
use countersign_domain::client::ClientStatus;

#[tokio::test]
async fn recovery_pages_use_language_of_request() {
    let server = served().await;
    let request = [&REQUEST[..], &[("ui_locales", "de")]].concat();
    let mut browser = asked(&server, &request).await;
    assert!(browser.html().contains("Passwort zur\u{fc}cksetzen"));
    browser.submit(&[("email", "")]).await;
    assert_eq!(browser.path(), "/recover");
    assert!(browser.html().contains("F\u{fc}llen Sie alle Felder aus."));
    browser.submit(&[("email", JANE)]).await;
    assert_eq!(browser.path(), "/recover/check");
    assert!(browser.html().contains("Pr\u{fc}fen Sie Ihr Postfach"));
    let mail = server.outside.mail().pop().unwrap();
    assert!(mail.letter.subject.contains("zur\u{fc}cksetzen"));
    let right = code(&mail);
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    browser.submit(&[("code", wrong)]).await;
    assert!(browser.html().contains("Falscher Code."));
}

#[tokio::test]
async fn refused_recovery_names_client_and_user() {
    let server = served().await;
    let mut browser = asked(&server, &REQUEST).await;
    browser.submit(&[("email", JANE)]).await;
    let right = code(&server.outside.mail().pop().unwrap());
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    browser.submit(&[("code", wrong)]).await;
    let events = server.happened().await;
    let refused = events.last().unwrap();
    assert_eq!(refused.action, Action::SIGN_IN_REFUSED);
    assert_eq!(refused.context.client.as_deref(), Some("web"));
    assert_eq!(
        refused.context.refusal.as_deref(),
        Some("one_time_code_wrong")
    );
    let jane = crate::browser::account::user(&browser, JANE).await.id;
    assert_eq!(refused.target.id, jane.to_string());
    for _ in 0..5 {
        let mut browser = asked(&server, &REQUEST).await;
        browser.submit(&[("email", JANE)]).await;
    }
    let events = server.happened().await;
    let refused = events.last().unwrap();
    assert_eq!(
        refused.context.refusal.as_deref(),
        Some("too_many_attempts")
    );
    assert_eq!(refused.context.client.as_deref(), Some("web"));
}

#[tokio::test]
async fn recovery_ends_with_request_of_disabled_client() {
    let server = served().await;
    let mut browser = asked(&server, &REQUEST).await;
    browser.submit(&[("email", JANE)]).await;
    let recover = asked(&server, &REQUEST).await.form();
    let check = browser.form();
    server
        .change("web", |web| web.status = ClientStatus::Suspended)
        .await;
    for ((path, mut fields), name, value) in [(recover, "email", JANE), (check, "code", "000000")] {
        fields.push((name.to_owned(), value.to_owned()));
        browser.post(&path, &fields).await;
        assert!(browser.status().is_client_error(), "{path}");
        assert!(browser.location().is_none(), "an error page");
    }
    assert_eq!(server.outside.mail().len(), 1);
}
