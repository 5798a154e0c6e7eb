//! The checklist of the JSON dialect, row by row. The tests for rows 13 to 15 and 17 are with the login endpoints and
//! the browser.

use crate::facts::{FORM, JSON, VERIFIER, hs256_secret};
use crate::harness::Server;
use crate::requests::{exchange, head, json, machine, refreshing, with, without};
use axum::http::header;
use countersign_domain::grant::pkce::{ChallengeMethod, CodeChallenge};
use serde_json::json;

#[tokio::test]
async fn aries_1_token_endpoint_accepts_json() {
    let server = Server::start().await;
    let code = server.code("web");
    let answer = server.json(JSON, &exchange("web", &code)).await.ok();
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
}

#[tokio::test]
async fn aries_2_code_is_alias_in_json_dialect_only() {
    let server = Server::start().await;
    let code = server.code("web");
    let alias = with(&exchange("web", &code), "grant_type", "code");
    assert_eq!(
        server.form(FORM, &alias).await.refusal(),
        (400, "unsupported_grant_type".into())
    );
    server.json(JSON, &alias).await.ok();
    let code = server.code("web");
    server.json(JSON, &exchange("web", &code)).await.ok();
}

#[tokio::test]
async fn aries_3_confidential_exchange_requires_secret_code_and_redirect_uri() {
    let server = Server::start().await;
    let code = server.code_with("loose", |code| code.binding.challenge = None);
    let good = without(&exchange("loose", &code), "code_verifier");
    for (name, refusal) in [
        ("client_id", (400, "invalid_request")),
        ("client_secret", (401, "invalid_client")),
        ("code", (400, "invalid_request")),
        ("redirect_uri", (400, "invalid_request")),
        ("grant_type", (400, "invalid_request")),
    ] {
        let answer = server.json(JSON, &without(&good, name)).await;
        assert_eq!(
            answer.refusal(),
            (refusal.0, refusal.1.to_owned()),
            "{name}"
        );
    }
    server.json(JSON, &good).await.ok();
}

#[tokio::test]
async fn aries_4_redirect_uri_must_match_exactly() {
    let server = Server::start().await;
    let code = server.code("web");
    for other in [
        "https://app.example/callback/",
        "https://app.example/Callback",
        "https://app.example:443/callback",
        "https://app.example/callback?",
    ] {
        let answer = server
            .json(JSON, &with(&exchange("web", &code), "redirect_uri", other))
            .await;
        assert_eq!(answer.refusal(), (400, "invalid_grant".into()), "{other}");
    }
    server.json(JSON, &exchange("web", &code)).await.ok();
}

