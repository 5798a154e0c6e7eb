//! Requests of clients, and their tokens.

use super::both;
use crate::facts::{CALLBACK, SECRET, VERIFIER};
use crate::requests::{basic, claims, exchange, form, machine, refreshing, with, without};
use axum::http::header;
use serde_json::json;

#[tokio::test]
async fn aero2_2_code_requires_verifier_and_redirect_uri() {
    for server in both().await {
        let code = server.code("web");
        let good = exchange("web", &code);
        let other_uri = with(&good, "redirect_uri", "https://app.example/other");
        assert_eq!(
            server.form(&other_uri).await.refusal(),
            (400, "invalid_grant".into())
        );
        assert_eq!(
            server
                .form(&without(&good, "code_verifier"))
                .await
                .refusal(),
            (400, "invalid_request".into())
        );
        server.form(&good).await.ok();
    }
}

#[tokio::test]
async fn aero2_3_refresh_token_yields_new_tokens() {
    for server in both().await {
        let first = server.tokens("web").await;
        let second = server
            .refresh("web", &first.text("refresh_token"))
            .await
            .ok();
        assert_ne!(second.text("access_token"), first.text("access_token"));
        assert_eq!(
            claims(&second.text("access_token"))["sub"],
            server.subject()
        );
    }
}

#[tokio::test]
async fn aero2_4_client_credentials_require_registration() {
    for server in both().await {
        let web = [
            ("grant_type", "client_credentials"),
            ("client_id", "web"),
            ("client_secret", SECRET),
        ];
        assert_eq!(
            server.form(&web).await.refusal(),
            (400, "unauthorized_client".into())
        );
        server.form(&machine()).await.ok();
    }
}

#[tokio::test]
async fn aero2_5_scope_is_subset_or_default_and_is_returned() {
    for server in both().await {
        assert_eq!(
            server.form(&machine()).await.ok().text("scope"),
            "api:read api:write"
        );
        let narrow = with(&machine(), "scope", "api:write");
        assert_eq!(server.form(&narrow).await.ok().text("scope"), "api:write");
        for bad in ["api:read admin", "api:read  api:write", "\"", "api:read\\"] {
            let answer = server.form(&with(&machine(), "scope", bad)).await;
            assert_eq!(answer.refusal(), (400, "invalid_scope".into()), "{bad}");
        }
    }
}

#[tokio::test]
async fn aero2_6_client_credentials_yield_only_access_token() {
    for server in both().await {
        let answer = server.form(&machine()).await.ok().json();
        let mut names: Vec<_> = answer
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["access_token", "expires_in", "scope", "token_type"]);
    }
}

#[tokio::test]
async fn aero2_8_user_gets_access_refresh_and_id_tokens() {
    for server in both().await {
        let answer = server.tokens("web").await;
        assert_eq!(answer.text("scope"), "openid read write");
        let access = claims(&answer.text("access_token"));
        assert_eq!(
            (&access["sub"], &access["aud"], &access["client_id"]),
            (&json!(server.subject()), &json!("web"), &json!("web"))
        );
        assert_eq!(
            (&access["token_use"], &access["gty"]),
            (&json!("access"), &json!(null))
        );
        assert!(!answer.text("refresh_token").contains('.'));
        assert!(!answer.text("id_token").is_empty());
    }
}

#[tokio::test]
async fn aero2_10_lifetimes_are_one_hour_and_thirty_days() {
    for server in both().await {
        let answer = server.tokens("web").await;
        assert_eq!(answer.json()["expires_in"], 3600);
        let id_token = claims(&answer.text("id_token"));
        assert_eq!(
            id_token["exp"].as_u64().unwrap() - id_token["iat"].as_u64().unwrap(),
            3600
        );
        server.pass(30 * 24 * 3600 - 1);
        let second = server
            .refresh("web", &answer.text("refresh_token"))
            .await
            .ok();
        server.pass(30 * 24 * 3600);
        assert_eq!(
            server
                .refresh("web", &second.text("refresh_token"))
                .await
                .refusal(),
            (400, "invalid_grant".into())
        );
    }
}

#[tokio::test]
async fn aero2_11_secret_is_accepted_in_body() {
    for server in both().await {
        server.form(&machine()).await.ok();
        let wrong = with(&machine(), "client_secret", "wrong");
        let answer = server.form(&wrong).await;
        assert_eq!(answer.refusal(), (401, "invalid_client".into()));
        assert_eq!(answer.header(header::WWW_AUTHENTICATE), None);
    }
}

