//! Mailed links that were used, have expired, or belong to something else.

use super::{JANE, NEW, code, forgot, link};
use crate::browser::account::user;
use crate::browser::{Browser, served};
use crate::harness::Server;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use countersign_domain::tenant::recovery::RecoveryPolicy;

async fn mailed(server: &Server) -> String {
    forgot(server, JANE).await;
    link(&server.outside.mail().pop().unwrap())
}

/// Opens a link and submits its form, if it has one. Asserts that the page offers a new link.
async fn assert_void(server: &Server, link: &str, why: &str) {
    let mut browser = Browser::new(server);
    browser.open(link).await;
    assert_eq!(browser.status(), StatusCode::GONE, "{why}");
    let html = browser.html();
    assert!(html.contains("This link no longer works"), "{why}: {html}");
    assert!(html.contains("href=\"/recover?interaction="), "{why}");
}

#[tokio::test]
async fn opening_link_changes_nothing() {
    let server = served().await;
    let link = mailed(&server).await;
    let before = server.contents();
    for method in [Method::GET, Method::HEAD, Method::GET] {
        let request = Request::builder().method(method).uri(&link);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer");
    }
    assert_eq!(server.contents(), before);
    let mut browser = Browser::new(&server);
    browser.open(&link).await;
    browser.submit(&[]).await;
    assert_eq!(browser.path(), "/recover/password");
}

#[tokio::test]
async fn used_or_expired_link_offers_new_one() {
    let server = served().await;
    let used = mailed(&server).await;
    let mut browser = Browser::new(&server);
    browser.open(&used).await;
    let mut second = Browser::new(&server);
    second.open(&used).await;
    browser.submit(&[]).await;
    second.submit(&[]).await;
    assert_eq!(second.status(), StatusCode::GONE, "both had opened it");
    assert_void(&server, &used, "used").await;
    let expired = mailed(&server).await;
    server.pass(1799);
    browser.open(&expired).await;
    assert_eq!(browser.status(), StatusCode::OK);
    server.pass(1);
    assert_void(&server, &expired, "expired").await;
}

#[tokio::test]
async fn altered_or_foreign_link_offers_new_one() {
    let server = served().await;
    let link = mailed(&server).await;
    let (path, token) = link.split_once('=').unwrap();
    let other_than = |end: &str| if end == "A" { "B" } else { "A" };
    let (first, last) = (&token[..1], &token[token.len() - 1..]);
    for altered in [
        format!("{path}={}{}", &token[..token.len() - 1], other_than(last)),
        format!("{path}={}{}", other_than(first), &token[1..]),
        format!("{path}={}", &token[1..]),
        format!("{path}="),
        path.to_owned(),
        "/recover/link".to_owned(),
        // The purpose is another one.
        format!("/secure?token={token}"),
    ] {
        assert_void(&server, &altered, &altered).await;
    }
    let other = served().await;
    assert_void(&other, &link, "another server").await;
}

#[tokio::test]
async fn link_is_void_after_password_change() {
    let server = served().await;
    let link = mailed(&server).await;
    let browser = Browser::new(&server);
    let jane = user(&browser, JANE).await.id;
    server.set_password(jane, NEW).await;
    assert_void(&server, &link, "the password has changed").await;
}

#[tokio::test]
async fn link_and_code_share_one_use() {
    let server = served().await;
    let mut browser = forgot(&server, JANE).await;
    let mail = server.outside.mail().pop().unwrap();
    let mut elsewhere = Browser::new(&server);
    elsewhere.open(&link(&mail)).await;
    elsewhere.submit(&[]).await;
    assert_eq!(elsewhere.path(), "/recover/password");
    browser.submit(&[("code", &code(&mail))]).await;
    assert_eq!(browser.status(), StatusCode::GONE);
}

#[tokio::test]
async fn code_can_be_guessed_only_few_times() {
    let server = served().await;
    let mut browser = forgot(&server, JANE).await;
    let right = code(&server.outside.mail().pop().unwrap());
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    for _ in 0..6 {
        browser.submit(&[("code", wrong)]).await;
        assert_eq!(browser.path(), "/recover/check");
    }
    browser.submit(&[("code", &right)]).await;
    assert_eq!(browser.path(), "/recover/check", "too late");
    assert!(!browser.cookies.contains_key(crate::browser::SESSION));
}

/// A stranger who controls the `Host` header of a request must not control the link.
#[tokio::test]
async fn links_ignore_host_header() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.open("/recover").await;
    let (path, mut fields) = browser.form();
    fields.push(("email".to_owned(), JANE.to_owned()));
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let request = Request::post(path)
        .header(header::HOST, "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(crate::requests::form(&fields)))
        .unwrap();
    browser.send(request).await;
    let mail = server.outside.mail().pop().unwrap();
    assert!(!mail.letter.text.contains("evil"), "{}", mail.letter.text);
    assert!(!mail.letter.html.contains("evil"));
    assert!(link(&mail).starts_with("/recover/link?token="));
}

#[tokio::test]
async fn form_of_link_needs_browser_that_opened_it() {
    let server = served().await;
    let link = mailed(&server).await;
    let mut opened = Browser::new(&server);
    opened.open(&link).await;
    let (path, fields) = opened.form();
    let mut other = Browser::new(&server);
    other.post(&path, &fields).await;
    assert_eq!(other.status(), StatusCode::BAD_REQUEST);
    opened.submit(&[]).await;
    assert_eq!(
        opened.path(),
        "/recover/password",
        "the link was not used up"
    );
}

#[tokio::test]
async fn lifetime_of_links_is_a_setting() {
    let server = served().await.with_recovery(RecoveryPolicy {
        link: std::time::Duration::from_secs(300),
        ..RecoveryPolicy::default()
    });
    let link = mailed(&server).await;
    server.pass(300);
    assert_void(&server, &link, "expired").await;
}
