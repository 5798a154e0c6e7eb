//! Delayed reset of a lost second factor.

use super::{MIA, link};
use crate::browser::account::user;
use crate::browser::{Browser, REQUEST, attribute, served};
use crate::harness::Server;
use crate::login::one_time_code;
use crate::requests::with;
use axum::http::StatusCode;
use countersign_domain::tenant::recovery::RecoveryPolicy;
use std::time::Duration;

const DAYS: u64 = 86_400;

async fn with_resets() -> Server {
    served().await.with_recovery(RecoveryPolicy {
        factor_reset: Some(Duration::from_secs(3 * DAYS)),
        ..RecoveryPolicy::default()
    })
}

/// Enters the password in a new browser.
async fn at_second_factor(server: &Server) -> Browser<'_> {
    let mut browser = Browser::new(server);
    browser.authorize(&REQUEST).await;
    browser.log_in(MIA).await;
    assert_eq!(browser.path(), "/login/second-factor");
    browser
}

/// Returns the link to the reset, if the page has one.
fn offer(browser: &Browser<'_>) -> Option<String> {
    let html = browser.html();
    let mut links = html.split("<a").filter_map(|rest| attribute(rest, "href"));
    links.find(|link| link.starts_with("/lost-factor?"))
}

/// Enters the password and opens the page of the reset.
async fn at_reset(server: &Server) -> Browser<'_> {
    let mut browser = at_second_factor(server).await;
    let link = offer(&browser).unwrap();
    browser.open(&link).await;
    assert_eq!(browser.path(), "/lost-factor");
    browser
}

async fn has_app(browser: &Browser<'_>) -> bool {
    user(browser, MIA).await.sealed_totp_secret.is_some()
}

#[tokio::test]
async fn lost_factor_is_removed_after_delay_with_password_alone() {
    let server = with_resets().await;
    let mut browser = at_reset(&server).await;
    let (_, mut early) = browser.form();
    browser.submit(&[("decision", "request")]).await;
    let html = browser.html();
    assert!(html.contains("You have requested"));
    let back = html.split("class=\"aside\"").nth(1);
    let back = back.and_then(|rest| attribute(rest, "href")).unwrap();
    browser.open(&back).await;
    assert_eq!(browser.path(), "/login/second-factor");
    let mail = server.outside.mail().pop().unwrap();
    assert_eq!(mail.recipient.as_str(), MIA);
    assert!(mail.letter.text.contains("Removal possible from: "));
    early.push(("decision".into(), "remove".into()));
    browser.post("/lost-factor", &early).await;
    assert_eq!(browser.status(), StatusCode::FORBIDDEN);
    server.pass(3 * DAYS);
    let mut browser = at_reset(&server).await;
    assert!(has_app(&browser).await);
    browser.submit(&[("decision", "remove")]).await;
    assert_eq!(browser.path(), "/consent");
    assert!(!has_app(&browser).await);
    let subjects = server.outside.mail().into_iter();
    let mut subjects = subjects.map(|message| message.letter.subject);
    assert!(subjects.any(|own| own == "The second step of your Countersign account was removed"));
}

#[tokio::test]
async fn second_factor_or_link_of_mail_cancels_reset() {
    let server = with_resets().await;
    for cancels in ["code", "link"] {
        at_reset(&server)
            .await
            .submit(&[("decision", "request")])
            .await;
        let mail = server.outside.mail().pop().unwrap();
        if cancels == "code" {
            let mut browser = at_second_factor(&server).await;
            let code = one_time_code(&server, 0);
            browser.submit(&[("code", &code)]).await;
            assert_eq!(browser.path(), "/consent");
        } else {
            let mut owner = Browser::new(&server);
            owner.open(&link(&mail)).await;
            owner.submit(&[]).await;
        }
        server.pass(3 * DAYS);
        let browser = at_reset(&server).await;
        assert!(browser.html().contains("Request removal"), "{cancels}");
        assert!(has_app(&browser).await);
    }
}

#[tokio::test]
async fn reset_is_off_by_default_and_page_needs_pending_sign_in() {
    let server = served().await.with_recovery(RecoveryPolicy::default());
    let mut browser = at_second_factor(&server).await;
    assert_eq!(offer(&browser), None);
    let mut fields = browser.form().1;
    fields.push(("decision".into(), "request".into()));
    browser.post("/lost-factor", &fields).await;
    assert_eq!(browser.status(), StatusCode::FORBIDDEN);
    assert!(server.outside.mail().is_empty());
    let server = with_resets().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&with(&REQUEST, "prompt", "login")).await;
    let fields = browser.form().1;
    browser.post("/lost-factor", &fields).await;
    assert_eq!(browser.path(), "/login");
}
