//! Retries in both dialects. `both/replays.rs` has the replays.

use crate::facts::JSON;
use crate::harness::Server;
use crate::requests::refreshing;

#[tokio::test]
async fn retry_within_leeway_returns_same_successor() {
    let server = Server::start().await;
    let tokens = server.tokens("web").await;
    let first = tokens.text("refresh_token");
    let successor = server.refresh("web", &first).await.ok();
    server.pass(29);
    let again = server.refresh("web", &first).await.ok();
    assert_eq!(again.text("refresh_token"), successor.text("refresh_token"));
    let jwt = server
        .json(JSON, &refreshing("web", &first))
        .await
        .ok()
        .text("refresh_token");
    assert_eq!(
        server
            .json(JSON, &refreshing("web", &first))
            .await
            .ok()
            .text("refresh_token"),
        jwt
    );
    assert_eq!(server.generation(&tokens.text("access_token")).await, 1);
}
