//! What users do in a browser, in the audit log.

use crate::browser::account::{act, user};
use crate::browser::passkeys::{REMOVE, add};
use crate::browser::{Browser, REQUEST, enrollment, served};
use crate::login::{PASSWORD, one_time_code};
use axum::body::Body;
use axum::http::Request;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::audit::event::{Event, Party};

const JANE: &str = "jane@example.com";
const MIA: &str = "mia@example.com";

fn actions(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.action.as_str()).collect()
}

#[tokio::test]
async fn sign_in_and_consent_are_events_of_their_session() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in("unknown@example.com").await;
    browser.log_in(JANE).await;
    browser.submit(&[("decision", "agree")]).await;
    let jane = user(&browser, JANE).await.id;
    let events = server.happened().await;
    assert_eq!(
        actions(&events),
        ["sign_in.refused", "user.signed_in", "user.consented"]
    );
    let [refused, signed_in, consented] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(refused.context.refusal.as_deref(), Some("login_failed"));
    assert_eq!(refused.operator.kind, "address");
    assert_eq!(refused.target, Party::new("endpoint", "/login"));
    for event in [signed_in, consented] {
        assert_eq!(event.operator, Party::new("user", jane.to_string()));
        assert_eq!(event.context.refusal, None);
        assert!(event.context.session.is_some() && event.request.is_some());
    }
    let fact = |event: &Event, name: &str| {
        let mut facts = event.changes.iter();
        let fact = facts.find(|fact| fact.field == name).unwrap();
        fact.after.clone().unwrap()
    };
    assert_eq!(fact(signed_in, "amr"), "pwd");
    assert_eq!(fact(consented, "client"), "web");
    assert!(fact(consented, "scope").contains("openid"));
}

#[tokio::test]
async fn account_changes_are_events() {
    let server = served().await;
    let mut browser = Browser::of(&server, JANE).await;
    add(&mut browser, "phone").await;
    let passkey = Base64UrlUnpadded::encode_string(b"phone");
    act(&mut browser, REMOVE, &[("item", &passkey)]).await;
    browser.open("/account/authenticator").await;
    let code = enrollment::code(&browser);
    browser.submit(&[("code", &code)]).await;
    let html = browser.html();
    let recovery = html.split("<li><code>").nth(1).unwrap();
    let recovery = recovery.split('<').next().unwrap().to_owned();
    browser.open("/account/authenticator/remove").await;
    browser.submit(&[("code", &recovery)]).await;
    browser.open("/account/password").await;
    let new = "drei gr\u{fc}ne Eulen";
    let fields = [("password", PASSWORD), ("new_password", new)];
    browser.submit(&fields).await;
    browser.open("/account").await;
    act(&mut browser, "/account/consents", &[("item", "web")]).await;
    let events = server.happened().await;
    let expected = [
        "user.signed_in",
        "user.consented",
        "user.passkey_added",
        "user.passkey_removed",
        "user.totp_added",
        "user.totp_removed",
        "user.password_changed",
        "user.consent_withdrawn",
    ];
    assert_eq!(actions(&events), expected);
    let all = format!("{events:?}");
    for secret in [code.as_str(), &recovery, new, PASSWORD] {
        assert!(!all.contains(secret));
    }
}

#[tokio::test]
async fn trusted_device_and_sign_out_are_events() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in(MIA).await;
    let code = one_time_code(&server, 0);
    browser.submit(&[("code", "000000")]).await;
    browser
        .submit(&[("code", &code), ("remember", "yes")])
        .await;
    browser.open("/oauth2/logout").await;
    browser.submit(&[("decision", "logout")]).await;
    let mia = user(&browser, MIA).await.id;
    let events = server.happened().await;
    let expected = [
        "sign_in.refused",
        "user.signed_in",
        "user.device_added",
        "user.signed_out",
    ];
    assert_eq!(actions(&events), expected);
    for event in events {
        assert_eq!(event.target, Party::new("user", mia.to_string()));
    }
}

#[tokio::test]
async fn sign_out_of_account_page_is_event() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.open("/login").await;
    browser.log_in("jane@example.com").await;
    let request = Request::post("/signout").header("sec-fetch-site", "same-origin");
    browser.send(request.body(Body::empty()).unwrap()).await;
    let events = server.happened().await;
    assert_eq!(actions(&events), ["user.signed_in", "user.signed_out"]);
    assert_eq!(events[0].target, events[1].target);
}
