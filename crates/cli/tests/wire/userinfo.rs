//! The userinfo endpoint.

use crate::facts::{FORM, ISSUER, TENANT};
use crate::harness::Server;
use crate::requests::{Answer, claims, form, head, machine};
use axum::body::Body;
use axum::http::{Request, header};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::ClientStatus;
use countersign_domain::client::openid_registration::{Sector, SubjectType};
use countersign_domain::scope::Scope;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::token_id::TokenId;
use countersign_ports::GrantRepository as _;
use countersign_store_contract::fixtures;
use serde_json::json;

const USERINFO: &str = "/oauth2/userinfo";

/// Returns a server with a user, and an access token of the user for `client`.
async fn signed_in(client: &str, scope: &str) -> (Server, String) {
    let server = Server::start().await;
    server
        .add_user(&fixtures::user(1, "jane@example.com"))
        .await;
    server
        .change(client, |client| {
            client.scope = Scope::parse("openid email profile read write").unwrap();
        })
        .await;
    let token = access_token(&server, client, scope).await;
    (server, token)
}

async fn access_token(server: &Server, client: &str, scope: &str) -> String {
    let scope = Scope::parse(scope).unwrap();
    let code = server.code_with(client, |code| {
        code.authorization.subject = fixtures::user_id(1).into();
        code.authorization.access.scope = scope;
        code.authorization.access.claims.userinfo = [StandardClaim::Locale].into_iter().collect();
    });
    server.redeem(client, &code).await.ok().text("access_token")
}

