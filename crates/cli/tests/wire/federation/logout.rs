//! Logout by a provider.

use super::provider::{come_back, corp, leave, respond, set_up};
use crate::browser::{Browser, REQUEST, served};
use crate::harness::Server;
use crate::requests::Answer;
use crate::token::private_key_jwt::{OTHERS, OWN};
use axum::http::StatusCode;
use serde_json::{Value, json};

const BACK_CHANNEL: &str = "/rp/backchannel/corp";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Signs a user in at the provider, in this session there, and to the client `web`.
async fn signed_in<'a>(server: &'a Server, subject: &str, session: &str) -> Browser<'a> {
    let mut browser = Browser::new(server);
    browser.authorize(&REQUEST).await;
    let departed = leave(&mut browser).await;
    let email = format!("new{subject}@example.com");
    let mut token = departed.claims(server, subject, &email);
    token["sid"] = json!(session);
    respond(server, &token);
    come_back(&mut browser, &departed).await;
    if browser.path() == "/consent" {
        browser.submit(&[("decision", "agree")]).await;
    }
    let code = browser.parameter("code").unwrap();
    server.redeem("web", &code).await.ok();
    browser
}

async fn is_live(browser: &mut Browser<'_>) -> bool {
    browser.open("/rp/userinfo").await;
    browser.status() == StatusCode::OK
}

fn logout_token(server: &Server, id: &str) -> Value {
    let now = server.now().as_unix_seconds();
    json!({
        "iss": "https://idp.example", "aud": "countersign", "iat": now, "exp": now + 120,
        "jti": id, "events": {EVENT: {}},
    })
}

async fn send(server: &Server, token: &str) -> Answer {
    server.form(BACK_CHANNEL, &[("logout_token", token)]).await
}

#[tokio::test]
async fn back_channel_logout_ends_its_session_and_tells_clients() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut one = signed_in(&server, "1", "s1").await;
    let mut other = signed_in(&server, "1", "s2").await;
    let mut token = logout_token(&server, "a");
    token["sid"] = json!("s1");
    token["sub"] = json!("1");
    assert!(server.outside.logouts().is_empty());
    let signed = OWN.sign(&token);
    assert_eq!(send(&server, &signed).await.status, StatusCode::OK);
    assert!(!is_live(&mut one).await && is_live(&mut other).await);
    assert_eq!(server.outside.logouts().len(), 1);
    let again = send(&server, &signed).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "a token works once");
}

#[tokio::test]
async fn back_channel_logout_of_subject_ends_all_sessions_of_user() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut one = signed_in(&server, "1", "s1").await;
    let mut two = signed_in(&server, "1", "s2").await;
    let mut of_other = signed_in(&server, "2", "s3").await;
    let mut token = logout_token(&server, "a");
    token["sub"] = json!("1");
    assert_eq!(
        send(&server, &OWN.sign(&token)).await.status,
        StatusCode::OK
    );
    assert!(!is_live(&mut one).await && !is_live(&mut two).await);
    assert!(is_live(&mut of_other).await);
}

#[tokio::test]
async fn untrue_logout_token_ends_nothing() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = signed_in(&server, "1", "s1").await;
    let now = server.now().as_unix_seconds();
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("another")),
        ("nonce", json!("n")),
        ("events", json!({})),
        ("iat", json!(now - 3600)),
        ("exp", json!(now - 61)),
        ("jti", Value::Null),
        ("sid", json!(1)),
    ] {
        let mut token = logout_token(&server, "a");
        token["sid"] = json!("s1");
        token[name] = value.clone();
        let answer = send(&server, &OWN.sign(&token)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}={value}");
    }
    let mut token = logout_token(&server, "a");
    token["sid"] = json!("s1");
    for forged in [
        OTHERS.sign_as("own", &token),
        String::from("x"),
        String::new(),
    ] {
        assert_eq!(send(&server, &forged).await.status, StatusCode::BAD_REQUEST);
    }
    assert!(is_live(&mut browser).await);
    let mut deaf = corp();
    deaf.backchannel_logout = false;
    deaf.version = 1;
    set_up(&server, deaf).await;
    let answer = send(&server, &OWN.sign(&token)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(is_live(&mut browser).await);
}

#[tokio::test]
async fn front_channel_logout_ends_its_session() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut one = signed_in(&server, "1", "s1").await;
    let mut other = signed_in(&server, "1", "s2").await;
    for wrong in [
        "iss=https://evil.example&sid=s1",
        "iss=https://idp.example",
        "sid=s1",
    ] {
        let answer = server.get(&format!("/rp/frontchannel/corp?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let unknown = "/rp/frontchannel/corp?iss=https://idp.example&sid=s9";
    assert_eq!(server.get(unknown).await.status, StatusCode::OK);
    assert!(is_live(&mut one).await && is_live(&mut other).await);
    let known = "/rp/frontchannel/corp?iss=https://idp.example&sid=s1";
    assert_eq!(server.get(known).await.status, StatusCode::OK);
    assert!(!is_live(&mut one).await && is_live(&mut other).await);
}

#[tokio::test]
async fn session_stays_known_to_provider_for_its_lifetime() {
    let server = served().await;
    set_up(&server, corp()).await;
    let mut browser = signed_in(&server, "1", "s1").await;
    for _ in 0..60 {
        server.pass(1800);
        assert!(is_live(&mut browser).await);
    }
    let mut token = logout_token(&server, "a");
    token["sid"] = json!("s1");
    assert_eq!(
        send(&server, &OWN.sign(&token)).await.status,
        StatusCode::OK
    );
    assert!(!is_live(&mut browser).await);
}
