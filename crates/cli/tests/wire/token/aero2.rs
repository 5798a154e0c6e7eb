//! The checklist of the form dialect, row by row.

use crate::facts::{CALLBACK, FORM, ISSUER, SECRET, VERIFIER};
use crate::harness::Server;
use crate::requests::{claims, exchange, form, head, machine, refreshing, with, without};
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
async fn aero2_2_code_requires_verifier_and_redirect_uri() {
    let server = Server::start().await;
    let code = server.code("web");
    let good = exchange("web", &code);
    let other_uri = with(&good, "redirect_uri", "https://app.example/other");
    assert_eq!(
        server.form(FORM, &other_uri).await.refusal(),
        (400, "invalid_grant".into())
    );
    assert_eq!(
        server
            .form(FORM, &without(&good, "code_verifier"))
            .await
            .refusal(),
        (400, "invalid_request".into())
    );
    server.form(FORM, &good).await.ok();
}

#[tokio::test]
async fn aero2_3_refresh_token_yields_new_tokens() {
    let server = Server::start().await;
    let first = server.tokens("web").await;
    let second = server
        .refresh("web", &first.text("refresh_token"))
        .await
        .ok();
    assert_ne!(second.text("access_token"), first.text("access_token"));
    assert_eq!(claims(&second.text("access_token"))["sub"], "jane");
}

#[tokio::test]
async fn aero2_4_client_credentials_require_registration() {
    let server = Server::start().await;
    let web = [
        ("grant_type", "client_credentials"),
        ("client_id", "web"),
        ("client_secret", SECRET),
    ];
    assert_eq!(
        server.form(FORM, &web).await.refusal(),
        (400, "unauthorized_client".into())
    );
    server.form(FORM, &machine()).await.ok();
}

#[tokio::test]
async fn aero2_5_scope_is_subset_or_default_and_is_returned() {
    let server = Server::start().await;
    assert_eq!(
        server.form(FORM, &machine()).await.ok().text("scope"),
        "api:read api:write"
    );
    let narrow = with(&machine(), "scope", "api:write");
    assert_eq!(
        server.form(FORM, &narrow).await.ok().text("scope"),
        "api:write"
    );
    for bad in ["api:read admin", "api:read  api:write", "\"", "api:read\\"] {
        let answer = server.form(FORM, &with(&machine(), "scope", bad)).await;
        assert_eq!(answer.refusal(), (400, "invalid_scope".into()), "{bad}");
    }
}

#[tokio::test]
async fn aero2_6_client_credentials_yield_only_access_token() {
    let answer = Server::start()
        .await
        .form(FORM, &machine())
        .await
        .ok()
        .json();
    let mut names: Vec<_> = answer
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["access_token", "expires_in", "scope", "token_type"]);
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
async fn aero2_8_user_gets_access_refresh_and_id_tokens() {
    let answer = Server::start().await.tokens("web").await;
    assert_eq!(answer.text("scope"), "openid read write");
    let access = claims(&answer.text("access_token"));
    assert_eq!(
        (&access["sub"], &access["aud"], &access["client_id"]),
        (&json!("jane"), &json!("web"), &json!("web"))
    );
    assert_eq!(
        (&access["token_use"], &access["gty"]),
        (&json!("access"), &json!(null))
    );
    assert!(!answer.text("refresh_token").contains('.'));
    assert!(!answer.text("id_token").is_empty());
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
async fn aero2_10_lifetimes_are_one_hour_and_thirty_days() {
    let server = Server::start().await;
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

#[tokio::test]
async fn aero2_11_secret_is_accepted_in_body() {
    let server = Server::start().await;
    server.form(FORM, &machine()).await.ok();
    let wrong = with(&machine(), "client_secret", "wrong");
    let answer = server.form(FORM, &wrong).await;
    assert_eq!(answer.refusal(), (401, "invalid_client".into()));
    assert_eq!(answer.header(header::WWW_AUTHENTICATE), None);
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
async fn aero2_20_token_of_wrong_kind_is_rejected() {
    let server = Server::start().await;
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

#[tokio::test]
async fn aero2_22_public_client_redeems_and_refreshes_without_secret() {
    let server = Server::start().await;
    let tokens = server.tokens("app").await;
    server
        .refresh("app", &tokens.text("refresh_token"))
        .await
        .ok();
    let with_secret = with(&refreshing("app", "x"), "client_secret", SECRET);
    assert_eq!(
        server.form(FORM, &with_secret).await.refusal(),
        (401, "invalid_client".into())
    );
}

#[tokio::test]
async fn basic_credentials_are_accepted_form_encoded() {
    let server = Server::start().await;
    let headers = [
        (header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
        (
            header::AUTHORIZATION,
            &crate::requests::basic("machine", "correct+horse%20battery+staple"),
        ),
    ];
    server
        .post(FORM, &headers, "grant_type=client_credentials")
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
    let headers = [
        headers[0].clone(),
        (
            header::AUTHORIZATION,
            &crate::requests::basic("web", "correct+horse+battery+staple"),
        ),
    ];
    server.post(FORM, &headers, body).await.ok();
}

#[tokio::test]
async fn refresh_narrows_scope_of_one_response() {
    let server = Server::start().await;
    let token = server.tokens("web").await.text("refresh_token");
    let narrowed = server
        .form(FORM, &with(&refreshing("web", &token), "scope", "read"))
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
