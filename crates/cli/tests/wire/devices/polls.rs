//! Polls of the token endpoint (RFC 8628 sections 3.4 and 3.5).

use super::{Codes, DEVICE_CODE, answer, begin, poll, with_devices};
use crate::facts::JSON;
use countersign_domain::client::ClientStatus;

const PENDING: &str = "authorization_pending";

#[tokio::test]
async fn pending_poll_writes_nothing() {
    let server = with_devices().await;
    let Codes { device, .. } = begin(&server, "tv").await;
    server.happened().await;
    let before = server.contents();
    for _ in 0..3 {
        let answer = poll(&server, "tv", &device).await;
        assert_eq!(answer.refusal(), (400, PENDING.into()));
        server.pass(5);
    }
    assert_eq!(poll(&server, "tv", &device).await.refusal().1, PENDING);
    assert_eq!(poll(&server, "tv", &device).await.refusal().1, "slow_down");
    // Neither answer is an event, and both have no row.
    server.happened().await;
    assert!(server.contents() == before, "a poll wrote");
}

#[tokio::test]
async fn early_poll_is_slowed_down_by_five_seconds_each_time() {
    let server = with_devices().await;
    let Codes { device, .. } = begin(&server, "tv").await;
    for (seconds, error) in [
        (0, PENDING),
        (5, PENDING),
        (4, "slow_down"),
        (9, "slow_down"),
        (15, PENDING),
        (14, "slow_down"),
        (20, PENDING),
    ] {
        server.pass(seconds);
        let answer = poll(&server, "tv", &device).await;
        assert_eq!(answer.refusal(), (400, error.into()), "{seconds}");
    }
    let other = begin(&server, "tv").await;
    let answer = poll(&server, "tv", &other.device).await;
    assert_eq!(answer.refusal().1, PENDING, "another device");
}

#[tokio::test]
async fn pace_is_judged_by_each_node() {
    let server = with_devices().await;
    let other = server.beside();
    let Codes { device, .. } = begin(&server, "tv").await;
    for node in [&server, &other] {
        let answer = poll(node, "tv", &device).await;
        assert_eq!(answer.refusal().1, PENDING);
    }
    assert_eq!(poll(&other, "tv", &device).await.refusal().1, "slow_down");
}

#[tokio::test]
async fn answer_of_user_is_never_slowed_down() {
    let server = with_devices().await;
    for (decision, status) in [("agree", 200), ("refuse", 400)] {
        let codes = begin(&server, "tv").await;
        poll(&server, "tv", &codes.device).await;
        answer(&server, &codes.user, decision).await;
        let polled = poll(&server, "tv", &codes.device).await;
        assert_eq!(polled.status, status);
    }
}

#[tokio::test]
async fn denied_device_gets_access_denied() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    answer(&server, &codes.user, "refuse").await;
    let denied = poll(&server, "tv", &codes.device).await;
    assert_eq!(denied.refusal(), (400, "access_denied".into()));
    let events = server.happened().await;
    let actions: Vec<_> = events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(
        actions,
        ["user.signed_in", "device.denied", "request.refused"]
    );
}

#[tokio::test]
async fn expired_code_gets_expired_token_before_and_after_removal() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    let approved = begin(&server, "tv").await;
    answer(&server, &approved.user, "agree").await;
    server.pass(599);
    assert_eq!(
        poll(&server, "tv", &codes.device).await.refusal().1,
        PENDING
    );
    server.pass(1);
    let expired = (400, "expired_token".to_owned());
    for code in [&codes.device, &approved.device] {
        assert_eq!(poll(&server, "tv", code).await.refusal(), expired);
    }
    // The row has expired, too.
    server.pass(3600);
    assert_eq!(poll(&server, "tv", &codes.device).await.refusal(), expired);
}

#[tokio::test]
async fn code_of_another_client_or_another_kind_is_invalid() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    let invalid = (400, "invalid_grant".to_owned());
    for (client, code) in [
        ("own", codes.device.as_str()),
        ("console", &codes.device),
        ("tv", &codes.user),
        ("tv", &server.code("tv")),
        ("tv", "forged"),
    ] {
        assert_eq!(poll(&server, client, code).await.refusal(), invalid);
    }
    let missing = [("grant_type", DEVICE_CODE), ("client_id", "tv")];
    let missing = server.form(crate::facts::FORM, &missing).await;
    assert_eq!(missing.refusal(), (400, "invalid_request".into()));
    // The wrong client has not slowed the device down.
    assert_eq!(
        poll(&server, "tv", &codes.device).await.refusal().1,
        PENDING
    );
}

#[tokio::test]
async fn client_must_be_active_and_registered_for_grant_type() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    answer(&server, &codes.user, "agree").await;
    server
        .change("tv", |tv| {
            tv.grant_types.retain(|one| one.as_str() != DEVICE_CODE);
        })
        .await;
    let refused = poll(&server, "tv", &codes.device).await;
    assert_eq!(refused.refusal(), (400, "unauthorized_client".into()));
    server
        .change("tv", |tv| tv.status = ClientStatus::Suspended)
        .await;
    let refused = poll(&server, "tv", &codes.device).await;
    assert_eq!(refused.refusal(), (401, "invalid_client".into()));
}

#[tokio::test]
async fn json_dialect_has_grant_type_without_id_token() {
    let server = with_devices().await;
    let codes = begin(&server, "tv").await;
    let parameters = [
        ("grant_type", DEVICE_CODE),
        ("client_id", "tv"),
        ("device_code", codes.device.as_str()),
    ];
    let pending = server.json(JSON, &parameters).await;
    assert_eq!(
        (pending.status.as_u16(), pending.text("error")),
        (400, PENDING.into())
    );
    answer(&server, &codes.user, "agree").await;
    let tokens = server.json(JSON, &parameters).await.ok().json();
    assert!(tokens["access_token"].is_string() && tokens["id_token"].is_null());
}
