//! Sessions that end during an interaction, and logouts.

use super::{Browser, HERE, REQUEST, parameter, served};
use crate::facts::TENANT;
use crate::harness::Server;
use crate::login::one_time_code;
use crate::requests::{claims, form, with};
use countersign_ports::SessionRepository as _;
use countersign_store_contract::fixtures;
use serde_json::json;

const LOGOUT: &str = "/oauth2/logout";
const BYE: &str = "https://app.example/bye";

async fn end_sessions_of_jane(server: &Server) {
    let jane = fixtures::user(1, "jane@example.com").id;
    server
        .store
        .end_sessions(TENANT, jane, None, server.now())
        .await
        .unwrap();
}

#[tokio::test]
async fn session_ended_elsewhere_requires_login() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser
        .authorize(&with(&REQUEST, "prompt", "consent"))
        .await;
    assert_eq!(browser.path(), "/consent");
    end_sessions_of_jane(&server).await;
    browser.submit(&[("decision", "agree")]).await;
    assert_eq!(browser.path(), "/login", "consent requires a session");
    browser.log_in("jane@example.com").await;
    assert_eq!(browser.path(), "/consent", "consent is asked again");
}

#[tokio::test]
async fn code_of_ended_session_is_rejected() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let before = browser.parameter("code").unwrap();
    end_sessions_of_jane(&server).await;
    let refused = server.redeem("web", &before).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".into()));
    // This applies even to a grant that would outlive the session.
    browser.authorize(&REQUEST).await;
    browser.log_in("jane@example.com").await;
    browser
        .authorize(&with(&REQUEST, "scope", "openid offline_access"))
        .await;
    browser.submit(&[("decision", "agree")]).await;
    let offline = browser.parameter("code").unwrap();
    end_sessions_of_jane(&server).await;
    let refused = server.redeem("web", &offline).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn disabled_user_has_no_session() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let jane = fixtures::user(1, "jane@example.com").id;
    server.change_user(jane, |jane| jane.enabled = false).await;
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/login");
}

#[tokio::test]
async fn expired_login_restarts_and_keeps_request() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&REQUEST).await;
    browser.log_in("mia@example.com").await;
    server.pass(600);
    browser
        .submit(&[("code", &one_time_code(&server, 0))])
        .await;
    assert_eq!(browser.path(), "/login");
    browser.log_in("jane@example.com").await;
    browser.submit(&[("decision", "agree")]).await;
    assert_eq!(browser.parameter("state").unwrap(), "st /&+\u{e9}");
}

#[tokio::test]
async fn two_tabs_are_independent() {
    let server = served().await;
    let mut browser = Browser::new(&server);
    browser.authorize(&with(&REQUEST, "state", "one")).await;
    let one = browser.at.clone();
    browser.authorize(&with(&REQUEST, "state", "two")).await;
    browser.log_in("jane@example.com").await;
    browser.submit(&[("decision", "agree")]).await;
    assert_eq!(browser.parameter("state").unwrap(), "two");
    browser.open(&one).await;
    browser.log_in("jane@example.com").await;
    assert_eq!(browser.parameter("state").unwrap(), "one");
}

#[tokio::test]
async fn browser_keeps_at_most_five_accounts() {
    let server = served().await;
    for number in 10..16 {
        let user = countersign_domain::user::User {
            password_hash: Some(crate::login::PASSWORD.into()),
            ..fixtures::user(number, &format!("user{number}@example.com"))
        };
        server.add_user(&user).await;
    }
    let mut browser = Browser::new(&server);
    for number in [10, 11, 12, 13, 14, 14, 15] {
        browser.authorize(&with(&REQUEST, "prompt", "login")).await;
        browser.log_in(&format!("user{number}@example.com")).await;
    }
    browser
        .authorize(&with(&REQUEST, "prompt", "select_account"))
        .await;
    let html = browser.html();
    let there = |number: u8| html.contains(&format!("user{number}@example.com"));
    assert!((11..16).all(there) && !there(10), "{html}");
}