#[tokio::test]
async fn aries_5_response_has_refresh_token_lifetime() {
    let server = Server::start().await;
    let code = server.code("web");
    let answer = server.json(JSON, &exchange("web", &code)).await.ok().json();
    assert_eq!(
        (&answer["token_type"], &answer["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );
    assert_eq!(answer["refresh_token_expires_in"], 2_592_000);
    assert_eq!(answer["scope"], "openid read write");
    let mut names: Vec<_> = answer
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "access_token",
            "expires_in",
            "refresh_token",
            "refresh_token_expires_in",
            "scope",
            "token_type"
        ]
    );
}

#[tokio::test]
async fn aries_6_code_works_at_both_endpoints() {
    let server = Server::start().await;
    let code = server.code("web");
    server.form(FORM, &exchange("web", &code)).await.ok();
    let code = server.code("web");
    server.form(JSON, &exchange("web", &code)).await.ok();
}

#[tokio::test]
async fn aries_7_client_with_shared_key_gets_hs256_token() {
    let server = Server::start().await;
    let code = server.code("hs256");
    let answer = server.json(JSON, &exchange("hs256", &code)).await.ok();
    let (access, refresh) = (answer.text("access_token"), answer.text("refresh_token"));
    for token in [&access, &refresh] {
        assert_eq!(
            (&head(token)["alg"], &head(token)["typ"]),
            (&json!("HS256"), &json!("JWT"))
        );
    }
    let key = jsonwebtoken::DecodingKey::from_secret(hs256_secret().as_bytes());
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.validate_exp = false;
    validation.set_audience(&["hs256"]);
    assert!(jsonwebtoken::decode::<serde_json::Value>(&access, &key, &validation).is_ok());
    let code = server.code("hs256");
    let id_token = server.redeem("hs256", &code).await.ok().text("id_token");
    assert_eq!(
        head(&id_token)["alg"],
        "RS256",
        "who shares the key cannot make ID tokens"
    );
    server.assert_signed(&id_token).await;
    let set = server.get("/oauth2/jwks.json").await.json();
    assert!(
        set["keys"]
            .as_array()
            .unwrap()
            .iter()
            .all(|key| key["kty"] != "oct")
    );
}

#[tokio::test]
async fn aries_8_verifier_replaces_secret_if_registered() {
    let server = Server::start().await;
    let code = server.code("verifier");
    let no_secret = without(&exchange("verifier", &code), "client_secret");
    assert_eq!(
        server
            .json(JSON, &without(&no_secret, "code_verifier"))
            .await
            .refusal(),
        (400, "invalid_request".into())
    );
    server.json(JSON, &no_secret).await.ok();
    let public = server.code("app");
    server.json(JSON, &exchange("app", &public)).await.ok();
    let strict = server.code("web");
    let answer = server
        .json(JSON, &without(&exchange("web", &strict), "client_secret"))
        .await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into()));
}

#[tokio::test]
async fn aries_9_plain_challenge_equals_verifier() {
    let server = Server::start().await;
    let code = server.code_with("plain", |code| {
        code.binding.challenge = CodeChallenge::parse(VERIFIER, ChallengeMethod::Plain).ok();
    });
    server.json(JSON, &exchange("plain", &code)).await.ok();
}

#[tokio::test]
async fn aries_10_refresh_requires_secret_unless_bound_to_verifier() {
    let server = Server::start().await;
    let code = server.code("web");
    let token = server
        .json(JSON, &exchange("web", &code))
        .await
        .ok()
        .text("refresh_token");
    let answer = server
        .json(JSON, &without(&refreshing("web", &token), "client_secret"))
        .await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into()));
    server.json(JSON, &refreshing("web", &token)).await.ok();
    let code = server.code("verifier");
    let token = server
        .json(JSON, &exchange("verifier", &code))
        .await
        .ok()
        .text("refresh_token");
    server
        .json(
            JSON,
            &without(&refreshing("verifier", &token), "client_secret"),
        )
        .await
        .ok();
}

#[tokio::test]
async fn aries_11_json_endpoint_accepts_forms_and_client_credentials() {
    let server = Server::start().await;
    let narrow = with(&machine(), "scope", "api:read");
    assert_eq!(
        server.form(JSON, &narrow).await.ok().text("scope"),
        "api:read"
    );
    assert_eq!(
        server.json(JSON, &machine()).await.ok().text("scope"),
        "api:read api:write"
    );
}

#[tokio::test]
async fn aries_12_bearer_header_is_ignored() {
    let server = Server::start().await;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::AUTHORIZATION, "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"),
    ];
    server.post(JSON, &headers, json(&machine())).await.ok();
    let wrong = json(&with(&machine(), "client_secret", "wrong"));
    assert_eq!(
        server
            .post(JSON, &headers, wrong)
            .await
            .header(header::WWW_AUTHENTICATE),
        None
    );
    let steps = [
        "/v1/oauth2/authorize",
        "/v1/oauth2/authorize/mfa",
        "/v1/oauth2/authorize/confirm",
    ];
    for step in steps {
        assert_eq!(
            server.post(step, &headers, "{}").await.refusal(),
            (400, "invalid_request".into()),
            "{step}"
        );
    }
}
