//! Limits on registrations.

use super::{anyone, notes, open, register, send};
use axum::http::{Method, header};
use countersign_domain::client::dynamic::policy::RegistrationMode;

#[tokio::test]
async fn registrations_are_limited_per_address() {
    let mut server = open(RegistrationMode::Anonymous, |policy| policy.attempts = 3).await;
    server.address = "192.0.2.1".parse().ok();
    for _ in 0..3 {
        let answer = register(&server, None, &notes()).await;
        assert_eq!(answer.status.as_u16(), 201);
    }
    let refused = register(&server, None, &notes()).await;
    assert_eq!(refused.status.as_u16(), 429);
    let wait: u64 = refused
        .header(header::RETRY_AFTER)
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=600).contains(&wait));
    server.address = "192.0.2.2".parse().ok();
    assert_eq!(register(&server, None, &notes()).await.status.as_u16(), 201);
}

#[tokio::test]
async fn changes_count_as_registrations() {
    let mut server = open(RegistrationMode::Anonymous, |policy| policy.attempts = 2).await;
    let shown = register(&server, None, &notes()).await.json();
    let text = |name: &str| shown[name].as_str().unwrap();
    let path = format!("/oauth2/register/{}", text("client_id"));
    let token = Some(text("registration_access_token"));
    let mut change = notes();
    change["client_id"] = shown["client_id"].clone();
    server.address = "192.0.2.1".parse().ok();
    for expected in [200, 200, 429] {
        let changed = send(&server, Method::PUT, &path, token, Some(&change)).await;
        assert_eq!(changed.status.as_u16(), expected);
    }
}

#[tokio::test]
async fn guesses_of_initial_access_token_are_limited_per_address() {
    let mut server = open(RegistrationMode::Token, |policy| policy.attempts = 3).await;
    server.address = "192.0.2.1".parse().ok();
    for _ in 0..3 {
        let refused = register(&server, Some("partner.x"), &notes()).await;
        assert_eq!(refused.status.as_u16(), 401);
    }
    let refused = register(&server, Some(super::INITIAL), &notes()).await;
    assert_eq!(refused.status.as_u16(), 429);
    // Without a token, the server reads and writes nothing.
    assert_eq!(register(&server, None, &notes()).await.status.as_u16(), 401);
}

#[tokio::test]
async fn number_of_clients_is_limited_until_one_is_deleted() {
    let server = open(RegistrationMode::Anonymous, |policy| {
        policy.most_clients = 2;
    })
    .await;
    let first = register(&server, None, &notes()).await.json();
    assert_eq!(register(&server, None, &notes()).await.status.as_u16(), 201);
    for _ in 0..2 {
        let refused = register(&server, None, &notes()).await;
        assert_eq!(refused.refusal(), (403, "access_denied".to_owned()));
    }
    let text = |name: &str| first[name].as_str().unwrap();
    let path = format!("/oauth2/register/{}", text("client_id"));
    let token = Some(text("registration_access_token"));
    let deleted = send(&server, Method::DELETE, &path, token, None).await;
    assert_eq!(deleted.status.as_u16(), 204);
    assert_eq!(register(&server, None, &notes()).await.status.as_u16(), 201);
    assert_eq!(register(&server, None, &notes()).await.status.as_u16(), 403);
}

#[tokio::test]
async fn invalid_registration_takes_no_place() {
    let server = open(RegistrationMode::Anonymous, |policy| {
        policy.most_clients = 1;
    })
    .await;
    for _ in 0..3 {
        let mut body = notes();
        body["token_endpoint_auth_method"] = "private_key_jwt".into();
        assert_eq!(register(&server, None, &body).await.status.as_u16(), 400);
    }
    assert_eq!(register(&server, None, &notes()).await.status.as_u16(), 201);
}

#[tokio::test]
async fn large_and_deep_bodies_are_refused() {
    let server = anyone().await;
    for body in [
        format!("{{\"x\":\"{}\"}}", "x".repeat(70_000)),
        format!("{{\"x\":{}1{}}}", "[".repeat(5000), "]".repeat(5000)),
    ] {
        let headers = [(header::CONTENT_TYPE, "application/json")];
        let refused = server.post("/oauth2/register", &headers, body).await;
        assert_eq!(refused.status.as_u16(), 400);
    }
}
