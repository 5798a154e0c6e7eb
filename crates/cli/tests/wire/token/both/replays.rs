//! Replays, and the tokens of a grant that a replay revoked.

use super::both;
use crate::requests::{exchange, without};

#[tokio::test]
async fn replayed_code_revokes_its_tokens() {
    for server in both().await {
        let code = server.code("web");
        let tokens = server.redeem("web", &code).await.ok();
        assert_eq!(
            server.redeem("web", &code).await.refusal(),
            (400, "invalid_grant".into())
        );
        let refresh = server.refresh("web", &tokens.text("refresh_token")).await;
        assert_eq!(refresh.refusal(), (400, "invalid_grant".into()));
    }
}

#[tokio::test]
async fn unauthenticated_code_replay_revokes_nothing() {
    for server in both().await {
        let code = server.code("web");
        let tokens = server.redeem("web", &code).await.ok();
        let good = exchange("web", &code);
        for missing in ["code_verifier", "client_secret"] {
            assert!(
                !server
                    .form(&without(&good, missing))
                    .await
                    .status
                    .is_success()
            );
        }
        assert!(!server.redeem("other", &code).await.status.is_success());
        server
            .refresh("web", &tokens.text("refresh_token"))
            .await
            .ok();
    }
}

#[tokio::test]
async fn replay_after_leeway_revokes_grant_and_tokens() {
    for server in both().await {
        let first = server.tokens("web").await.text("refresh_token");
        let successor = server
            .refresh("web", &first)
            .await
            .ok()
            .text("refresh_token");
        server.pass(30);
        assert_eq!(
            server.refresh("web", &first).await.refusal(),
            (400, "invalid_grant".into())
        );
        for token in [&first, &successor] {
            assert_eq!(
                server.refresh("web", token).await.refusal(),
                (400, "invalid_grant".into())
            );
        }
    }
}

#[tokio::test]
async fn used_successor_ends_leeway() {
    for server in both().await {
        let first = server.tokens("web").await.text("refresh_token");
        let second = server
            .refresh("web", &first)
            .await
            .ok()
            .text("refresh_token");
        let third = server
            .refresh("web", &second)
            .await
            .ok()
            .text("refresh_token");
        assert_eq!(
            server.refresh("web", &first).await.refusal(),
            (400, "invalid_grant".into())
        );
        assert_eq!(
            server.refresh("web", &third).await.refusal(),
            (400, "invalid_grant".into())
        );
    }
}

#[tokio::test]
async fn another_client_cannot_revoke_grant() {
    for server in both().await {
        let first = server.tokens("web").await.text("refresh_token");
        let second = server
            .refresh("web", &first)
            .await
            .ok()
            .text("refresh_token");
        server.pass(60);
        assert_eq!(
            server.refresh("other", &first).await.refusal(),
            (400, "invalid_grant".into())
        );
        server.refresh("web", &second).await.ok();
    }
}

#[tokio::test]
async fn retry_within_leeway_returns_same_refresh_token() {
    for server in both().await {
        let first = server.tokens("web").await.text("refresh_token");
        let successor = server.refresh("web", &first).await.ok();
        server.pass(29);
        let again = server.refresh("web", &first).await.ok();
        assert_eq!(again.text("refresh_token"), successor.text("refresh_token"));
    }
}
