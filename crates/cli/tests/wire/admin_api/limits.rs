//! Rate limit of operators.

use super::{send, server, token, token_with};
use axum::http::{Method, header};
use countersign_store_contract::fixtures;

/// Limit of the test server.
const LIMIT: u32 = 200;

#[tokio::test]
async fn operator_over_limit_gets_429_until_next_minute() {
    let server = server("owner").await;
    server.pass(60 - server.now().as_unix_seconds() % 60);
    let token = token(&server).await;
    let name = |text| header::HeaderName::from_static(text);
    for used in 1..=LIMIT {
        // A refused request counts too.
        let path = if used % 2 == 0 { "/users" } else { "/users/x" };
        let answer = send(&server, &token, Method::GET, path, None).await;
        let policy = answer.header(name("ratelimit-policy"));
        assert_eq!(policy, Some("\"operator\";q=200;w=60"));
        let left = format!("\"operator\";r={};t=60", LIMIT - used);
        assert_eq!(answer.header(name("ratelimit")), Some(left.as_str()));
        assert!(answer.status == 200 || answer.status == 404);
    }
    server.pass(20);
    let over = send(&server, &token, Method::GET, "/users", None).await;
    assert_eq!(over.status, 429);
    assert_eq!(over.text("code"), "rate_limited");
    assert_eq!(over.header(header::RETRY_AFTER), Some("40"));
    let left = over.header(name("ratelimit"));
    assert_eq!(left, Some("\"operator\";r=0;t=40"));
    let other = token_with(&server, |code| {
        code.authorization.subject = fixtures::user_id(9).into();
    });
    let other = send(&server, &other.await, Method::GET, "/users", None).await;
    assert_eq!(other.status, 200, "each operator has an own limit");
    server.pass(40);
    let next = send(&server, &token, Method::GET, "/users", None).await;
    assert_eq!(next.status, 200);
}
