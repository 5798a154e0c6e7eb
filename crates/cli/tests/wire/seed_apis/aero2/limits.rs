//! Rate limit of operators.

use super::{call, invalid};
use crate::admin_api::{self, token};
use axum::http::{Method, header};

/// Limit of the test server.
const LIMIT: u64 = 200;

#[tokio::test]
async fn aero2_31_response_has_limit_and_429_has_retry_after() {
    let server = admin_api::server("operator").await;
    let start = server.now().as_unix_seconds() / 60 * 60 + 60;
    server.pass(start - server.now().as_unix_seconds());
    let token = token(&server).await;
    let path = "/api/applications/settings";
    let number = |answer: &crate::requests::Answer, name| {
        let value = answer.header(header::HeaderName::from_static(name));
        value.unwrap().parse::<u64>().unwrap()
    };
    for used in 1..=LIMIT {
        let answer = call(&server, &token, Method::GET, path, None).await.ok();
        assert_eq!(number(&answer, "x-ratelimit-limit"), LIMIT);
        assert_eq!(number(&answer, "x-ratelimit-remaining"), LIMIT - used);
        assert_eq!(number(&answer, "x-ratelimit-reset"), start + 60);
    }
    server.pass(20);
    let over = call(&server, &token, Method::GET, path, None).await;
    assert_eq!(invalid(&over).0, 429);
    assert_eq!(number(&over, "retry-after"), 40);
    assert_eq!(number(&over, "x-ratelimit-remaining"), 0);
    server.pass(40);
    call(&server, &token, Method::GET, path, None).await.ok();
}
