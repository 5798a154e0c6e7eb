//! Reuse of codes and refresh tokens, and use by another client.

use super::{MODES, Suite, served};

#[tokio::test]
async fn oidcc_codereuse_is_invalid_grant() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        suite.authorize(&[]).await;
        suite.go_through_pages().await;
        let code = suite.code();
        suite.redeem(&code).await.ok();
        let again = suite.redeem(&code).await;
        assert_eq!(again.refusal(), (400, "invalid_grant".into()));
    }
}

#[tokio::test]
async fn oidcc_codereuse_30seconds_revokes_access_token() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let tokens = suite.log_in(&[]).await;
        suite.userinfo(&tokens).await.ok();
        server.pass(30);
        let again = suite.redeem(&suite.code()).await;
        assert_eq!(again.refusal(), (400, "invalid_grant".into()));
        let refused = suite.userinfo(&tokens).await;
        assert_eq!(refused.refusal(), (401, "invalid_token".into()));
    }
}

#[tokio::test]
async fn oidcc_refresh_token_yields_tokens_to_its_own_client() {
    let server = served().await;
    for mode in MODES {
        for more in [
            &[][..],
            &[("scope", "openid offline_access"), ("prompt", "consent")],
        ] {
            let mut suite = Suite::new(&server, mode);
            let tokens = suite.log_in(more).await;
            server.pass(2);
            let refresh = |token: &str| {
                [
                    ("grant_type", "refresh_token".to_owned()),
                    ("refresh_token", token.to_owned()),
                ]
            };
            let own = refresh(&tokens.refresh_token);
            let own: Vec<_> = own.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let answer = suite.ask(&own).await.ok();
            assert_eq!(answer.text("token_type"), "Bearer");
            assert_ne!(answer.text("access_token"), tokens.access_token);
            let id_token = answer.text("id_token");
            server.assert_signed(&id_token).await;
            let claims = crate::requests::claims(&id_token);
            for same in ["iss", "sub", "aud", "auth_time", "azp"] {
                assert_eq!(claims[same], tokens.claims[same], "{same}");
            }
            assert_eq!(claims["iat"], server.now().as_unix_seconds());
            assert_eq!(claims.get("nonce"), None);
            let mut second = Suite::new(&server, mode);
            second.client = "second";
            let theirs = second.log_in(&[("client_id", "second")]).await;
            let stolen = refresh(&theirs.refresh_token);
            let stolen: Vec<_> = stolen.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let refused = suite.ask(&stolen).await;
            assert_eq!(refused.refusal(), (400, "invalid_grant".into()));
            second.ask(&stolen).await.ok();
        }
    }
}