async fn ask(server: &Server, authorization: &[&str]) -> Answer {
    let mut request = Request::get(USERINFO);
    for value in authorization {
        request = request.header(header::AUTHORIZATION, *value);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

async fn bearer(server: &Server, token: &str) -> Answer {
    ask(server, &[&format!("Bearer {token}")]).await
}

#[track_caller]
fn assert_challenge(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.refusal(), (status, error.to_owned()));
    let challenge = answer.header(header::WWW_AUTHENTICATE).unwrap();
    let expected = format!("Bearer realm=\"countersign\", error=\"{error}\"");
    assert!(challenge.starts_with(&expected), "{challenge}");
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
}

#[tokio::test]
async fn aero2_15_scope_determines_claims() {
    let (server, token) = signed_in("web", "openid email profile").await;
    let user = fixtures::user_id(1);
    server
        .change_user(user, |user| {
            user.profile
                .set_text(StandardClaim::Locale, Some("de".into()));
        })
        .await;
    let sub = user.to_string();
    let all = json!({
        "sub": sub, "name": "Jane", "email": "jane@example.com", "email_verified": true, "locale": "de"
    });
    let answer = bearer(&server, &token).await.ok();
    assert_eq!(answer.json(), all);
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
    // The locale was requested individually.
    let token = access_token(&server, "web", "openid").await;
    let answer = bearer(&server, &token).await.ok();
    assert_eq!(answer.json(), json!({"sub": sub, "locale": "de"}));
}

#[tokio::test]
async fn aero2_15_token_is_accepted_in_header_or_form() {
    let (server, token) = signed_in("web", "openid").await;
    ask(&server, &[&format!("bEARER {token}")]).await.ok();
    server
        .form(USERINFO, &[("access_token", &token)])
        .await
        .ok();
    let header = format!("Bearer {token}");
    let authorization = (header::AUTHORIZATION, header.as_str());
    server
        .post(USERINFO, std::slice::from_ref(&authorization), "")
        .await
        .ok();
    let media_type = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = form(&[("access_token", &token)]);
    let headers = [authorization, media_type];
    let both = server.post(USERINFO, &headers, body).await;
    assert_challenge(&both, 400, "invalid_request");
    let twice = ask(&server, &[&header, &header]).await;
    assert_challenge(&twice, 400, "invalid_request");
    let empty = ask(&server, &["Bearer "]).await;
    assert_challenge(&empty, 400, "invalid_request");
}

#[tokio::test]
async fn missing_token_gets_challenge_without_error() {
    let (server, token) = signed_in("web", "openid").await;
    for authorization in [&[][..], &["Basic YTpi"]] {
        let answer = ask(&server, authorization).await;
        assert_eq!(answer.refusal(), (401, "invalid_token".into()));
        let challenge = answer.header(header::WWW_AUTHENTICATE);
        assert_eq!(challenge, Some("Bearer realm=\"countersign\""));
    }
    let in_query = server
        .get(&format!("{USERINFO}?access_token={token}"))
        .await;
    assert_eq!(in_query.status.as_u16(), 401);
    let request = Request::put(USERINFO).body(Body::empty()).unwrap();
    let put = server.send(request).await;
    assert_eq!(put.refusal(), (405, "invalid_request".into()));
    assert_eq!(put.header(header::ALLOW), Some("GET,HEAD,POST"));
}

#[tokio::test]
async fn missing_openid_scope_is_insufficient() {
    let (server, token) = signed_in("web", "read").await;
    let answer = bearer(&server, &token).await;
    assert_challenge(&answer, 403, "insufficient_scope");
    let challenge = answer.header(header::WWW_AUTHENTICATE).unwrap();
    assert!(challenge.ends_with(", scope=\"openid\""), "{challenge}");
}

#[tokio::test]
async fn aero2_20_only_access_tokens_of_users_are_valid() {
    let (server, token) = signed_in("web", "openid").await;
    let code = server.code("web");
    let tokens = server.redeem("web", &code).await.ok();
    server
        .change("machine", |client| {
            client.scope = Scope::parse("openid").unwrap();
        })
        .await;
    let machine = server.form(FORM, &machine()).await.ok();
    let (head, signature) = token.rsplit_once('.').unwrap();
    let unsigned = format!("{head}.{}", signature.replace(|_: char| true, "A"));
    for wrong in [
        tokens.text("id_token"),
        tokens.text("refresh_token"),
        machine.text("access_token"),
        unsigned,
        "x".to_owned(),
    ] {
        assert_challenge(&bearer(&server, &wrong).await, 401, "invalid_token");
    }
    bearer(&server, &token).await.ok();
}

#[tokio::test]
async fn expired_or_revoked_token_is_invalid() {
    let (server, token) = signed_in("web", "openid").await;
    let id: TokenId = claims(&token)["jti"].as_str().unwrap().parse().unwrap();
    let other = access_token(&server, "web", "openid").await;
    let revoked = server
        .store
        .revoke(TENANT, id.root.grant().unwrap(), server.now());
    let _ = revoked.await.unwrap();
    assert_challenge(&bearer(&server, &token).await, 401, "invalid_token");
    server.pass(3599);
    bearer(&server, &other).await.ok();
    server.pass(1);
    assert_challenge(&bearer(&server, &other).await, 401, "invalid_token");
}

#[tokio::test]
async fn disabled_user_or_client_gets_no_claims() {
    let (server, token) = signed_in("web", "openid").await;
    let user = fixtures::user_id(1);
    server.change_user(user, |user| user.enabled = false).await;
    assert_challenge(&bearer(&server, &token).await, 401, "invalid_token");
    server.change_user(user, |user| user.enabled = true).await;
    bearer(&server, &token).await.ok();
    server
        .change("web", |client| client.status = ClientStatus::Suspended)
        .await;
    assert_challenge(&bearer(&server, &token).await, 401, "invalid_token");
}

#[tokio::test]
async fn client_can_receive_signed_userinfo() {
    let (server, token) = signed_in("web", "openid email").await;
    for algorithm in [SigningAlgorithm::Es256, SigningAlgorithm::Rs256] {
        server
            .change("web", |client| {
                client.openid.userinfo_signing_algorithm = Some(algorithm);
            })
            .await;
        let answer = bearer(&server, &token).await.ok();
        assert_eq!(answer.header(header::CONTENT_TYPE), Some("application/jwt"));
        let jwt = String::from_utf8(answer.body).unwrap();
        server.assert_signed(&jwt).await;
        assert_eq!(head(&jwt)["alg"], algorithm.as_str());
        let told = json!({
            "iss": ISSUER, "aud": "web", "sub": fixtures::user_id(1).to_string(),
            "email": "jane@example.com", "email_verified": true
        });
        assert_eq!(claims(&jwt), told);
        // The response is not an access token.
        assert_challenge(&bearer(&server, &jwt).await, 401, "invalid_token");
    }
}

#[tokio::test]
async fn userinfo_subject_matches_id_token() {
    let server = Server::start().await;
    server
        .change("web", |client| {
            client.openid.subject_type = SubjectType::Pairwise(Sector {
                host: "app.example".into(),
                salt: [9; 32],
            });
        })
        .await;
    let tokens = server.tokens("web").await;
    let told = bearer(&server, &tokens.text("access_token")).await.ok();
    assert_eq!(told.json()["sub"], claims(&tokens.text("id_token"))["sub"]);
    assert_ne!(told.json()["sub"], "jane");
}
