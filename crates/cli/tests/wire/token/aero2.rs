//! The checklist of the form dialect, row by row.

use crate::facts::{FORM, ISSUER};
use crate::harness::Server;
use crate::requests::{claims, head, machine};
use axum::http::header;
use serde_json::json;

#[tokio::test]
async fn aero2_1_token_endpoint_accepts_forms_and_returns_uncached_json() {
    let answer = Server::start().await.form(FORM, &machine()).await.ok();
    assert_eq!(
        answer.header(header::CONTENT_TYPE),
        Some("application/json")
    );
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
    assert_eq!(answer.header(header::PRAGMA), Some("no-cache"));
    assert_eq!(answer.text("token_type"), "Bearer");
}

#[tokio::test]
async fn aero2_7_machine_token_has_contract_claims_and_jti() {
    let answer = Server::start().await.form(FORM, &machine()).await.ok();
    let mut claims = claims(&answer.text("access_token"));
    assert!(claims["jti"].as_str().is_some_and(|jti| jti.len() >= 16));
    let claims = claims.as_object_mut().unwrap();
    claims.remove("jti");
    let (iat, exp) = (claims.remove("iat").unwrap(), claims.remove("exp").unwrap());
    assert_eq!(exp.as_u64().unwrap() - iat.as_u64().unwrap(), 3600);
    let expected = json!({
        "sub": "machine", "aud": "machine", "iss": ISSUER, "scope": "api:read api:write",
        "client_id": "machine", "gty": "client_credentials", "token_use": "access",
    });
    assert_eq!(&serde_json::Value::Object(claims.clone()), &expected);
}

#[tokio::test]
async fn aero2_9_tokens_are_signed_with_published_rs256_key() {
    let server = Server::start().await;
    let answer = server.tokens("web").await;
    let key_set = server.get("/oauth2/jwks.json").await.ok().json();
    for token in [answer.text("access_token"), answer.text("id_token")] {
        let head = head(&token);
        assert_eq!(head["alg"], "RS256");
        let published = key_set["keys"]
            .as_array()
            .unwrap()
            .iter()
            .any(|key| key["kid"] == head["kid"]);
        assert!(published, "{head}");
        server.assert_signed(&token).await;
    }
}

#[tokio::test]
async fn aero2_13_id_token_requires_openid_and_has_nonce_and_auth_time() {
    let server = Server::start().await;
    server
        .change("web", |web| web.openid.token_use_in_id_token = true)
        .await;
    let id_token = claims(&server.tokens("web").await.text("id_token"));
    assert_eq!(
        (&id_token["nonce"], &id_token["aud"], &id_token["token_use"]),
        (&json!("n-0S6"), &json!("web"), &json!("id"))
    );
    assert_eq!(id_token["auth_time"], id_token["iat"]);
    let code = server.code_with("web", |code| {
        code.authorization.access.scope = countersign_domain::scope::Scope::parse("read").unwrap();
    });
    assert_eq!(
        server.redeem("web", &code).await.ok().json()["id_token"],
        json!(null)
    );
}

#[tokio::test]
async fn aero2_14_refresh_token_rotates_and_is_not_stored() {
    let server = Server::start().await;
    let first = server.tokens("web").await.text("refresh_token");
    let second = server
        .refresh("web", &first)
        .await
        .ok()
        .text("refresh_token");
    assert_ne!(first, second);
    assert!(!server.contents().contains(&first) && !server.contents().contains(&second));
}

#[tokio::test]
async fn client_setting_overrides_algorithm_audience_and_lifetime() {
    let server = Server::start().await;
    server
        .change("es256", |client| {
            client.audience = Some("https://api.example".into());
            client.access_token_lifetime = Some(std::time::Duration::from_secs(60));
        })
        .await;
    let answer = server.tokens("es256").await;
    assert_eq!(answer.json()["expires_in"], 60);
    let token = answer.text("access_token");
    assert_eq!(head(&token)["alg"], "ES256");
    assert_eq!(claims(&token)["aud"], "https://api.example");
    assert_eq!(claims(&answer.text("id_token"))["aud"], "es256");
    server.assert_signed(&token).await;
}