#[tokio::test]
async fn logout_with_hint_ends_session_and_notifies_clients() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let tokens = server
        .redeem("web", &browser.parameter("code").unwrap())
        .await
        .ok();
    browser
        .authorize(&with(&REQUEST, "scope", "openid offline_access"))
        .await;
    browser.submit(&[("decision", "agree")]).await;
    let offline = server
        .redeem("web", &browser.parameter("code").unwrap())
        .await
        .ok();
    let hint = tokens.text("id_token");
    let session = claims(&hint)["sid"].clone();
    let query = form(&[
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", BYE),
        ("state", "bye"),
    ]);
    browser.open(&format!("{LOGOUT}?{query}")).await;
    assert_eq!(
        browser.status().as_u16(),
        200,
        "a page, because front-channel logout needs one"
    );
    let html = browser.html();
    assert!(html.contains("https://app.example/bye?state=bye"), "{html}");
    let frame = super::attribute(html.split("<iframe").nth(1).unwrap(), "src").unwrap();
    let query = frame
        .strip_prefix("https://app.example/frontchannel?a=b&")
        .unwrap();
    assert_eq!(parameter(query, "iss").unwrap(), HERE);
    assert_eq!(parameter(query, "sid").unwrap(), session.as_str().unwrap());
    let policy = browser.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-src https://app.example"), "{policy}");
    let told = server.outside.logouts();
    assert_eq!(
        (told.len(), told[0].0.as_str()),
        (1, "https://app.example/backchannel")
    );
    let token = claims(&told[0].1);
    assert_eq!((&token["sid"], &token["aud"]), (&session, &json!("web")));
    assert_eq!(token["sub"], claims(&hint)["sub"]);
    assert!(token["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
    assert!(token.get("nonce").is_none());
    assert!(!browser.cookies.contains_key("__Host-countersign-session"));
    let refreshed = server.refresh("web", &tokens.text("refresh_token")).await;
    assert_eq!(refreshed.refusal(), (400, "invalid_grant".into()));
    server
        .refresh("web", &offline.text("refresh_token"))
        .await
        .ok();
    browser
        .open(&format!(
            "{LOGOUT}?{}",
            form(&[
                ("id_token_hint", hint.as_str()),
                ("post_logout_redirect_uri", BYE)
            ])
        ))
        .await;
    assert_eq!(
        browser.location().as_deref(),
        Some(BYE),
        "a repeated logout is harmless"
    );
}

#[tokio::test]
async fn logout_without_hint_asks_user() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    browser
        .open(&format!(
            "{LOGOUT}?client_id=web&post_logout_redirect_uri={BYE}"
        ))
        .await;
    assert!(browser.html().contains("jane@example.com"));
    let (path, fields) = browser.form();
    let stay = [fields.clone(), vec![("decision".into(), "stay".into())]].concat();
    browser.post(&path, &stay).await;
    browser.authorize(&REQUEST).await;
    assert!(browser.parameter("code").is_some(), "the session is alive");
    let forged: Vec<_> = fields
        .iter()
        .filter(|(name, _)| name != "csrf")
        .cloned()
        .collect();
    browser
        .post(
            &path,
            &[forged, vec![("decision".into(), "logout".into())]].concat(),
        )
        .await;
    assert_eq!(browser.status().as_u16(), 400);
    browser
        .post(
            &path,
            &[fields, vec![("decision".into(), "logout".into())]].concat(),
        )
        .await;
    assert_eq!(browser.location().as_deref(), Some(BYE));
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/login");
}

#[tokio::test]
async fn invalid_logout_request_lets_user_sign_out_without_redirect() {
    let server = served().await;
    let evil = "https://evil.example/";
    let unregistered = "the address in post_logout_redirect_uri";
    let invalid = "The app that sent you here made an invalid request.";
    for (request, hinted, text) in [
        (
            vec![("client_id", "web"), ("post_logout_redirect_uri", evil)],
            false,
            unregistered,
        ),
        (vec![("post_logout_redirect_uri", evil)], true, unregistered),
        (
            vec![
                ("client_id", "web"),
                ("post_logout_redirect_uri", "https://app.example/bye/"),
            ],
            false,
            unregistered,
        ),
        (
            vec![("client_id", "other"), ("post_logout_redirect_uri", BYE)],
            false,
            unregistered,
        ),
        (vec![("client_id", "other")], true, invalid),
        (
            vec![("client_id", "unknown"), ("post_logout_redirect_uri", BYE)],
            false,
            invalid,
        ),
        (vec![("id_token_hint", "x.y.z")], false, invalid),
        (vec![("state", "1"), ("state", "2")], false, invalid),
    ] {
        let mut browser = Browser::of(&server, "jane@example.com").await;
        let code = browser.parameter("code").unwrap();
        let hint = server.redeem("web", &code).await.ok().text("id_token");
        let hint = hinted.then_some(("id_token_hint", hint.as_str()));
        let query: Vec<_> = request.into_iter().chain(hint).collect();
        let address = format!("{LOGOUT}?{}", form(&query));
        browser.open(&address).await;
        assert_eq!(
            (browser.location(), browser.status().as_u16()),
            (None, 400),
            "{query:?}"
        );
        let html = browser.html();
        assert!(html.contains(text), "{query:?}: {html}");
        browser.authorize(&REQUEST).await;
        assert!(browser.parameter("code").is_some(), "the session is alive");
        browser.open(&address).await;
        browser.submit(&[("decision", "logout")]).await;
        assert_eq!((browser.location(), browser.status().as_u16()), (None, 200));
        assert!(browser.html().contains("signed out"), "{query:?}");
        browser.authorize(&REQUEST).await;
        assert_eq!(browser.path(), "/login", "{query:?}");
        // The browser is signed out, so the page is an error page.
        browser.open(&address).await;
        assert_eq!(
            (browser.location(), browser.status().as_u16()),
            (None, 400),
            "{query:?}"
        );
        assert!(!browser.html().contains("<form"), "{query:?}");
    }
}

#[tokio::test]
async fn logout_of_unnamed_client_ends_on_signed_out_page() {
    let server = served().await;
    let mut browser = Browser::of(&server, "jane@example.com").await;
    let address = format!("{LOGOUT}?post_logout_redirect_uri={BYE}");
    browser.open(&address).await;
    assert_eq!((browser.location(), browser.status().as_u16()), (None, 200));
    assert!(browser.html().contains("id_token_hint"));
    browser.submit(&[("decision", "logout")]).await;
    for _ in 0..2 {
        assert_eq!((browser.location(), browser.status().as_u16()), (None, 200));
        let html = browser.html();
        assert!(html.contains("signed out") && !html.contains(BYE), "{html}");
        browser.open(&address).await;
    }
    browser.authorize(&REQUEST).await;
    assert_eq!(browser.path(), "/login");
}
