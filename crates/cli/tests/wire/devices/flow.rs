//! From the request of a device to its tokens.

use super::{Codes, JANE, answer, begin, enter, poll, with_devices};
use crate::browser::Browser;
use crate::browser::account::user;
use crate::facts::{FORM, SECRET, TENANT};
use crate::harness::Server;
use crate::requests::{Answer, claims};
use countersign_ports::{ConsentRepository as _, Race};
use countersign_store_contract::fixtures;

#[tokio::test]
async fn approved_device_gets_tokens_of_user() {
    let server = with_devices().await;
    for client in ["tv", "console"] {
        let codes = begin_as(&server, client).await;
        answer(&server, &codes.user, "agree").await;
        let tokens = poll(&server, client, &codes.device).await.ok();
        let access = claims(&tokens.text("access_token"));
        let id_token = claims(&tokens.text("id_token"));
        assert_eq!(access["sub"], id_token["sub"]);
        assert_eq!(id_token["aud"], client);
        assert!(id_token["auth_time"].is_u64() && id_token["sid"].is_string());
        refresh(&server, client, &tokens).await.ok();
    }
}

async fn refresh(server: &Server, client: &str, tokens: &Answer) -> Answer {
    let token = tokens.text("refresh_token");
    let mut parameters = vec![
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", token.as_str()),
    ];
    if client == "console" {
        parameters.push(("client_secret", SECRET));
    }
    server.form(FORM, &parameters).await
}

/// Starts a device, as a confidential client if it is one.
async fn begin_as(server: &Server, client: &str) -> Codes {
    if client != "console" {
        return begin(server, client).await;
    }
    let secret = ("client_secret", SECRET);
    let parameters = [("client_id", client), secret];
    let begun = server.form(super::BEGIN, &parameters).await.ok();
    Codes {
        device: begun.text("device_code"),
        user: begun.text("user_code"),
    }
}

#[tokio::test]
async fn second_redemption_revokes_tokens() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    answer(&server, &codes.user, "agree").await;
    let tokens = poll(&server, "tv", &codes.device).await.ok();
    let again = poll(&server, "tv", &codes.device).await;
    assert_eq!(again.refusal(), (400, "invalid_grant".into()));
    let refreshed = refresh(&server, "tv", &tokens).await;
    assert_eq!(refreshed.refusal(), (400, "invalid_grant".into()));
    let events = server.happened().await;
    let last = events.last().unwrap();
    let revoked = events
        .iter()
        .any(|event| event.action.as_str() == "grant.revoked");
    assert!(revoked, "{last:?}");
}

#[tokio::test]
async fn device_whose_access_was_removed_gets_no_tokens() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    answer(&server, &codes.user, "agree").await;
    let jane = user(&Browser::new(&server), JANE).await;
    let client = fixtures::client_id("tv");
    let removed = server.store.remove_consent(TENANT, jane.id, &client).await;
    assert_eq!(removed.unwrap(), Race::Won);
    let denied = poll(&server, "tv", &codes.device).await;
    assert_eq!(denied.refusal(), (400, "access_denied".into()));
    // The grant is revoked, so another consent does not bring it back.
    let others = begin(&server, "tv").await;
    answer(&server, &others.user, "agree").await;
    let again = poll(&server, "tv", &codes.device).await;
    assert_eq!(again.refusal(), (400, "invalid_grant".into()));
    poll(&server, "tv", &others.device).await.ok();
}

#[tokio::test]
async fn approval_is_event_with_stored_consent() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    answer(&server, &codes.user, "agree").await;
    let jane = user(&Browser::new(&server), JANE).await;
    let client = fixtures::client_id("tv");
    let consent = server.store.find_consent(TENANT, jane.id, &client);
    assert!(consent.await.unwrap().unwrap().scope.contains("read"));
    let events = server.happened().await;
    let actions: Vec<_> = events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(
        actions,
        ["user.signed_in", "user.consented", "device.approved"]
    );
    let approved = events
        .iter()
        .find(|own| own.action.as_str() == "device.approved");
    let approved = approved.unwrap();
    assert_eq!(approved.operator.id, jane.id.to_string());
    let facts = approved.changes.iter();
    let facts: Vec<_> = facts
        .map(|fact| fact.after.as_deref().unwrap_or_default())
        .collect();
    assert_eq!(facts[0], "tv");
    let text = format!("{events:?}");
    assert!(!text.contains(&codes.user) && !text.contains(&codes.user.replace('-', "")));
}

#[tokio::test]
async fn ended_session_or_disabled_user_gets_no_tokens() {
    let server = with_devices().await;
    let ended = begin(&server, "tv").await;
    let mut browser = enter(&server, &ended.user).await;
    browser.submit(&[("decision", "agree")]).await;
    browser.open("/oauth2/logout").await;
    browser.submit(&[("decision", "logout")]).await;
    let refused = poll(&server, "tv", &ended.device).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".into()));
    let disabled = begin(&server, "tv").await;
    answer(&server, &disabled.user, "agree").await;
    let jane = user(&Browser::new(&server), JANE).await.id;
    server.change_user(jane, |jane| jane.enabled = false).await;
    let refused = poll(&server, "tv", &disabled.device).await;
    assert_eq!(refused.refusal(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn sign_out_ends_access_unless_offline() {
    let server = with_devices().await;
    for (scope, stays) in [("openid read", false), ("openid offline_access", true)] {
        let parameters = [("client_id", "tv"), ("scope", scope)];
        let begun = server.form(super::BEGIN, &parameters).await.ok();
        let mut browser = Browser::new(&server);
        super::type_in(&mut browser, &begun.text("user_code")).await;
        browser.log_in(JANE).await;
        browser.submit(&[("decision", "agree")]).await;
        let tokens = poll(&server, "tv", &begun.text("device_code")).await.ok();
        browser.open("/oauth2/logout").await;
        browser.submit(&[("decision", "logout")]).await;
        let refreshed = refresh(&server, "tv", &tokens).await;
        assert_eq!(refreshed.status == 200, stays, "{scope}");
    }
}