#[tokio::test]
async fn aero2_20_token_of_wrong_kind_is_rejected() {
    for server in both().await {
        let tokens = server.tokens("web").await;
        for wrong in ["access_token", "id_token"] {
            let answer = server.refresh("web", &tokens.text(wrong)).await;
            assert_eq!(answer.refusal(), (400, "invalid_grant".into()), "{wrong}");
            let answer = server.redeem("web", &tokens.text(wrong)).await;
            assert_eq!(answer.refusal(), (400, "invalid_grant".into()), "{wrong}");
        }
        assert_eq!(
            server
                .redeem("web", &tokens.text("refresh_token"))
                .await
                .refusal(),
            (400, "invalid_grant".into())
        );
        let code = server.code("web");
        assert_eq!(
            server.refresh("web", &code).await.refusal(),
            (400, "invalid_grant".into())
        );
    }
}

#[tokio::test]
async fn aero2_22_public_client_redeems_and_refreshes_without_secret() {
    for server in both().await {
        let tokens = server.tokens("app").await;
        server
            .refresh("app", &tokens.text("refresh_token"))
            .await
            .ok();
        let with_secret = with(&refreshing("app", "x"), "client_secret", SECRET);
        assert_eq!(
            server.form(&with_secret).await.refusal(),
            (401, "invalid_client".into())
        );
    }
}

#[tokio::test]
async fn basic_credentials_are_accepted_form_encoded() {
    for server in both().await {
        let secret = basic("machine", "correct+horse%20battery+staple");
        server
            .post(Some(&secret), "grant_type=client_credentials")
            .await
            .ok();
        let code = server.code("web");
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", "web"),
        ]);
        let secret = basic("web", "correct+horse+battery+staple");
        server.post(Some(&secret), &body).await.ok();
    }
}

#[tokio::test]
async fn refresh_narrows_scope_of_one_response() {
    for server in both().await {
        let token = server.tokens("web").await.text("refresh_token");
        let narrowed = server
            .form(&with(&refreshing("web", &token), "scope", "read"))
            .await
            .ok();
        assert_eq!(
            (
                narrowed.text("scope").as_str(),
                &narrowed.json()["id_token"]
            ),
            ("read", &json!(null))
        );
        let whole = server
            .refresh("web", &narrowed.text("refresh_token"))
            .await
            .ok();
        assert_eq!(whole.text("scope"), "openid read write");
        assert_eq!(claims(&whole.text("id_token"))["nonce"], json!(null));
    }
}

#[tokio::test]
async fn wrong_basic_secret_is_answered_with_challenge() {
    for server in both().await {
        let wrong = basic("machine", "wrong");
        let answer = server
            .post(Some(&wrong), "grant_type=client_credentials")
            .await;
        assert_eq!(answer.refusal(), (401, "invalid_client".into()));
        let challenge = answer.header(header::WWW_AUTHENTICATE).unwrap();
        assert!(challenge.starts_with("Basic realm="), "{challenge}");
        let unsupported = server
            .post(Some("Digest x"), "grant_type=client_credentials")
            .await;
        assert_eq!(unsupported.refusal(), (401, "invalid_client".into()));
    }
}

#[tokio::test]
async fn malformed_token_request_is_refused_by_its_rule() {
    for server in both().await {
        for (body, error) in [
            ("", "invalid_request"),
            ("grant_type=client_credentials", "invalid_request"),
            (
                "grant_type=client_credentials&client_id=%zz",
                "invalid_request",
            ),
            ("grant_type=a&grant_type=b&client_id=web", "invalid_request"),
            (
                "grant_type=client_credentials&client_id=nobody",
                "invalid_client",
            ),
            (
                "grant_type=client_credentials&client_id=machine",
                "invalid_client",
            ),
        ] {
            let answer = server.post(None, body).await;
            assert_eq!(answer.refusal().1, error, "{body}");
        }
        let unknown = with(&machine(), "grant_type", "password");
        let refused = (400, "unsupported_grant_type".into());
        assert_eq!(server.form(&unknown).await.refusal(), refused);
        let without_code = without(&exchange("web", "x"), "code");
        let refused = (400, "invalid_request".into());
        assert_eq!(server.form(&without_code).await.refusal(), refused);
        let unknown = server.redeem("web", "x").await;
        assert_eq!(unknown.refusal(), (400, "invalid_grant".into()));
    }
}

#[tokio::test]
async fn code_of_another_client_or_after_ten_minutes_is_refused() {
    for server in both().await {
        let refused = (400, "invalid_grant".into());
        let (stolen, late) = (server.code("web"), server.code("web"));
        assert_eq!(server.redeem("other", &stolen).await.refusal(), refused);
        server.redeem("web", &stolen).await.ok();
        server.pass(600);
        assert_eq!(server.redeem("web", &late).await.refusal(), refused);
    }
}
