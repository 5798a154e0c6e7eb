//! Sign-ins, tokens, and the ways to request them.

use super::{FORM_TYPE, MODES, REQUEST, Suite, USERINFO, served};
use crate::browser::AUTHORIZE;
use crate::facts::{CALLBACK, CHALLENGE, FORM, SECRET, VERIFIER};
use crate::requests::{form, head, without};
use axum::body::Body;
use axum::http::{Request, header};

#[tokio::test]
async fn oidcc_server_login_yields_code_and_tokens() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let tokens = suite.log_in(&[]).await;
        let info = suite.userinfo(&tokens).await.ok();
        assert_eq!(info.json()["sub"], tokens.claims["sub"]);
    }
}

#[tokio::test]
async fn oidcc_response_type_missing_is_invalid_request() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        suite.send(&without(&REQUEST, "response_type")).await;
        assert_eq!(suite.error(), "invalid_request");
    }
}

#[tokio::test]
async fn oidcc_idtoken_signature_uses_published_key() {
    let server = served().await;
    let set = server.get("/oauth2/jwks.json").await.ok().json();
    for mode in MODES {
        let tokens = Suite::new(&server, mode).log_in(&[]).await;
        let kid = head(&tokens.id_token)["kid"].clone();
        let mut keys = set["keys"].as_array().unwrap().iter();
        assert!(kid.is_string() && keys.any(|key| key["kid"] == kid));
    }
}

#[tokio::test]
async fn oidcc_idtoken_unsigned_is_not_supported() {
    let server = served().await;
    let document = server.get("/.well-known/openid-configuration").await.ok();
    let offered = document.json()["id_token_signing_alg_values_supported"].clone();
    assert!(offered.as_array().unwrap().iter().all(|alg| alg != "none"));
}

#[tokio::test]
async fn oidcc_userinfo_get_post_header_and_post_body_agree() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let tokens = suite.log_in(&[]).await;
        let told = suite.userinfo(&tokens).await.ok().json();
        assert_eq!(told["sub"], tokens.claims["sub"]);
        let bearer = format!("Bearer {}", tokens.access_token);
        let by_header = server
            .post(USERINFO, &[(header::AUTHORIZATION, bearer.as_str())], "")
            .await;
        assert_eq!(by_header.ok().json(), told);
        let body = form(&[("access_token", tokens.access_token.as_str())]);
        let by_body = server.post(USERINFO, &[FORM_TYPE], body).await;
        assert_eq!(by_body.ok().json(), told);
    }
}

#[tokio::test]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        suite.send(&without(&REQUEST, "nonce")).await;
        suite.go_through_pages().await;
        let tokens = suite.tokens().await;
        assert_eq!(tokens.claims.get("nonce"), None);
    }
}

#[tokio::test]
async fn oidcc_ensure_registered_redirect_uri_shows_error_page() {
    let server = served().await;
    for mode in MODES {
        for wrong in [
            "https://app.example/callback/x",
            "https://app.example/callback?x=y",
            "https://evil.example/",
        ] {
            let mut suite = Suite::new(&server, mode);
            suite.authorize(&[("redirect_uri", wrong)]).await;
            let browser = &suite.browser;
            assert_eq!((browser.status().as_u16(), browser.location()), (400, None));
            assert!(!browser.html().contains("<form"), "{}", browser.html());
        }
    }
}

#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        let parameters = suite.parameters(&REQUEST);
        let request = Request::post(AUTHORIZE)
            .header(FORM_TYPE.0, FORM_TYPE.1)
            .header(header::ORIGIN, "https://app.example")
            .body(Body::from(form(&parameters)))
            .unwrap();
        suite.browser.send(request).await;
        let next = suite.browser.location().unwrap();
        suite.browser.open(&next).await;
        suite.go_through_pages().await;
        suite.tokens().await;
    }
}

#[tokio::test]
async fn oidcc_server_client_secret_post_is_accepted() {
    let server = served().await;
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        suite.authorize(&[]).await;
        suite.go_through_pages().await;
        let code = suite.code();
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("client_id", "suite"),
            ("client_secret", SECRET),
        ];
        let answer = server.form(FORM, &parameters).await.ok();
        suite.judge(&answer).await;
    }
}

#[tokio::test]
async fn oidcc_ensure_request_with_valid_pkce_succeeds() {
    let server = served().await;
    let challenge = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for mode in MODES {
        let mut suite = Suite::new(&server, mode);
        suite.authorize(&challenge).await;
        suite.go_through_pages().await;
        let code = suite.code();
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
        ];
        let without = suite.ask(&parameters).await;
        assert_eq!(without.status.as_u16(), 400);
        parameters.push(("code_verifier", VERIFIER));
        let answer = suite.ask(&parameters).await.ok();
        suite.judge(&answer).await;
    }
}
